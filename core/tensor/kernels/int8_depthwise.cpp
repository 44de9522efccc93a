#include "core/tensor/kernels/int8_depthwise.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#define HWY_WANT_AVX3_DL // tables of bytes (VBMI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/int8_depthwise.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"
#include "core/tensor/kernels/int8_sums-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

inline constexpr std::int64_t kChannelsTogether = 64;

// Codes of two taps in the halves of each lane.
HWY_INLINE CodeVector pairedTaps(const std::int8_t* first, const std::int8_t* second,
                                 std::int64_t count)
{
    const CodeInts d;
    return hn::Or(hn::And(widenedCodes(first, count), hn::Set(d, 0xffff)),
                  hn::ShiftLeft<16>(widenedCodes(second, count)));
}

// One pixel; taps[t]: the input of tap t, an even number of them.
template <class Code>
HWY_INLINE void convolvePixel(const Int8Depthwise::Packed& p, const std::int8_t* const* taps,
                              std::int64_t count, Code* y)
{
    const CodeInts d;
    const std::int64_t channels = p.shape.inChannels, stride = p.padded();
    const std::int32_t *weights = p.weights.data(), *bias = p.bias.data();
    HWY_ALIGN std::int32_t sums[kChannelsTogether];
    for (std::int64_t first = 0; first < channels; first += kChannelsTogether) {
        const std::int64_t end = std::min(first + kChannelsTogether, channels);
        for (std::int64_t c = first; c < end; c += kCodeLanes) {
            auto sum = hn::LoadU(d, bias + c);
            for (std::int64_t t = 0; t < count; t += 2)
                sum = hn::Add(sum, pairProducts(pairedTaps(taps[t] + c, taps[t + 1] + c, end - c),
                                                hn::LoadU(d, weights + t / 2 * stride + c)));
            hn::Store(sum, d, sums + (c - first));
        }
        requantizeSums(sums, first, end - first, p.requantizer, y + first);
    }
}

// Row `row` of the output.
template <class Code>
HWY_INLINE void convolveRow(const Int8Depthwise::Packed& p, const std::int8_t* x, std::int64_t row,
                            Code* y)
{
    constexpr std::int64_t mostTaps = 128;
    const ConvolutionShape& s = p.shape;
    const std::int8_t* taps[mostTaps];
    Code* to = y + row * s.outWidth * s.outChannels;
    for (std::int64_t column = 0; column < s.outWidth; ++column) {
        std::int64_t count = 0;
        for (std::int64_t ky = 0; ky < s.kernelHeight; ++ky)
            for (std::int64_t kx = 0; kx < s.kernelWidth; ++kx) {
                const std::int64_t iy = row * s.strideHeight - s.top + ky,
                                   ix = column * s.strideWidth - s.left + kx;
                const bool isInside = iy >= 0 && iy < s.inHeight && ix >= 0 && ix < s.inWidth;
                taps[count++] =
                    isInside ? x + (iy * s.inWidth + ix) * s.inChannels : p.padding.data();
            }
        if (count % 2 != 0)
            taps[count++] = p.padding.data(); // its weight is 0
        convolvePixel(p, taps, count, to + column * s.outChannels);
    }
    if constexpr (sizeof(Code) == 1)
        if (p.table)
            lookUpCodes(p.table->data(), s.outWidth * s.outChannels, to);
}

void depthwiseBytesOf(const Int8Depthwise::Packed& p, const std::int8_t* x, std::int64_t row,
                      std::int8_t* y)
{
    convolveRow(p, x, row, y);
}
void depthwiseShortsOf(const Int8Depthwise::Packed& p, const std::int8_t* x, std::int64_t row,
                       std::int16_t* y)
{
    convolveRow(p, x, row, y);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(depthwiseBytesOf);
HWY_EXPORT(depthwiseShortsOf);

constexpr std::int64_t kMostKernel = 11;             // 121 taps
constexpr std::int64_t kDepthwiseProducts = 200'000; // of one thread's share

std::int64_t mostDepthwiseSum(const ConvolutionShape& s, const std::int8_t* codes,
                              const std::int32_t* bias)
{
    const std::int64_t taps = s.kernelHeight * s.kernelWidth;
    std::int64_t most = 0;
    for (std::int64_t c = 0; c < s.inChannels; ++c) {
        std::int64_t sum = bias ? std::abs(std::int64_t{bias[c]}) : 0;
        for (std::int64_t t = 0; t < taps; ++t)
            sum += 128 * std::abs(int{codes[c * taps + t]});
        most = std::max(most, sum);
    }
    return most;
}

Result<void> checkDepthwise(const ConvolutionShape& s, const AfterSums& after)
{
    if (s.groups != s.inChannels || s.outChannels != s.inChannels)
        return argumentError("{} groups of {} to {} channels are no depthwise convolution",
                             s.groups, s.inChannels, s.outChannels);
    if (s.kernelHeight > kMostKernel || s.kernelWidth > kMostKernel)
        return argumentError("a depthwise kernel has at most {} x {} values, not {} x {}",
                             kMostKernel, kMostKernel, s.kernelHeight, s.kernelWidth);
    if (after.table && (after.range.low < -128 || after.range.high > 127))
        return argumentError("a table has no codes from {} to {}", after.range.low,
                             after.range.high);
    return {};
}

// `row(r)` for each row of the output, several at once.
template <class Row>
void forOutputRows(const Int8Depthwise::Packed& p, const Row& row)
{
    const std::int64_t products = p.shape.outWidth * p.shape.inChannels * p.taps();
    const std::int64_t height =
        std::max<std::int64_t>(1, kDepthwiseProducts / std::max<std::int64_t>(1, products));
    const std::int64_t shares = (p.shape.outHeight + height - 1) / height;
    parallelFor(static_cast<std::size_t>(shares), [&](std::size_t item) {
        const std::int64_t first = static_cast<std::int64_t>(item) * height;
        for (std::int64_t r = first; r < std::min(first + height, p.shape.outHeight); ++r)
            row(r);
    });
}

// Pairs of taps of a channel, 16 bits each.
void packTaps(Int8Depthwise::Packed& packed, const std::int8_t* codes)
{
    const std::int64_t taps = packed.taps(), stride = packed.padded();
    packed.weights.resize(static_cast<std::size_t>((taps + 1) / 2 * stride));
    for (std::int64_t c = 0; c < packed.shape.inChannels; ++c)
        for (std::int64_t t = 0; t < taps; t += 2) {
            const auto half = [&](std::int64_t tap) {
                return static_cast<std::uint32_t>(
                    static_cast<std::uint16_t>(tap < taps ? codes[c * taps + tap] : 0));
            };
            packed.weights[static_cast<std::size_t>(t / 2 * stride + c)] =
                static_cast<std::int32_t>(half(t) | half(t + 1) << 16);
        }
}

} // namespace

Result<Int8Depthwise> Int8Depthwise::make(const ConvolutionShape& shape, const std::int8_t* codes,
                                          const std::int32_t* bias, std::int8_t inputZero,
                                          const AfterSums& after)
{
    VITRINE_CHECK(checkDepthwise(shape, after));
    VITRINE_TRY(auto requantizer,
                SumRequantizer::make(after.factors, shape.outChannels,
                                     mostDepthwiseSum(shape, codes, bias), after.range));
    auto made = std::make_shared<Packed>();
    made->shape = shape;
    made->requantizer = std::move(requantizer);
    packTaps(*made, codes);
    made->bias.resize(static_cast<std::size_t>(made->padded()));
    if (bias)
        std::copy_n(bias, shape.inChannels, made->bias.begin());
    made->padding.resize(static_cast<std::size_t>(shape.inChannels), inputZero);
    if (after.table)
        std::copy_n(after.table, 256, made->table.emplace().begin());
    return Int8Depthwise(std::move(made));
}

void Int8Depthwise::run(const std::int8_t* x, std::int8_t* y) const
{
    const CodeRange range = packed_->requantizer.range();
    assert(range.low >= -128 && range.high <= 127);
    forOutputRows(*packed_, [&](std::int64_t row) {
        HWY_DYNAMIC_DISPATCH(depthwiseBytesOf)(*packed_, x, row, y);
    });
}

void Int8Depthwise::run(const std::int8_t* x, std::int16_t* y) const
{
    assert(!packed_->table);
    forOutputRows(*packed_, [&](std::int64_t row) {
        HWY_DYNAMIC_DISPATCH(depthwiseShortsOf)(*packed_, x, row, y);
    });
}

} // namespace vitrine::kernels
#endif
