#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/product_kernel.cpp"
#include <hwy/foreach_target.h> // compiles what follows once per instruction set

#include "core/quant/product_kernel.h"

#include <hwy/highway.h>

#include <algorithm>
#include <utility>
#include <vector>

HWY_BEFORE_NAMESPACE();
namespace vitrine::quant::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using Wide = hn::ScalableTag<double>;

// Sums of 6 rows x 2 vectors stay in registers.
constexpr std::int64_t kPanelRows = 6, kMostInner = 256, kMostColumns = 512;

// `values` of a panel: [inner][width], rows and columns behind the end are 0.
template <class Value>
void packPanel(const Value* HWY_RESTRICT from, std::ptrdiff_t innerStep, std::ptrdiff_t step,
               std::int64_t inner, std::int64_t count, std::int64_t width,
               double* HWY_RESTRICT values)
{
    for (std::int64_t p = 0; p < inner; ++p, from += innerStep, values += width) {
        if (step == 1)
            std::copy_n(from, count, values);
        else
            for (std::int64_t i = 0; i < count; ++i)
                values[i] = from[i * step];
        std::fill(values + count, values + width, 0.0);
    }
}

// (panel of a)^T (panel of b): the sums of each row, in registers until they are whole.
template <std::size_t... r>
HWY_INLINE void multiplyPanels(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b,
                               std::int64_t inner, hn::Vec<Wide>* low, hn::Vec<Wide>* high,
                               std::index_sequence<r...>)
{
    const Wide wide;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(wide));
    hn::Vec<Wide> lows[kPanelRows], highs[kPanelRows];
    ((lows[r] = highs[r] = hn::Zero(wide)), ...);
    for (std::int64_t p = 0; p < inner; ++p, a += kPanelRows, b += 2 * lanes) {
        const auto b0 = hn::LoadU(wide, b), b1 = hn::LoadU(wide, b + lanes);
        ((lows[r] = hn::MulAdd(hn::Set(wide, a[r]), b0, lows[r]),
          highs[r] = hn::MulAdd(hn::Set(wide, a[r]), b1, highs[r])),
         ...);
    }
    ((low[r] = lows[r], high[r] = highs[r]), ...);
}

// c[rows, columns] += sign * (panel of a)^T (panel of b).
void addPanels(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::int64_t inner,
               double sign, std::int64_t rows, std::int64_t columns, double* HWY_RESTRICT c,
               std::ptrdiff_t step)
{
    const Wide wide;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(wide));
    hn::Vec<Wide> low[kPanelRows], high[kPanelRows];
    multiplyPanels(a, b, inner, low, high, std::make_index_sequence<kPanelRows>());
    const auto by = hn::Set(wide, sign);
    for (int r = 0; r < rows; ++r) {
        double* to = c + r * step;
        if (columns == 2 * lanes) {
            hn::StoreU(hn::Add(hn::LoadU(wide, to), hn::Mul(by, low[r])), wide, to);
            hn::StoreU(hn::Add(hn::LoadU(wide, to + lanes), hn::Mul(by, high[r])), wide,
                       to + lanes);
            continue;
        }
        HWY_ALIGN double sums[2 * hn::MaxLanes(wide)];
        hn::StoreU(low[r], wide, sums);
        hn::StoreU(high[r], wide, sums + lanes);
        for (std::int64_t j = 0; j < columns; ++j)
            to[j] += sign * sums[j];
    }
}

// Memory that a thread keeps: at least `count` values, of any value.
double* panelMemory(std::vector<double>& values, std::int64_t count)
{
    if (static_cast<std::int64_t>(values.size()) < count)
        values.resize(static_cast<std::size_t>(count));
    return values.data();
}

template <class Second>
void addProductBy(Operand a, Second b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                  double sign, double* c, std::ptrdiff_t step)
{
    thread_local std::vector<double> memoryA, memoryB;
    const std::int64_t width = 2 * static_cast<std::int64_t>(hn::Lanes(Wide()));
    double* packedA = panelMemory(memoryA, kPanelRows * std::min(kMostInner, inner));
    double* packedB = panelMemory(memoryB, std::min(kMostInner, inner) *
                                               (std::min(kMostColumns, columns) + width));
    for (std::int64_t p = 0; p < inner; p += kMostInner) {
        const std::int64_t depth = std::min(kMostInner, inner - p);
        for (std::int64_t first = 0; first < columns; first += kMostColumns) {
            const std::int64_t last = std::min(first + kMostColumns, columns);
            for (std::int64_t j = first; j < last; j += width)
                packPanel(b.data + p * b.rowStep + j * b.columnStep, b.rowStep, b.columnStep, depth,
                          std::min(width, last - j), width, packedB + (j - first) * depth);
            for (std::int64_t i = 0; i < rows; i += kPanelRows) {
                const std::int64_t count = std::min(kPanelRows, rows - i);
                packPanel(a.data + i * a.rowStep + p * a.columnStep, a.columnStep, a.rowStep, depth,
                          count, kPanelRows, packedA);
                for (std::int64_t j = first; j < last; j += width)
                    addPanels(packedA, packedB + (j - first) * depth, depth, sign, count,
                              std::min(width, last - j), c + i * step + j, step);
            }
        }
    }
}

void addProductImpl(Operand a, Operand b, std::int64_t rows, std::int64_t inner,
                    std::int64_t columns, double sign, double* c, std::ptrdiff_t step)
{
    addProductBy(a, b, rows, inner, columns, sign, c, step);
}

void addCodeProductImpl(Operand a, CodeOperand b, std::int64_t rows, std::int64_t inner,
                        std::int64_t columns, double sign, double* c, std::ptrdiff_t step)
{
    addProductBy(a, b, rows, inner, columns, sign, c, step);
}

} // namespace vitrine::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::quant
{

HWY_EXPORT(addProductImpl);
HWY_EXPORT(addCodeProductImpl);

void addProductOf(Operand a, Operand b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                  double sign, double* c, std::ptrdiff_t step)
{
    HWY_DYNAMIC_DISPATCH(addProductImpl)(a, b, rows, inner, columns, sign, c, step);
}

void addProductOf(Operand a, CodeOperand b, std::int64_t rows, std::int64_t inner,
                  std::int64_t columns, double sign, double* c, std::ptrdiff_t step)
{
    HWY_DYNAMIC_DISPATCH(addCodeProductImpl)(a, b, rows, inner, columns, sign, c, step);
}

} // namespace vitrine::quant
#endif
