#include "core/quant/vision/power_scale.h"

#include <cassert>
#include <utility>

namespace vitrine::quant
{
namespace
{

double atLeastTheLeast(double scale)
{
    return std::max(scale, std::ldexp(1.0, kLeastExponent));
}

} // namespace

CodeGrid symmetricGrid(Range range, int bits)
{
    CodeGrid grid{.bits = bits, .isSigned = true};
    const double largest = std::max(std::abs(range.low), std::abs(range.high));
    grid.scale = atLeastTheLeast(largest / (static_cast<double>(grid.high() - grid.low()) / 2));
    return grid;
}

CodeGrid asymmetricGrid(Range range, int bits, bool isSigned)
{
    CodeGrid grid{.bits = bits, .isSigned = isSigned};
    const auto low = static_cast<double>(grid.low()), high = static_cast<double>(grid.high());
    grid.scale = atLeastTheLeast((range.high - range.low) / (high - low));
    const double zero = low - rounded(range.low / grid.scale, Rounding::halfEven);
    grid.zero = static_cast<std::int64_t>(std::clamp(zero, low, high));
    return grid;
}

int floorExponent(double scale)
{
    assert(scale > 0 && std::isfinite(scale));
    return std::ilogb(scale);
}

int roundedExponent(double scale, PowerRounding rounding)
{
    const int below = floorExponent(scale);
    if (rounding == PowerRounding::floor || isPowerOfTwo(scale))
        return below;
    if (rounding == PowerRounding::ceil)
        return below + 1;
    assert(rounding == PowerRounding::nearest);
    return scale > std::ldexp(1.5, below) ? below + 1 : below;
}

std::vector<int> candidateExponents(double rawScale, ExponentWindow window)
{
    assert(window.first <= window.last);
    std::vector<int> exponents;
    for (int step = window.first; step <= window.last; ++step)
        exponents.push_back(std::max(floorExponent(rawScale) + step, kLeastExponent));
    return exponents;
}

std::vector<CodeGrid> candidateGrids(const CodeGrid& raw, ExponentWindow window)
{
    std::vector<CodeGrid> grids;
    for (const int exponent : candidateExponents(raw.scale, window)) {
        grids.push_back(raw);
        grids.back().scale = std::ldexp(1.0, exponent);
    }
    return grids;
}

PowerChoice choosePower(double rawScale, PowerRounding rounding, ExponentWindow window,
                        std::vector<double> losses)
{
    PowerChoice choice{candidateExponents(rawScale, window), std::move(losses), rawScale};
    if (rounding == PowerRounding::none)
        return choice;
    if (rounding == PowerRounding::adaptive) {
        assert(choice.losses.size() == choice.exponents.size());
        choice.scale = std::ldexp(1.0, choice.exponents[firstSmallest(choice.losses)]);
    } else {
        choice.scale = atLeastTheLeast(std::ldexp(1.0, roundedExponent(rawScale, rounding)));
    }
    return choice;
}

std::size_t firstSmallest(std::span<const double> losses)
{
    assert(!losses.empty());
    return static_cast<std::size_t>(std::ranges::min_element(losses) - losses.begin());
}

} // namespace vitrine::quant
