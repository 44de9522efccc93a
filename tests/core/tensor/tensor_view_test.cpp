#include "core/tensor/tensor_view.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace vitrine
{
namespace
{

// What the formats say, by arithmetic: (-1)^s * 2^(e - bias) * (1 + m / 2^M), subnormals 2^(1 -
// bias) * m / 2^M.
double byFormula(unsigned bits, int exponentBits, int mantissaBits)
{
    const unsigned mantissa = bits & ((1u << mantissaBits) - 1);
    const int exponent = static_cast<int>(bits >> mantissaBits & ((1u << exponentBits) - 1));
    const double sign = (bits >> (exponentBits + mantissaBits)) & 1u ? -1 : 1;
    const int bias = (1 << (exponentBits - 1)) - 1;
    const double fraction = std::ldexp(mantissa, -mantissaBits);
    return sign * (exponent == 0 ? std::ldexp(fraction, 1 - bias)
                                 : std::ldexp(1 + fraction, exponent - bias));
}

bool isSpecial(unsigned bits, int exponentBits, int mantissaBits)
{
    const unsigned mask = (1u << exponentBits) - 1;
    return (bits >> mantissaBits & mask) == mask;
}

void expectSameAsFormula(float value, unsigned bits, int exponentBits, int mantissaBits)
{
    if (!isSpecial(bits, exponentBits, mantissaBits)) {
        ASSERT_EQ(static_cast<double>(value), byFormula(bits, exponentBits, mantissaBits)) << bits;
        ASSERT_EQ(std::signbit(value), (bits >> (exponentBits + mantissaBits) & 1u) != 0) << bits;
    } else if ((bits & ((1u << mantissaBits) - 1)) == 0) {
        ASSERT_TRUE(std::isinf(value)) << bits;
    } else {
        ASSERT_TRUE(std::isnan(value)) << bits;
    }
}

// Rounding to nearest even by search: the nearer neighbour of `value` among all finite values of
// the format.
std::uint16_t nearestBySearch(float value, int exponentBits, int mantissaBits)
{
    const auto at = [&](unsigned bits) { return byFormula(bits, exponentBits, mantissaBits); };
    const unsigned top = ((1u << exponentBits) - 1)
                         << mantissaBits; // infinity; its "value" is the next power of two
    const double magnitude = std::abs(static_cast<double>(value));
    unsigned low = 0, high = top;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        (at(middle) <= magnitude ? low : high) = middle;
    }
    const double below = magnitude - at(low), above = at(high) - magnitude;
    const unsigned nearest = below < above || (below == above && low % 2 == 0) ? low : high;
    return static_cast<std::uint16_t>(
        nearest | (std::signbit(value) ? 1u << (exponentBits + mantissaBits) : 0));
}

TEST(Half, AllPatternsWidenAsTheFormulaSays)
{
    for (unsigned bits = 0; bits < 65536; ++bits)
        expectSameAsFormula(fromHalf(static_cast<std::uint16_t>(bits)), bits, 5, 10);
}

TEST(Half, AllPatternsComeBack)
{
    for (unsigned bits = 0; bits < 65536; ++bits) {
        const float value = fromHalf(static_cast<std::uint16_t>(bits));
        if (std::isnan(value))
            ASSERT_TRUE(std::isnan(fromHalf(toHalf(value))));
        else
            ASSERT_EQ(toHalf(value), bits);
    }
}

TEST(Half, RoundsToNearestEvenAtAndBesideEveryMiddle)
{
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
        const double low = byFormula(bits, 5, 10), high = byFormula(bits + 1, 5, 10);
        const auto middle =
            static_cast<float>((low + high) / 2); // exact: one bit more than a half has
        for (const float value :
             {middle, std::nextafterf(middle, 0), std::nextafterf(middle, 1e9f)}) {
            ASSERT_EQ(toHalf(value), nearestBySearch(value, 5, 10)) << value;
            ASSERT_EQ(toHalf(-value), nearestBySearch(-value, 5, 10)) << value;
        }
    }
    EXPECT_EQ(toHalf(1e30f), 0x7c00);
    EXPECT_EQ(toHalf(-std::numeric_limits<float>::infinity()), 0xfc00);
    EXPECT_EQ(toHalf(std::numeric_limits<float>::denorm_min()), 0);
}

TEST(Bfloat, AllPatternsWidenAsTheFormulaSaysAndComeBack)
{
    for (unsigned bits = 0; bits < 65536; ++bits) {
        const float value = fromBfloat(static_cast<std::uint16_t>(bits));
        expectSameAsFormula(value, bits, 8, 7);
        if (std::isnan(value))
            ASSERT_TRUE(std::isnan(fromBfloat(toBfloat(value))));
        else
            ASSERT_EQ(toBfloat(value), bits);
    }
}

TEST(Bfloat, RoundsToNearestEvenAtAndBesideEveryMiddle)
{
    for (unsigned bits = 0; bits < 0x7f80; ++bits) {
        const float middle = std::bit_cast<float>(bits << 16 | 0x8000u);
        for (const float value : {middle, std::nextafterf(middle, 0),
                                  std::nextafterf(middle, std::numeric_limits<float>::infinity())})
            ASSERT_EQ(toBfloat(value), nearestBySearch(value, 8, 7)) << value;
    }
    EXPECT_TRUE(std::isnan(fromBfloat(toBfloat(std::bit_cast<float>(0x7f800001u)))));
}

TEST(Float8, AllPatternsWidenAsTheFormulaSays)
{
    for (unsigned bits = 0; bits < 256; ++bits) {
        const auto byte = static_cast<std::uint8_t>(bits);
        expectSameAsFormula(fromF8e5m2(byte), bits, 5, 2);
        if ((bits & 0x7f) == 0x7f)
            EXPECT_TRUE(std::isnan(fromF8e4m3(byte)));
        else
            EXPECT_EQ(static_cast<double>(fromF8e4m3(byte)), byFormula(bits, 4, 3)) << bits;
    }
    EXPECT_EQ(fromF8e4m3(0x7e), 448.0f); // its largest value, says the OCP document
}

TEST(DTypes, NamesAndSizesBelongTogether)
{
    const std::pair<const char*, std::size_t> expected[] = {
        {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
        {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
        {"U32", 4},  {"F32", 4}, {"I64", 8}, {"U64", 8},     {"F64", 8}};
    for (const auto& [name, size] : expected) {
        const auto type = parseDType(name);
        ASSERT_TRUE(type) << name;
        EXPECT_EQ(dtypeName(*type), name);
        EXPECT_EQ(dtypeSize(*type), size);
    }
    for (const char* name : {"", "F4", "f32", "F8_E8M0", "F6_E2M3", "C64"})
        EXPECT_FALSE(parseDType(name)) << name;
}

TEST(ElementCount, RefusesWhatDoesNotFit)
{
    using Shape = std::vector<std::int64_t>;
    const std::int64_t big = std::int64_t{1} << 32;

    EXPECT_EQ(elementCount(Shape{}), 1);
    EXPECT_EQ(elementCount(Shape{2, 3, 4}), 24);
    EXPECT_EQ(elementCount(Shape{big, big, 0}), 0);
    EXPECT_EQ(elementCount(Shape{big, big}), std::nullopt);
    EXPECT_EQ(elementCount(Shape{2, -1}), std::nullopt);
    EXPECT_EQ(elementCount(Shape{-1, 0}), std::nullopt);
}

template <typename T>
std::vector<float> widened(DType type, std::vector<T> values)
{
    std::vector<std::byte> bytes(1 +
                                 values.size() * sizeof(T)); // shifted by one: unaligned on purpose
    if (!values.empty())
        std::memcpy(bytes.data() + 1, values.data(), values.size() * sizeof(T));
    return toFloat(
        TensorView{type, {static_cast<std::int64_t>(values.size())}, std::span(bytes).subspan(1)});
}

TEST(ToFloat, WidensEveryTypeFromUnalignedBytes)
{
    using Floats = std::vector<float>;
    EXPECT_EQ(widened<std::uint8_t>(DType::boolean, {0, 1, 7}), (Floats{0, 1, 1}));
    EXPECT_EQ(widened<std::uint8_t>(DType::u8, {0, 255}), (Floats{0, 255}));
    EXPECT_EQ(widened<std::int8_t>(DType::i8, {-128, 127}), (Floats{-128, 127}));
    EXPECT_EQ(widened<std::uint8_t>(DType::f8e5m2, {0x3c}), (Floats{1}));
    EXPECT_EQ(widened<std::uint8_t>(DType::f8e4m3, {0x38}), (Floats{1}));
    EXPECT_EQ(widened<std::int16_t>(DType::i16, {-32768}), (Floats{-32768}));
    EXPECT_EQ(widened<std::uint16_t>(DType::u16, {65535}), (Floats{65535}));
    EXPECT_EQ(widened<std::uint16_t>(DType::f16, {0x3c00, 0xc000}), (Floats{1, -2}));
    EXPECT_EQ(widened<std::uint16_t>(DType::bf16, {0x3f80, 0xc000}), (Floats{1, -2}));
    EXPECT_EQ(widened<std::int32_t>(DType::i32, {-7}), (Floats{-7}));
    EXPECT_EQ(widened<std::uint32_t>(DType::u32, {7}), (Floats{7}));
    EXPECT_EQ(widened<float>(DType::f32, {0.1f, -3}), (Floats{0.1f, -3}));
    EXPECT_EQ(widened<std::int64_t>(DType::i64, {-9}), (Floats{-9}));
    EXPECT_EQ(widened<std::uint64_t>(DType::u64, {9}), (Floats{9}));
    EXPECT_EQ(widened<double>(DType::f64, {0.5}), (Floats{0.5}));
    EXPECT_EQ(widened<float>(DType::f32, {}), Floats{});
}

} // namespace
} // namespace vitrine
