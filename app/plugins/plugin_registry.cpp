#include "app/plugins/plugin_registry.h"

#include "app/plugins/plugin_json.h"

#include <QPluginLoader>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <tuple>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

fs::path userFolder()
{
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data)
        return fs::path(data) / "vitrine/plugins";
    const char* home = std::getenv("HOME");
    return home && *home ? fs::path(home) / ".local/share/vitrine/plugins" : fs::path();
}

std::string oneLine(const QString& text)
{
    return text.simplified().toStdString();
}

} // namespace

struct PluginRegistry::Loaded {
    QPluginLoader loader;
    Plugin* plugin = nullptr;
    std::map<std::string, std::unique_ptr<Experiment>, std::less<>> experiments;
};

PluginRegistry::PluginRegistry() : PluginRegistry(searchPath()) {}

PluginRegistry::PluginRegistry(const std::vector<fs::path>& folders)
{
    for (const auto& folder : folders) {
        std::error_code error;
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder, error))
            if (entry.path().extension() == ".so")
                files.push_back(entry.path());
        std::ranges::sort(files);
        for (const auto& file : files)
            read(fs::absolute(file));
    }
    std::ranges::sort(plugins_, [](const PluginInfo& a, const PluginInfo& b) {
        return std::tie(a.order, a.id) < std::tie(b.order, b.id);
    });
}

PluginRegistry::~PluginRegistry() = default; // code stays loaded: the loaders do not unload

std::vector<fs::path> PluginRegistry::searchPath()
{
    std::vector<fs::path> folders;
    if (const char* given = std::getenv("VITRINE_PLUGIN_PATH")) {
        std::istringstream list(given);
        for (std::string folder; std::getline(list, folder, ':');)
            if (!folder.empty())
                folders.emplace_back(folder);
    }
    if (const auto folder = userFolder(); !folder.empty())
        folders.push_back(folder);
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
    folders.push_back((program / "../lib/vitrine/plugins").lexically_normal());
    return folders;
}

void PluginRegistry::read(const fs::path& file)
{
    const QPluginLoader loader(QString::fromStdString(file.string()));
    const QJsonObject all = loader.metaData();
    if (all["IID"].toString() != VITRINE_PLUGIN_IID) {
        problems_.push_back(file.string() + ": not a plugin of this version of Vitrine");
        return;
    }
    QStringList problems;
    PluginJson json(all["MetaData"].toObject(), {}, problems);
    PluginInfo info = pluginInfoOf(json);
    info.file = file;
    if (std::ranges::count(plugins_, info.id, &PluginInfo::id) > 0)
        return;
    for (const QString& problem : problems)
        problems_.push_back(file.string() + ": " + problem.toStdString());
    if (info.id.empty())
        problems_.push_back(file.string() + ": plugin.json gives no \"id\", a text expected");
    else
        plugins_.push_back(std::move(info));
}

Result<PluginRegistry::Loaded*> PluginRegistry::loaded(std::string_view id)
{
    if (const auto found = loaded_.find(id); found != loaded_.end()) {
        if (found->second->plugin)
            return found->second.get();
        return failure("the plugin {} could not be loaded", id);
    }
    const auto info = std::ranges::find(plugins_, id, &PluginInfo::id);
    if (info == plugins_.end())
        return argumentError("there is no plugin {}", id);

    auto fresh = std::make_unique<Loaded>();
    Loaded* entry = fresh.get();
    loaded_[info->id] = std::move(fresh);
    entry->loader.setFileName(QString::fromStdString(info->file.string()));
    entry->plugin = qobject_cast<Plugin*>(entry->loader.instance());
    if (!entry->plugin) {
        const auto reason = fmt::format("cannot load the plugin {}: {}", info->id,
                                        oneLine(entry->loader.errorString()));
        problems_.push_back(reason);
        return failure("{}", reason);
    }
    for (auto& experiment : entry->plugin->createExperiments()) {
        const std::string name = experiment->info().id;
        entry->experiments[name] = std::move(experiment);
    }
    return entry;
}

Result<Plugin*> PluginRegistry::load(std::string_view id)
{
    VITRINE_TRY(Loaded * entry, loaded(id));
    return entry->plugin;
}

FoundExperiment PluginRegistry::find(std::string_view experiment)
{
    for (const auto& info : plugins_) {
        if (std::ranges::count(info.experiments, experiment) == 0)
            continue;
        const auto entry = loaded(info.id);
        if (!entry)
            return {nullptr, info.id, entry.error().message};
        const auto found = (*entry)->experiments.find(experiment);
        if (found == (*entry)->experiments.end())
            return {
                nullptr, info.id,
                fmt::format("the plugin {} lists {} and does not have it", info.id, experiment)};
        return {found->second.get(), info.id, {}};
    }
    return {nullptr,
            {},
            fmt::format("there is no experiment \"{}\" (vitrine list shows them)", experiment)};
}

} // namespace vitrine
