#include "core/model/llm/llm.h"
#include "core/tensor/kernels/dense_weights.h"
#include "tests/support/rounded_checkpoint.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>

#include <cmath>
#include <list>
#include <numeric>

namespace vitrine::model
{
namespace
{

using testing::HasSubstr;
using tests::PackedCheckpoint;
using tests::randomIds;
using tests::tinyCheckpoint;

constexpr const char* kUp = "model.layers.1.mlp.up_proj.weight";

// Plane after plane the signs of what is left of a row, at its mean magnitude; the first `kept`.
kernels::BinaryCodes greedyCodes(const TensorView& matrix, int planes, int kept)
{
    kernels::BinaryCodes codes;
    codes.outputs = matrix.shape[0], codes.inputs = matrix.shape[1], codes.planes = kept;
    codes.groupRows = 1, codes.groupColumns = codes.inputs;
    auto& bytes = *kernels::makeCodes(codes);
    std::vector<float> left = toFloat(matrix);
    for (int plane = 0; plane < planes; ++plane)
        for (std::int64_t n = 0; n < codes.outputs; ++n) {
            float* row = left.data() + n * codes.inputs;
            const float sum = std::accumulate(row, row + codes.inputs, 0.0f,
                                              [](float s, float w) { return s + std::abs(w); });
            const float scale = fromHalf(toHalf(sum / static_cast<float>(codes.inputs)));
            if (plane < kept)
                codes.scales.push_back(scale);
            for (std::int64_t k = 0; k < codes.inputs; ++k) {
                const bool isPlus = row[k] >= 0;
                row[k] -= isPlus ? scale : -scale;
                if (isPlus && plane < kept)
                    bytes[static_cast<std::size_t>((plane * codes.outputs + n) * codes.codeBytes() +
                                                   k / 8)] |= static_cast<std::uint8_t>(1 << k % 8);
            }
        }
    return codes;
}

Llm openPacked(int planes, int kept)
{
    auto llm = Llm::open(
        std::make_shared<const PackedCheckpoint>(tinyCheckpoint(), [=](const TensorView& matrix) {
            return greedyCodes(matrix, planes, kept);
        }));
    EXPECT_TRUE(llm) << llm.error().message;
    return std::move(*llm);
}

std::vector<float> planeLogits(const Llm& llm, const std::vector<std::int32_t>& ids)
{
    const auto result = llm.forward(ids);
    EXPECT_TRUE(result) << result.error().message;
    return result ? result->logits : std::vector<float>{};
}

std::vector<float> decodedLogits(const Llm& llm, const std::vector<std::int32_t>& ids)
{
    const auto cache = *llm.newCache(static_cast<std::int64_t>(ids.size()));
    std::vector<float> logits;
    for (const std::int32_t id : ids) {
        const auto next = *llm.decode(*cache, std::vector{id});
        logits.insert(logits.end(), next.begin(), next.end());
    }
    return logits;
}

std::string refusal(const Llm& llm, int planes, const std::map<std::string, int>& single = {})
{
    const auto other = llm.withPlanes(planes, single);
    return other ? "" : other.error().message;
}

TEST(LlmPlanes, AllPlanesAreTheModelToTheBit)
{
    const Llm whole = openPacked(3, 3);
    const Llm same = *whole.withPlanes(3);
    const auto ids = randomIds(9, 50);
    EXPECT_EQ(planeLogits(same, ids), planeLogits(whole, ids));
    EXPECT_EQ(decodedLogits(same, ids), decodedLogits(whole, ids));
}

// What is run is what a model would be that was never given the other planes.
TEST(LlmPlanes, FewerPlanesAreAModelThatHasNoMore)
{
    const Llm whole = openPacked(3, 3);
    const auto ids = randomIds(9, 50);
    for (const int planes : {1, 2}) {
        const Llm fewer = *whole.withPlanes(planes), alone = openPacked(3, planes);
        EXPECT_EQ(planeLogits(fewer, ids), planeLogits(alone, ids)) << planes;
        EXPECT_EQ(decodedLogits(fewer, ids), decodedLogits(alone, ids)) << planes;
        EXPECT_NE(planeLogits(fewer, ids), planeLogits(whole, ids)) << planes;
    }
    const Llm back = *whole.withPlanes(1)->withPlanes(3);
    EXPECT_EQ(planeLogits(back, ids), planeLogits(whole, ids));
}

TEST(LlmPlanes, ALayerMayHaveItsOwn)
{
    const Llm whole = openPacked(3, 3);
    const Llm mixed = *whole.withPlanes(3, {{kUp, 1}});
    for (const LayerPlanes& layer : mixed.layerPlanes()) {
        EXPECT_EQ(layer.stored, 3) << layer.layer;
        EXPECT_EQ(layer.used, layer.layer == kUp ? 1 : 3) << layer.layer;
    }
    ASSERT_EQ(mixed.layerPlanes().size(), 14u);
    EXPECT_EQ(mixed.layerPlanes().front().layer, "model.layers.0.self_attn.q_proj.weight");
    const auto ids = randomIds(9, 50);
    EXPECT_NE(planeLogits(mixed, ids), planeLogits(whole, ids));
    EXPECT_NE(planeLogits(mixed, ids), planeLogits(*whole.withPlanes(1), ids));
}

TEST(LlmPlanes, ALayerOfFewerPlanesUsesAllOfThem)
{
    int matrix = 0;
    const auto mixed =
        std::make_shared<const PackedCheckpoint>(tinyCheckpoint(), [&](const TensorView& view) {
            const int planes = matrix++ % 2 == 0 ? 2 : 4;
            return greedyCodes(view, planes, planes);
        });
    const Llm three = *Llm::open(mixed)->withPlanes(3);
    const auto layers = three.layerPlanes();
    for (std::size_t i = 0; i < layers.size(); ++i)
        EXPECT_EQ(layers[i].used, i % 2 == 0 ? 2 : 3);
}

TEST(LlmPlanes, MayChangeBetweenTokens)
{
    const Llm three = openPacked(3, 3), one = *three.withPlanes(1);
    const auto ids = randomIds(6, 50);
    const auto cache = *three.newCache(6);
    const std::span<const std::int32_t> all = ids;
    ASSERT_TRUE(three.decode(*cache, all.first(4)));
    const auto byThree = *three.decode(*cache, all.subspan(4, 1));
    cache->rewind(4);
    const auto byOne = *one.decode(*cache, all.subspan(4, 1));
    EXPECT_NE(byOne, byThree);
    const auto fromTheStart = decodedLogits(one, {ids.begin(), ids.begin() + 5});
    EXPECT_NE(byOne, std::vector(fromTheStart.end() - 50, fromTheStart.end()));
    cache->rewind(4);
    EXPECT_EQ(*three.decode(*cache, all.subspan(4, 1)), byThree);
    EXPECT_EQ(cache->length(), 5);
    EXPECT_TRUE(one.decode(*cache, all.subspan(5, 1)));
}

// Bits of a whole number, the most significant first: a coarser grid, weights in the middle of its
// cells, which are 2^(dropped) steps wide.
TEST(LlmPlanes, FewerPlanesOfAGridAreACoarserGrid)
{
    const auto dense = tinyCheckpoint();
    const TensorView matrix = *dense->tensor(kUp);
    const kernels::BinaryCodes grid = tests::roundedCodes(matrix, 4);
    const auto steps = kernels::stepsOf(grid);
    std::vector<float> fine(35 * 20), coarse(fine.size());
    kernels::decodeRows(grid, 4, 0, 35, fine.data());
    kernels::decodeRows(grid, 2, 0, 35, coarse.data());
    for (std::size_t i = 0; i < fine.size(); ++i)
        EXPECT_LE(std::abs(fine[i] - coarse[i]), 1.5f * steps[i / 20] * 1.00001f);

    const Llm two = *Llm::open(tests::roundedCheckpoint(dense, 4))->withPlanes(2);
    std::list<std::vector<float>> kept;
    const auto asNumbers = Llm::open(
        dense,
        [&](const std::string& name,
            kernels::SharedWeights stored) -> Result<kernels::SharedWeights> {
            if (name.find("_proj") == std::string::npos)
                return stored;
            const auto codes = tests::roundedCodes(*dense->tensor(name), 4);
            auto& numbers =
                kept.emplace_back(static_cast<std::size_t>(codes.outputs * codes.inputs));
            kernels::decodeRows(codes, 2, 0, codes.outputs, numbers.data());
            return std::make_shared<const kernels::DenseWeights>(
                DType::f32, std::as_bytes(std::span(numbers)).data(), codes.outputs, codes.inputs);
        });
    const auto ids = randomIds(30, 50); // so many that codes are decoded
    const auto a = planeLogits(two, ids), b = planeLogits(*asNumbers, ids);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_NEAR(a[i], b[i], 1e-4f);
}

TEST(LlmPlanes, RefusesByNameWhatCannotBe)
{
    const Llm dense = *Llm::open(tinyCheckpoint());
    EXPECT_THAT(refusal(dense, 1), HasSubstr("\"model.layers.0.self_attn.q_proj.weight\" is stored "
                                             "as numbers, not as planes of codes"));
    EXPECT_EQ(dense.layerPlanes().front().stored, 0);
    const Llm packed = openPacked(3, 3);
    EXPECT_THAT(refusal(packed, 0), HasSubstr("0 planes are not possible: the linear layers have "
                                              "1 to 3"));
    EXPECT_THAT(refusal(packed, 4), HasSubstr("4 planes are not possible"));
    EXPECT_THAT(refusal(packed, 3, {{"lm_head.weight", 1}}),
                HasSubstr("there is no linear layer \"lm_head.weight\""));
    EXPECT_THAT(refusal(packed, 3, {{kUp, 4}}), HasSubstr("it has 1 to 3"));
    EXPECT_THAT(refusal(packed, 3, {{kUp, 0}}), HasSubstr("0 planes of"));
}

} // namespace
} // namespace vitrine::model
