#include "core/quant/vision/norm_rows.h"

#include "core/base/parallel.h"

namespace vitrine::quant
{
namespace
{

std::optional<kernels::CodeNorm> narrowForm(const IntegerLayerNormTables& t)
{
    auto made = kernels::CodeNorm::make(
        {t.shifts, t.factors, t.exponents, t.offsets, t.multiplierBits},
        {static_cast<std::int32_t>(t.low), static_cast<std::int32_t>(t.high)});
    if (!made)
        return {};
    return *std::move(made);
}

} // namespace

NormRows::NormRows(IntegerLayerNorm norm)
    : norm_(std::move(norm)), narrow_(narrowForm(norm_.tables()))
{
}

void NormRows::run(const std::int8_t* codes, std::int64_t rows, std::int8_t* out) const
{
    if (narrow_)
        return narrow_->run(codes, rows, out);
    const std::size_t channels = norm_.channels();
    parallelFor(static_cast<std::size_t>(rows), [&](std::size_t row) {
        norm_.row({codes + row * channels, channels}, {out + row * channels, channels});
    });
}

} // namespace vitrine::quant
