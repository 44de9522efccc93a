#include "core/tensor/kernels/convolution.h"

#include "core/base/parallel.h"
#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace vitrine::kernels
{
namespace
{

std::vector<float> randomFloats(std::int64_t count, Random& random)
{
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(random.uniform() * 2 - 1));
    return values;
}

struct ConvolutionCase {
    const char* name;
    ConvolutionShape shape;
};

ConvolutionShape square(std::int64_t in, std::int64_t out, std::int64_t side, std::int64_t kernel,
                        std::int64_t stride, std::int64_t groups)
{
    const std::int64_t padding = kernel == stride ? 0 : kernel / 2,
                       outSide = (side + 2 * padding - kernel) / stride + 1;
    return {in,     side,   side,   out,     outSide, outSide, kernel,
            kernel, stride, stride, padding, padding, groups};
}

const ConvolutionCase kConvolutions[] = {
    {"Stem", square(3, 8, 33, 3, 2, 1)},
    {"Patches", square(3, 24, 32, 8, 8, 1)},
    {"LargeStem", square(3, 32, 64, 7, 4, 1)},
    {"Pointwise", square(40, 24, 13, 1, 1, 1)},
    {"Depthwise", square(72, 72, 15, 3, 1, 72)},
    {"DepthwiseStride", square(64, 64, 56, 3, 2, 64)},
    {"DepthwiseFive", square(24, 24, 9, 5, 1, 24)},
    {"Groups", square(48, 48, 7, 1, 1, 6)},
    {"Dense", square(17, 19, 12, 3, 1, 1)},
    {"Rows", linearAsConvolution(197, 192, 576)},
    {"OneRow", linearAsConvolution(1, 300, 10)},
    {"OneColumn", {5, 9, 1, 6, 9, 1, 3, 3, 1, 1, 1, 1, 1}},
    {"ToOneColumn", {4, 9, 2, 6, 5, 1, 3, 3, 2, 2, 1, 1, 1}},
    {"OneColumnOfGroups", {6, 9, 1, 6, 9, 1, 5, 5, 1, 1, 2, 2, 6}},
};

class ConvolutionKernel : public testing::TestWithParam<ConvolutionCase>
{
};

TEST_P(ConvolutionKernel, EqualsSumsInDoublePrecision)
{
    const ConvolutionShape& s = GetParam().shape;
    Random random(7);
    const auto weights = randomFloats(
        s.outChannels * s.inChannels / s.groups * s.kernelHeight * s.kernelWidth, random);
    const auto bias = randomFloats(s.outChannels, random);
    const auto x = randomFloats(s.inChannels * s.inHeight * s.inWidth, random);
    const auto outputs = static_cast<std::size_t>(s.outChannels * s.outHeight * s.outWidth);
    for (const After after : {After::nothing, After::gelu, After::hardSwish})
        for (const float* maybeBias : {bias.data(), static_cast<const float*>(nullptr)}) {
            std::vector<float> y(outputs, NAN);
            std::vector<double> exact(outputs);
            const auto convolution = Convolution::make(s, weights.data(), maybeBias, after);
            ASSERT_TRUE(convolution) << convolution.error().message;
            convolution->run(x.data(), y.data());
            convolveSlowly(s, weights.data(), maybeBias, after, x.data(), exact.data());
            for (std::size_t i = 0; i < outputs; ++i)
                ASSERT_NEAR(static_cast<double>(y[i]), exact[i], 2e-5) << i;
        }
}

TEST_P(ConvolutionKernel, GivesTheSameBitsForEveryNumberOfThreads)
{
    const ConvolutionShape& s = GetParam().shape;
    Random random(9);
    const auto weights = randomFloats(
        s.outChannels * s.inChannels / s.groups * s.kernelHeight * s.kernelWidth, random);
    const auto x = randomFloats(s.inChannels * s.inHeight * s.inWidth, random);
    const auto convolution = Convolution::make(s, weights.data(), nullptr, After::gelu).value();
    const auto with = [&](int threads) {
        setThreadCount(threads);
        std::vector<float> y(static_cast<std::size_t>(s.outChannels * s.outHeight * s.outWidth));
        convolution.run(x.data(), y.data());
        return y;
    };
    const int before = threadCount();
    const auto alone = with(1);
    EXPECT_EQ(with(2), alone);
    EXPECT_EQ(with(4), alone);
    setThreadCount(before);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ConvolutionKernel, testing::ValuesIn(kConvolutions),
                         [](const auto& tested) { return std::string(tested.param.name); });

} // namespace
} // namespace vitrine::kernels
