#include "core/quant/vision/norm_rows.h"

#include "tests/core/quant/vision/some_layer_norm.h"
#include "tests/support/whole_numbers.h"

namespace vitrine::quant
{
namespace
{

using tests::expectEverywhere, tests::SomeLayerNorm, tests::someRow;

using Codes = std::vector<std::int8_t>;

// Rows of all kinds, of equal codes and at both ends among them.
Codes someRows(std::size_t channels, std::size_t rows, Random& random)
{
    Codes all;
    for (std::size_t r = 0; r < rows; ++r) {
        const Codes row = someRow(channels, r % 9, random);
        all.insert(all.end(), row.begin(), row.end());
    }
    return all;
}

Codes rowByRow(const IntegerLayerNorm& norm, const Codes& codes)
{
    const std::size_t channels = norm.channels();
    Codes out(codes.size());
    for (std::size_t at = 0; at < codes.size(); at += channels)
        norm.row({codes.data() + at, channels}, {out.data() + at, channels});
    return out;
}

void expectEqualsRowByRow(const IntegerLayerNorm& norm, const Codes& codes)
{
    const NormRows rows(norm);
    expectEverywhere(rowByRow(norm, codes), [&] {
        Codes out = codes; // in place
        rows.run(out.data(), static_cast<std::int64_t>(codes.size() / norm.channels()), out.data());
        return out;
    });
}

TEST(NormRows, EqualRowByRowForAllWidths)
{
    Random random(7);
    for (const std::size_t channels :
         std::vector<std::size_t>{1,  2,  3,  5,   15,  16,  17,  24,  31,   33,  63,
                                  64, 65, 97, 128, 191, 192, 384, 768, 1000, 2047})
        for (const int bits : {1, 2, 8, 12, 15, 16}) {
            SCOPED_TRACE(testing::Message() << channels << " channels, " << bits << " bits");
            const IntegerLayerNorm norm = SomeLayerNorm(channels, random).prepared(bits);
            ASSERT_TRUE(NormRows(norm).isNarrow());
            expectEqualsRowByRow(norm, someRows(channels, channels < 100 ? 117 : 21, random));
        }
}

// Of all sizes, some 0, and ends of the output's grid that are met.
TEST(NormRows, EqualRowByRowForAllFactors)
{
    Random random(8);
    int narrow = 0, wide = 0;
    for (int i = 0; i < 300; ++i) {
        const std::size_t channels = 1 + random.below(200);
        SomeLayerNorm some(channels, random);
        some.output.bits = 8 - static_cast<int>(random.below(4));
        const double most = random.below(2) ? 2 : 9; // 2^7 steps, or 2^14
        for (std::size_t c = 0; c < channels; ++c) {
            const double size = std::exp2(-36 + (36 + most) * random.uniform());
            some.weight[c] = static_cast<float>(random.below(2) ? size : -size);
            some.bias[c] = static_cast<float>(random.below(4) ? random.normal() : -size);
        }
        some.weight[random.below(channels)] = 0;
        const IntegerLayerNorm norm = some.prepared(random.below(2) ? 16 : 8);
        (NormRows(norm).isNarrow() ? narrow : wide) += 1;
        expectEqualsRowByRow(norm, someRows(channels, 9, random));
    }
    EXPECT_GT(narrow, 100);
    EXPECT_GT(wide, 20);
}

// One code that differs makes the largest deviation that a row of so many channels can have; the
// largest factor that is taken, and the largest offset, meet it here.
TEST(NormRows, EqualRowByRowAtTheEndsOf32Bits)
{
    for (const std::size_t channels :
         std::vector<std::size_t>{2, 3, 4, 5, 16, 17, 64, 65, 191, 192, 256, 257, 1024, 2047}) {
        const CodeGrid input{.scale = 1, .shifts = std::vector<std::uint8_t>(channels, 3)};
        const CodeGrid output{.scale = 1};
        double largest = 1 << 14;
        const auto prepared = [&](double sign) {
            const auto weight = static_cast<float>(largest * (1 - 0x1p-16));
            std::vector<float> weights(channels, weight), biases(channels, -16383);
            weights.back() = -weight, biases.back() = 16383;
            for (float& bias : biases)
                bias *= static_cast<float>(sign);
            return IntegerLayerNorm(input, output, weights, biases, {.multiplierBits = 16});
        };
        while (!NormRows(prepared(1)).isNarrow())
            largest /= 2;
        EXPECT_GE(largest, 128);
        Codes codes;
        for (const auto& [one, others] :
             {std::pair{127, -128}, {-128, 127}, {1, 0}, {-1, 0}, {127, 126}}) {
            codes.insert(codes.end(), channels, static_cast<std::int8_t>(others));
            codes.back() = static_cast<std::int8_t>(one);
            codes.insert(codes.end(), channels, static_cast<std::int8_t>(others));
            codes[codes.size() - channels] = static_cast<std::int8_t>(one);
        }
        for (const double sign : {1.0, -1.0})
            expectEqualsRowByRow(prepared(sign), codes);
    }
}

TEST(NormRows, DoublesGiveTheSameOnEveryInstructionSet)
{
    Random random(10);
    for (const std::size_t channels : std::vector<std::size_t>{1, 7, 24, 192, 4096})
        for (const int bits : {1, 8, 16}) {
            const IntegerLayerNorm norm = SomeLayerNorm(channels, random).prepared(bits);
            const Codes codes = someRows(channels, 18, random);
            expectEverywhere(rowByRow(norm, codes), [&] {
                std::vector<double> row(channels);
                Codes out;
                for (std::size_t at = 0; at < codes.size(); at += channels) {
                    std::copy_n(codes.begin() + static_cast<std::ptrdiff_t>(at), channels,
                                row.begin());
                    norm.rowInDoubles(row, row);
                    out.insert(out.end(), row.begin(), row.end());
                }
                return out;
            });
        }
}

TEST(NormRows, StayPlainWhere32BitsMayNotSuffice)
{
    Random random(9);
    EXPECT_FALSE(NormRows(SomeLayerNorm(2100, random).prepared()).isNarrow()); // squares
    SomeLayerNorm some(24, random);
    some.weight[3] = 300; // 9600 steps
    EXPECT_FALSE(NormRows(some.prepared()).isNarrow());
    expectEqualsRowByRow(some.prepared(), someRows(24, 18, random));
    expectEqualsRowByRow(SomeLayerNorm(2100, random).prepared(), someRows(2100, 9, random));
}

} // namespace
} // namespace vitrine::quant
