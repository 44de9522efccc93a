#include "core/quant/vision/integer_layer_norm.h"

#include "tests/core/quant/vision/some_layer_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace vitrine::quant
{
namespace
{

using testing::Each;
using testing::HasSubstr;
using tests::SomeLayerNorm, tests::someRow;

std::vector<std::int8_t> rowOf(const IntegerLayerNorm& norm, const std::vector<std::int8_t>& codes)
{
    std::vector<std::int8_t> out(codes.size());
    norm.row(codes, out);
    return out;
}

std::vector<double> rowInDoublesOf(const IntegerLayerNorm& norm,
                                   const std::vector<std::int8_t>& codes)
{
    std::vector<double> out(codes.size());
    norm.rowInDoubles(std::vector<double>(codes.begin(), codes.end()), out);
    return out;
}

// The plain formula, with nothing rounded; in steps of the output.
std::vector<double> exactRow(const SomeLayerNorm& norm, const std::vector<std::int8_t>& codes)
{
    const std::size_t channels = codes.size();
    std::vector<double> x;
    for (std::size_t i = 0; i < channels; ++i)
        x.push_back(norm.input.value(codes[i], i));
    const double count = static_cast<double>(channels);
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / count;
    double variance = 0;
    for (const double v : x)
        variance += (v - mean) * (v - mean) / count;
    for (std::size_t i = 0; i < channels; ++i)
        x[i] = ((x[i] - mean) / std::sqrt(variance) * norm.weight[i] + norm.bias[i]) /
               norm.output.scale;
    return x;
}

TEST(IntegerLayerNorm, WorkedExample)
{
    // x' = 1 3 5 7 of channels with shifts 0 0 0 0: S = 16, Q = 84, D = 4 * 84 - 256 = 80;
    // (4 x' - 16) / sqrt(80) = -1.342 -0.447 0.447 1.342, in steps of 1/16 plus the bias:
    // 1.0: -21.47; 2.0: -14.31 + 8; -1.0: -7.16; 0.5: 10.73 - 4.
    const CodeGrid input{.scale = 0x1p-3}, output{.scale = 0x1p-4};
    const IntegerLayerNorm norm(input, output, std::vector<float>{1, 2, -1, 0.5f},
                                std::vector<float>{0, 0.5f, 0, -0.25f});

    EXPECT_EQ(rowOf(norm, {1, 3, 5, 7}), (std::vector<std::int8_t>{-21, -6, -7, 7}));
}

TEST(IntegerLayerNorm, ShiftsOfChannelsCount)
{
    const CodeGrid plain{.scale = 0x1p-5}, output{.scale = 0x1p-5};
    const CodeGrid shifted{.scale = 0x1p-5, .shifts = {0, 1, 2, 3}};
    const std::vector<float> weight(4, 1), bias(4, 0);

    EXPECT_EQ(rowOf({plain, output, weight, bias}, {8, -16, 40, 120}),
              rowOf({shifted, output, weight, bias}, {8, -8, 10, 15}));
}

TEST(IntegerLayerNorm, RowsOfEqualCodesGiveTheBias)
{
    const CodeGrid input{.scale = 1}, output{.scale = 0.25};
    const std::vector<float> weight(24, 1), bias(24, 1.625f); // 6.5 steps, up
    const IntegerLayerNorm norm(input, output, weight, bias);

    for (const std::int8_t code : std::vector<std::int8_t>{-128, 0, 1, 127})
        EXPECT_THAT(rowOf(norm, std::vector<std::int8_t>(24, code)), Each(7));
}

TEST(IntegerLayerNorm, DoublesGiveTheSameAsWholeNumbers)
{
    Random random(1);
    const std::vector<std::pair<std::size_t, int>> rows{
        {24, 70000}, {128, 20000}, {192, 8000}, {768, 1500}, {4096, 500}, {1, 100}, {2, 1000}};
    for (const auto& [channels, count] : rows) {
        for (const int bits : {8, 10, 16, 1}) {
            const SomeLayerNorm some(channels, random);
            const IntegerLayerNorm norm = some.prepared(bits);
            for (int i = 0; i < count / 4; ++i) {
                const auto codes = someRow(channels, random.below(8), random);
                const auto whole = rowOf(norm, codes);
                ASSERT_EQ(std::vector<double>(whole.begin(), whole.end()),
                          rowInDoublesOf(norm, codes))
                    << channels << " channels, " << bits << " bits, row " << i;
            }
        }
    }
}

TEST(IntegerLayerNorm, DoublesGiveTheSameForWeightsOfAllSizes)
{
    Random random(2);
    for (int i = 0; i < 2000; ++i) {
        SomeLayerNorm some(24, random);
        for (std::size_t c = 0; c < 24; ++c) {
            const double size = std::exp2(45 * random.uniform() - 36); // up to 2^9 = 2^14 steps
            some.weight[c] = static_cast<float>(random.below(2) ? size : -size);
            some.bias[c] = static_cast<float>(random.below(4) ? random.normal() : size);
        }
        some.weight[random.below(24)] = 0;
        ASSERT_TRUE(IntegerLayerNorm::check(some.input, some.output, some.weight, some.bias));
        const IntegerLayerNorm norm = some.prepared(8);
        const auto codes = someRow(24, random.below(8), random);
        const auto whole = rowOf(norm, codes);
        ASSERT_EQ(std::vector<double>(whole.begin(), whole.end()), rowInDoublesOf(norm, codes));
    }
}

struct Deviation {
    double largest = 0, rootMeanSquare = 0; // in steps of the output
};

// Of the codes from the formula without roundings, over rows whose codes meet no end.
Deviation deviation(int bits)
{
    Random random(3);
    double largest = 0, squares = 0, count = 0;
    for (int i = 0; i < 500; ++i) {
        SomeLayerNorm some(192, random);
        const auto codes = someRow(192, 8, random);
        const auto exact = exactRow(some, codes);
        const auto whole = rowOf(some.prepared(bits), codes);
        for (std::size_t c = 0; c < 192; ++c) {
            if (!(std::abs(exact[c]) < 127))
                continue;
            largest = std::max(largest, std::abs(whole[c] - exact[c]));
            squares += std::pow(whole[c] - exact[c], 2);
            ++count;
        }
    }
    return {largest, std::sqrt(squares / count)};
}

// Exact values rounded to codes deviate by up to 0.5, sqrt(1/12) = 0.289 in the mean.
TEST(IntegerLayerNorm, DeviatesLessTheMoreBitsItsMultiplierHas)
{
    const std::vector<std::pair<int, Deviation>> limits{
        {8, {1.5, 0.31}}, {10, {0.76, 0.292}}, {12, {0.57, 0.29}}, {16, {0.52, 0.29}}};
    for (const auto& [bits, limit] : limits) {
        const Deviation found = deviation(bits);
        EXPECT_LT(found.largest, limit.largest) << bits << " bits";
        EXPECT_LT(found.rootMeanSquare, limit.rootMeanSquare) << bits << " bits";
        RecordProperty("deviation " + std::to_string(bits) + " bits",
                       std::to_string(found.largest) + " " + std::to_string(found.rootMeanSquare));
    }
}

TEST(IntegerLayerNorm, RefusesByNameWhatItCannotDo)
{
    Random random(4);
    const SomeLayerNorm good(8, random);
    const auto message = [](const SomeLayerNorm& norm, int bits = 8) {
        const auto checked = IntegerLayerNorm::check(norm.input, norm.output, norm.weight,
                                                     norm.bias, {.multiplierBits = bits});
        return checked ? "" : checked.error().message;
    };
    EXPECT_EQ(message(good), "");
    EXPECT_THAT(message(good, 17), HasSubstr("1 to 16 bits, not 17"));
    auto bad = good;
    bad.weight[3] = 512;
    EXPECT_THAT(message(bad), HasSubstr("weight 512 of channel 3"));
    bad = good;
    bad.bias[2] = NAN;
    EXPECT_THAT(message(bad), HasSubstr("bias nan of channel 2"));
    bad = good;
    bad.output.scale = 0.3;
    EXPECT_THAT(message(bad), HasSubstr("power of two"));
    bad = good;
    bad.input.shifts[7] = 4;
    EXPECT_THAT(message(bad), HasSubstr("2^3"));
    bad = good;
    bad.input.shifts.pop_back();
    EXPECT_THAT(message(bad), HasSubstr("7 shifts for 8 channels"));
    EXPECT_THAT(message(SomeLayerNorm(4097, random)), HasSubstr("4096 channels"));
}

} // namespace
} // namespace vitrine::quant
