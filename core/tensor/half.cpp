#include "core/tensor/tensor_view.h"

#include <bit>

namespace vitrine
{
namespace
{

// A small float of `mantissaBits` and `exponentBits`, sign first, with bias 2^(exponentBits-1) - 1,
// widened by moving the fields. Infinity and NaN are the caller's.
float widen(std::uint32_t sign, std::uint32_t exponent, std::uint32_t mantissa, int mantissaBits,
            int bias)
{
    if (exponent == 0) {
        if (mantissa == 0)
            return std::bit_cast<float>(sign << 31);
        const int shift = std::countl_zero(mantissa) - (31 - mantissaBits); // subnormal: normalise
        mantissa = (mantissa << shift) & ((1u << mantissaBits) - 1);
        exponent = static_cast<std::uint32_t>(1 - shift + 127 - bias);
    } else {
        exponent += static_cast<std::uint32_t>(127 - bias);
    }
    return std::bit_cast<float>(sign << 31 | exponent << 23 | mantissa << (23 - mantissaBits));
}

// Bits of `value` without its lowest `drop`, rounded to nearest, ties to even. A carry into the
// exponent is right.
std::uint32_t roundedShift(std::uint32_t value, int drop)
{
    const std::uint32_t half = 1u << (drop - 1);
    const std::uint32_t rest = value & ((1u << drop) - 1);
    const std::uint32_t kept = value >> drop;
    return kept + (rest > half || (rest == half && (kept & 1u)) ? 1 : 0);
}

} // namespace

float fromHalf(std::uint16_t bits)
{
    const std::uint32_t sign = bits >> 15, exponent = (bits >> 10) & 0x1f, mantissa = bits & 0x3ff;
    if (exponent == 0x1f)
        return std::bit_cast<float>(sign << 31 | 0x7f800000u | mantissa << 13);
    return widen(sign, exponent, mantissa, 10, 15);
}

std::uint16_t toHalf(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    const auto with = [sign](std::uint32_t rest) {
        return static_cast<std::uint16_t>(sign | rest);
    };

    if (magnitude > 0x7f800000u)
        return with(0x7e00u | (magnitude >> 13 & 0x3ffu)); // NaN stays NaN, quiet
    if (magnitude >= 0x47800000u)                          // 65536 and more
        return with(0x7c00u);
    if (magnitude >=
        0x38800000u) // normal: 2^-14 and more; 65520 rounds up to infinity by the carry
        return with(roundedShift(magnitude - (112u << 23), 13));
    if (magnitude < 0x33000000u) // below 2^-25: nearer to zero
        return with(0);
    const int exponent = static_cast<int>(magnitude >> 23);
    return with(roundedShift((magnitude & 0x7fffffu) | 0x800000u, 126 - exponent));
}

float fromBfloat(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t toBfloat(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return static_cast<std::uint16_t>(bits >> 16 | 0x40u); // NaN stays NaN, quiet
    return static_cast<std::uint16_t>(roundedShift(bits, 16));
}

float fromF8e5m2(std::uint8_t bits)
{
    return fromHalf(static_cast<std::uint16_t>(bits << 8)); // the upper byte of a half
}

float fromF8e4m3(std::uint8_t bits)
{
    const std::uint32_t sign = bits >> 7, exponent = (bits >> 3) & 0xf, mantissa = bits & 7;
    if (exponent == 0xf && mantissa == 7)
        return std::bit_cast<float>(sign << 31 | 0x7fc00000u);
    return widen(sign, exponent, mantissa, 3, 7);
}

} // namespace vitrine
