#include "core/quant/vision/gelu_codes.h"

#include "core/quant/vision/ivit_exponential.h"
#include "core/quant/vision/requantizer.h"

#include <cassert>
#include <numbers>

namespace vitrine::quant
{

namespace
{

double exactGelu(double x)
{
    return x / 2 * std::erfc(-x / std::numbers::sqrt2); // erfc keeps its digits far below 0
}

// e(x - largest) + e(-largest) <= 2 |k| 2^n stays below 2^28.
int sigmoidSteps(double sigmoidScale)
{
    const auto k = static_cast<std::uint64_t>(std::ceil(1 / std::min(sigmoidScale, 0.125)));
    return std::min(23, 27 - static_cast<int>(std::bit_width(k)));
}

bool isTableGrid(const CodeGrid& grid)
{
    return grid.bits >= 1 && grid.bits <= 8 && grid.shifts.empty();
}

} // namespace

std::vector<std::int8_t> geluTable(const CodeGrid& input, const CodeGrid& output)
{
    assert(isTableGrid(input) && isTableGrid(output) && output.isSigned);
    std::vector<std::int8_t> table;
    for (std::int64_t code = input.low(); code <= input.high(); ++code)
        table.push_back(
            static_cast<std::int8_t>(output.code(exactGelu(input.value(code)), Rounding::halfUp)));
    return table;
}

std::int64_t shiftGelu(std::int64_t x, std::int64_t largest, double scale)
{
    assert(largest >= x && largest >= 0);
    const double sigmoidScale = 1.702 * scale;
    const IvitExponential exponential(sigmoidScale, sigmoidSteps(sigmoidScale));
    const std::int64_t e = exponential.of(x - largest);
    const std::int64_t factor = ((std::int64_t{1} << 31) - 1) / (e + exponential.of(-largest));
    return x * ((e * factor) >> 24);
}

std::vector<std::int8_t> shiftGeluTable(const CodeGrid& input, const CodeGrid& output)
{
    assert(isTableGrid(input) && isTableGrid(output) && output.isSigned);
    assert(input.zero == 0 && output.zero == 0);
    const Requantizer requantizer = shiftRequantizer(input.scale / 128 / output.scale);
    std::vector<std::int8_t> table;
    for (std::int64_t code = input.low(); code <= input.high(); ++code) {
        const std::int64_t y = shiftGelu(code, std::max(code, std::int64_t{0}), input.scale);
        table.push_back(
            static_cast<std::int8_t>(requantized(y, requantizer, output.low(), output.high())));
    }
    return table;
}

} // namespace vitrine::quant
