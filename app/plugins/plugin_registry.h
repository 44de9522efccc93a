#pragma once

#include "app/plugins/plugin_info.h"
#include "core/jobs/worker/work.h"
#include "widgets/plugin.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine
{

// Finds plugins in VITRINE_PLUGIN_PATH (folders, colon-separated), the user's data folder and the
// installation; of plugins with one id the first found counts. Code is loaded on first use and
// stays. One thread.
class PluginRegistry
{
public:
    PluginRegistry();
    explicit PluginRegistry(const std::vector<std::filesystem::path>& folders);
    ~PluginRegistry();

    static std::vector<std::filesystem::path> searchPath();

    const std::vector<PluginInfo>& plugins() const { return plugins_; } // by order, then id
    // One line per file that cannot be used, with its reason, and per key of a plugin.json that
    // says nothing; grows when a plugin fails to load.
    const std::vector<std::string>& problems() const { return problems_; }

    Result<Plugin*> load(std::string_view id); // owned by the registry
    FoundExperiment find(std::string_view experiment);

private:
    struct Loaded;
    void read(const std::filesystem::path& file);
    Result<Loaded*> loaded(std::string_view id);

    std::vector<PluginInfo> plugins_;
    std::vector<std::string> problems_;
    std::map<std::string, std::unique_ptr<Loaded>, std::less<>> loaded_;
};

} // namespace vitrine
