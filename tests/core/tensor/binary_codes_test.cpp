#include "core/tensor/kernels/binary_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace vitrine::kernels
{
namespace
{

// 3 x 10 weights in two planes; groups of 2 rows x 8 columns.
BinaryCodes smallCodes()
{
    BinaryCodes codes{.outputs = 3, .inputs = 10, .planes = 2, .groupRows = 2, .groupColumns = 8};
    auto& bytes = *makeCodes(codes);
    bytes = {0b00000001, 0b00, 0b10000000, 0b11, 0xff, 0b00, // plane 0: rows 0, 1, 2
             0b00000011, 0b01, 0b00000000, 0b00, 0x0f, 0b10};
    codes.codes = bytes;
    codes.scales = {1.0f, 2.0f, 3.0f, 4.0f, 0.5f, 0.25f, 0.125f, 1.5f};
    return codes;
}

std::vector<float> decoded(const BinaryCodes& codes, int planes)
{
    std::vector<float> rows(static_cast<std::size_t>(codes.outputs * codes.inputs));
    decodeRows(codes, planes, 0, codes.outputs, rows.data());
    return rows;
}

TEST(BinaryCodes, WeightIsTheSumOfItsPlanesScales)
{
    const BinaryCodes codes = smallCodes();
    ASSERT_TRUE(checkCodes(codes)) << checkCodes(codes).error().message;
    const auto rows = decoded(codes, 2);
    EXPECT_EQ(rows[0], 1.0f + 0.5f);      // row 0, column 0: +, +
    EXPECT_EQ(rows[1], -1.0f + 0.5f);     // column 1: -, +
    EXPECT_EQ(rows[8], -2.0f + 0.25f);    // second group of columns: -, +
    EXPECT_EQ(rows[10 + 7], 1.0f - 0.5f); // row 1, column 7
    EXPECT_EQ(rows[20], 3.0f + 0.125f);   // row 2: the second group of rows
    EXPECT_EQ(rows[20 + 9], -4.0f + 1.5f);
}

TEST(BinaryCodes, FirstPlanesAloneAreTheirScales)
{
    const auto rows = decoded(smallCodes(), 1);
    EXPECT_EQ(rows[0], 1.0f);
    EXPECT_EQ(rows[9], -2.0f);
}

TEST(BinaryCodes, WholeNumbersOnAGridAreCodes)
{
    // Values 0 .. 15 of a step of 0.5 around zero point 5, one row.
    BinaryCodes codes{.outputs = 1,
                      .inputs = 16,
                      .planes = 4,
                      .groupRows = 1,
                      .groupColumns = 16,
                      .form = ScaleForm::grid};
    auto& bytes = *makeCodes(codes);
    for (int i = 0; i < 16; ++i)
        for (int b = 0; b < 4; ++b)
            if (i >> (3 - b) & 1)
                bytes[static_cast<std::size_t>(b * 2 + i / 8)] |=
                    static_cast<std::uint8_t>(1 << (i % 8));
    codes.zeros = {5};
    scalesFromSteps(codes, std::vector<float>{0.5f});
    ASSERT_TRUE(checkCodes(codes)) << checkCodes(codes).error().message;
    const auto rows = decoded(codes, 4);
    for (int i = 0; i < 16; ++i)
        EXPECT_EQ(rows[static_cast<std::size_t>(i)], 0.5f * static_cast<float>(i - 5)) << i;
    EXPECT_EQ(codes.storedBits(), 4 * 16 + 24);

    codes.zeros.clear(); // centred: 2^(4 - 1)
    scalesFromSteps(codes, std::vector<float>{0.5f});
    EXPECT_EQ(decoded(codes, 4)[0], -4.0f);
    EXPECT_EQ(codes.storedBits(), 4 * 16 + 16);
}

TEST(BinaryCodes, ScalesAreSumsOfSignedPowersOfTwo)
{
    BinaryCodes codes = smallCodes();
    codes.form = ScaleForm::powers;
    codes.termsPerScale = 2;
    codes.terms.assign(16, PowerTerm(false, 1));
    codes.terms[1] = PowerTerm(true, -2);
    codes.terms[2] = PowerTerm();
    scalesFromTerms(codes);
    ASSERT_TRUE(checkCodes(codes)) << checkCodes(codes).error().message;
    EXPECT_EQ(codes.scales[0], 2.0f - 0.25f);
    EXPECT_EQ(codes.scales[1], 2.0f);
    EXPECT_EQ(codes.scales[2], 4.0f);
    EXPECT_EQ(codes.storedBits(), 2 * 3 * 16 + 16 * 8);
}

TEST(BinaryCodes, EveryByteIsAPowerOfTwoZeroOrRefused)
{
    int valid = 0;
    for (int byte = 0; byte < 256; ++byte) {
        const auto term = PowerTerm::ofByte(static_cast<std::uint8_t>(byte));
        if (!term.isValid())
            continue;
        ++valid;
        if (term.isZero())
            continue;
        EXPECT_EQ(PowerTerm(term.isNegative(), term.exponent()), term);
        EXPECT_EQ(std::abs(term.value()), std::ldexp(1.0f, term.exponent()));
    }
    EXPECT_EQ(valid, 255); // all but a minus without a power
}

TEST(BinaryCodes, WhatDoesNotFitIsRefusedByName)
{
    const auto refusal = [](auto change) {
        BinaryCodes codes = smallCodes();
        change(codes);
        const auto checked = checkCodes(codes);
        return checked ? std::string() : checked.error().message;
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(refusal([](auto& c) { c.outputs = 0; }), "0 x 10"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.outputs = std::int64_t{1} << 40; }), "matrix"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.planes = 9; }), "9 planes"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.groupRows = 0; }), "groups of 0"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.codes = c.codes.first(11); }), "11 bytes of codes"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.scales.pop_back(); }), "7 scales"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.scales[3] = NAN; }), "scale 3"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.scales[3] = 0.1f; }), "half-precision"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.termsPerScale = 3; }), "powers of two"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.zeros = {1}; }), "1 zero points"));
    EXPECT_TRUE(has(refusal([](auto& c) { c.groupColumns = 4; }), "scales"));
    static std::vector<std::uint8_t> padded;
    EXPECT_TRUE(has(refusal([](auto& c) {
                        padded.assign(c.codes.begin(), c.codes.end());
                        padded[3] |= 0b100;
                        c.codes = padded;
                    }),
                    "row 1 of plane 0"));
}

} // namespace
} // namespace vitrine::kernels
