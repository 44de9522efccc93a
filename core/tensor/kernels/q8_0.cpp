#include "core/tensor/kernels/q8_0.h"

#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/q8_0.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using Reals = hn::ScalableTag<float>;

inline constexpr std::int64_t kQ8Ahead = 8192; // bytes between what is used and what is fetched
inline constexpr std::int64_t kQ8Part = 128;   // blocks whose scales are widened together

// Scales of consecutive blocks as floats: gathered as they lie, then widened by vectors.
void widenScales(const std::byte* blocks, std::int64_t count, float* scales)
{
    const Reals reals;
    const hn::Rebind<hwy::float16_t, Reals> halves;
    std::uint16_t bits[kQ8Part + HWY_MAX_BYTES] = {};
    for (std::int64_t k = 0; k < count; ++k)
        std::memcpy(&bits[k], blocks + k * Q8Weights::kBlockBytes, sizeof bits[k]);
    for (std::int64_t k = 0; k < count; k += static_cast<std::int64_t>(hn::Lanes(reals)))
        hn::StoreU(
            hn::PromoteTo(reals, hn::LoadU(halves, reinterpret_cast<hwy::float16_t*>(bits) + k)),
            reals, scales + k);
}

// The whole numbers of a block times x.
template <class Vector = hn::Vec<Reals>>
HWY_INLINE Vector dotBlock(const std::byte* block, const float* x)
{
    const Reals reals;
    const hn::Rebind<std::int32_t, Reals> ints;
    const hn::Rebind<std::int8_t, Reals> bytes;
    const auto* values = reinterpret_cast<const std::int8_t*>(block + 2);
    const auto lanes = hn::Lanes(reals);
    const auto weights = [&](std::size_t i) HWY_ATTR {
        return hn::ConvertTo(reals, hn::PromoteTo(ints, hn::LoadU(bytes, values + i)));
    };
    auto sum = hn::Mul(weights(0), hn::LoadU(reals, x));
    for (std::size_t i = lanes; i < Q8Weights::kBlock; i += lanes)
        sum = hn::MulAdd(weights(i), hn::LoadU(reals, x + i), sum);
    return sum;
}

float dotQ8Row(const std::byte* row, std::int64_t blocks, const float* x)
{
    const Reals reals;
    constexpr std::int64_t size = Q8Weights::kBlockBytes, block = Q8Weights::kBlock;
    alignas(64) float scales[kQ8Part + HWY_MAX_BYTES];
    auto even = hn::Zero(reals), odd = even;
    for (std::int64_t first = 0; first < blocks; first += kQ8Part) {
        const std::int64_t count = std::min(kQ8Part, blocks - first);
        const std::byte* part = row + first * size;
        const float* of = x + first * block;
        widenScales(part, count, scales);
        std::int64_t k = 0;
        for (; k + 2 <= count; k += 2) {
            hwy::Prefetch(part + k * size + kQ8Ahead);
            hwy::Prefetch(part + (k + 1) * size + kQ8Ahead);
            even = hn::MulAdd(dotBlock(part + k * size, of + k * block), hn::Set(reals, scales[k]),
                              even);
            odd = hn::MulAdd(dotBlock(part + (k + 1) * size, of + (k + 1) * block),
                             hn::Set(reals, scales[k + 1]), odd);
        }
        if (k < count)
            even = hn::MulAdd(dotBlock(part + k * size, of + k * block), hn::Set(reals, scales[k]),
                              even);
    }
    return hn::GetLane(hn::SumOfLanes(reals, hn::Add(even, odd)));
}

void dotQ8Rows(const std::byte* rows, std::int64_t blocks, std::int64_t begin, std::int64_t end,
               const float* x, float* y)
{
    for (std::int64_t r = begin; r < end; ++r)
        y[r - begin] = dotQ8Row(rows + r * blocks * Q8Weights::kBlockBytes, blocks, x);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(dotQ8Rows);

constexpr float kLargestHalf = 65504.0f;

float q8ScaleOf(const std::byte* block)
{
    std::uint16_t bits = 0;
    std::memcpy(&bits, block, sizeof bits);
    return fromHalf(bits);
}

void writeQ8Block(const float* weights, float largest, std::byte* block)
{
    const float scale = largest / 127.0f, inverse = scale > 0 ? 1.0f / scale : 0.0f;
    const std::uint16_t bits = toHalf(scale);
    std::memcpy(block, &bits, sizeof bits);
    for (std::int64_t i = 0; i < Q8Weights::kBlock; ++i)
        block[2 + i] = static_cast<std::byte>(static_cast<std::int8_t>(
            std::clamp(std::round(weights[i] * inverse), -127.0f, 127.0f)));
}

} // namespace

Q8Weights::Q8Weights(std::int64_t outputs, std::int64_t inputs)
    : WeightMatrix(outputs, inputs), blocks_(static_cast<std::size_t>(outputs * rowBytes()))
{
}

Result<SharedWeights> Q8Weights::quantize(const WeightMatrix& weights)
{
    if (weights.inputs() % kBlock != 0)
        return inputError("Q8_0 holds rows of whole blocks of {} weights; these have {}", kBlock,
                          weights.inputs());
    std::shared_ptr<Q8Weights> result(new Q8Weights(weights.outputs(), weights.inputs()));
    std::vector<float> row(static_cast<std::size_t>(weights.inputs()));
    for (std::int64_t r = 0; r < weights.outputs(); ++r) {
        weights.widen(r, r + 1, row.data());
        std::byte* block = result->blocks_.data() + r * result->rowBytes();
        for (std::int64_t i = 0; i < weights.inputs(); i += kBlock, block += kBlockBytes) {
            float largest = 0;
            for (std::int64_t k = i; k < i + kBlock; ++k) {
                const float weight = std::abs(row[static_cast<std::size_t>(k)]);
                if (!(weight <= 127.0f * kLargestHalf))
                    return inputError("the weight {} in row {}, column {} has no place in Q8_0",
                                      row[static_cast<std::size_t>(k)], r, k);
                largest = std::max(largest, weight);
            }
            writeQ8Block(row.data() + i, largest, block);
        }
    }
    return SharedWeights(std::move(result));
}

void Q8Weights::widen(std::int64_t begin, std::int64_t end, float* out) const
{
    const std::byte* block = blocks_.data() + begin * rowBytes();
    const std::byte* last = blocks_.data() + end * rowBytes();
    for (; block < last; block += kBlockBytes, out += kBlock) {
        const float scale = q8ScaleOf(block);
        for (std::int64_t i = 0; i < kBlock; ++i)
            out[i] = scale * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
    }
}

void Q8Weights::dotRows(std::int64_t begin, std::int64_t end, const float* x,
                        const float* /*tables*/, float* y) const
{
    HWY_DYNAMIC_DISPATCH(dotQ8Rows)(blocks_.data(), inputs() / kBlock, begin, end, x, y);
}

} // namespace vitrine::kernels
#endif
