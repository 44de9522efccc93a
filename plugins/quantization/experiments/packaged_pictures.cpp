#include "plugins/quantization/experiments/packaged_pictures.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/picture/scene_pictures.h"
#include "core/picture/scenes.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/ranges.h>
#include <set>

namespace vitrine::quantization_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr const char* kFashionPackage = "dataset-fashion-mnist";
constexpr const char* kFashionFolders[] = {"usr/share/datasets/fashion-mnist",
                                           "usr/share/dataset/fashion-mnist"};

// Folders that hold packages as packaging/fetch unpacks them; `/` where they are installed.
std::vector<fs::path> packageRoots(const std::string& packages)
{
    if (!packages.empty())
        return {packages};
    std::vector<fs::path> roots = {"/"};
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value ? value : "");
    };
    if (const fs::path state = variable("VITRINE_TRAINING"); !state.empty())
        roots.push_back(state / "packages");
    else if (const fs::path data = variable("XDG_DATA_HOME"); !data.empty())
        roots.push_back(data / "vitrine/training/packages");
    else if (const fs::path home = variable("HOME"); !home.empty())
        roots.push_back(home / ".local/share/vitrine/training/packages");
    return roots;
}

// A file of a package, by its place in it ("usr/share/..."); empty: it is nowhere.
fs::path packaged(const std::string& packages, const std::string& package, const std::string& file)
{
    std::error_code ignored;
    for (const fs::path& root : packageRoots(packages))
        if (const fs::path path = root == "/" ? root / file : root / package / file;
            fs::exists(path, ignored))
            return path;
    return {};
}

struct ListedPhotograph {
    std::string package, file, sha256;
    int x = 0, y = 0;

    std::string title() const { return package + "/" + file; }
};

// Those that are held out for a use, in the order of the trainer: "vt10" lie behind the test
// scenes, "codec" behind those that the trainer chooses a model by.
Result<std::vector<ListedPhotograph>> heldOutPhotographs(const std::string& use)
{
    VITRINE_TRY(const fs::path path, findResource("recipes/pictures.json"));
    VITRINE_TRY(const std::string text, readFile(path, 1 << 20));
    VITRINE_TRY(const Json json, parseJson(text, path.string()));
    std::vector<ListedPhotograph> listed;
    try {
        for (const Json& one : json.at("held_out"))
            if (one.at("use") == use)
                listed.push_back({one.at("package"), one.at("file"), one.value("sha256", ""),
                                  one.at("x"), one.at("y")});
    } catch (const Json::exception& error) {
        return inputError("{}: {}", path.string(), error.what());
    }
    std::ranges::sort(listed, {}, &ListedPhotograph::title);
    return listed;
}

Error missingPackages(const std::string& what, const std::set<std::string>& packages)
{
    const std::string names = fmt::format("{}", fmt::join(packages, " "));
    return Error{ErrorKind::input,
                 fmt::format("{} not here: `apt install {}` brings them, or `packaging/fetch "
                             "FOLDER {}` and packages=FOLDER",
                             what, names, names)};
}

} // namespace

ParamSpec packagesParam()
{
    ParamSpec spec;
    spec.name = "packages", spec.label = "Unpacked packages", spec.type = ParamType::file;
    spec.group = "Pictures";
    spec.help = "A folder that packaging/fetch made, for fashion-mnist and scenes; without it "
                "installed packages are used";
    spec.optional = true;
    spec.advanced = true;
    return spec;
}

Result<fs::path> findFashionMnist(const std::string& packages)
{
    for (const char* folder : kFashionFolders)
        if (fs::path path = packaged(packages, kFashionPackage, folder); !path.empty())
            return path;
    return tl::unexpected(missingPackages("the pictures of Fashion-MNIST are", {kFashionPackage}));
}

Result<std::shared_ptr<const LabelledPictures>> openScenes(const std::string& packages, Split split,
                                                           std::vector<std::string>& notes)
{
    const bool isTest = split == Split::test;
    VITRINE_TRY(const std::vector<ListedPhotograph> listed,
                heldOutPhotographs(isTest ? "vt10" : "codec"));
    std::set<std::string> missing;
    std::vector<HeldOutPhotograph> photographs;
    for (const ListedPhotograph& one : listed) {
        photographs.push_back({packaged(packages, one.package, one.file), one.x, one.y});
        if (photographs.back().path.empty())
            missing.insert(one.package);
    }
    const auto fashion = findFashionMnist(packages);
    if (!fashion)
        missing.insert(kFashionPackage);
    if (!missing.empty())
        return tl::unexpected(
            missingPackages("the garments and photographs that scenes are made of are", missing));
    VITRINE_TRY(auto garments, openLabelledPictures(*fashion, split));
    VITRINE_TRY(auto scenes, vitrine::openScenes(std::move(garments), photographs,
                                                 isTest ? kTestSceneSeed : kCalibrationSceneSeed));
    for (std::size_t i = 0; i < listed.size(); ++i) {
        VITRINE_TRY(const InputFile file, hashInput("data", photographs[i].path));
        if (file.sha256 != listed[i].sha256)
            notes.push_back(fmt::format("{} is another file than the trainer's: numbers are not "
                                        "those of the model's card.",
                                        photographs[i].path.string()));
    }
    return scenes;
}

} // namespace vitrine::quantization_plugin
