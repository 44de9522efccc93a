#pragma once

#include <cmath>
#include <cstdint>

namespace vitrine::kernels
{

// A signed power of two in one byte, as a term of a scale: 0 is zero; else bit 7 is the sign and
// the seven bits below it the exponent plus 64, so that 2^-63 .. 2^63 have a place.
class PowerTerm
{
public:
    static constexpr int kLeastExponent = -63, kMostExponent = 63;

    constexpr PowerTerm() = default;
    constexpr PowerTerm(bool isNegative, int exponent)
        : byte_(static_cast<std::uint8_t>((isNegative ? 0x80 : 0) | (exponent + 64)))
    {
    }
    static constexpr PowerTerm ofByte(std::uint8_t byte)
    {
        PowerTerm term;
        term.byte_ = byte;
        return term;
    }

    constexpr std::uint8_t byte() const { return byte_; }
    // Zero, or an exponent in range: 0x80 (a minus without a power) means nothing.
    constexpr bool isValid() const { return byte_ == 0 || (byte_ & 0x7f) != 0; }
    constexpr bool isZero() const { return byte_ == 0; }
    constexpr bool isNegative() const { return (byte_ & 0x80) != 0; }
    constexpr int exponent() const { return (byte_ & 0x7f) - 64; }
    float value() const
    {
        return isZero() ? 0.0f : std::ldexp(isNegative() ? -1.0f : 1.0f, exponent());
    }

    friend constexpr bool operator==(PowerTerm, PowerTerm) = default;

private:
    std::uint8_t byte_ = 0;
};

} // namespace vitrine::kernels
