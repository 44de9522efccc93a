#include "core/model/llm/llm.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/dense_weights.h"
#include "core/tensor/kernels/q8_0.h"
#include "tests/support/golden.h"
#include "tests/support/reference_llm.h"
#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <numeric>

namespace vitrine::model
{
namespace
{

using tests::flat;
using tests::largestDifference;
using tests::randomIds;
using tests::tinyCheckpoint;
using tests::tinyConfig;

// fp32 against double over two layers: scores up to about 10, logits up to about 10.
constexpr double kLogits = 1e-4, kWeights = 5e-6;

LlmConfig configured(std::int64_t heads, std::int64_t kvHeads, std::int64_t headSize,
                     std::int64_t window)
{
    LlmConfig c = tinyConfig();
    c.heads = heads, c.kvHeads = kvHeads, c.headSize = headSize, c.slidingWindow = window;
    return c;
}

Llm openTiny(std::shared_ptr<const LlmCheckpoint> checkpoint)
{
    auto llm = Llm::open(std::move(checkpoint));
    EXPECT_TRUE(llm) << llm.error().message;
    return std::move(*llm);
}

ForwardRequest everything(const LlmConfig& config)
{
    ForwardRequest request{.hidden = true, .summaries = true};
    for (int layer = 0; layer < config.layers; ++layer) {
        request.maps.push_back(layer);
        for (int head = 0; head < config.heads; ++head)
            request.keep.push_back({layer, head});
    }
    return request;
}

struct Case {
    LlmConfig config;
    std::int64_t tokens = 0;
    DType type = DType::f32;
};

std::vector<Case> cases()
{
    std::vector<Case> all;
    for (const std::int64_t tokens : {1, 2, 3, 4, 5, 17, 63, 64, 65, 130})
        all.push_back({tinyConfig(), tokens});
    for (const std::int64_t window : {1, 2, 7, 64, 65, 1000})
        all.push_back({configured(3, 1, 10, window), 131});
    all.push_back({configured(3, 3, 2, 0), 70});
    all.push_back({configured(6, 2, 34, 5), 67, DType::bf16});
    all.push_back({configured(2, 1, 16, 0), 66, DType::f16});
    LlmConfig biased = configured(4, 2, 8, 0);
    biased.attentionBias = biased.mlpBias = true, biased.tiedEmbeddings = false;
    all.push_back({biased, 40});
    all.push_back({biased, 2, DType::bf16});
    LlmConfig scaledRope = configured(2, 2, 32, 0);
    scaledRope.ropeScaling = Llama3Scaling{.factor = 4, .originalContext = 32};
    all.push_back({scaledRope, 50});
    return all;
}

std::string described(const Case& c)
{
    return fmt::format("{} tokens, heads {}:{} of {}, window {}, {}", c.tokens, c.config.heads,
                       c.config.kvHeads, c.config.headSize, c.config.slidingWindow,
                       dtypeName(c.type));
}

TEST(Llm, AgreesWithThePlainLoopsInDoublePrecision)
{
    for (const Case& c : cases()) {
        SCOPED_TRACE(described(c));
        const auto checkpoint = tinyCheckpoint(c.config, 3, c.type);
        const auto ids = randomIds(c.tokens, c.config.vocabulary);
        const auto expected = tests::ReferenceLlm(*checkpoint).forward(ids);

        const auto result = openTiny(checkpoint).forward(ids, everything(c.config));

        ASSERT_TRUE(result) << result.error().message;
        EXPECT_LE(largestDifference(result->logits, flat(expected.logits)), kLogits);
        ASSERT_EQ(result->hidden.size(), expected.hidden.size());
        for (std::size_t i = 0; i < expected.hidden.size(); ++i)
            EXPECT_LE(largestDifference(result->hidden[i], flat(expected.hidden[i])), kLogits);
        for (std::size_t layer = 0; layer < expected.attention.size(); ++layer) {
            std::vector<float> maps;
            for (const auto& map : expected.attention[layer])
                std::ranges::copy(flat(map), std::back_inserter(maps));
            EXPECT_LE(largestDifference(result->maps[layer], maps), kWeights) << "layer " << layer;
        }
    }
}

// What a summary must be, from a whole map in double precision.
HeadSummary summaryOf(const tests::Rows& map, int thumbnailSide)
{
    const std::size_t tokens = map.size();
    const std::size_t side = std::min(tokens, static_cast<std::size_t>(thumbnailSide));
    HeadSummary s;
    s.columnSum.resize(tokens);
    s.thumbnail.resize(side * side);
    for (std::size_t i = 0; i < tokens; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            const double a = map[i][j];
            s.columnSum[j] += static_cast<float>(a);
            s.entropy -= a > 0 ? a * std::log(a) / static_cast<double>(tokens) : 0;
            s.distance += a * static_cast<double>(i - j) / static_cast<double>(tokens);
            s.firstTokenMass += j == 0 && i > 0 ? a / static_cast<double>(tokens - 1) : 0;
            float& cell = s.thumbnail[i * side / tokens * side + j * side / tokens];
            cell = std::max(cell, static_cast<float>(a));
        }
    return s;
}

TEST(Llm, SummariesAreThoseOfTheWholeMaps)
{
    for (const Case& c : cases()) {
        SCOPED_TRACE(described(c));
        const auto checkpoint = tinyCheckpoint(c.config, 5, c.type);
        const auto ids = randomIds(c.tokens, c.config.vocabulary);
        const auto reference = tests::ReferenceLlm(*checkpoint).forward(ids);
        const int side = 19;

        const auto result =
            openTiny(checkpoint).forward(ids, {.summaries = true, .thumbnailSide = side});

        ASSERT_TRUE(result) << result.error().message;
        ASSERT_EQ(result->summaries.size(), static_cast<std::size_t>(c.config.layers));
        for (std::size_t layer = 0; layer < result->summaries.size(); ++layer)
            for (std::size_t head = 0; head < result->summaries[layer].size(); ++head) {
                const HeadSummary& got = result->summaries[layer][head];
                const HeadSummary expected = summaryOf(reference.attention[layer][head], side);
                EXPECT_LE(largestDifference(got.columnSum, expected.columnSum), 5e-5);
                EXPECT_LE(largestDifference(got.thumbnail, expected.thumbnail), kWeights);
                EXPECT_NEAR(got.entropy, expected.entropy, 1e-5);
                EXPECT_NEAR(got.distance, expected.distance, 1e-4);
                EXPECT_NEAR(got.firstTokenMass, expected.firstTokenMass, 1e-6);
            }
    }
}

TEST(Llm, ColumnRowsCountTheQueriesThatSeeEachKey)
{
    const auto llm = openTiny(tinyCheckpoint(configured(2, 1, 4, 3)));

    const auto result = llm.forward(randomIds(6, 50), {.summaries = true, .thumbnailSide = 0});

    ASSERT_TRUE(result);
    EXPECT_EQ(result->summaries[0][0].columnRows, (std::vector<std::int32_t>{3, 3, 3, 3, 2, 1}));
    EXPECT_TRUE(result->summaries[0][0].thumbnail.empty());
}

TEST(Llm, KeptHeadsRebuildTheirMaps)
{
    for (const Case& c : cases()) {
        SCOPED_TRACE(described(c));
        const auto checkpoint = tinyCheckpoint(c.config, 9, c.type);
        const auto ids = randomIds(c.tokens, c.config.vocabulary);
        const auto llm = openTiny(checkpoint);
        const auto result = llm.forward(ids, everything(c.config));
        ASSERT_TRUE(result) << result.error().message;
        ASSERT_EQ(result->kept.size(), static_cast<std::size_t>(c.config.layers * c.config.heads));

        const auto tokens = static_cast<std::size_t>(c.tokens),
                   size = static_cast<std::size_t>(c.config.headSize);
        for (const KeptHead& kept : result->kept) {
            const float* map = result->maps[static_cast<std::size_t>(kept.where.layer)].data() +
                               static_cast<std::size_t>(kept.where.head) * tokens * tokens;
            double worst = 0;
            for (std::size_t i = 0; i < tokens; ++i)
                for (std::size_t j = 0; j <= i; ++j) {
                    if (c.config.slidingWindow > 0 &&
                        i - j >= static_cast<std::size_t>(c.config.slidingWindow))
                        continue;
                    double dot = 0;
                    for (std::size_t d = 0; d < size; ++d)
                        dot += static_cast<double>(kept.q[i * size + d]) * kept.k[j * size + d];
                    const double a =
                        std::exp(dot / std::sqrt(static_cast<double>(size)) - kept.lse[i]);
                    worst = std::max(worst, std::abs(a - map[i * tokens + j]));
                }
            EXPECT_LE(worst, 2e-6) << "layer " << kept.where.layer << " head " << kept.where.head;
        }
    }
}

bool sameBits(std::span<const float> a, std::span<const float> b)
{
    return std::ranges::equal(a, b, [](float x, float y) {
        return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
    });
}

TEST(Llm, CaptureLeavesTheOutputsAsTheyAreToTheLastBit)
{
    for (const Case& c : cases()) {
        SCOPED_TRACE(described(c));
        const auto llm = openTiny(tinyCheckpoint(c.config, 11, c.type));
        const auto ids = randomIds(c.tokens, c.config.vocabulary);

        const auto plain = llm.forward(ids), captured = llm.forward(ids, everything(c.config));

        ASSERT_TRUE(plain && captured);
        EXPECT_TRUE(sameBits(plain->logits, captured->logits));
    }
}

TEST(Llm, ResultsAreBitIdenticalForEveryThreadCount)
{
    LlmConfig wide = configured(5, 5, 12, 0);
    wide.hidden = 60, wide.mlp = 601, wide.vocabulary = 777;
    std::vector<Case> all = cases();
    all.push_back({wide, 301});
    all.push_back({wide, 601, DType::bf16});
    for (const Case& c : all) {
        SCOPED_TRACE(described(c));
        const auto llm = openTiny(tinyCheckpoint(c.config, 13, c.type));
        const auto ids = randomIds(c.tokens, c.config.vocabulary);
        std::vector<ForwardResult> results;
        std::vector<std::vector<float>> decoded;
        for (const int threads : {1, 2, 4}) {
            setThreadCount(threads);
            results.push_back(llm.forward(ids, everything(c.config)).value());
            const auto cache = llm.newCache(c.tokens + 1).value();
            (void)llm.decode(*cache, ids);
            decoded.push_back(llm.decode(*cache, std::span(ids).first(1)).value());
        }
        setThreadCount(0);
        for (std::size_t i = 1; i < results.size(); ++i) {
            EXPECT_TRUE(sameBits(results[0].logits, results[i].logits));
            EXPECT_TRUE(sameBits(decoded[0], decoded[i]));
            for (std::size_t layer = 0; layer < results[0].summaries.size(); ++layer)
                for (std::size_t head = 0; head < results[0].summaries[layer].size(); ++head) {
                    const HeadSummary &a = results[0].summaries[layer][head],
                                      &b = results[i].summaries[layer][head];
                    EXPECT_TRUE(sameBits(a.columnSum, b.columnSum));
                    EXPECT_TRUE(sameBits(a.thumbnail, b.thumbnail));
                    EXPECT_EQ(a.entropy, b.entropy);
                    EXPECT_EQ(a.distance, b.distance);
                    EXPECT_EQ(a.firstTokenMass, b.firstTokenMass);
                }
        }
    }
}

TEST(Llm, LastLogitsAloneAreTheLastRow)
{
    const auto llm = openTiny(tinyCheckpoint());
    const auto ids = randomIds(33, 50);

    const auto all = llm.forward(ids).value(), last = llm.forward(ids, {.logits = false}).value();

    ASSERT_EQ(last.logits.size(), 50u);
    EXPECT_LE(largestDifference(last.logits, std::span(all.logits).last(50)), 1e-5);
}

TEST(Llm, DecodingInPiecesEqualsPrefill)
{
    for (const Case& c : cases()) {
        SCOPED_TRACE(described(c));
        const auto llm = openTiny(tinyCheckpoint(c.config, 17, c.type));
        const auto ids = randomIds(c.tokens, c.config.vocabulary);
        const auto prefill = llm.forward(ids).value();
        const auto vocabulary = static_cast<std::size_t>(c.config.vocabulary);
        const auto cache = llm.newCache(c.tokens).value();

        for (std::size_t t = 0, piece = 1; t < ids.size(); t += piece) {
            piece = std::min(ids.size() - t, t % 7 + 1);
            const auto logits = llm.decode(*cache, std::span(ids).subspan(t, piece));
            ASSERT_TRUE(logits) << logits.error().message;
            const auto row =
                std::span(prefill.logits).subspan((t + piece - 1) * vocabulary, vocabulary);
            EXPECT_LE(largestDifference(*logits, row), 1e-4) << "after " << t + piece;
        }
        EXPECT_EQ(cache->length(), c.tokens);
        EXPECT_FALSE(llm.decode(*cache, std::span(ids).first(1))) << "the cache is full";
    }
}

// The weights of another layout as plain floats.
class WidenedWeights
{
public:
    Result<kernels::SharedWeights> operator()(const kernels::SharedWeights& weights)
    {
        auto values = std::make_shared<std::vector<float>>(
            static_cast<std::size_t>(weights->outputs() * weights->inputs()));
        weights->widen(0, weights->outputs(), values->data());
        kept_.push_back(values);
        return std::make_shared<const kernels::DenseWeights>(
            DType::f32, reinterpret_cast<const std::byte*>(values->data()), weights->outputs(),
            weights->inputs());
    }

private:
    std::vector<std::shared_ptr<std::vector<float>>> kept_;
};

TEST(Llm, RunsOnQuantizedWeightsAsOnTheirWidenedOnes)
{
    LlmConfig c = tinyConfig();
    c.hidden = 64, c.heads = 4, c.kvHeads = 2, c.headSize = 16, c.mlp = 96;
    const auto checkpoint = tinyCheckpoint(c, 3);
    const auto ids = randomIds(21, c.vocabulary);
    WidenedWeights widened;
    std::vector<std::string> names;
    const auto quantize = [&](const std::string& name, kernels::SharedWeights stored) {
        names.push_back(name);
        return kernels::Q8Weights::quantize(*stored);
    };
    const Llm plain = openTiny(checkpoint);
    const Llm packed = std::move(*Llm::open(checkpoint, quantize));
    const Llm judge = std::move(*Llm::open(
        checkpoint,
        [&](const std::string&, kernels::SharedWeights stored) -> Result<kernels::SharedWeights> {
            VITRINE_TRY(const auto quantized, kernels::Q8Weights::quantize(*stored));
            return widened(quantized);
        }));

    const auto result = packed.forward(ids, everything(c)).value();
    const auto expected = judge.forward(ids, everything(c)).value();
    const auto unquantized = plain.forward(ids, everything(c)).value();
    const auto cache = packed.newCache(21).value();
    const auto last = packed.decode(*cache, ids).value();

    EXPECT_LT(largestDifference(result.logits, expected.logits), kLogits);
    EXPECT_GT(largestDifference(result.logits, unquantized.logits), kLogits);
    for (std::size_t i = 0; i < result.maps.size(); ++i)
        EXPECT_LT(largestDifference(result.maps[i], expected.maps[i]), kWeights);
    const std::vector<float> lastRow(result.logits.end() - c.vocabulary, result.logits.end());
    EXPECT_LT(largestDifference(last, lastRow), kLogits);
    EXPECT_EQ(std::ranges::count(names, "model.layers.0.mlp.down_proj.weight"), 1);
    EXPECT_EQ(std::ranges::count(names, "model.embed_tokens.weight"), 1);
}

TEST(Llm, ALayoutThatRefusesItsWeightsEndsTheOpening)
{
    LlmConfig c = tinyConfig();
    c.hidden = 40;

    const auto llm = Llm::open(tinyCheckpoint(c, 1), [](const std::string&, auto stored) {
        return kernels::Q8Weights::quantize(*stored);
    });

    ASSERT_FALSE(llm);
    EXPECT_NE(llm.error().message.find("blocks of 32"), std::string::npos) << llm.error().message;
}

TEST(Llm, RefusesWhatItCannotRun)
{
    const auto llm = openTiny(tinyCheckpoint());
    const std::vector<std::int32_t> bad{1, 2, 50}, negative{-1}, good{1, 2};

    EXPECT_EQ(llm.forward(bad).error().message,
              "token id 50 at position 2 is outside the vocabulary of 50");
    EXPECT_EQ(llm.forward(negative).error().kind, ErrorKind::argument);
    EXPECT_EQ(llm.forward({}).error().kind, ErrorKind::argument);
    EXPECT_EQ(llm.forward(good, {.maps = {2}}).error().message,
              "there is no layer 2: the model has 2, counted from 0");
    EXPECT_FALSE(llm.forward(good, {.keep = {{0, 4}}}));
    EXPECT_FALSE(llm.newCache(0));
    EXPECT_FALSE(llm.newCache(std::numeric_limits<std::int64_t>::max()));
    EXPECT_FALSE(Llm::open(tinyCheckpoint(configured(2, 1, 5, 0))));
}

TEST(Llm, StopsBeforeTheLayerThatIsRefused)
{
    const auto llm = openTiny(tinyCheckpoint());
    std::vector<int> seen;

    const auto result = llm.forward(randomIds(4, 50), {.onLayer = [&](int layer) {
                                        seen.push_back(layer);
                                        return layer < 1;
                                    }});

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
    EXPECT_EQ(seen, (std::vector<int>{0, 1}));
}

} // namespace
} // namespace vitrine::model
