#include "core/tensor/kernels/map_rows.h"

#include "core/base/random.h"
#include "core/tensor/kernels/elementwise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace vitrine::kernels
{
namespace
{

std::vector<float> normals(std::int64_t count, double spread, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(spread * random.normal()));
    return values;
}

// A value of the map, 0 outside.
double valueAt(const MapView& map, std::int64_t y, std::int64_t x, std::int64_t channel)
{
    return y < 0 || y >= map.height || x < 0 || x >= map.width
               ? 0.0
               : static_cast<double>(map.data[(y * map.width + x) * map.channels + channel]);
}

TEST(MapRows, ADepthwiseRowIsNineWeightedNeighbours)
{
    for (const std::int64_t channels : {1, 6, 15, 60}) {
        const std::int64_t height = 3, width = 7;
        const auto values = normals(height * width * channels, 1, 3),
                   weights = normals(9 * channels, 1, 4), bias = normals(channels, 1, 5);
        const MapView map{values.data(), height, width, channels};
        std::vector<float> out(static_cast<std::size_t>(width * channels));
        for (std::int64_t y = 0; y < height; ++y) {
            const auto row = [&](std::int64_t at) {
                return at < 0 || at >= height ? nullptr : values.data() + at * width * channels;
            };
            const float* const rows[3] = {row(y - 1), row(y), row(y + 1)};
            depthwiseRow(rows, width, channels, weights.data(), bias.data(), out.data());
            for (std::int64_t x = 0; x < width; ++x)
                for (std::int64_t c = 0; c < channels; ++c) {
                    double sum = bias[static_cast<std::size_t>(c)];
                    for (std::int64_t tap = 0; tap < 9; ++tap)
                        sum += weights[static_cast<std::size_t>(tap * channels + c)] *
                               valueAt(map, y + tap / 3 - 1, x + tap % 3 - 1, c);
                    EXPECT_NEAR(out[static_cast<std::size_t>(x * channels + c)], sum, 1e-5);
                }
        }
    }
}

TEST(MapRows, DeformedTapsAreBilinear)
{
    const std::int64_t height = 5, width = 6, channels = 21;
    const auto values = normals(height * width * channels, 1, 3),
               offsets = normals(width * 18, 3, 4), masks = normals(width * 9, 1, 5);
    const MapView map{values.data(), height, width, channels};
    std::vector<float> columns(static_cast<std::size_t>(width * 9 * channels));
    // Offsets and masks lie side by side, as a convolution gives them.
    std::vector<float> places;
    for (std::int64_t x = 0; x < width; ++x) {
        places.insert(places.end(), offsets.begin() + x * 18, offsets.begin() + (x + 1) * 18);
        places.insert(places.end(), masks.begin() + x * 9, masks.begin() + (x + 1) * 9);
    }
    deformableRow(map, 2, places.data(), places.data() + 18, 27, columns.data());
    for (std::int64_t x = 0; x < width; ++x)
        for (std::int64_t tap = 0; tap < 9; ++tap) {
            const double y = static_cast<double>(2 + tap / 3 - 1) +
                             offsets[static_cast<std::size_t>(x * 18 + 2 * tap)];
            const double column = static_cast<double>(x + tap % 3 - 1) +
                                  offsets[static_cast<std::size_t>(x * 18 + 2 * tap + 1)];
            const auto top = static_cast<std::int64_t>(std::floor(y)),
                       left = static_cast<std::int64_t>(std::floor(column));
            const double down = y - std::floor(y), right = column - std::floor(column);
            for (std::int64_t c = 0; c < channels; ++c) {
                const double expected = masks[static_cast<std::size_t>(x * 9 + tap)] *
                                        ((1 - down) * ((1 - right) * valueAt(map, top, left, c) +
                                                       right * valueAt(map, top, left + 1, c)) +
                                         down * ((1 - right) * valueAt(map, top + 1, left, c) +
                                                 right * valueAt(map, top + 1, left + 1, c)));
                EXPECT_NEAR(columns[static_cast<std::size_t>((x * 9 + tap) * channels + c)],
                            expected, 1e-5);
            }
        }
}

TEST(MapRows, FarAwayNothingIsSeenAndWhatIsNoNumberStaysNone)
{
    const std::vector<float> value = {5.0f}, mask(9, 1.0f);
    std::vector<float> offsets(18, 1e30f), columns(9);
    deformableRow({value.data(), 1, 1, 1}, 0, offsets.data(), mask.data(), 0, columns.data());
    EXPECT_EQ(columns, std::vector<float>(9, 0.0f));
    offsets[3] = NAN;
    deformableRow({value.data(), 1, 1, 1}, 0, offsets.data(), mask.data(), 0, columns.data());
    EXPECT_TRUE(std::isnan(columns[1]));
    EXPECT_EQ(columns[0], 0.0f);
}

TEST(MapRows, BiasIsWrittenOrAdded)
{
    const auto bias = normals(31, 1, 2);
    std::vector<float> rows(62, 2.0f);
    biasRows(bias.data(), 2, 31, false, rows.data());
    biasRows(bias.data(), 2, 31, true, rows.data());
    for (std::size_t i = 0; i < rows.size(); ++i)
        EXPECT_EQ(rows[i], 2 * bias[i % 31]);
}

TEST(Silu, IsXTimesItsSigmoid)
{
    std::vector<float> x = normals(1001, 20, 9);
    x.insert(x.end(), {0.0f, -200.0f, 200.0f});
    std::vector<float> y = x;
    silu(y.data(), static_cast<std::int64_t>(y.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = x[i] / (1 + std::exp(-static_cast<double>(x[i])));
        EXPECT_NEAR(y[i], exact, 1e-6 * (1 + std::abs(exact))) << x[i];
    }
}

} // namespace
} // namespace vitrine::kernels
