#include "plugins/superres/experiments/picture_pairs.h"

#include <algorithm>
#include <map>

namespace vitrine::superres_plugin
{
namespace
{

namespace fs = std::filesystem;

enum class Size { unsaid, low, high };

struct Named {
    std::string name;
    Size size;
};

// "butterfly_HR.png" -> "butterfly", high.
Named namedAs(const fs::path& file)
{
    const std::string stem = file.stem().string();
    for (const auto& [ending, size] : {std::pair{"_LR", Size::low}, {"_HR", Size::high}})
        if (stem.ends_with(ending))
            return {stem.substr(0, stem.size() - 3), size};
    return {stem, Size::unsaid};
}

Result<std::vector<fs::path>> picturesIn(const fs::path& place)
{
    std::error_code error;
    if (!fs::exists(place, error))
        return inputError("{} does not exist", place.string());
    if (!fs::is_directory(place, error))
        return std::vector{place};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(place, error))
        if (entry.is_regular_file(error) && isPictureName(entry.path()))
            files.push_back(entry.path());
    if (error)
        return inputError("cannot read {}: {}", place.string(), error.message());
    if (files.empty())
        return inputError("{} holds no pictures", place.string());
    std::ranges::sort(files);
    return files;
}

bool arePairs(const std::vector<fs::path>& files)
{
    return std::ranges::any_of(
               files, [](const fs::path& file) { return namedAs(file).size == Size::low; }) &&
           std::ranges::any_of(
               files, [](const fs::path& file) { return namedAs(file).size == Size::high; });
}

// Pictures of one size by name.
Result<std::map<std::string, fs::path>> byName(const std::vector<fs::path>& files,
                                               std::initializer_list<Size> sizes)
{
    std::map<std::string, fs::path> named;
    for (const fs::path& file : files) {
        const Named as = namedAs(file);
        if (std::ranges::find(sizes, as.size) == sizes.end())
            continue;
        if (const auto [at, isNew] = named.emplace(as.name, file); !isNew)
            return inputError("{} and {} have one name", at->second.string(), file.string());
    }
    return named;
}

Result<std::vector<PictureFiles>> paired(const std::map<std::string, fs::path>& lows,
                                         const std::map<std::string, fs::path>& originals)
{
    std::vector<PictureFiles> all;
    for (const auto& [name, low] : lows) {
        const auto original = originals.find(name);
        if (original == originals.end())
            return inputError("there is no ground truth for {}: a picture named {} or {}_HR is "
                              "looked for",
                              low.string(), name, name);
        all.push_back({name, low, original->second});
    }
    return all;
}

Result<std::vector<PictureFiles>> withGroundTruth(const std::vector<fs::path>& inputs,
                                                  const fs::path& groundTruth)
{
    VITRINE_TRY(const auto truths, picturesIn(groundTruth));
    if (inputs.size() == 1 && truths.size() == 1)
        return std::vector<PictureFiles>{{namedAs(inputs[0]).name, inputs[0], truths[0]}};
    VITRINE_TRY(const auto lows, byName(inputs, {Size::low, Size::unsaid}));
    VITRINE_TRY(const auto originals, byName(truths, {Size::high, Size::unsaid}));
    return paired(lows, originals);
}

} // namespace

Result<std::vector<PictureFiles>> findPictures(const PictureSources& sources)
{
    if (sources.degrade && !sources.groundTruth.empty())
        return argumentError("with degrade the input is the ground truth: leave ground_truth out");
    VITRINE_TRY(const auto files, picturesIn(sources.input));
    if (!sources.groundTruth.empty())
        return withGroundTruth(files, sources.groundTruth);
    const bool pairs = arePairs(files);
    if (pairs && !sources.degrade) {
        VITRINE_TRY(const auto lows, byName(files, {Size::low}));
        VITRINE_TRY(const auto originals, byName(files, {Size::high}));
        return paired(lows, originals);
    }
    std::vector<PictureFiles> all;
    for (const fs::path& file : files) {
        const Named as = namedAs(file);
        if (sources.degrade && !(pairs && as.size == Size::low))
            all.push_back({as.name, {}, file});
        if (!sources.degrade)
            all.push_back({as.name, file, {}});
    }
    return all;
}

} // namespace vitrine::superres_plugin
