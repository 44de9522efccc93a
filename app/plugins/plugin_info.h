#pragma once

#include "app/plugins/file_kind.h"
#include "app/plugins/study.h"

#include <filesystem>
#include <string>
#include <vector>

namespace vitrine
{

// A plugin's plugin.json, read without loading its code.
struct PluginInfo {
    std::string id, title, summary, paper, icon;
    int version = 1;
    int order = 0;
    std::vector<std::string> experiments;
    std::vector<FileKind> opens;
    std::vector<Study> studies;
    std::filesystem::path file;
};

PluginInfo pluginInfoOf(PluginJson& json); // without `file`

} // namespace vitrine
