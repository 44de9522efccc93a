#include "app/report/report_files.h"

#include <fmt/format.h>

#include <set>

namespace vitrine
{
namespace
{

std::string safeName(const std::string& name)
{
    constexpr std::size_t kLongest = 60;
    std::string safe;
    for (const char c : name.substr(0, kLongest)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (plain || !safe.ends_with('-'))
            safe += plain ? c : '-';
    }
    return safe;
}

} // namespace

std::vector<std::string> distinctFileNames(const std::vector<std::string>& names,
                                           const std::string& unnamed)
{
    std::set<std::string> taken;
    std::vector<std::string> distinct;
    for (const std::string& each : names) {
        std::string base = safeName(each);
        if (base.empty())
            base = unnamed;
        std::string name = base;
        for (int i = 2; !taken.insert(name).second; ++i)
            name = fmt::format("{}-{}", base, i);
        distinct.push_back(std::move(name));
    }
    return distinct;
}

std::vector<std::string> figureNames(const report::Document& document)
{
    std::vector<std::string> names;
    for (const figure::Figure& figure : document.figures)
        names.push_back(figure.name);
    return distinctFileNames(names, "figure");
}

std::filesystem::path folderBeside(const std::filesystem::path& file, const std::string& ending)
{
    return file.parent_path() / (safeName(file.stem().string()) + ending);
}

} // namespace vitrine
