// What is said of a plugin.json that nobody would read as its author meant it.
#include "app/plugins/plugin_json.h"
#include "app/plugins/plugin_registry.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct ReadInfo {
    PluginInfo info;
    std::vector<std::string> problems;
};

// Of a plugin.json written with ' for ".
ReadInfo readInfo(QString text)
{
    const auto parsed = QJsonDocument::fromJson(text.replace('\'', '"').toUtf8());
    EXPECT_TRUE(parsed.isObject()) << text.toStdString();
    QStringList said;
    PluginJson json(parsed.object(), {}, said);
    ReadInfo read{pluginInfoOf(json), {}};
    for (const QString& problem : said)
        read.problems.push_back(problem.toStdString());
    return read;
}

TEST(PluginInfo, SaysNothingOfAFileThatHoldsEveryKnownKey)
{
    const auto read = readInfo(R"({'id': 'x', 'title': 'X', 'summary': 's', 'paper': 'p',
        'version': 2, 'order': 3, 'icon': 'i', 'experiments': ['x.run'],
        'opens': [{'what': 'w', 'parameter': 'model', 'endings': ['bin'], 'folders_with': ['a'],
                   'whole_folder': ['b']}],
        'studies': [{'id': 's', 'place': 1, 'title': 't', 'line': 'l', 'experiment': 'x.run',
                     'thumbnail': 'n', 'takes': 'a minute', 'needs_models': [], 'params': {'any': '1'},
                     'beside': [{'other': '2'}]}]})");

    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(read.info.version, 2);
    EXPECT_THAT(read.info.experiments, ElementsAre("x.run"));
    ASSERT_EQ(read.info.studies.size(), 1u);
    EXPECT_EQ(read.info.studies[0].params.at("any"), "1");
    EXPECT_EQ(read.info.studies[0].takes, "a minute");
    EXPECT_EQ(read.info.studies[0].beside.at(0).at("other"), "2");
}

TEST(PluginInfo, NamesTheKnownKeyThatAMisspeltOneIsNearTo)
{
    const std::pair<const char*, const char*> cases[] = {
        {"{'studyes': []}", R"(plugin.json: unknown key "studyes"; did you mean "studies"?)"},
        {"{'open': []}", R"(plugin.json: unknown key "open"; did you mean "opens"?)"},
        {"{'Title': ''}", R"(plugin.json: unknown key "Title"; did you mean "title"?)"},
        {"{'opens': [{}, {'endigs': []}]}",
         R"(plugin.json, opens[1]: unknown key "endigs"; did you mean "endings"?)"},
        {"{'opens': [{'foldersWith': []}]}",
         R"(plugin.json, opens[0]: unknown key "foldersWith"; did you mean "folders_with"?)"},
        {"{'studies': [{'besides': []}]}",
         R"(plugin.json, studies[0]: unknown key "besides"; did you mean "beside"?)"},
    };
    for (const auto& [file, said] : cases)
        EXPECT_THAT(readInfo(file).problems, ElementsAre(said));
}

TEST(PluginInfo, ListsTheKnownKeysWhereNoneIsNear)
{
    EXPECT_THAT(readInfo("{'colour': 'red'}").problems,
                ElementsAre(R"(plugin.json: unknown key "colour"; known are id, title, summary, )"
                            "paper, icon, version, order, experiments, opens, studies"));
    EXPECT_THAT(readInfo("{'x': 1, 'opens': [{'y': 1}]}").problems,
                ElementsAre(HasSubstr("known are what, parameter, endings"),
                            HasSubstr(R"(unknown key "x"; known are id)")));
}

TEST(PluginInfo, SaysWhichTypeAValueIsAndWhichWasExpected)
{
    const std::pair<const char*, const char*> cases[] = {
        {"{'title': 7}", R"(plugin.json: "title" is a number, a text expected)"},
        {"{'title': null}", R"(plugin.json: "title" is null, a text expected)"},
        {"{'version': '1'}", R"(plugin.json: "version" is a text, a whole number expected)"},
        {"{'order': 1.5}", R"(plugin.json: "order" is 1.5, a whole number expected)"},
        {"{'order': 1e12}", R"(plugin.json: "order" is 1e+12, a whole number expected)"},
        {"{'experiments': 'a.b'}",
         R"(plugin.json: "experiments" is a text, a list of texts expected)"},
        {"{'experiments': ['a.b', 2]}",
         R"(plugin.json: "experiments" holds a number, a list of texts expected)"},
        {"{'opens': {}}", R"(plugin.json: "opens" is an object, a list of objects expected)"},
        {"{'opens': ['csv']}", R"(plugin.json: opens[0] is a text, an object expected)"},
        {"{'opens': [{'endings': 'csv'}]}",
         R"(plugin.json, opens[0]: "endings" is a text, a list of texts expected)"},
        {"{'studies': [{'params': []}]}",
         R"(plugin.json, studies[0]: "params" is a list, an object with texts expected)"},
        {"{'studies': [{'params': {'limit': 64}}]}",
         R"(plugin.json, studies[0], params: "limit" is a number, a text expected)"},
        {"{'studies': [{'beside': [{'a': 'b'}, {'flag': true}]}]}",
         R"(plugin.json, studies[0], beside[1]: "flag" is true or false, a text expected)"},
    };
    for (const auto& [file, said] : cases)
        EXPECT_THAT(readInfo(file).problems, ElementsAre(said));
}

TEST(PluginInfo, KeepsWhatCanBeReadBesideWhatCannot)
{
    const auto read = readInfo("{'id': 'x', 'order': 'last', 'experiments': [1, 'x.run'],"
                               " 'opens': [3, {'parameter': 'model', 'endings': [true, 'bin']}]}");

    EXPECT_EQ(read.info.id, "x");
    EXPECT_EQ(read.info.order, 0);
    EXPECT_THAT(read.info.experiments, ElementsAre("x.run"));
    ASSERT_EQ(read.info.opens.size(), 1u);
    EXPECT_EQ(read.info.opens[0].parameter, "model");
    EXPECT_EQ(read.info.opens[0].endings, QStringList{"bin"});
    EXPECT_EQ(read.problems.size(), 4u);
}

TEST(PluginInfo, CutsAKeyOfAnyLengthToOneShortLine)
{
    const auto read = readInfo("{'" + QString(100'000, 'x') + "\\ny': 1}");

    ASSERT_EQ(read.problems.size(), 1u);
    EXPECT_LT(read.problems[0].size(), 300u);
    EXPECT_THAT(read.problems[0], testing::Not(HasSubstr("\n")));
}

// tests/app/test_plugin/misspelt.json
TEST(PluginRegistry, LoadsAPluginWithAMisspeltKeyAndSaysSoUnderItsFile)
{
    PluginRegistry registry({VITRINE_MISSPELT_PLUGINS});

    ASSERT_EQ(registry.plugins().size(), 1u);
    EXPECT_TRUE(registry.load("misspelt").has_value());
    EXPECT_THAT(registry.problems(),
                ElementsAre(HasSubstr("misspelt_plugin.so: plugin.json: unknown key \"studyes\"")));
}

TEST(PluginRegistry, HasNothingToSayOfThePluginsThatAreBuilt)
{
    EXPECT_THAT(PluginRegistry(PluginRegistry::searchPath()).problems(), IsEmpty());
}

} // namespace
} // namespace vitrine
