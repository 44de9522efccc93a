// Reads the include lines of the sources and compares them with the tables of the architecture:
// rooms have levels, includes go down, Qt stops at widgets, plugins do not know each other, and
// heavy libraries have one home each.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace
{

namespace fs = std::filesystem;

struct Include {
    fs::path file; // relative to the source tree
    std::string target;
};

std::vector<Include> includesUnder(const std::string& folder)
{
    static const std::regex kInclude(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
    const fs::path root = VITRINE_SOURCE_DIR;
    std::vector<Include> found;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        const auto extension = entry.path().extension();
        if (extension != ".h" && extension != ".cpp")
            continue;
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);)
            if (std::smatch match; std::regex_search(line, match, kInclude))
                found.push_back({fs::relative(entry.path(), root), match[1]});
    }
    return found;
}

// "core/quant/x.h" -> "quant"; learning is two rooms.
std::string roomOf(const fs::path& path)
{
    auto part = path.begin();
    if (part == path.end() || *part != "core")
        return {};
    const std::string room = (++part)->string();
    return room == "learning" && std::next(part) != path.end()
               ? room + "/" + std::next(part)->string()
               : room;
}

// Which rooms a room may include, itself aside (the tables of levels; what it uses, uses counts
// too).
const std::map<std::string, std::set<std::string>>& allowedRooms()
{
    static const std::set<std::string> kScience = {"base", "tensor", "model", "video", "codec"};
    static const std::map<std::string, std::set<std::string>> kAllowed = {
        {"base", {}},
        {"tensor", {"base"}},
        {"video", {"base"}},
        {"model", {"base", "tensor"}},
        {"codec", {"base", "video"}},
        {"attention", {"base", "tensor", "model"}},
        {"quant", {"base", "tensor", "model"}},
        {"nvc", kScience},
        {"superres", kScience},
        {"sim", {"base", "tensor", "model", "quant"}},
        {"learning/nets", {}},
        {"learning/tasks",
         {"base", "tensor", "model", "video", "codec", "attention", "quant", "nvc", "superres",
          "sim", "learning/nets"}},
        // The adapter between the two halves and the trainer interface of the office.
        {"learning/trainer", {"base", "tensor", "jobs", "learning/nets", "learning/tasks"}},
        {"figure", {"base"}},
        {"jobs", {"base", "tensor"}},
        {"store", {"base", "tensor", "jobs"}},
        {"report", {"base", "tensor", "jobs", "store", "figure"}},
    };
    return kAllowed;
}

// "core/model/llm/x.h" -> "llm".
std::string folderOfModel(const fs::path& path)
{
    const std::string text = path.generic_string(), start = "core/model/";
    const auto end = text.find('/', start.size());
    return text.starts_with(start) && end != std::string::npos
               ? text.substr(start.size(), end - start.size())
               : std::string();
}

// Which folders of core/model a folder there may include, itself aside. What a file holds is apart
// from what the network is, and both from running it.
const std::map<std::string, std::set<std::string>>& allowedFoldersOfModel()
{
    static const std::map<std::string, std::set<std::string>> kAllowed = {
        {"tokenizer", {}},           {"checkpoint", {}},
        {"network", {"checkpoint"}}, {"llm", {"checkpoint", "network", "tokenizer"}},
        {"task", {"tokenizer"}},
    };
    return kAllowed;
}

bool isQt(const std::string& target)
{
    static const std::regex kQt(
        R"(^(Qt[A-Z][A-Za-z]*/)?Q[A-Z][A-Za-z0-9]*(\.h)?$|^qcustomplot\.h$|^q[a-z_]+\.h$|^Qt[A-Z][A-Za-z]+$)");
    return std::regex_match(target, kQt);
}

void expectNone(const std::vector<std::string>& problems)
{
    std::string text;
    for (const auto& problem : problems)
        text += problem + "\n";
    EXPECT_TRUE(problems.empty()) << text;
}

template <typename Wrong>
std::vector<std::string> problemsIn(const std::string& folder, const Wrong& wrong)
{
    std::vector<std::string> problems;
    for (const auto& include : includesUnder(folder))
        if (wrong(include))
            problems.push_back(include.file.string() + " includes " + include.target);
    return problems;
}

TEST(Architecture, RoomsOfCoreIncludeDownwardsOnly)
{
    expectNone(problemsIn("core", [](const Include& include) {
        const std::string from = roomOf(include.file);
        const std::string to = roomOf(include.target);
        if (to.empty() || to == from)
            return false;
        const auto room = allowedRooms().find(from);
        return room == allowedRooms().end() || !room->second.contains(to);
    }));
}

TEST(Architecture, FoldersOfModelIncludeOneWay)
{
    expectNone(problemsIn("core/model", [](const Include& include) {
        const std::string from = folderOfModel(include.file);
        const std::string to = folderOfModel(include.target);
        if (to.empty() || to == from)
            return false;
        const auto folder = allowedFoldersOfModel().find(from);
        return folder == allowedFoldersOfModel().end() || !folder->second.contains(to);
    }));
}

TEST(Architecture, CoreIsFreeOfQtAndOfUpperFloors)
{
    expectNone(problemsIn("core", [](const Include& include) {
        return isQt(include.target) || include.target.starts_with("widgets/") ||
               include.target.starts_with("plugins/") || include.target.starts_with("app/");
    }));
}

TEST(Architecture, WidgetsKnowNoPluginAndNoScience)
{
    expectNone(problemsIn("widgets", [](const Include& include) {
        static const std::set<std::string> kScience = {"model",    "attention", "quant",   "nvc",
                                                       "superres", "sim",       "learning"};
        return include.target.starts_with("plugins/") || include.target.starts_with("app/") ||
               kScience.contains(roomOf(include.target));
    }));
}

TEST(Architecture, PluginsKnowOnlyThemselves)
{
    expectNone(problemsIn("plugins", [](const Include& include) {
        const std::string own = "plugins/" + std::next(include.file.begin())->string() + "/";
        return include.target.starts_with("app/") ||
               (include.target.starts_with("plugins/") && !include.target.starts_with(own) &&
                !include.target.starts_with("plugins/common/")); // shared, and no room itself
    }));
}

TEST(Architecture, ExperimentsFiguresAndLiveSessionsAreFreeOfQt)
{
    expectNone(problemsIn("plugins", [](const Include& include) {
        const std::string folder = include.file.parent_path().filename().string();
        return folder != "view" && include.file.filename() != "plugin.cpp" && isQt(include.target);
    }));
}

TEST(Architecture, AppIncludesNoPlugin)
{
    expectNone(problemsIn(
        "app", [](const Include& include) { return include.target.starts_with("plugins/"); }));
}

TEST(Architecture, HeavyLibrariesHaveOneHome)
{
    const auto outside = [](const std::string& header, const std::vector<std::string>& homes) {
        std::vector<std::string> problems;
        for (const std::string folder : {"core", "widgets", "plugins", "app"})
            for (const auto& problem : problemsIn(folder, [&](const Include& include) {
                     const std::string file = include.file.string();
                     return include.target.starts_with(header) &&
                            std::ranges::none_of(homes, [&](const std::string& home) {
                                return file.starts_with(home);
                            });
                 }))
                problems.push_back(problem);
        return problems;
    };

    expectNone(outside("sqlite3", {"core/store/"}));
    expectNone(outside("torch/", {"core/learning/nets/"}));
    expectNone(outside("dnnl", {"core/tensor/kernels/"}));
    expectNone(outside("qcustomplot", {"widgets/plot/"}));
    expectNone(outside("sentencepiece", {"core/model/", "core/learning/tasks/"}));
    expectNone(outside("libav", {"core/codec/", "core/learning/nets/codec/mpeg4.cpp"}));
    expectNone(outside("CLI/", {"app/"}));
}

TEST(Architecture, TheTestSeesTheSources)
{
    EXPECT_GT(includesUnder("core").size(), 50u) << "the guard must not pass by reading nothing";
    EXPECT_TRUE(isQt("QWidget"));
    EXPECT_TRUE(isQt("QtPlugin"));
    EXPECT_FALSE(isQt("core/base/result.h"));
    EXPECT_EQ(folderOfModel("core/model/llm/llm.h"), "llm");
    EXPECT_EQ(folderOfModel("core/model/llm.h"), "");
}

} // namespace
