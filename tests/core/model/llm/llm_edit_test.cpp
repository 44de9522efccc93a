// What a caller may ask of a pass beside its logits: edited heads, going on from a residual stream,
// a filled cache, some rows' logits. Whether edits compute the right thing is told by the kernel's
// tests and by those of core/attention.
#include "core/model/llm/llm.h"

#include "tests/support/golden.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using tests::largestDifference;

struct Fixture {
    std::shared_ptr<const LlmCheckpoint> checkpoint;
    Llm llm;
    std::vector<std::int32_t> ids = tests::randomIds(40, 50);

    explicit Fixture(std::int64_t window = 0)
        : checkpoint(tests::tinyCheckpoint(config(window))), llm(*Llm::open(checkpoint))
    {
    }
    static LlmConfig config(std::int64_t window)
    {
        LlmConfig c = tests::tinyConfig();
        c.layers = 3;
        c.slidingWindow = window;
        return c;
    }
    std::span<const std::int32_t> first(std::size_t count) const
    {
        return std::span(ids).first(count);
    }
    std::string complaint(const ForwardRequest& request) const
    {
        const auto result = llm.forward(ids, request);
        return result ? "" : result.error().message;
    }
};

WeightEdit nothing(const EditQuestion&)
{
    return {};
}

TEST(ForwardEdits, AsksForEachHeadOnceInOrder)
{
    const Fixture f(15);
    std::vector<LayerHead> asked;
    ForwardRequest request;
    request.edited = {{0, 3}, {2, 0}, {2, 1}};
    request.edit = [&](const EditQuestion& question) {
        asked.push_back(question.where);
        EXPECT_EQ(question.first, 0);
        EXPECT_EQ(question.columnSum.size(), 40u);
        EXPECT_EQ(question.columnRows[0], 15);
        EXPECT_EQ(question.columnRows[39], 1);
        return WeightEdit{.columns = {5}, .beta = 0.5};
    };

    const auto result = f.llm.forward(f.ids, request);

    ASSERT_TRUE(result);
    EXPECT_EQ(asked, request.edited);
    ASSERT_EQ(result->edited.size(), 3u);
    EXPECT_EQ(result->edited[1].where, (LayerHead{2, 0}));
    EXPECT_THAT(result->edited[1].edit.columns, ElementsAre(5));
    EXPECT_EQ(result->edited[1].count.rowsModified, 15);
    EXPECT_NE(result->logits, f.llm.forward(f.ids)->logits);
}

TEST(ForwardEdits, AreRefusedWhereTheyMakeNoSense)
{
    const Fixture f;
    EXPECT_THAT(f.complaint({.edited = {{0, 1}}}), HasSubstr("nobody says how"));
    EXPECT_THAT(f.complaint({.edited = {{1, 1}, {0, 1}}, .edit = nothing}), HasSubstr("sorted"));
    EXPECT_THAT(f.complaint({.edited = {{1, 1}, {1, 1}}, .edit = nothing}), HasSubstr("sorted"));
    EXPECT_THAT(f.complaint({.edited = {{3, 0}}, .edit = nothing}), HasSubstr("3 layers"));
    EXPECT_THAT(f.complaint({.edited = {{0, 4}}, .edit = nothing}), HasSubstr("4 heads"));
}

TEST(ForwardFrom, AResidualStreamGivesTheSamePassToTheLastBit)
{
    const Fixture f;
    const auto whole = f.llm.forward(
        f.ids, {.hidden = true, .maps = {2}, .summaries = true, .keep = {{0, 1}, {2, 3}}});

    for (const int layer : {1, 2}) {
        const auto rest =
            f.llm.forward(f.ids, {.hidden = true,
                                  .maps = {2},
                                  .summaries = true,
                                  .keep = {{2, 3}},
                                  .fromLayer = layer,
                                  .residual = whole->hidden[static_cast<std::size_t>(layer)]});

        ASSERT_TRUE(rest) << rest.error().message;
        EXPECT_EQ(rest->logits, whole->logits);
        EXPECT_EQ(rest->hidden[3], whole->hidden[3]);
        EXPECT_TRUE(rest->hidden[0].empty());
        EXPECT_EQ(rest->maps, whole->maps);
        EXPECT_EQ(rest->summaries[2][1].entropy, whole->summaries[2][1].entropy);
        EXPECT_TRUE(rest->summaries[0].empty());
        EXPECT_EQ(rest->kept[0].q, whole->kept[1].q);
    }
    EXPECT_THAT(f.complaint({.fromLayer = 3, .residual = whole->hidden[2]}), HasSubstr("layer 3"));
    EXPECT_THAT(f.complaint({.fromLayer = 1}), HasSubstr("residual stream"));
    EXPECT_THAT(f.complaint({.residual = whole->hidden[0]}), HasSubstr("layer 0"));
}

TEST(ForwardRows, AreTheLastOnes)
{
    const Fixture f;
    const auto all = f.llm.forward(f.ids)->logits;

    const auto five = f.llm.forward(f.ids, {.logits = false, .lastRows = 5})->logits;

    ASSERT_EQ(five.size(), 5u * 50);
    EXPECT_LT(largestDifference(five, std::span(all).last(5 * 50)), 5e-5);
    EXPECT_THAT(f.complaint({.lastRows = 41}), HasSubstr("41 rows"));
}

TEST(ForwardCache, IsThatOfDecodingTheSameIds)
{
    const Fixture f;
    const auto filled = *f.llm.newCache(40), decoded = *f.llm.newCache(40);
    ASSERT_TRUE(f.llm.forward(f.first(30), {.cache = filled.get()}));
    ASSERT_TRUE(f.llm.decode(*decoded, f.first(30)));

    const auto rest = std::span(f.ids).subspan(30);
    const auto a = f.llm.decode(*filled, rest), b = f.llm.decode(*decoded, rest);

    EXPECT_EQ(filled->length(), 40);
    EXPECT_LT(largestDifference(*a, *b), 1e-4);
    EXPECT_THAT(f.complaint({.cache = filled.get()}), HasSubstr("empty cache"));
    const auto small = *f.llm.newCache(39);
    EXPECT_THAT(f.complaint({.cache = small.get()}), HasSubstr("empty cache"));
}

TEST(Decode, GivesSeveralRowsAndForgetsWhatIsRewound)
{
    const Fixture f;
    const auto cache = *f.llm.newCache(40);
    ASSERT_TRUE(f.llm.decode(*cache, f.first(30)));
    const auto rest = std::span(f.ids).subspan(30);
    const auto rows = f.llm.decode(*cache, rest, {.lastRows = 10});
    ASSERT_TRUE(rows);
    const auto all = f.llm.forward(f.ids, {.lastRows = 10});
    EXPECT_LT(largestDifference(rows->logits, all->logits), 1e-4);

    cache->rewind(30);
    ASSERT_TRUE(f.llm.decode(*cache, tests::randomIds(7, 50, 3)));
    cache->rewind(30);

    EXPECT_EQ(f.llm.decode(*cache, rest, {.lastRows = 10})->logits, rows->logits);
    cache->rewind(30);
    EXPECT_FALSE(f.llm.decode(*cache, rest, {.lastRows = 11}));
    EXPECT_FALSE(f.llm.decode(*cache, rest, {.lastRows = 0}));
}

TEST(Decode, AsksAboutTheNewRowsAlone)
{
    const Fixture f;
    const auto cache = *f.llm.newCache(40);
    ASSERT_TRUE(f.llm.decode(*cache, f.first(38)));
    int calls = 0;
    DecodeRequest request;
    request.edited = {{1, 2}};
    request.edit = [&](const EditQuestion& question) {
        ++calls;
        EXPECT_EQ(question.first, 38);
        EXPECT_EQ(question.columnSum.size(), 40u);
        EXPECT_EQ(question.columnRows[0], 2);
        EXPECT_EQ(question.columnRows[38], 2);
        EXPECT_EQ(question.columnRows[39], 1);
        double sum = 0;
        for (const float weight : question.columnSum)
            sum += static_cast<double>(weight);
        EXPECT_NEAR(sum, 2, 1e-5);
        return WeightEdit{.columns = {4}, .beta = 0};
    };

    const auto result = f.llm.decode(*cache, std::span(f.ids).subspan(38), request);

    ASSERT_TRUE(result);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(result->edited[0].count.rowsModified, 2);
}

} // namespace
} // namespace vitrine::model
