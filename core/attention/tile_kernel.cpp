#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/attention/tile_kernel.cpp"
#include <hwy/foreach_target.h> // compiles what follows once per instruction set

#include "core/attention/tile_kernel.h"

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace vitrine::attention::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using Wide = hn::ScalableTag<double>;
using Narrow = hn::Rebind<float, Wide>;

// Rows at a time: their sums stay in registers while one vector of keys is used for all of them.
template <int kRows>
void productRows(const float* HWY_RESTRICT q, const float* HWY_RESTRICT kT, std::int64_t columns,
                 std::int64_t headSize, double* HWY_RESTRICT scores)
{
    const Wide wide;
    const Narrow narrow;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(wide));
    std::int64_t c = 0;
    for (; c + 2 * lanes <= columns; c += 2 * lanes) {
        hn::Vec<Wide> low[kRows], high[kRows];
        for (int r = 0; r < kRows; ++r)
            low[r] = high[r] = hn::Zero(wide);
        for (std::int64_t d = 0; d < headSize; ++d) {
            const float* keys = kT + d * columns + c;
            const auto k0 = hn::PromoteTo(wide, hn::LoadU(narrow, keys));
            const auto k1 = hn::PromoteTo(wide, hn::LoadU(narrow, keys + lanes));
            for (int r = 0; r < kRows; ++r) {
                const auto value = hn::Set(wide, static_cast<double>(q[r * headSize + d]));
                low[r] = hn::MulAdd(value, k0, low[r]);
                high[r] = hn::MulAdd(value, k1, high[r]);
            }
        }
        for (int r = 0; r < kRows; ++r) {
            hn::StoreU(low[r], wide, scores + r * columns + c);
            hn::StoreU(high[r], wide, scores + r * columns + c + lanes);
        }
    }
    for (; c < columns; ++c) {
        for (int r = 0; r < kRows; ++r) {
            double sum = 0;
            for (std::int64_t d = 0; d < headSize; ++d)
                sum += static_cast<double>(q[r * headSize + d]) *
                       static_cast<double>(kT[d * columns + c]);
            scores[r * columns + c] = sum;
        }
    }
}

void productTileImpl(const float* q, std::int64_t rows, const float* kT, std::int64_t columns,
                     std::int64_t headSize, double* scores)
{
    std::int64_t row = 0;
    for (; row + 4 <= rows; row += 4)
        productRows<4>(q + row * headSize, kT, columns, headSize, scores + row * columns);
    for (; row < rows; ++row)
        productRows<1>(q + row * headSize, kT, columns, headSize, scores + row * columns);
}

void weightsOfRowImpl(const double* HWY_RESTRICT scores, std::int64_t columns, double scale,
                      double lse, float* HWY_RESTRICT weights)
{
    const Wide wide;
    const Narrow narrow;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(wide));
    const auto factor = hn::Set(wide, scale);
    const auto offset = hn::Set(wide, -lse);
    const auto weigh = [&](const double* in) HWY_ATTR {
        // The difference is taken in double; its exponential needs no more than float. The
        // library's is 0 for NaN.
        const auto x = hn::DemoteTo(narrow, hn::MulAdd(hn::LoadU(wide, in), factor, offset));
        return hn::IfThenElse(hn::IsNaN(x), x, hn::Exp(narrow, x));
    };
    std::int64_t c = 0;
    for (; c + lanes <= columns; c += lanes)
        hn::StoreU(weigh(scores + c), narrow, weights + c);
    if (c == columns)
        return;
    // The rest goes the same way, so that a weight does not depend on where its tile begins.
    HWY_ALIGN double in[hn::MaxLanes(wide)] = {};
    HWY_ALIGN float out[hn::MaxLanes(narrow)] = {};
    std::copy(scores + c, scores + columns, in);
    hn::StoreU(weigh(in), narrow, out);
    std::copy(out, out + (columns - c), weights + c);
}

} // namespace vitrine::attention::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::attention
{

HWY_EXPORT(productTileImpl);
HWY_EXPORT(weightsOfRowImpl);

void productTile(const float* q, std::int64_t rows, const float* kT, std::int64_t columns,
                 std::int64_t headSize, double* scores)
{
    HWY_DYNAMIC_DISPATCH(productTileImpl)(q, rows, kT, columns, headSize, scores);
}

void weightsOfRow(const double* scores, std::int64_t columns, double scale, double lse,
                  float* weights)
{
    HWY_DYNAMIC_DISPATCH(weightsOfRowImpl)(scores, columns, scale, lse, weights);
}

} // namespace vitrine::attention
#endif
