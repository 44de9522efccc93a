// Reads the include lines of the sources and compares them with the tables of the architecture:
// modules have levels, includes go down, between the folders of one too, Qt stops at widgets,
// plugins do not know each other, and heavy libraries have one home each.
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

// "core/quant/x.h" -> "quant"; learning is three modules.
std::string moduleOf(const fs::path& path)
{
    auto part = path.begin();
    if (part == path.end() || *part != "core")
        return {};
    const std::string module = (++part)->string();
    return module == "learning" && std::next(part) != path.end()
               ? module + "/" + std::next(part)->string()
               : module;
}

// Which modules a module may include, itself aside (the tables of levels; what it uses, uses counts
// too).
const std::map<std::string, std::set<std::string>>& allowedModules()
{
    static const std::set<std::string> kScience = {"base", "tensor", "model", "video", "codec"};
    static const std::map<std::string, std::set<std::string>> kAllowed = {
        {"base", {}},
        {"tensor", {"base"}},
        {"picture", {"base"}},
        {"video", {"base"}},
        {"model", {"base", "tensor"}},
        {"codec", {"base", "video"}},
        {"attention", {"base", "tensor", "model"}},
        {"quant", {"base", "tensor", "model"}},
        {"nvc", kScience},
        {"superres", {"base", "tensor", "picture", "model", "video", "codec"}},
        {"sim", {"base", "tensor", "model", "quant"}},
        {"learning/nets", {"picture"}},
        {"learning/tasks",
         {"base", "picture", "tensor", "model", "video", "codec", "attention", "quant", "nvc",
          "superres", "sim", "learning/nets"}},
        // The adapter between the two halves and the trainer interface of the office.
        {"learning/trainer", {"base", "tensor", "jobs", "learning/nets", "learning/tasks"}},
        {"figure", {"base"}},
        {"jobs", {"base", "tensor"}},
        {"store", {"base", "tensor", "jobs"}},
        {"report", {"base", "tensor", "jobs", "store", "figure"}},
    };
    return kAllowed;
}

// Which folders a folder of the same module may include, itself aside. What a file holds is apart
// from what a network is, and both from running it; a plugin's experiments and figures know no
// view.
using Folders = std::map<std::string, std::set<std::string>>;
std::map<std::string, Folders> allowedFolders()
{
    std::map<std::string, Folders> allowed = {
        {"core/model",
         {{"tokenizer", {}},
          {"checkpoint", {}},
          {"network", {"checkpoint"}},
          {"llm", {"checkpoint", "network", "tokenizer"}},
          {"vision", {"checkpoint", "network"}},
          {"task", {"tokenizer"}}}},
        {"core/attention", {{"picture", {}}}},
        {"core/superres",
         {{"picture", {}},
          {"upscale", {"picture"}},
          {"blur", {"picture", "upscale"}},
          {"s2r", {"picture", "upscale"}},
          {"tfjs", {"picture", "upscale"}}}},
        {"core/sim",
         {{"workload", {}},
          {"cost", {"workload"}},
          {"machine", {"workload", "cost"}},
          {"search", {"workload", "cost", "machine"}},
          {"claims", {"workload", "cost"}}}},
        {"core/jobs",
         {{"experiment", {}}, {"bundle", {"experiment"}}, {"worker", {"experiment", "bundle"}}}},
        {"app",
         {{"plugins", {}},
          {"command_line", {"plugins"}},
          {"report", {"plugins", "command_line"}},
          {"window", {"plugins", "command_line", "report"}}}},
    };
    for (const auto& entry : fs::directory_iterator(fs::path(VITRINE_SOURCE_DIR) / "plugins"))
        if (entry.is_directory() && entry.path().filename() != "common")
            allowed["plugins/" + entry.path().filename().string()] = {
                {"experiments", {}},
                {"figures", {"experiments"}},
                {"view", {"experiments", "figures"}}};
    return allowed;
}

// "core/model/llm/x.h" within "core/model" -> "llm"; empty for what lies elsewhere or on top.
std::string folderWithin(const std::string& module, const fs::path& path)
{
    const std::string text = path.generic_string(), start = module + "/";
    const auto end = text.find('/', start.size());
    return text.starts_with(start) && end != std::string::npos
               ? text.substr(start.size(), end - start.size())
               : std::string();
}

bool isInNets(const std::string& folder)
{
    return folder.starts_with("core/learning/nets");
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

TEST(Architecture, ModulesOfCoreIncludeDownwardsOnly)
{
    expectNone(problemsIn("core", [](const Include& include) {
        const std::string from = moduleOf(include.file);
        const std::string to = moduleOf(include.target);
        if (to.empty() || to == from)
            return false;
        const auto module = allowedModules().find(from);
        return module == allowedModules().end() || !module->second.contains(to);
    }));
}

TEST(Architecture, FoldersOfAModuleIncludeAsTheTableSays)
{
    for (const auto& [module, folders] : allowedFolders())
        expectNone(problemsIn(module, [&](const Include& include) {
            const std::string from = folderWithin(module, include.file);
            const std::string to = folderWithin(module, include.target);
            if (from.empty() || to.empty() || to == from)
                return false;
            const auto folder = folders.find(from);
            return folder == folders.end() || !folder->second.contains(to);
        }));
}

// Whatever the tables leave open: no two folders need each other, over any number of others. The
// nets of learning are one library without order.
TEST(Architecture, NoFoldersIncludeEachOther)
{
    std::map<std::string, std::set<std::string>> uses;
    for (const std::string floor : {"core", "widgets", "plugins", "app"})
        for (const auto& include : includesUnder(floor)) {
            const std::string from = include.file.parent_path().generic_string();
            const std::string to = fs::path(include.target).parent_path().generic_string();
            if (from != to && to.find('/') != std::string::npos && !isInNets(from) && !isInNets(to))
                uses[from].insert(to);
        }
    for (bool grew = true; grew;) {
        grew = false;
        for (auto& [folder, reached] : uses) {
            const std::size_t before = reached.size();
            for (const std::string& next : std::set(reached))
                if (const auto further = uses.find(next); further != uses.end())
                    reached.insert(further->second.begin(), further->second.end());
            grew |= reached.size() > before;
        }
    }
    for (const auto& [folder, reached] : uses)
        EXPECT_FALSE(reached.contains(folder)) << folder << " needs itself by way of another";
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
               kScience.contains(moduleOf(include.target));
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

// attention::findSinks is science, attention_plugin::figures is a room: the reader can tell.
TEST(Architecture, NamespacesOfPluginsAreNotThoseOfCore)
{
    static const std::regex kNamespace(R"(^namespace vitrine::(\w+))");
    std::vector<std::string> problems;
    const auto wrongIn = [&](const std::string& floor, const auto& wrong) {
        for (const auto& entry :
             fs::recursive_directory_iterator(fs::path(VITRINE_SOURCE_DIR) / floor)) {
            const fs::path file = fs::relative(entry.path(), VITRINE_SOURCE_DIR);
            std::ifstream in(entry.path());
            if (file.extension() == ".h" || file.extension() == ".cpp")
                for (std::string line; std::getline(in, line);)
                    if (std::smatch match;
                        std::regex_search(line, match, kNamespace) && wrong(file, match.str(1)))
                        problems.push_back(file.string() + " opens " + match.str(1));
        }
    };
    wrongIn("core",
            [](const fs::path&, const std::string& name) { return name.ends_with("_plugin"); });
    wrongIn("widgets",
            [](const fs::path&, const std::string& name) { return name.ends_with("_plugin"); });
    wrongIn("plugins", [](const fs::path& file, const std::string& name) {
        const std::string plugin = std::next(file.begin())->string();
        return plugin != "common" && name != plugin + "_plugin";
    });
    expectNone(problems);
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
    EXPECT_EQ(folderWithin("core/model", "core/model/llm/llm.h"), "llm");
    EXPECT_EQ(folderWithin("core/model", "core/model/llm.h"), "");
    const auto allowed = allowedFolders();
    EXPECT_GE(allowed.size(), 9u);
    for (const auto& [module, folders] : allowed)
        for (const auto& [folder, uses] : folders)
            EXPECT_TRUE(fs::is_directory(fs::path(VITRINE_SOURCE_DIR) / module / folder) ||
                        module.starts_with("plugins/"))
                << module << "/" << folder;
}

} // namespace
