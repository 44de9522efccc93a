#include "core/quant/vision/integer_layer_norm.h"

#include "core/tensor/kernels/reciprocal_root.h"

#include <bit>
#include <cassert>

namespace vitrine::quant
{

namespace
{

using kernels::ReciprocalRoot;

constexpr int kFactorBits = 16;
constexpr std::size_t kMostChannels = 4096;
constexpr double kMostSteps = 1 << 14;

// x * 2^left, rounded down.
std::int64_t shiftedLeft(std::int64_t x, int left)
{
    return left >= 0 ? x * (std::int64_t{1} << left) : x >> -left;
}

struct Factor {
    std::int32_t mantissa = 0;
    std::int32_t exponent = 0;
};

Factor factorOf(double x)
{
    if (std::abs(x) < std::ldexp(1.0, -24))
        return {};
    int exponent = 0;
    const double mantissa = std::frexp(x, &exponent);
    auto whole = static_cast<std::int32_t>(std::lround(std::ldexp(mantissa, kFactorBits)));
    if (std::abs(whole) == 1 << kFactorBits) {
        whole /= 2;
        ++exponent;
    }
    return {whole, exponent - kFactorBits};
}

std::int64_t offsetOf(double bias)
{
    return std::llround(std::ldexp(bias, IntegerLayerNorm::kFractionBits)) +
           (std::int64_t{1} << (IntegerLayerNorm::kFractionBits - 1));
}

// weight / step / sqrt(D) = M 2^-N.
struct ShortMultiplier {
    std::int64_t m = 0; // with the sign of the weight
    int n = 0;
};

ShortMultiplier shortMultiplier(Factor factor, ReciprocalRoot root, int bits)
{
    const auto product = static_cast<std::uint64_t>(std::abs(factor.mantissa) * root.mantissa);
    const int cut = std::max(0, static_cast<int>(std::bit_width(product)) - bits);
    const auto m = static_cast<std::int64_t>(product >> cut);
    return {factor.mantissa < 0 ? -m : m, -(factor.exponent + root.exponent + cut)};
}

bool isPlainGrid(const CodeGrid& grid)
{
    return grid.isSigned && grid.bits >= 1 && grid.bits <= 8 && grid.zero == 0 &&
           isPowerOfTwo(grid.scale);
}

Result<void> checkInSteps(const char* what, std::span<const float> values, double step)
{
    for (std::size_t channel = 0; channel < values.size(); ++channel)
        if (!(std::abs(values[channel]) < kMostSteps * step))
            return inputError("{} {} of channel {} is not below {} steps of the output ({})", what,
                              values[channel], channel, kMostSteps, step);
    return {};
}

} // namespace

Result<void> IntegerLayerNorm::check(const CodeGrid& input, const CodeGrid& output,
                                     std::span<const float> weight, std::span<const float> bias,
                                     IntegerLayerNormOptions options)
{
    if (weight.empty() || weight.size() > kMostChannels || bias.size() != weight.size())
        return inputError("an integer LayerNorm has 1 to {} channels with a weight and a bias "
                          "each, not {} weights and {} biases",
                          kMostChannels, weight.size(), bias.size());
    if (options.multiplierBits < 1 || options.multiplierBits > kFactorBits)
        return argumentError("multipliers of a LayerNorm have 1 to {} bits, not {}", kFactorBits,
                             options.multiplierBits);
    if (!isPlainGrid(input) || !isPlainGrid(output) || !output.shifts.empty())
        return inputError("an integer LayerNorm reads and writes signed codes of up to 8 bits "
                          "around 0 whose scale is a power of two");
    if (!input.shifts.empty() && input.shifts.size() != weight.size())
        return inputError("{} shifts for {} channels", input.shifts.size(), weight.size());
    if (std::ranges::any_of(input.shifts, [](int shift) { return shift > 3; }))
        return inputError("a channel's scale is more than 2^3 times the tensor's");
    VITRINE_CHECK(checkInSteps("weight", weight, output.scale));
    return checkInSteps("bias", bias, output.scale);
}

IntegerLayerNorm::IntegerLayerNorm(const CodeGrid& input, const CodeGrid& output,
                                   std::span<const float> weight, std::span<const float> bias,
                                   IntegerLayerNormOptions options)
{
    assert(check(input, output, weight, bias, options));
    IntegerLayerNormTables tables;
    tables.shifts = input.shifts;
    tables.shifts.resize(weight.size(), 0);
    for (const float w : weight) {
        const Factor factor = factorOf(w / output.scale);
        tables.factors.push_back(factor.mantissa);
        tables.exponents.push_back(factor.exponent);
        tables.realFactors.push_back(std::ldexp(factor.mantissa, factor.exponent));
    }
    for (const float b : bias) {
        tables.offsets.push_back(offsetOf(b / output.scale));
        tables.realOffsets.push_back(static_cast<double>(tables.offsets.back()));
    }
    for (const std::uint8_t shift : tables.shifts)
        tables.realPowers.push_back(std::ldexp(1.0, shift));
    tables.low = output.low();
    tables.high = output.high();
    tables.multiplierBits = options.multiplierBits;
    tables_ = std::make_shared<const IntegerLayerNormTables>(std::move(tables));
}

void IntegerLayerNorm::row(std::span<const std::int8_t> codes, std::span<std::int8_t> out) const
{
    const IntegerLayerNormTables& t = *tables_;
    assert(codes.size() == channels() && out.size() == channels());
    std::int64_t sum = 0, squares = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::int64_t x = codes[i] * (1 << t.shifts[i]);
        sum += x;
        squares += x * x;
    }
    const auto count = static_cast<std::int64_t>(codes.size());
    const ReciprocalRoot root =
        kernels::reciprocalRoot(static_cast<std::uint64_t>(count * squares - sum * sum));

    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::int64_t x = codes[i] * (1 << t.shifts[i]);
        const auto [m, n] = shortMultiplier({t.factors[i], t.exponents[i]}, root, t.multiplierBits);
        const std::int64_t product = shiftedLeft(m * (count * x - sum), kFractionBits - n);
        out[i] = static_cast<std::int8_t>(
            std::clamp((product + t.offsets[i]) >> kFractionBits, t.low, t.high));
    }
}

} // namespace vitrine::quant
