#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/video/row_kernels.cpp"
#include <hwy/foreach_target.h> // compiles what follows once per instruction set

#include "core/video/row_kernels.h"

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace vitrine::video::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;
using Ints = hn::RepartitionToWide<hn::ScalableTag<std::int16_t>>;
using Shorts = hn::ScalableTag<std::int16_t>;

// Differences fit 16 bits and `flush` pairs of their squares fit 31.
template <typename Load>
std::uint64_t squaresOf(std::size_t count, std::size_t flush, const Load& load, std::size_t& done)
{
    const Shorts shorts;
    const Ints ints;
    const std::size_t lanes = hn::Lanes(shorts);
    std::uint64_t total = 0;
    std::size_t i = 0;
    alignas(64) std::int32_t parts[HWY_MAX_BYTES / sizeof(std::int32_t)];
    while (i + lanes <= count) {
        auto low = hn::Zero(ints), high = hn::Zero(ints);
        for (std::size_t turn = 0; turn < flush && i + lanes <= count; ++turn, i += lanes) {
            const auto difference = load(i);
            low = hn::ReorderWidenMulAccumulate(ints, difference, difference, low, high);
        }
        for (const auto& sums : {low, high}) {
            hn::Store(sums, ints, parts);
            for (std::size_t lane = 0; lane < hn::Lanes(ints); ++lane)
                total += static_cast<std::uint64_t>(parts[lane]);
        }
    }
    done = i;
    return total;
}

template <typename Sample>
std::uint64_t squaresFrom(const Sample* a, const Sample* b, std::size_t from, std::size_t count)
{
    std::uint64_t total = 0;
    for (; from < count; ++from) {
        const std::int64_t difference = std::int64_t{a[from]} - b[from];
        total += static_cast<std::uint64_t>(difference * difference);
    }
    return total;
}

std::uint64_t squaredError8(const std::uint8_t* a, const std::uint8_t* b, std::size_t count)
{
    const Shorts shorts;
    const hn::Rebind<std::uint8_t, Shorts> bytes;
    std::size_t done = 0;
    const auto load = [&](std::size_t i) {
        return hn::Sub(hn::PromoteTo(shorts, hn::LoadU(bytes, a + i)),
                       hn::PromoteTo(shorts, hn::LoadU(bytes, b + i)));
    };
    const std::uint64_t total = squaresOf(count, 8192, load, done);
    return total + squaresFrom(a, b, done, count);
}

std::uint64_t squaredError16(const std::uint16_t* a, const std::uint16_t* b, std::size_t count,
                             int peak)
{
    if (peak > 4095) // squares do not fit
        return squaresFrom(a, b, 0, count);
    const Shorts shorts;
    std::size_t done = 0;
    const auto load = [&](std::size_t i) {
        return hn::Sub(hn::LoadU(shorts, reinterpret_cast<const std::int16_t*>(a + i)),
                       hn::LoadU(shorts, reinterpret_cast<const std::int16_t*>(b + i)));
    };
    const std::uint64_t total = squaresOf(count, 32, load, done);
    return total + squaresFrom(a, b, done, count);
}

template <typename Sample>
void toFloatImpl(const Sample* row, std::size_t count, float scale, float offset, float* out)
{
    const Floats floats;
    const hn::Rebind<Sample, Floats> samples;
    const hn::Rebind<std::int32_t, Floats> ints;
    const std::size_t lanes = hn::Lanes(floats);
    const auto by = hn::Set(floats, scale), less = hn::Set(floats, offset);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto value = hn::ConvertTo(floats, hn::PromoteTo(ints, hn::LoadU(samples, row + i)));
        hn::StoreU(hn::Sub(hn::Mul(value, by), less), floats, out + i);
    }
    for (; i < count; ++i)
        out[i] = static_cast<float>(row[i]) * scale - offset;
}
void toFloat8(const std::uint8_t* row, std::size_t count, float scale, float offset, float* out)
{
    toFloatImpl(row, count, scale, offset, out);
}
void toFloat16(const std::uint16_t* row, std::size_t count, float scale, float offset, float* out)
{
    toFloatImpl(row, count, scale, offset, out);
}

void squaresAndErrorImpl(const float* x, const float* y, std::size_t count, float* squares,
                         float* error)
{
    const Floats floats;
    const std::size_t lanes = hn::Lanes(floats);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto a = hn::LoadU(floats, x + i), b = hn::LoadU(floats, y + i);
        const auto difference = hn::Sub(a, b);
        hn::StoreU(hn::MulAdd(a, a, hn::Mul(b, b)), floats, squares + i);
        hn::StoreU(hn::Mul(difference, difference), floats, error + i);
    }
    for (; i < count; ++i) {
        squares[i] = x[i] * x[i] + y[i] * y[i];
        error[i] = (x[i] - y[i]) * (x[i] - y[i]);
    }
}

// Weights are symmetric: the two rows, or columns, of equal weight are added first. Written out,
// and with the weights in registers, since a compiler loads again what stands behind a store.
template <class Vector, class Load>
HWY_INLINE Vector weighted(Vector w0, Vector w1, Vector w2, Vector w3, Vector w4, Vector w5,
                           const Load& load)
{
    Vector sum = hn::Mul(w5, load(5));
    sum = hn::MulAdd(w0, hn::Add(load(0), load(10)), sum);
    sum = hn::MulAdd(w1, hn::Add(load(1), load(9)), sum);
    sum = hn::MulAdd(w2, hn::Add(load(2), load(8)), sum);
    sum = hn::MulAdd(w3, hn::Add(load(3), load(7)), sum);
    return hn::MulAdd(w4, hn::Add(load(4), load(6)), sum);
}

// Four rows of sums at a time: each of the fourteen rows that they need is loaded once.
void weightedRowsImpl(const float* const* rows, const float* weights, std::size_t count,
                      float* const* out)
{
    const Floats floats;
    const auto w0 = hn::Set(floats, weights[0]), w1 = hn::Set(floats, weights[1]),
               w2 = hn::Set(floats, weights[2]), w3 = hn::Set(floats, weights[3]),
               w4 = hn::Set(floats, weights[4]), w5 = hn::Set(floats, weights[5]);
    float *const o0 = out[0], *const o1 = out[1], *const o2 = out[2], *const o3 = out[3];
    for (std::size_t i = 0; i < count; i += hn::Lanes(floats)) {
        const auto r0 = [&](int k) HWY_ATTR { return hn::LoadU(floats, rows[k] + i); };
        const auto r1 = [&](int k) HWY_ATTR { return hn::LoadU(floats, rows[k + 1] + i); };
        const auto r2 = [&](int k) HWY_ATTR { return hn::LoadU(floats, rows[k + 2] + i); };
        const auto r3 = [&](int k) HWY_ATTR { return hn::LoadU(floats, rows[k + 3] + i); };
        const auto s0 = weighted(w0, w1, w2, w3, w4, w5, r0);
        const auto s1 = weighted(w0, w1, w2, w3, w4, w5, r1);
        const auto s2 = weighted(w0, w1, w2, w3, w4, w5, r2);
        const auto s3 = weighted(w0, w1, w2, w3, w4, w5, r3);
        hn::StoreU(s0, floats, o0 + i);
        hn::StoreU(s1, floats, o1 + i);
        hn::StoreU(s2, floats, o2 + i);
        hn::StoreU(s3, floats, o3 + i);
    }
}

// Wang et al. 2004, eq. (13): ((2 mx my + C1)(2 sxy + C2)) / ((mx^2 + my^2 + C1)(sx^2 + sy^2 +
// C2)), written with what is small: sx^2 + sy^2 - 2 sxy is the variance of x - y, mx^2 + my^2 - 2
// mx my the square of its mean. Each fraction is then 1 minus something, and where variances are
// small beside the squares their lost digits touch that something only. Both share one division.
void ssimOfRowImpl(const SsimRow& row, const float* weights, std::size_t count, float* ssim,
                   float* contrastStructure)
{
    const Floats floats;
    const auto w0 = hn::Set(floats, weights[0]), w1 = hn::Set(floats, weights[1]),
               w2 = hn::Set(floats, weights[2]), w3 = hn::Set(floats, weights[3]),
               w4 = hn::Set(floats, weights[4]), w5 = hn::Set(floats, weights[5]);
    const auto c1 = hn::Set(floats, row.c1), c2 = hn::Set(floats, row.c2);
    const auto one = hn::Set(floats, 1.0f), offset = hn::Set(floats, row.offset);
    const float *const meanX = row.meanX, *const meanY = row.meanY, *const squares = row.squares,
                       *const error = row.error;
    for (std::size_t i = 0; i < count; i += hn::Lanes(floats)) {
        const auto windows = [&](const float* from) HWY_ATTR {
            return weighted(w0, w1, w2, w3, w4, w5,
                            [&](int k) HWY_ATTR { return hn::LoadU(floats, from + i + k); });
        };
        const auto mx = windows(meanX), my = windows(meanY);
        const auto shift = hn::Sub(mx, my), shiftSquare = hn::Mul(shift, shift);
        const auto variances = hn::Sub(windows(squares), hn::MulAdd(mx, mx, hn::Mul(my, my)));
        const auto ofDifference = hn::Sub(windows(error), shiftSquare);
        const auto fullX = hn::Add(mx, offset), fullY = hn::Add(my, offset);
        const auto below = hn::Add(variances, c2);
        const auto belowMeans = hn::Add(hn::MulAdd(fullX, fullX, hn::Mul(fullY, fullY)), c1);
        const auto inverse = hn::Div(one, hn::Mul(below, belowMeans));
        const auto cs = hn::NegMulAdd(hn::Mul(ofDifference, belowMeans), inverse, one);
        const auto luminance = hn::NegMulAdd(hn::Mul(shiftSquare, below), inverse, one);
        hn::StoreU(cs, floats, contrastStructure + i);
        hn::StoreU(hn::Mul(luminance, cs), floats, ssim + i);
    }
}

// Sums of every eighth element; `count` is a multiple of eight.
void eightSumsImpl(const float* values, std::size_t count, double* sums)
{
    const hn::CappedTag<double, 8> doubles;
    const hn::Rebind<float, decltype(doubles)> floats;
    for (std::size_t lane = 0; lane < 8; lane += hn::Lanes(doubles)) {
        auto sum = hn::Zero(doubles);
        for (std::size_t i = 0; i < count; i += 8)
            sum = hn::Add(sum, hn::PromoteTo(doubles, hn::LoadU(floats, values + i + lane)));
        hn::StoreU(sum, doubles, sums + lane);
    }
}

#if HWY_TARGET != HWY_SCALAR // it has no lane that others could share
// A lane of 32 bits holds the four samples of a block's row: two even and two odd ones in 16 bits
// each, whose products fit 16 bits and whose sums of four rows do too.
using Blocks = hn::ScalableTag<std::uint32_t>;
using Halves = hn::Repartition<std::uint16_t, Blocks>;

// The two halves of every lane, added.
template <class Vector>
HWY_INLINE hn::Vec<Blocks> bothHalves(Vector halves)
{
    const Blocks blocks;
    const auto lanes = hn::BitCast(blocks, halves);
    return hn::Add(hn::And(lanes, hn::Set(blocks, 0xffffu)), hn::ShiftRight<16>(lanes));
}
#endif

void blockSumsImpl(const std::uint8_t* const* a, const std::uint8_t* const* b, std::size_t blocks,
                   const BlockSums& sums)
{
    std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    const Blocks lanes;
    const Halves halves;
    const hn::RebindToSigned<Blocks> out;
    const auto even = hn::Set(lanes, 0x00ff00ffu);
    for (; i + hn::Lanes(lanes) <= blocks; i += hn::Lanes(lanes)) {
        auto x = hn::Zero(halves), y = hn::Zero(halves);
        auto squares = hn::Zero(lanes), product = hn::Zero(lanes);
        for (int row = 0; row < 4; ++row) {
            const auto p = hn::LoadU(lanes, reinterpret_cast<const std::uint32_t*>(a[row] + 4 * i));
            const auto q = hn::LoadU(lanes, reinterpret_cast<const std::uint32_t*>(b[row] + 4 * i));
            for (const bool odd : {false, true}) {
                const auto s = hn::BitCast(halves, hn::And(odd ? hn::ShiftRight<8>(p) : p, even));
                const auto t = hn::BitCast(halves, hn::And(odd ? hn::ShiftRight<8>(q) : q, even));
                x = hn::Add(x, s);
                y = hn::Add(y, t);
                squares =
                    hn::Add(squares, hn::Add(bothHalves(hn::Mul(s, s)), bothHalves(hn::Mul(t, t))));
                product = hn::Add(product, bothHalves(hn::Mul(s, t)));
            }
        }
        hn::StoreU(hn::BitCast(out, bothHalves(x)), out, sums.x + i);
        hn::StoreU(hn::BitCast(out, bothHalves(y)), out, sums.y + i);
        hn::StoreU(hn::BitCast(out, squares), out, sums.squares + i);
        hn::StoreU(hn::BitCast(out, product), out, sums.product + i);
    }
#endif
    for (; i < blocks; ++i) {
        sums.x[i] = sums.y[i] = sums.squares[i] = sums.product[i] = 0;
        for (int row = 0; row < 4; ++row)
            for (std::size_t column = 4 * i; column < 4 * i + 4; ++column) {
                const std::int32_t p = a[row][column], q = b[row][column];
                sums.x[i] += p;
                sums.y[i] += q;
                sums.squares[i] += p * p + q * q;
                sums.product[i] += p * q;
            }
    }
}

// All products of a window of 64 samples of 8 bits fit 31 bits.
void ssimOfBlocksImpl(const BlockSums& upper, const BlockSums& lower, std::size_t windows,
                      std::int32_t c1, std::int32_t c2, float* ssim)
{
    const Floats floats;
    const hn::Rebind<std::int32_t, Floats> ints;
    const auto window = [&](const std::int32_t* above, const std::int32_t* below) {
        return hn::Add(hn::Add(hn::LoadU(ints, above), hn::LoadU(ints, above + 1)),
                       hn::Add(hn::LoadU(ints, below), hn::LoadU(ints, below + 1)));
    };
    const auto luminance = hn::Set(ints, c1), contrast = hn::Set(ints, c2);
    const auto real = [&](auto value) { return hn::ConvertTo(floats, value); };
    for (std::size_t i = 0; i < windows; i += hn::Lanes(floats)) {
        const auto x = window(upper.x + i, lower.x + i), y = window(upper.y + i, lower.y + i);
        const auto squares = window(upper.squares + i, lower.squares + i);
        const auto product = window(upper.product + i, lower.product + i);
        const auto xy = hn::Mul(x, y), xxyy = hn::Add(hn::Mul(x, x), hn::Mul(y, y));
        const auto variances = hn::Sub(hn::ShiftLeft<6>(squares), xxyy);
        const auto covariance = hn::Sub(hn::ShiftLeft<6>(product), xy);
        const auto above = hn::Mul(real(hn::Add(hn::ShiftLeft<1>(xy), luminance)),
                                   real(hn::Add(hn::ShiftLeft<1>(covariance), contrast)));
        const auto below =
            hn::Mul(real(hn::Add(xxyy, luminance)), real(hn::Add(variances, contrast)));
        hn::StoreU(hn::Div(above, below), floats, ssim + i);
    }
}

} // namespace vitrine::video::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::video::kernels
{

HWY_EXPORT(squaredError8);
HWY_EXPORT(squaredError16);
HWY_EXPORT(toFloat8);
HWY_EXPORT(toFloat16);
HWY_EXPORT(squaresAndErrorImpl);
HWY_EXPORT(weightedRowsImpl);
HWY_EXPORT(ssimOfRowImpl);
HWY_EXPORT(eightSumsImpl);
HWY_EXPORT(blockSumsImpl);
HWY_EXPORT(ssimOfBlocksImpl);

const float* gaussianWeights()
{
    static const auto kWeights = [] {
        std::array<float, kWindow> weights{};
        double sum = 0;
        const auto weight = [](int k) { return std::exp(-(k - 5) * (k - 5) / (2 * 1.5 * 1.5)); };
        for (int k = 0; k < kWindow; ++k)
            sum += weight(k);
        for (int k = 0; k < kWindow; ++k)
            weights[static_cast<std::size_t>(k)] = static_cast<float>(weight(k) / sum);
        return weights;
    }();
    return kWeights.data();
}

std::uint64_t squaredError(const std::uint8_t* a, const std::uint8_t* b, std::size_t count)
{
    return HWY_DYNAMIC_DISPATCH(squaredError8)(a, b, count);
}
std::uint64_t squaredError(const std::uint16_t* a, const std::uint16_t* b, std::size_t count,
                           int peak)
{
    return HWY_DYNAMIC_DISPATCH(squaredError16)(a, b, count, peak);
}
void toFloat(const std::uint8_t* row, std::size_t count, float scale, float offset, float* out)
{
    HWY_DYNAMIC_DISPATCH(toFloat8)(row, count, scale, offset, out);
}
void toFloat(const std::uint16_t* row, std::size_t count, float scale, float offset, float* out)
{
    HWY_DYNAMIC_DISPATCH(toFloat16)(row, count, scale, offset, out);
}
void squaresAndError(const float* x, const float* y, std::size_t count, float* squares,
                     float* error)
{
    HWY_DYNAMIC_DISPATCH(squaresAndErrorImpl)(x, y, count, squares, error);
}
void weightedRows(const float* const rows[kWindow + kTogether - 1], std::size_t count,
                  float* const out[kTogether])
{
    HWY_DYNAMIC_DISPATCH(weightedRowsImpl)(rows, gaussianWeights(), count, out);
}
void ssimOfRow(const SsimRow& row, std::size_t count, float* ssim, float* contrastStructure)
{
    HWY_DYNAMIC_DISPATCH(ssimOfRowImpl)(row, gaussianWeights(), count, ssim, contrastStructure);
}
void blockSums(const std::uint8_t* const a[4], const std::uint8_t* const b[4], std::size_t blocks,
               const BlockSums& sums)
{
    HWY_DYNAMIC_DISPATCH(blockSumsImpl)(a, b, blocks, sums);
}
void ssimOfBlocks(const BlockSums& upper, const BlockSums& lower, std::size_t windows,
                  std::int32_t c1, std::int32_t c2, float* ssim)
{
    HWY_DYNAMIC_DISPATCH(ssimOfBlocksImpl)(upper, lower, windows, c1, c2, ssim);
}

double sumOf(const float* values, std::size_t count)
{
    std::array<double, 8> sums{};
    HWY_DYNAMIC_DISPATCH(eightSumsImpl)(values, count / 8 * 8, sums.data());
    for (std::size_t i = count / 8 * 8; i < count; ++i)
        sums[0] += static_cast<double>(values[i]);
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

} // namespace vitrine::video::kernels
#endif
