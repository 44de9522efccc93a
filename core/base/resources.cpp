#include "core/base/resources.h"

#include "core/base/file.h"

#include <algorithm>
#include <cstdlib>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

std::vector<fs::path> roots()
{
    if (const char* given = std::getenv("VITRINE_RESOURCES"); given && *given)
        return {given};
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    // Installed: PREFIX/bin/vitrine. Built: SOURCE/build/<preset>/bin/vitrine.
    return {program / "../share/vitrine", program / "../../../resources"};
}

bool isLanguageModel(const fs::path& folder)
{
    std::error_code ignored;
    return fs::exists(folder / "config.json", ignored) &&
           (fs::exists(folder / "tokenizer.model", ignored) ||
            fs::exists(folder / "tokenizer.json", ignored));
}

bool isShippedVisionModel(const fs::path& folder)
{
    constexpr std::uint64_t kLimit = 1 << 20;
    const auto config = readFile(folder / "config.json", kLimit);
    return config && !isLanguageModel(folder) && config->find("\"img_size\"") != std::string::npos;
}

std::vector<std::string> shippedModels(bool isKind(const fs::path&))
{
    std::vector<std::string> names;
    const auto folder = findResource("models");
    if (!folder)
        return names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(*folder, ignored))
        if (isKind(entry.path()))
            names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

} // namespace

Result<fs::path> findResource(std::string_view relative)
{
    for (const auto& root : roots()) {
        std::error_code ignored;
        const fs::path path = (root / relative).lexically_normal();
        if (fs::exists(path, ignored))
            return path;
    }
    return inputError("cannot find the shipped file {}: set VITRINE_RESOURCES to the folder "
                      "\"resources\" or install the program again",
                      relative);
}

Result<fs::path> findModel(std::string_view nameOrPath)
{
    if (nameOrPath.empty())
        return inputError("no model is named; shipped is \"vitrine-lm\"");
    if (nameOrPath.find('/') == std::string_view::npos)
        if (auto shipped = findResource("models/" + std::string(nameOrPath)))
            return shipped;

    std::error_code ignored;
    const fs::path path(nameOrPath);
    if (fs::exists(path, ignored))
        return path;
    std::string known;
    for (const auto& names : {shippedLanguageModels(), shippedVisionModels()})
        for (const auto& name : names)
            known += (known.empty() ? "" : ", ") + name;
    return inputError("cannot find the model {}: it is neither a path nor a shipped model ({})",
                      nameOrPath, known.empty() ? "none found" : known);
}

std::vector<std::string> shippedLanguageModels()
{
    return shippedModels(isLanguageModel);
}

std::vector<std::string> shippedVisionModels()
{
    return shippedModels(isShippedVisionModel);
}

} // namespace vitrine
