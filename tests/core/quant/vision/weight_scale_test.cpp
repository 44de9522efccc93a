#include "core/quant/vision/weight_scale.h"

#include "core/base/random.h"
#include "core/quant/hessian.h"
#include "tests/core/quant/vision/released_values.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

Matrix normals(Eigen::Index rows, Eigen::Index columns, Random& random)
{
    Matrix matrix(rows, columns);
    for (Eigen::Index i = 0; i < matrix.size(); ++i)
        matrix.data()[i] = random.normal();
    return matrix;
}

// Three pictures of 20 rows each, in the way in which a pass delivers them.
struct SeenRows {
    Matrix all, meanSquare;
};
SeenRows seenRows(Eigen::Index inputs, Random& random)
{
    SeenRows seen{normals(60, inputs, random) * normals(inputs, inputs, random), {}};
    HessianSum sum(inputs);
    for (Eigen::Index first = 0; first < 60; first += 20) {
        const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> picture =
            seen.all.middleRows(first, 20).cast<float>();
        seen.all.middleRows(first, 20) = picture.cast<double>();
        sum.add({picture.data(), static_cast<std::size_t>(picture.size())});
    }
    seen.meanSquare = sum.mean() / 20;
    return seen;
}

TEST(OutputLosses, TheMeanSquareStandsForAllRows)
{
    Random random(1);
    const SeenRows seen = seenRows(12, random);
    const Matrix difference = normals(300, 12, random);
    const auto direct = lossesFromRows(seen.all)(difference);
    const auto fromMean = lossesFromMeanSquare(seen.meanSquare)(difference);
    ASSERT_EQ(direct.size(), 300u);
    ASSERT_EQ(fromMean.size(), 300u);
    for (Eigen::Index output = 0; output < 300; ++output) {
        const auto i = static_cast<std::size_t>(output);
        const double slow = (seen.all * difference.row(output).transpose()).squaredNorm() / 60;
        EXPECT_NEAR(direct[i], slow, 1e-10 * slow);
        EXPECT_NEAR(fromMean[i], slow, 1e-10 * slow);
    }
}

TEST(WeightScale, BothLossesChooseTheSame)
{
    Random random(2);
    const SeenRows seen = seenRows(16, random);
    const Matrix weights = normals(24, 16, random);
    for (const bool isPerOutput : {false, true})
        for (const int bits : {4, 8}) {
            const WeightScaleSettings settings{.bits = bits, .isPerOutput = isPerOutput};
            const auto direct = chooseWeightScales(weights, lossesFromRows(seen.all), settings);
            const auto fromMean =
                chooseWeightScales(weights, lossesFromMeanSquare(seen.meanSquare), settings);
            EXPECT_EQ(direct.scales.scales, fromMean.scales.scales);
            EXPECT_EQ(direct.choices[0].losses.size(), 4u);
            EXPECT_NEAR(direct.choices[0].losses[0], fromMean.choices[0].losses[0],
                        1e-9 * direct.choices[0].losses[0]);
        }
}

// Invariants 1, 5 and 8 of the method.
TEST(WeightScale, OneScaleForTheTensorOrOneForEachOutputEachAPowerOfTwo)
{
    Random random(3);
    const SeenRows seen = seenRows(16, random);
    const Matrix weights = normals(24, 16, random);
    const auto losses = lossesFromMeanSquare(seen.meanSquare);
    const auto lossOf = [&](const WeightScales& scales) {
        double sum = 0;
        for (const double loss : losses(weights - quantizedWeights(weights, scales)))
            sum += loss;
        return sum;
    };
    for (const bool isPerOutput : {false, true}) {
        const auto adaptive =
            chooseWeightScales(weights, losses, {.bits = 4, .isPerOutput = isPerOutput});
        EXPECT_EQ(adaptive.scales.scales.size(), isPerOutput ? 24u : 1u);
        for (const double scale : adaptive.scales.scales)
            EXPECT_TRUE(isPowerOfTwo(scale));
        for (const auto power :
             {PowerRounding::nearest, PowerRounding::ceil, PowerRounding::floor}) {
            const auto other = chooseWeightScales(
                weights, losses, {.bits = 4, .isPerOutput = isPerOutput, .power = power});
            EXPECT_LE(lossOf(adaptive.scales), lossOf(other.scales));
        }
    }
    const auto raw = chooseWeightScales(weights, losses, {.power = PowerRounding::none});
    EXPECT_EQ(raw.scales.scales[0], std::max(weights.maxCoeff(), -weights.minCoeff()) / 127.5);
}

TEST(WeightScale, AnOutputOfZerosHasTheSmallestScaleAndCodesOfZero)
{
    Matrix weights = Matrix::Zero(2, 3);
    weights.row(0) << 0.5, -0.25, 0.75;
    const auto choice = chooseWeightScales(weights, lossesFromMeanSquare(Matrix::Identity(3, 3)),
                                           {.bits = 4, .isPerOutput = true});
    EXPECT_EQ(choice.scales.scales[1], std::ldexp(1.0, kLeastExponent));
    const auto codes = weightCodes(weights, choice.scales);
    EXPECT_EQ(std::vector<std::int32_t>(codes.begin() + 3, codes.end()),
              (std::vector<std::int32_t>{0, 0, 0}));
}

class ReleasedWeights : public Released
{
protected:
    void expectSame(const std::string& name, const Matrix& weights, const Matrix& rows,
                    const WeightScaleSettings& settings)
    {
        const auto expected = released().values(name + ".scale");
        const Matrix meanSquare = rows.transpose() * rows / static_cast<double>(rows.rows());
        for (const auto& losses : {lossesFromRows(rows), lossesFromMeanSquare(meanSquare)}) {
            const auto choice = chooseWeightScales(weights, losses, settings);
            EXPECT_EQ(std::vector<float>(choice.scales.scales.begin(), choice.scales.scales.end()),
                      expected)
                << name;
            const Matrix values = quantizedWeights(weights, choice.scales);
            EXPECT_EQ((values - released().rows(name + ".dequant", weights.cols()))
                          .lpNorm<Eigen::Infinity>(),
                      0)
                << name;
        }
    }
};

TEST_F(ReleasedWeights, LinearLayersAreTheSame)
{
    const Matrix weights = released().matrix("w"), rows = released().matrix("x");
    expectSame("lin.int8.layer", weights, rows, {.bits = 8});
    expectSame("lin.int8.channel", weights, rows, {.bits = 8, .isPerOutput = true});
    expectSame("lin.int4.channel", weights, rows, {.bits = 4, .isPerOutput = true});

    const auto codes = weightCodes(weights, {8, {std::ldexp(1.0, -7)}});
    const auto expected = released().values("lin.int8.layer.int");
    EXPECT_EQ(std::vector<float>(codes.begin(), codes.end()), expected);
}

// The loss may also be taken behind the attention: any loss of the candidates decides.
TEST_F(ReleasedWeights, ALossBehindTheAttentionChoosesTheSame)
{
    const Matrix weights = released().matrix("w"), rows = released().matrix("x");
    const Eigen::RowVectorXd bias = released().rows("b", weights.rows());
    const auto outputsOf = [&](const Matrix& some) {
        return attended((rows * some.transpose()).rowwise() + bias, 17, 3);
    };
    const double raw = symmetricGrid({weights.minCoeff(), weights.maxCoeff()}, 8).scale;
    std::vector<double> losses;
    for (const int exponent : candidateExponents(raw)) {
        const Matrix values = quantizedWeights(weights, {8, {std::ldexp(1.0, exponent)}});
        losses.push_back((outputsOf(weights) - outputsOf(values)).squaredNorm());
    }
    const auto choice = choosePower(raw, PowerRounding::adaptive, {}, losses);
    EXPECT_EQ(choice.scale, released().values("lin.int8.layer.attnobj.scale")[0]);
}

// The pictures [2, 3, 16, 16] in patches of 4 x 4: a convolution whose windows do not overlap is a
// linear layer of the patches.
TEST_F(ReleasedWeights, APatchEmbeddingIsTheSame)
{
    const auto pictures = released().values("conv.x");
    Matrix patches(2 * 16, 48);
    for (Eigen::Index patch = 0; patch < patches.rows(); ++patch)
        for (Eigen::Index i = 0; i < 48; ++i) {
            const auto picture = patch / 16, channel = i / 16;
            const auto y = patch % 16 / 4 * 4 + i % 16 / 4, x = patch % 4 * 4 + i % 4;
            patches(patch, i) =
                pictures[static_cast<std::size_t>(((picture * 3 + channel) * 16 + y) * 16 + x)];
        }
    const Matrix weights = released().rows("conv.w", 48);
    expectSame("conv.int8.layer_wise", weights, patches, {.bits = 8});
    expectSame("conv.int4.channel_wise", weights, patches, {.bits = 4, .isPerOutput = true});
}

} // namespace
} // namespace vitrine::quant
