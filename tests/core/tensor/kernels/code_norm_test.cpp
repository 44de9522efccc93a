#include "core/tensor/kernels/code_norm.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere, tests::randomBytes;

// Half-way up.
std::int64_t shifted(std::int64_t x, std::int64_t by)
{
    return by == 0 ? x : by > 62 ? 0 : (x + (std::int64_t{1} << (by - 1))) >> by;
}

int bitWidth(std::int64_t x)
{
    return std::bit_width(static_cast<std::uint64_t>(x));
}

// The definition, number by number.
struct PlainNorm {
    const NormChannels& channels;
    NormCodes codes;
    std::int64_t inverse = 0, mean = 0;
    int rowExponent = 0;

    std::int64_t count() const { return static_cast<std::int64_t>(channels.weights.size()); }
    std::int64_t whole(const std::int8_t* row, std::size_t c) const
    {
        return std::int64_t{row[c] - codes.inputZero} * (1 << channels.shifts[c]);
    }
    void setRow(const std::int8_t* row)
    {
        std::int64_t sum = 0, squares = 0, root = 0;
        for (std::size_t c = 0; c < channels.weights.size(); ++c) {
            sum += whole(row, c);
            squares += whole(row, c) * whole(row, c);
        }
        const std::int64_t variance = count() * squares - sum * sum;
        inverse = 0, mean = 0, rowExponent = 0;
        if (variance == 0)
            return;
        const int lift = 12 - bitWidth(count() - 1), f = (52 - bitWidth(variance)) / 2;
        for (std::int64_t bit = 1 << 26; bit > 0; bit /= 2)
            if ((root + bit) * (root + bit) <= variance << (2 * f))
                root += bit;
        inverse = (count() << (38 + lift)) / root;
        mean = static_cast<std::int64_t>(
            std::floor((static_cast<double>(sum) * 32768 + static_cast<double>(count())) /
                       static_cast<double>(2 * count())));
        rowExponent = f - 15 - lift;
    }
    std::int8_t code(const std::int8_t* row, std::size_t c) const
    {
        const std::int64_t w = channels.weights[c], a = (inverse * std::abs(w)) >> 23;
        const int e = rowExponent - channels.exponents[c], bits = codes.multiplierBits;
        const int n = a == 0 ? 31 : std::clamp(bits - bitWidth(a) - e, 0, 31);
        const std::int64_t m = std::min(a >> std::min(-(e + n), 63), (std::int64_t{1} << bits) - 1);
        const std::int64_t sign = w < 0 ? -1 : 1;
        const std::int64_t offset = channels.bias[c] - shifted(sign * mean * a, -2 - e);
        const std::int64_t b =
            n <= 16 ? shifted(offset, 16 - n) : offset * (std::int64_t{1} << (n - 16));
        return static_cast<std::int8_t>(
            std::clamp<std::int64_t>(shifted(sign * m * whole(row, c) + b, n) + codes.outputZero,
                                     codes.range.low, codes.range.high));
    }
};

NormChannels randomChannels(std::int64_t count, Random& random)
{
    NormChannels channels;
    for (std::int64_t c = 0; c < count; ++c) {
        const auto weight = static_cast<std::int32_t>((1 << 23) + random.below(1 << 23));
        const auto kind = random.below(20);
        channels.shifts.push_back(static_cast<std::uint8_t>(random.below(4)));
        channels.weights.push_back(kind == 0 ? 0 : kind % 2 == 0 ? weight : -weight);
        channels.exponents.push_back(kind == 1   ? 64
                                     : kind == 2 ? 10
                                                 : 16 + static_cast<int>(random.below(6)));
        channels.bias.push_back(static_cast<std::int64_t>(random.below(1 << 23)) - (1 << 22));
    }
    return channels;
}

TEST(CodeNorm, EqualsItsDefinition)
{
    for (const std::int64_t count : {1, 2, 3, 16, 50, 128, 192, 768, 1000, 4096})
        for (const NormCodes& codes :
             {NormCodes{}, NormCodes{8, 5, -3, {-100, 90}}, NormCodes{16, -128, 0, {}}}) {
            SCOPED_TRACE(count);
            Random random(static_cast<std::uint64_t>(count));
            const NormChannels channels = randomChannels(count, random);
            const std::int64_t rows = 1 + 40'000 / count % 60;
            auto x = randomBytes(rows * count, random);
            std::fill_n(x.begin(), count, static_cast<std::int8_t>(codes.inputZero));
            if (rows > 2) // a row that is almost the same everywhere
                std::fill_n(x.begin() + count, count - 1,
                            static_cast<std::int8_t>(codes.inputZero));
            std::vector<std::int8_t> expected;
            PlainNorm plain{channels, codes};
            for (std::int64_t r = 0; r < rows; ++r) {
                plain.setRow(x.data() + r * count);
                for (std::size_t c = 0; c < static_cast<std::size_t>(count); ++c)
                    expected.push_back(plain.code(x.data() + r * count, c));
            }

            const auto norm = CodeNorm::make(channels, codes).value();
            expectEverywhere(expected, [&] {
                std::vector<std::int8_t> y = x;
                norm.run(y.data(), rows, y.data());
                return y;
            });
        }
}

// Far from its ends the integer form is the LayerNorm, within what 8 bits of a multiplier cut off.
TEST(CodeNorm, IsNearTheNormOfRealNumbers)
{
    Random random(2);
    NormChannels channels;
    for (int c = 0; c < 192; ++c) {
        channels.shifts.push_back(static_cast<std::uint8_t>(c % 4));
        channels.weights.push_back(c % 2 == 0 ? 10 << 20 : -(10 << 20)); // 10 steps
        channels.exponents.push_back(20);
        channels.bias.push_back(3 << 16);
    }
    const auto x = randomBytes(192, random);
    double sum = 0, squares = 0;
    const auto whole = [&](std::size_t c) { return double{x[c] * (1.0 * (1 << c % 4))}; };
    for (std::size_t c = 0; c < 192; ++c)
        sum += whole(c), squares += whole(c) * whole(c);
    const double mean = sum / 192, deviation = std::sqrt(squares / 192 - mean * mean);
    std::vector<std::int8_t> y(192);

    CodeNorm::make(channels, {.multiplierBits = 16}).value().run(x.data(), 1, y.data());

    for (std::size_t c = 0; c < 192; ++c)
        EXPECT_NEAR(y[c], (c % 2 == 0 ? 10 : -10) * (whole(c) - mean) / deviation + 3, 0.51);
}

TEST(CodeNorm, RefusesChannelsItCannotHold)
{
    Random random(1);
    const NormChannels good = randomChannels(4, random);
    EXPECT_TRUE(CodeNorm::make(good, {}));
    EXPECT_FALSE(CodeNorm::make({}, {}));
    EXPECT_FALSE(CodeNorm::make(good, {.multiplierBits = 17}));
    EXPECT_FALSE(CodeNorm::make(good, {.range = {0, 255}}));
    NormChannels bad = good;
    bad.shifts[2] = 4;
    EXPECT_FALSE(CodeNorm::make(bad, {}));
    bad = good, bad.weights[1] = 1 << 22;
    EXPECT_FALSE(CodeNorm::make(bad, {}));
    bad = good, bad.bias.pop_back();
    EXPECT_FALSE(CodeNorm::make(bad, {}));
}

} // namespace
} // namespace vitrine::kernels
