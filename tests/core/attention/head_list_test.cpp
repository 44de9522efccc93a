#include "core/attention/head_list.h"

#include "core/base/file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::attention
{
namespace
{

using model::LayerHead;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Six layers of four heads.
model::LlmConfig sixLayers()
{
    model::LlmConfig config = tests::tinyConfig();
    config.layers = 6;
    return config;
}

HeadList resolved(std::string_view text, std::vector<int> layers = {}, std::uint64_t seed = 42)
{
    const auto list = resolveHeads(text, sixLayers(), layers, seed);
    EXPECT_TRUE(list) << list.error().message;
    return list.value_or(HeadList{});
}

std::string complaint(std::string_view text)
{
    const auto list = resolveHeads(text, sixLayers());
    return list ? "" : list.error().message;
}

TEST(ResolveHeads, TakesTheLayersFromTheThirdToTheLastButOne)
{
    EXPECT_THAT(eligibleLayers(sixLayers()), ElementsAre(2, 3, 4));
    EXPECT_THAT(resolved("all").heads, SizeIs(12));
    EXPECT_EQ(resolved("all").heads.front(), (LayerHead{2, 0}));
    EXPECT_EQ(resolved("all").heads.back(), (LayerHead{4, 3}));
    EXPECT_THAT(resolved("none").heads, IsEmpty());
    EXPECT_THAT(resolved("all", {0, 5}).heads, SizeIs(8));
}

TEST(ResolveHeads, OfAModelTooSmallSaysThatThereAreNone)
{
    const auto list = resolveHeads("all", tests::tinyConfig());

    ASSERT_TRUE(list);
    EXPECT_THAT(list->heads, IsEmpty());
    EXPECT_THAT(list->notes, ElementsAre(HasSubstr("No layer is calibrated")));
}

TEST(ResolveHeads, SortsAListAndNotesWhatIsNotEligible)
{
    const HeadList list = resolved("4.0, 3.1,3.1,0.2");

    EXPECT_THAT(list.heads, ElementsAre(LayerHead{3, 1}, LayerHead{4, 0}));
    EXPECT_THAT(list.notes, ElementsAre(HasSubstr("heads 0.2")));
    EXPECT_EQ(headsText(list.heads), "3.1,4.0");
}

TEST(ResolveHeads, DrawsDifferentHeadsBySeed)
{
    const HeadSet one = resolved("random:5").heads;

    EXPECT_THAT(one, SizeIs(5));
    EXPECT_TRUE(std::ranges::is_sorted(one));
    EXPECT_EQ(std::ranges::adjacent_find(one), one.end());
    EXPECT_EQ(resolved("random:5").heads, one);
    EXPECT_NE(resolved("random:5", {}, 43).heads, one);
    EXPECT_EQ(resolved("random:12").heads, resolved("all").heads);
    EXPECT_THAT(complaint("random:13"), HasSubstr("only 12 heads"));
}

TEST(RandomHeads, AreDrawnEvenly)
{
    const HeadSet all = resolved("all").heads;
    std::map<LayerHead, int> counts;
    for (std::uint64_t seed = 0; seed < 3000; ++seed)
        for (const LayerHead& head : randomHeads(all, 3, seed))
            ++counts[head];

    for (const LayerHead& head : all) // expected 750, standard deviation 24
        EXPECT_NEAR(counts[head], 750, 120);
}

TEST(ResolveHeads, NamesWhatIsWrong)
{
    EXPECT_THAT(complaint("3.9"), HasSubstr("heads 0 to 3"));
    EXPECT_THAT(complaint("7.0"), HasSubstr("layers 0 to 5"));
    EXPECT_THAT(complaint("3"), HasSubstr("layer.head"));
    EXPECT_THAT(complaint("random:x"), HasSubstr("random:8"));
    EXPECT_THAT(complaint("no-such-file.json"), HasSubstr("no such file"));
    EXPECT_FALSE(resolveHeads("all", sixLayers(), std::vector<int>{6}));
}

TEST(HeadFile, ComesBackAsItWasWritten)
{
    const tests::TemporaryFolder folder;
    HeadList list;
    list.heads = {{1, 2}, {3, 0}, {3, 3}};
    list.model = "vitrine-lm";
    list.family = "cloze";
    list.beta = 0.4;
    list.tau = 0.1;
    list.rule = SinkRule::relative;

    ASSERT_TRUE(writeHeadFile(folder.path / "heads.json", list));
    const auto back = readHeadFile(folder.path / "heads.json", sixLayers());

    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->heads, list.heads);
    EXPECT_EQ(back->model, "vitrine-lm");
    EXPECT_EQ(back->family, "cloze");
    EXPECT_EQ(back->beta, 0.4);
    EXPECT_EQ(back->tau, 0.1);
    EXPECT_EQ(back->rule, SinkRule::relative);
    const auto text = readFile(folder.path / "heads.json", 4096);
    EXPECT_THAT(*text, HasSubstr(R"("first_layer":1,"heads":[[2],[],[0,3]])"));
}

TEST(HeadFile, StartsAtTheThirdLayerWhereItDoesNotSay)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "heads.json";
    ASSERT_TRUE(writeFileAtomically(path, R"({"heads": [[1], [], [0, 3, 3]]})"));

    const HeadList list = resolved(path.string());

    EXPECT_THAT(list.heads, ElementsAre(LayerHead{2, 1}, LayerHead{4, 0}, LayerHead{4, 3}));
    EXPECT_EQ(list.file, path);
    EXPECT_EQ(list.beta, std::nullopt);
}

TEST(HeadFile, ThatIsBrokenIsAnInputErrorWithItsName)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "heads.json";
    for (const char* text :
         {"", "[]", "{}", R"({"heads": 3})", R"({"heads": [3]})", R"({"heads": [["a"]]})",
          R"({"heads": [[4]]})", R"({"heads": [[-1]]})", R"({"heads": [[1.5]]})",
          R"({"heads": [[99999999999999999999]]})", R"({"heads": [[],[],[],[],[0]]})",
          R"({"heads": [], "first_layer": -1})", R"({"heads": [], "first_layer": "2"})",
          R"({"heads": [], "beta": 2})", R"({"heads": [], "tau": "x"})",
          R"({"heads": [], "rule": "some"})", R"({"heads": [], "model": 7})"}) {
        SCOPED_TRACE(text);
        ASSERT_TRUE(writeFileAtomically(path, text));
        const auto list = readHeadFile(path, sixLayers());
        ASSERT_FALSE(list);
        EXPECT_EQ(list.error().kind, ErrorKind::input);
        EXPECT_THAT(list.error().message, HasSubstr("heads.json"));
    }
}

} // namespace
} // namespace vitrine::attention
