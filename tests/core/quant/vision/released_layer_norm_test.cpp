#include "core/quant/vision/released_layer_norm.h"

#include "core/quant/vision/integer_layer_norm.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

TEST(ReleasedLayerNorm, MultipliersOfThePapersFormula)
{
    EXPECT_EQ(releasedMultiplier(0.0371f), (ReleasedMultiplier{151, 12}));
    EXPECT_EQ(releasedMultiplier(0.5f), (ReleasedMultiplier{128, 8}));
    EXPECT_EQ(releasedMultiplier(1.0f), (ReleasedMultiplier{128, 7}));
    EXPECT_EQ(releasedMultiplier(3.7f), (ReleasedMultiplier{236, 6}));
    EXPECT_EQ(releasedMultiplier(300), (ReleasedMultiplier{255, 0})) << "above 255 is lost";
}

struct GoldenLayerNorm {
    Safetensors file;

    std::vector<float> values(const std::string& name) const
    {
        return toFloat(*file.tensor("intln." + name));
    }
};

std::optional<GoldenLayerNorm> goldenLayerNorm()
{
    const auto path = tests::goldenData("methods/p2vit/p2vit_d24_t17.safetensors");
    if (!path)
        return std::nullopt;
    auto file = Safetensors::open(*path);
    return file ? std::optional(GoldenLayerNorm{*std::move(file)}) : std::nullopt;
}

constexpr std::size_t kChannels = 24;

TEST(ReleasedLayerNorm, ReproducesTheReleasedCode)
{
    const auto golden = goldenLayerNorm();
    if (!golden)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN has P²-ViT's golden data";
    const auto in = golden->values("in"), expected = golden->values("out");
    const auto weight = golden->values("weight"), bias = golden->values("bias");
    const auto scales = golden->values("in_scale");
    const ReleasedLayerNorm norm{scales, weight, bias, golden->values("out_scale")[0]};

    ASSERT_EQ(in.size(), 34 * kChannels);
    std::vector<float> out(in.size());
    for (std::size_t i = 0; i < in.size(); i += kChannels)
        norm.row(std::span(in).subspan(i, kChannels), std::span(out).subspan(i, kChannels));

    EXPECT_EQ(out, expected);
}

std::vector<double> layerNorm(std::span<const float> row, std::span<const float> weight,
                              std::span<const float> bias)
{
    double mean = 0, variance = 0;
    for (const float x : row)
        mean += x / static_cast<double>(row.size());
    for (const float x : row)
        variance += std::pow(x - mean, 2) / static_cast<double>(row.size());
    std::vector<double> out;
    for (std::size_t i = 0; i < row.size(); ++i)
        out.push_back((row[i] - mean) / std::sqrt(variance) * weight[i] + bias[i]);
    return out;
}

// Ours from the same codes, which differs in the last code where M's cut-off digits matter.
TEST(ReleasedLayerNorm, TheIntegerFormStaysNearerToTheFloatLayerNorm)
{
    const auto golden = goldenLayerNorm();
    if (!golden)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN has P²-ViT's golden data";
    const auto in = golden->values("in"), released = golden->values("out");
    const auto weight = golden->values("weight"), bias = golden->values("bias");
    const auto scales = golden->values("in_scale");
    // LayerNorm does not see the input's scale, which is no power of two here.
    const float s1 = std::ranges::min(scales);
    const CodeGrid output{.scale = golden->values("out_scale")[0]};
    CodeGrid input;
    for (const float scale : scales)
        input.shifts.push_back(static_cast<std::uint8_t>(std::lround(std::log2(scale / s1))));
    const IntegerLayerNorm norm(input, output, weight, bias, {.multiplierBits = 8});

    double ours = 0, theirs = 0; // sums of squared deviations, steps of the output
    std::vector<std::int8_t> codes(kChannels), out(kChannels);
    for (std::size_t i = 0; i < in.size(); i += kChannels) {
        for (std::size_t c = 0; c < kChannels; ++c)
            codes[c] = static_cast<std::int8_t>(std::lround(in[i + c] / scales[c]));
        norm.row(codes, out);
        const auto exact = layerNorm(std::span(in).subspan(i, kChannels), weight, bias);
        for (std::size_t c = 0; c < kChannels; ++c) {
            if (std::abs(exact[c] / output.scale) > 127)
                continue; // theirs has no ends
            ASSERT_NEAR(out[c], exact[c] / output.scale, 1.5);
            ours += std::pow(out[c] - exact[c] / output.scale, 2);
            theirs += std::pow((released[i + c] - exact[c]) / output.scale, 2);
        }
    }
    EXPECT_LT(ours, theirs);
}

} // namespace
} // namespace vitrine::quant
