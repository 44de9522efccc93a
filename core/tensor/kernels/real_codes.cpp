#include "core/tensor/kernels/real_codes.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cassert>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/real_codes.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

using Reals = hn::CappedTag<double, 8>;
inline constexpr auto kRealLanes = static_cast<std::int64_t>(hn::MaxLanes(Reals()));

HWY_INLINE void setRealCodes(const float* x, const RealGrid& grid, std::int8_t* codes)
{
    const Reals d;
    const hn::Rebind<float, Reals> floats;
    const hn::Rebind<std::int32_t, Reals> ints;
    const hn::Rebind<std::int8_t, Reals> bytes;
    const auto real = hn::PromoteTo(d, hn::LoadU(floats, x));
    const auto steps = hn::Add(hn::Div(real, hn::Set(d, grid.scale)), hn::Set(d, grid.zero));
    const auto below = hn::Floor(steps);
    const auto isAbove = hn::Ge(hn::Sub(steps, below), hn::Set(d, 0.5));
    const auto whole = hn::Add(below, hn::IfThenElseZero(isAbove, hn::Set(d, 1.0)));
    const auto kept =
        hn::Min(hn::Max(whole, hn::Set(d, grid.range.low)), hn::Set(d, grid.range.high));
    const auto known = hn::IfThenElseZero(hn::Eq(steps, steps), kept);
    hn::StoreU(hn::DemoteTo(bytes, hn::DemoteTo(ints, known)), bytes, codes);
}

void realCodesOf(const float* x, std::int64_t count, const RealGrid& grid, std::int8_t* codes)
{
    const RealGrid own = grid; // what bytes are written to does not change it
    std::int64_t i = 0;
    for (; i + kRealLanes <= count; i += kRealLanes)
        setRealCodes(x + i, own, codes + i);
    float last[hn::MaxLanes(Reals())] = {};
    std::int8_t lastCodes[hn::MaxLanes(Reals())];
    std::copy(x + i, x + count, last);
    setRealCodes(last, own, lastCodes);
    std::copy_n(lastCodes, count - i, codes + i);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(realCodesOf);

constexpr std::int64_t kRealsTogether = 16'384; // of one thread's share

} // namespace

void realCodes(std::span<const float> x, const RealGrid& grid, std::int8_t* codes)
{
    assert(grid.scale > 0 && grid.range.low >= -128 && grid.range.high <= 127);
    const auto count = static_cast<std::int64_t>(x.size());
    parallelFor(static_cast<std::size_t>((count + kRealsTogether - 1) / kRealsTogether),
                [&](std::size_t item) {
                    const std::int64_t first = static_cast<std::int64_t>(item) * kRealsTogether;
                    HWY_DYNAMIC_DISPATCH(realCodesOf)
                    (x.data() + first, std::min(kRealsTogether, count - first), grid,
                     codes + first);
                });
}

} // namespace vitrine::kernels
#endif
