// The sources of a folder are compiled as one in the tested build. A name that two of them define
// for themselves then either does not compile or, worse, is an overload that nobody meant: the call
// goes to the neighbour's function. So such names are unique within what is compiled as one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <istream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

// Names of functions, constants and types that a source defines in its anonymous namespaces. Reads
// lines as clang-format leaves them: definitions of a namespace begin in the first column. Aliases
// may repeat: two that differ do not compile.
std::set<std::string> privateNames(std::istream& source)
{
    static const std::regex kOpen(R"(namespace\s*\{?)"), kClose(R"(\} // namespace)");
    static const std::regex kType(R"((?:struct|class|enum(?: class)?)\s+(\w+).*)");
    static const std::regex kFunction(R"([\w:<>,&*\[\] ]*?[ &*>](\w+)\(.*)");
    static const std::regex kConstant(R"([\w:<>,&* ]+[ &*>](\w+)(?:\[\w*\])?\s*[={;].*)");
    static const std::regex kOther(
        R"((?:[ }{#/]|namespace|template|using|extern|TEST|INSTANTIATE|MATCHER|Q_).*)");
    std::set<std::string> names;
    bool inside = false;
    for (std::string line; std::getline(source, line);) {
        std::smatch match;
        if (std::regex_match(line, kOpen))
            inside = true;
        else if (std::regex_match(line, kClose))
            inside = false;
        else if (inside && !line.empty() && !std::regex_match(line, kOther) &&
                 (std::regex_match(line, match, kType) ||
                  std::regex_match(line, match, kFunction) ||
                  std::regex_match(line, match, kConstant)))
            names.insert(match[1]);
    }
    return names;
}

TEST(PrivateNames, AreFoundInASource)
{
    std::istringstream source(
        "namespace vitrine {\nint shared();\nnamespace {\n\nconstexpr int kRows = 4;\n"
        "enum class Side { left };\n\n// comment(\nstd::vector<int> rowsOf(int n)\n{\n"
        "    return f(n);\n}\n\n} // namespace\n\nint shared()\n{\n}\n} // namespace vitrine\n");

    EXPECT_EQ(privateNames(source), (std::set<std::string>{"Side", "kRows", "rowsOf"}));
}

// What is compiled as one: a module of core, a plugin, a folder of widgets, with the folders in it;
// app; the halves of learning; kernels, which are a library of their own. `folder` begins at the
// top of the tree.
std::string unitOf(const std::string& folder)
{
    static const std::regex kUnit(
        "(?:tests/)?(?:app|core/learning/\\w+|core/\\w+/kernels|[^/]+/[^/]+)");
    std::smatch match;
    if (folder.starts_with("tests/core/learning"))
        return "tests/core/learning";
    return std::regex_search(folder, match, kUnit, std::regex_constants::match_continuous)
               ? match.str()
               : folder;
}

TEST(PrivateNames, AreUniqueWithinAUnit)
{
    std::map<std::pair<std::string, std::string>, std::set<std::string>>
        sources; // by unit and name
    for (const std::string floor : {"app", "core", "widgets", "plugins", "tests"})
        for (const auto& entry :
             fs::recursive_directory_iterator(fs::path(VITRINE_SOURCE_DIR) / floor)) {
            const fs::path path = fs::relative(entry.path(), VITRINE_SOURCE_DIR);
            const std::string folder = path.parent_path().string(), file = path.filename().string();
            // Programs of one source each.
            if (entry.path().extension() != ".cpp" || file.ends_with("main.cpp") ||
                folder.ends_with("tests/bench") || file.starts_with("fuzz_"))
                continue;
            const std::string unit = unitOf(folder);
            std::ifstream source(entry.path());
            for (const std::string& name : privateNames(source))
                sources[{unit, name}].insert(path.string());
        }
    EXPECT_GT(sources.size(), 1000u) << "the guard must not pass by reading nothing";
    for (const auto& [place, files] : sources)
        EXPECT_EQ(files.size(), 1u) << place.second << " stands in " << *files.begin() << " and "
                                    << *files.rbegin() << " of " << place.first;
}

} // namespace
} // namespace vitrine
