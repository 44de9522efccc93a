#include "core/model/vision/shift_add_swap.h"

#include "core/model/network/shift_add_network.h"
#include "core/model/network/swin_network.h"
#include "core/model/vision/attention_swap.h"
#include "core/model/vision/vision_model.h"
#include "core/tensor/kernels/mat_shift.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine::model
{
namespace
{

const VitSizes kSwapped{.width = 24,
                        .depth = 3,
                        .heads = 3,
                        .mlp = 32,
                        .patch = 4,
                        .side = 16,
                        .channels = 1,
                        .classes = 5};

class ShiftAddSwap : public testing::Test
{
protected:
    std::shared_ptr<const VisionCheckpoint> written(const VitSizes& sizes)
    {
        const tests::RandomVision random(vitNetwork(sizes));
        random.write(folder_.path, R"({"num_heads": 3, "mean": [0.5], "std": [0.5]})");
        return openVisionCheckpoint(folder_.path).value();
    }
    static std::vector<float> logits(std::shared_ptr<const VisionCheckpoint> checkpoint)
    {
        return VisionModel::open(std::move(checkpoint))
            .value()
            .run(tests::randomPicture(kSwapped.side, 1))
            .value();
    }
    // What a layer gives, by its name.
    static std::vector<float> outputOf(std::shared_ptr<const VisionCheckpoint> checkpoint,
                                       const std::string& name)
    {
        std::vector<float> values;
        const auto model =
            VisionModel::open(std::move(checkpoint), {.activationsApart = true}).value();
        EXPECT_TRUE(model.run(tests::randomPicture(kSwapped.side, 1),
                              {.observe = [&](const LayerOutput& output) {
                                  if (model.network().layers[output.layer].shape.name == name)
                                      values.assign(output.values.begin(), output.values.end());
                              }}));
        return values;
    }

    tests::TemporaryFolder folder_;
};

TEST_F(ShiftAddSwap, WithoutAnyPartChangesNothing)
{
    const auto checkpoint = written(kSwapped);
    EXPECT_EQ(logits(swapShiftAdd(checkpoint, {.isBinary = false}).value()), logits(checkpoint));
}

// Its input, x to 16 fraction bits, times the nearest powers of two.
TEST_F(ShiftAddSwap, LinearWeightsBecomePowersOfTwo)
{
    const auto checkpoint = written(kSwapped);
    const auto swapped =
        swapShiftAdd(checkpoint, {.isBinary = false, .shiftsMlp = true, .lowestExponent = -6})
            .value();
    const auto x = outputOf(checkpoint, "blocks.0.norm2"),
               got = outputOf(swapped, "blocks.0.mlp.fc1.shift");
    const auto weights = toFloat(checkpoint->tensor("blocks.0.mlp.fc1.weight").value()),
               bias = toFloat(checkpoint->tensor("blocks.0.mlp.fc1.bias").value());
    const std::size_t in = 24, out = 32;
    ASSERT_EQ(got.size(), x.size() / in * out);
    for (std::size_t i = 0; i < got.size(); ++i) {
        double sum = static_cast<double>(bias[i % out]);
        for (std::size_t c = 0; c < in; ++c)
            sum +=
                static_cast<double>(x[i / out * in + c]) *
                static_cast<double>(kernels::nearestShift(weights[i % out * in + c], -6).value());
        EXPECT_NEAR(static_cast<double>(got[i]), sum, 1e-3);
    }
}

TEST_F(ShiftAddSwap, TheLastBlockKeepsSoftmaxAndFiltersAreZero)
{
    const auto swapped = swapShiftAdd(written(kSwapped), {}).value();
    const auto& layers = swapped->network().layers;
    EXPECT_EQ(std::ranges::count(layers, LayerKind::softmax,
                                 [](const NetworkLayer& layer) { return layer.shape.kind; }),
              1);
    EXPECT_TRUE(swapped->has("blocks.1.attn.dconv.weight"));
    EXPECT_FALSE(swapped->has("blocks.2.attn.dconv.weight"));
    for (const float value : outputOf(swapped, "blocks.1.attn.dconv"))
        EXPECT_EQ(value, 0);
    EXPECT_NE(logits(swapped), logits(written(kSwapped)));
}

TEST_F(ShiftAddSwap, OtherNetworksAreRefused)
{
    VitSizes registers = kSwapped;
    registers.registers = 2, registers.placedTokens = 1;
    for (const auto& network : {vitNetwork(registers), swinNetwork({})})
        EXPECT_FALSE(isPlainViT(network)) << network.name;
    const auto checkpoint = written(kSwapped);
    EXPECT_TRUE(isPlainViT(checkpoint->network()));
    const auto changed = swapShiftAdd(checkpoint, {}).value();
    for (const auto& other :
         {changed, swapAttention(checkpoint, {AttentionForm::Kind::taylor}).value()}) {
        const auto refused = swapShiftAdd(other, {});
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().message.find("no plain ViT"), std::string::npos);
    }
}

} // namespace
} // namespace vitrine::model
