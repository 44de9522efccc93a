// ShiftAddViT's three parts: binary attention, shift weights, the mixture of experts.
#include "core/learning/nets/vision/binary_attention.h"
#include "core/learning/nets/vision/mixture.h"
#include "core/learning/nets/vision/shift_weights.h"

#include "tests/core/learning/vision/finite_differences.h"

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

Tensor numbers64(std::vector<double> values)
{
    return torch::tensor(values, torch::kDouble);
}

TEST(BinaryCodes, AreOneAboveTheMeanAndLearnBetweenZeroAndOne)
{
    auto x =
        numbers64({-0.5, 0.1, 0.4, 1.5}).view({1, 4}).detach().requires_grad_(true); // mean 0.375

    const auto codes = binaryCodes(x);
    codes.sum().backward();

    EXPECT_TRUE(codes[0].allclose(numbers64({0, 0, 1, 1})));
    EXPECT_TRUE(x.grad()[0].equal(numbers64({0, 1, 1, 0})));
}

TEST(BinaryCodes, EachPictureHasAMeanOfItsOwn)
{
    const auto x = numbers64({0, 1, 10, 11}).view({2, 2});
    EXPECT_TRUE(binaryCodes(x).equal(numbers64({0, 1, 0, 1}).view({2, 2})));
}

TEST(BinaryAttention, EqualsSumsOverTheTokensWhoseBitsAreSet)
{
    torch::manual_seed(4);
    BinaryAttention attention(1);
    const auto q = torch::randn({1, 1, 3, 2}), k = torch::randn({1, 1, 3, 2}),
               v = torch::randn({1, 1, 3, 2});
    const auto unit = [](const Tensor& x) { return x / x.norm(2, -1, true); };
    const auto bits = [&](const Tensor& x) { return unit(x).gt(unit(x).mean()); };
    Tensor expected = torch::zeros({3, 2});
    for (int64_t i = 0; i < 3; ++i) {
        Tensor row = 0.5 * v[0][0][i];
        for (int64_t bit = 0; bit < 2; ++bit)
            for (int64_t j = 0; j < 3; ++j)
                if (bits(q)[0][0][i][bit].item<bool>() && bits(k)[0][0][j][bit].item<bool>())
                    row = row + v[0][0][j] / M_PI;
        expected[i] = row / row.norm();
    }
    torch::NoGradGuard guard;
    attention->named_parameters()["dconv.weight"].zero_();

    EXPECT_LT((attention->forward(q, k, v)[0][0] - expected).abs().max().item<float>(), 1e-5f);
}

TEST(BinaryAttention, GradientsOfTheValuesAndTheFilterAreRight)
{
    torch::manual_seed(4);
    BinaryAttention attention(2);
    attention->to(torch::kDouble);
    const auto q = torch::randn({1, 2, 4, 3}, torch::kDouble),
               k = torch::randn({1, 2, 4, 3}, torch::kDouble);

    expectGradients([&](const auto& in) { return attention->forward(q, k, in[0]); },
                    {torch::randn({1, 2, 4, 3})});
}

TEST(PowerOfTwo, RoundsTheLogarithmAndKeepsTheSign)
{
    auto w = numbers64({0.125, -0.125, 0.75, 3.0, 0.0, -1e-9}).requires_grad_(true);

    const auto rounded = powerOfTwo(w);
    rounded.sum().backward();

    EXPECT_TRUE(
        rounded.allclose(numbers64({0.125, -0.125, 1.0, 1.0, 0.0, -std::exp2(-15.0)}), 0.0, 1e-15));
    EXPECT_TRUE(w.grad().equal(torch::ones({6}, torch::kDouble)));
}

TEST(ShiftAndSign, StartsFromATrainedWeightAndHasTheGradientsOfTheRelease)
{
    const auto parts = shiftAndSignOf(numbers64({0.3, -0.3, 0.0}));
    auto shift = parts.shift.clone().requires_grad_(true),
         sign = parts.sign.clone().requires_grad_(true);

    const auto w = shiftAndSign(shift, sign);
    (w * numbers64({1, 2, 3})).sum().backward();

    EXPECT_TRUE(w.allclose(numbers64({0.25, -0.25, 0.0})));
    EXPECT_TRUE(sign.grad().equal(numbers64({1, 2, 3})));
    EXPECT_TRUE(
        shift.grad().allclose(numbers64({0.25 * std::log(2.0), -0.5 * std::log(2.0), 0.0})));
}

TEST(FixedPoint, RoundsDownAndPassesTheGradientInsideTheRange)
{
    auto x = numbers64({1.5 / 65536.0, -0.5 / 65536.0, 1e9}).requires_grad_(true);

    const auto fixed = fixedPoint(x);
    fixed.sum().backward();

    EXPECT_TRUE(fixed.allclose(numbers64({1.0 / 65536.0, -1.0 / 65536.0, 32767.0}), 0.0, 1e-12));
    EXPECT_TRUE(x.grad().equal(numbers64({1, 1, 0})));
}

TEST(SquaredVariation, GivesTheWorkedValues)
{
    EXPECT_NEAR(squaredVariation(numbers64({3, 3})).item<double>(), 0.0, 1e-12);
    EXPECT_NEAR(squaredVariation(numbers64({1, 3})).item<double>(), 0.5, 1e-9);
    EXPECT_NEAR(squaredVariation(numbers64({10, 30})).item<double>(), 0.5, 1e-9);
}

TEST(BalanceLoss, IsZeroAtFortyToSixtyForLatenciesOfSixToFour)
{
    // Softmax probabilities 0.4 and 0.6; without noise a difference of +-d gives Phi(+-2 d).
    const double d = std::log(0.4 / 0.6);
    const auto importanceOnly = numbers64({d, 0.0}).view({1, 2});
    const double share = 0.5 * std::erfc(-2.0 * d / std::sqrt(2.0)); // of mult, by load
    const double load =
        2.0 * std::pow((0.6 * share - 0.4 * (1 - share)) / (0.6 * share + 0.4 * (1 - share)), 2.0);

    EXPECT_NEAR(balanceLoss(importanceOnly, importanceOnly, {}).item<double>(), load, 1e-8);
}

TEST(BalanceLoss, GradientsAreRight)
{
    torch::manual_seed(4);
    expectGradients([](const auto& in) { return balanceLoss(in[0], in[1], {}); },
                    {torch::randn({5, 2}), torch::randn({5, 2})});
}

struct MixtureOfTest {
    Tensor weight = torch::randn({3, 4}, torch::kDouble), bias = torch::randn({3}, torch::kDouble);
    MixtureLinear layer{weight, bias, MixtureOptions{}};
    Tensor x = torch::randn({6, 4}, torch::kDouble);
};

TEST(MixtureLinear, AllTokensToMultIsTheLayerItCameFrom)
{
    torch::manual_seed(4);
    MixtureOfTest m;
    torch::NoGradGuard guard;
    m.layer->named_parameters()["router.bias"].copy_(numbers64({1, 0}));

    EXPECT_TRUE(m.layer->forward(m.x).equal(torch::linear(m.x, m.weight, m.bias)));
}

TEST(MixtureLinear, EveryTokenGetsTheExpertThatTheRouterChose)
{
    torch::manual_seed(4);
    MixtureOfTest m;
    torch::NoGradGuard guard;
    m.layer->named_parameters()["router.weight"].normal_();

    const auto y = m.layer->forward(m.x);

    const auto mult = torch::linear(m.x, m.weight, m.bias),
               shift = torch::linear(fixedPoint(m.x), powerOfTwo(m.weight), m.bias);
    EXPECT_GT(m.layer->chosen().sum().item<int64_t>(), 0);
    EXPECT_LT(m.layer->chosen().sum().item<int64_t>(), 6);
    EXPECT_TRUE(y.allclose(torch::where(m.layer->chosen().eq(1).unsqueeze(1), shift, mult)));
}

TEST(MixtureLinear, GradientsReachEveryParameter)
{
    torch::manual_seed(4);
    MixtureOfTest m;
    Chance chance(1, 1);
    m.layer->named_parameters()["router.weight"].data().normal_();

    (m.layer->forward(m.x, &chance).square().sum() + m.layer->balance()).backward();

    for (const auto& item : m.layer->named_parameters())
        EXPECT_GT(item.value().grad().abs().sum().item<double>(), 0.0) << item.key();
}

} // namespace
} // namespace vitrine::learning
