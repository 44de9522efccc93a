#include "core/tensor/kernels/int8_depthwise.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>
#include <numeric>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere, tests::randomBytes;

ConvolutionShape depthwiseShape(std::int64_t channels, std::int64_t height, std::int64_t width,
                                std::int64_t kernel, std::int64_t stride)
{
    const auto outSide = [&](std::int64_t side) {
        return (side + kernel / 2 * 2 - kernel) / stride + 1;
    };
    return {channels, height, width,  channels,   outSide(height), outSide(width), kernel,
            kernel,   stride, stride, kernel / 2, kernel / 2,      channels};
}

std::int64_t plainSum(const ConvolutionShape& s, const std::vector<std::int8_t>& codes,
                      const std::vector<std::int8_t>& x, int zero, std::int64_t row,
                      std::int64_t column, std::int64_t channel)
{
    std::int64_t sum = 0;
    for (std::int64_t ky = 0; ky < s.kernelHeight; ++ky)
        for (std::int64_t kx = 0; kx < s.kernelWidth; ++kx) {
            const std::int64_t iy = row * s.strideHeight - s.top + ky,
                               ix = column * s.strideWidth - s.left + kx;
            const bool isInside = iy >= 0 && iy < s.inHeight && ix >= 0 && ix < s.inWidth;
            const int code =
                isInside
                    ? x[static_cast<std::size_t>((iy * s.inWidth + ix) * s.inChannels + channel)]
                    : zero;
            sum += code * codes[static_cast<std::size_t>(
                              (channel * s.kernelHeight + ky) * s.kernelWidth + kx)];
        }
    return sum;
}

TEST(Int8Depthwise, EqualsPlainLoops)
{
    for (const std::int64_t channels : {1, 8, 17, 64, 72, 130})
        for (const std::int64_t kernel : {1, 3, 5})
            for (const std::int64_t stride : {1, 2}) {
                SCOPED_TRACE(channels);
                Random random(static_cast<std::uint64_t>(channels * kernel + stride));
                const ConvolutionShape s = depthwiseShape(channels, 7, 9, kernel, stride);
                const auto codes = randomBytes(channels * kernel * kernel, random),
                           x = randomBytes(channels * 7 * 9, random);
                std::vector<std::int8_t> table(256);
                std::iota(table.begin(), table.end(), std::int8_t{3}); // wraps around
                const std::int8_t zero = -29;
                std::vector<std::int32_t> bias;
                std::vector<SumFactor> factors;
                for (std::int64_t c = 0; c < channels; ++c) {
                    bias.push_back(static_cast<std::int32_t>(random.below(4000)) - 2000);
                    factors.push_back(stride == 1 ? SumFactor{1, static_cast<int>(random.below(14))}
                                                  : SumFactor{(1 << 30) + 12345, 40});
                }
                // With a multiplier the code of 0 may be any.
                const CodeRange range{-128, 127, stride == 1 ? 0 : 41},
                    shorts{-32768, 32767, range.zero};
                std::vector<std::int8_t> expected, looked;
                std::vector<std::int16_t> wide;
                for (std::int64_t row = 0; row < s.outHeight; ++row)
                    for (std::int64_t column = 0; column < s.outWidth; ++column)
                        for (std::int64_t c = 0; c < channels; ++c) {
                            const auto at = static_cast<std::size_t>(c);
                            const std::int64_t sum =
                                bias[at] + plainSum(s, codes, x, zero, row, column, c);
                            const std::int32_t code = requantizedSum(sum, factors[at], range);
                            wide.push_back(static_cast<std::int16_t>(
                                requantizedSum(sum, factors[at], shorts)));
                            expected.push_back(static_cast<std::int8_t>(code));
                            looked.push_back(table[static_cast<std::size_t>(code + 128)]);
                        }

                for (const auto* with : {static_cast<const std::int8_t*>(nullptr),
                                         static_cast<const std::int8_t*>(table.data())}) {
                    const auto product = Int8Depthwise::make(s, codes.data(), bias.data(), zero,
                                                             {factors, range, with});
                    ASSERT_TRUE(product) << product.error().message;
                    expectEverywhere(with ? looked : expected, [&] {
                        std::vector<std::int8_t> y(expected.size());
                        product->run(x.data(), y.data());
                        return y;
                    });
                }
                const auto product =
                    Int8Depthwise::make(s, codes.data(), bias.data(), zero, {factors, shorts});
                expectEverywhere(wide, [&] {
                    std::vector<std::int16_t> y(wide.size());
                    product->run(x.data(), y.data());
                    return y;
                });
            }
}

TEST(Int8Depthwise, RefusesOtherConvolutions)
{
    const std::vector<std::int8_t> codes(2 * 13 * 13, 1);
    const SumFactor factor{1, 4};
    const AfterSums after{{&factor, 1}};
    ConvolutionShape shape = depthwiseShape(2, 20, 20, 3, 1);
    EXPECT_TRUE(Int8Depthwise::make(shape, codes.data(), nullptr, 0, after));
    shape.groups = 1;
    EXPECT_FALSE(Int8Depthwise::make(shape, codes.data(), nullptr, 0, after));
    EXPECT_FALSE(
        Int8Depthwise::make(depthwiseShape(2, 20, 20, 13, 1), codes.data(), nullptr, 0, after));
    EXPECT_FALSE(Int8Depthwise::make(depthwiseShape(2, 20, 20, 3, 1), codes.data(), nullptr, 0,
                                     {{&factor, 1}, {0, 255}, codes.data()}));
}

} // namespace
} // namespace vitrine::kernels
