#include "core/superres/tfjs/tfjs_upscaler.h"

#include "core/base/parallel.h"
#include "core/tensor/safetensors.h"
#include "tests/core/superres/tfjs/small_tfjs.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

struct PlainMap {
    std::int64_t height = 0, width = 0, channels = 0;
    std::vector<double> values;

    double& at(std::int64_t y, std::int64_t x, std::int64_t c)
    {
        return values[static_cast<std::size_t>((y * width + x) * channels + c)];
    }
};

PlainMap blankMap(std::int64_t height, std::int64_t width, std::int64_t channels)
{
    return {height, width, channels,
            std::vector<double>(static_cast<std::size_t>(height * width * channels))};
}

PlainMap plainConvolution(PlainMap x, const TfjsLayer& layer, const TfjsKernel& kernel)
{
    PlainMap y = blankMap(x.height, x.width, layer.channels);
    const std::int64_t kh = layer.kernelHeight, kw = layer.kernelWidth;
    for (std::int64_t row = 0; row < y.height; ++row)
        for (std::int64_t column = 0; column < y.width; ++column)
            for (std::int64_t o = 0; o < y.channels; ++o) {
                double sum = kernel.bias[static_cast<std::size_t>(o)];
                for (std::int64_t i = 0; i < x.channels; ++i)
                    for (std::int64_t r = 0; r < kh; ++r)
                        for (std::int64_t c = 0; c < kw; ++c) {
                            const std::int64_t from = row + r - kh / 2, at = column + c - kw / 2;
                            if (from < 0 || from >= x.height || at < 0 || at >= x.width)
                                continue;
                            const auto weight =
                                static_cast<std::size_t>(((o * x.channels + i) * kh + r) * kw + c);
                            sum += static_cast<double>(kernel.weights[weight]) * x.at(from, at, i);
                        }
                y.at(row, column, o) = sum;
            }
    return y;
}

PlainMap plainLayer(const TfjsModel& model, std::size_t number, std::vector<PlainMap>& maps)
{
    const TfjsLayer& layer = model.topology.layers[number];
    PlainMap& first = maps[layer.from[0]];
    if (layer.kind == TfjsKind::convolution)
        return plainConvolution(first, layer, model.kernels[number]);
    const std::int64_t times = layer.factor / model.topology.layers[layer.from[0]].factor;
    PlainMap y = blankMap(first.height * times, first.width * times, layer.channels);
    for (std::int64_t row = 0; row < y.height; ++row)
        for (std::int64_t column = 0; column < y.width; ++column) {
            std::int64_t channel = 0;
            for (const std::size_t from : layer.from)
                for (std::int64_t c = 0; c < maps[from].channels; ++c) {
                    const double value = maps[from].at(row / times, column / times, c);
                    if (layer.kind == TfjsKind::add)
                        y.at(row, column, c) += value;
                    else if (layer.kind == TfjsKind::relu)
                        y.at(row, column, c) = std::max(0.0, value);
                    else
                        y.at(row, column, channel++) = value;
                }
        }
    return y;
}

Image slowlyEnlarged(const TfjsModel& model, const Image& low, double white)
{
    std::vector<PlainMap> maps(model.topology.layers.size());
    maps[0] = blankMap(low.height, low.width, 3);
    std::ranges::transform(low.values, maps[0].values.begin(),
                           [white](float value) { return white * static_cast<double>(value); });
    for (std::size_t i = 1; i < maps.size(); ++i)
        maps[i] = plainLayer(model, i, maps);
    Image high = blankImage(maps.back().width, maps.back().height);
    std::ranges::transform(maps.back().values, high.values.begin(),
                           [white](double value) { return static_cast<float>(value / white); });
    return high;
}

Image randomLow(std::int64_t width, std::int64_t height)
{
    Random random(5);
    Image image = blankImage(width, height);
    for (float& value : image.values)
        value = static_cast<float>(random.uniform());
    return image;
}

TfjsModel smallModel()
{
    return tests::SmallTfjs().read().value();
}

// A part of what is read would be seen: tiles of the smallest size.
std::shared_ptr<const Upscaler> inTiles()
{
    return tfjsUpscaler(smallModel(), {.numbersAtOnce = 1});
}

constexpr double kSumRounding = 2e-6; // of sums of about a hundred products around 1

TEST(TfjsUpscaler, EnlargesAsThePlainLoopsDo)
{
    const TfjsModel model = smallModel();
    const auto upscaler = tfjsUpscaler(model);
    for (const auto& [width, height] : {std::pair{1, 1}, {2, 1}, {1, 4}, {7, 5}, {16, 23}}) {
        const Image low = randomLow(width, height);

        const auto high = upscaler->enlarged(low, {});

        ASSERT_TRUE(high) << high.error().message;
        EXPECT_EQ(high->image.width, width * 3);
        EXPECT_EQ(high->image.height, height * 3);
        EXPECT_LE(
            tests::largestDifference(high->image.values, slowlyEnlarged(model, low, 255).values),
            kSumRounding)
            << width << " x " << height;
    }
}

TEST(TfjsUpscaler, TilesMakeTheSamePicture)
{
    const Image low = randomLow(100, 70);
    const auto whole = tfjsUpscaler(smallModel())->enlarged(low, {});
    const auto tiled = inTiles()->enlarged(low, {});

    EXPECT_EQ(whole->tiles, 1);
    EXPECT_EQ(whole->seamError, 0);
    EXPECT_EQ(tiled->tiles, 7 * 5); // cores of 16
    EXPECT_LE(tests::largestDifference(whole->image.values, tiled->image.values), kSumRounding);
    EXPECT_LE(tiled->seamError, kSumRounding);
}

// The reach is needed to the last pixel: the seam tells where tiles are cut closer.
TEST(TfjsUpscaler, NothingFartherAwayThanTheReachIsSeen)
{
    const TfjsModel model = smallModel();
    const auto reach = model.topology.reach();
    Image low = randomLow(21, 1);
    const Image before = tfjsUpscaler(model)->enlarged(low, {})->image;
    low.values[0] += 0.5f;
    const Image after = tfjsUpscaler(model)->enlarged(low, {})->image;

    std::int64_t farthest = 0;
    for (std::size_t i = 0; i < before.values.size(); ++i)
        if (before.values[i] != after.values[i])
            farthest = std::max(farthest, static_cast<std::int64_t>(i / 3) % (21 * 3) / 3);
    EXPECT_EQ(farthest, reach);
}

TEST(TfjsUpscaler, ThreadsDoNotChangeABit)
{
    const Image low = randomLow(90, 60);
    std::vector<std::vector<float>> results;
    for (const int threads : {1, 2, 5}) {
        setThreadCount(threads);
        results.push_back(tfjsUpscaler(smallModel())->enlarged(low, {})->image.values);
        results.push_back(inTiles()->enlarged(low, {})->image.values);
    }
    setThreadCount(0);
    EXPECT_EQ(results[0], results[2]);
    EXPECT_EQ(results[0], results[4]);
    EXPECT_EQ(results[1], results[3]);
    EXPECT_EQ(results[1], results[5]);
}

TEST(TfjsUpscaler, ProgressGrowsToOneAndStopsWhenToldTo)
{
    std::vector<double> shares;
    const auto keep = [&](double share) {
        shares.push_back(share);
        return true;
    };
    ASSERT_TRUE(inTiles()->enlarged(randomLow(40, 40), keep));
    EXPECT_TRUE(std::ranges::is_sorted(shares));
    EXPECT_DOUBLE_EQ(shares.back(), 1);

    shares.clear();
    const auto stopped = inTiles()->enlarged(randomLow(40, 40), [&](double share) {
        shares.push_back(share);
        return share < 0.5;
    });
    EXPECT_EQ(stopped.error(), cancelled().value());
    EXPECT_LT(shares.back(), 0.6);
}

// Against TensorFlow.js itself (tests/golden/superres/tfjs/make.mjs).
TEST(TfjsUpscaler, EnlargesAsTensorFlowJsDoes)
{
    const auto folder = tests::goldenData("superres/tfjs");
    if (!folder)
        GTEST_SKIP() << "VITRINE_GOLDEN is not set";
    const auto pair = Safetensors::open(*folder / "small.safetensors").value();
    const TensorView low = pair.tensor("low").value();
    Picture picture{low.shape[1], low.shape[0], 3, {}};
    for (const std::byte value : low.bytes)
        picture.values.push_back(std::to_integer<std::uint8_t>(value));
    auto model = readTfjsModel(*folder / "small");
    ASSERT_TRUE(model) << model.error().message;

    auto high = tfjsUpscaler(*model)->enlarged(imageOf(picture), {})->image;

    for (float& value : high.values)
        value *= 255;
    const auto expected = toFloat(pair.tensor("high").value());
    EXPECT_LE(tests::largestDifference(high.values, expected), 255 * 1e-4);
    // A relative one: what is compared is not small.
    EXPECT_GT(std::ranges::max(expected), 5);
}

} // namespace
} // namespace vitrine::superres
