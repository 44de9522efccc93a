#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/product_kernel.cpp"
#include <hwy/foreach_target.h> // compiles what follows once per instruction set

#include "core/quant/product_kernel.h"

#include <hwy/highway.h>

#include <algorithm>
#include <vector>

HWY_BEFORE_NAMESPACE();
namespace vitrine::quant::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using Wide = hn::ScalableTag<double>;

// Sums of 6 rows x 2 vectors stay in registers.
constexpr std::int64_t kPanelRows = 6, kMostInner = 256, kMostColumns = 512;

// `values` of a panel: [inner][width], rows and columns behind the end are 0.
void packPanel(const double* HWY_RESTRICT from, std::ptrdiff_t innerStep, std::ptrdiff_t step,
               std::int64_t inner, std::int64_t count, std::int64_t width,
               double* HWY_RESTRICT values)
{
    for (std::int64_t p = 0; p < inner; ++p)
        for (std::int64_t i = 0; i < width; ++i)
            values[p * width + i] = i < count ? from[p * innerStep + i * step] : 0.0;
}

// c[rows, columns] += sign * (panel of a)^T (panel of b).
void addPanels(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::int64_t inner,
               double sign, std::int64_t rows, std::int64_t columns, double* HWY_RESTRICT c,
               std::ptrdiff_t step)
{
    const Wide wide;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(wide));
    hn::Vec<Wide> low[kPanelRows], high[kPanelRows];
    for (int r = 0; r < kPanelRows; ++r)
        low[r] = high[r] = hn::Zero(wide);
    for (std::int64_t p = 0; p < inner; ++p) {
        const auto b0 = hn::LoadU(wide, b + p * 2 * lanes);
        const auto b1 = hn::LoadU(wide, b + p * 2 * lanes + lanes);
        for (int r = 0; r < kPanelRows; ++r) {
            const auto value = hn::Set(wide, a[p * kPanelRows + r]);
            low[r] = hn::MulAdd(value, b0, low[r]);
            high[r] = hn::MulAdd(value, b1, high[r]);
        }
    }
    HWY_ALIGN double sums[2 * hn::MaxLanes(wide)];
    for (int r = 0; r < rows; ++r) {
        hn::StoreU(low[r], wide, sums);
        hn::StoreU(high[r], wide, sums + lanes);
        for (std::int64_t j = 0; j < columns; ++j)
            c[r * step + j] += sign * sums[j];
    }
}

void addProductImpl(Operand a, Operand b, std::int64_t rows, std::int64_t inner,
                    std::int64_t columns, double sign, double* c, std::ptrdiff_t step)
{
    const std::int64_t width = 2 * static_cast<std::int64_t>(hn::Lanes(Wide()));
    std::vector<double> packedA(static_cast<std::size_t>(kPanelRows * kMostInner));
    std::vector<double> packedB(static_cast<std::size_t>(kMostInner * (kMostColumns + width)));
    for (std::int64_t p = 0; p < inner; p += kMostInner) {
        const std::int64_t depth = std::min(kMostInner, inner - p);
        for (std::int64_t first = 0; first < columns; first += kMostColumns) {
            const std::int64_t last = std::min(first + kMostColumns, columns);
            for (std::int64_t j = first; j < last; j += width)
                packPanel(b.data + p * b.rowStep + j * b.columnStep, b.rowStep, b.columnStep, depth,
                          std::min(width, last - j), width, packedB.data() + (j - first) * depth);
            for (std::int64_t i = 0; i < rows; i += kPanelRows) {
                const std::int64_t count = std::min(kPanelRows, rows - i);
                packPanel(a.data + i * a.rowStep + p * a.columnStep, a.columnStep, a.rowStep, depth,
                          count, kPanelRows, packedA.data());
                for (std::int64_t j = first; j < last; j += width)
                    addPanels(packedA.data(), packedB.data() + (j - first) * depth, depth, sign,
                              count, std::min(width, last - j), c + i * step + j, step);
            }
        }
    }
}

} // namespace vitrine::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::quant
{

HWY_EXPORT(addProductImpl);

void addProductOf(Operand a, Operand b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                  double sign, double* c, std::ptrdiff_t step)
{
    HWY_DYNAMIC_DISPATCH(addProductImpl)(a, b, rows, inner, columns, sign, c, step);
}

} // namespace vitrine::quant
#endif
