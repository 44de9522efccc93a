#include "core/sim/machine/tiled_run.h"

#include "core/base/random.h"
#include "core/sim/machine/dual_engine_timing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::sim
{
namespace
{

using kernels::ConvolutionShape;
using testing::HasSubstr;
using Codes = std::vector<std::int32_t>;

Codes randomCodes(std::int64_t count, std::uint64_t seed)
{
    Random random(seed);
    Codes codes(static_cast<std::size_t>(count));
    for (std::int32_t& code : codes)
        code = static_cast<std::int32_t>(random.below(256)) - 128;
    return codes;
}

ConvolutionShape squareShape(std::int64_t in, std::int64_t out, std::int64_t side,
                             std::int64_t kernel, std::int64_t stride, std::int64_t groups = 1)
{
    const std::int64_t outSide = (side + 2 * (kernel / 2) - kernel) / stride + 1;
    return {.inChannels = in,
            .inHeight = side,
            .inWidth = side,
            .outChannels = out,
            .outHeight = outSide,
            .outWidth = outSide,
            .kernelHeight = kernel,
            .kernelWidth = kernel,
            .strideHeight = stride,
            .strideWidth = stride,
            .top = kernel / 2,
            .left = kernel / 2,
            .groups = groups};
}

Codes inputsOf(const ConvolutionShape& s)
{
    return randomCodes(s.inHeight * s.inWidth * s.inChannels, 1);
}
Codes weightsOf(const ConvolutionShape& s)
{
    return randomCodes(s.outChannels * s.inChannels / s.groups * s.kernelHeight * s.kernelWidth, 2);
}

// The judge: sum by sum, in 64 bits.
std::vector<std::int64_t> untiled(const ConvolutionShape& s, const Codes& x, const Codes& w)
{
    const std::int64_t inputs = s.inChannels / s.groups, perGroup = s.outChannels / s.groups;
    std::vector<std::int64_t> sums;
    for (std::int64_t row = 0; row < s.outHeight; ++row)
        for (std::int64_t column = 0; column < s.outWidth; ++column)
            for (std::int64_t output = 0; output < s.outChannels; ++output) {
                std::int64_t sum = 0;
                for (std::int64_t input = 0; input < inputs; ++input)
                    for (std::int64_t dy = 0; dy < s.kernelHeight; ++dy)
                        for (std::int64_t dx = 0; dx < s.kernelWidth; ++dx) {
                            const std::int64_t y = row * s.strideHeight - s.top + dy,
                                               z = column * s.strideWidth - s.left + dx;
                            if (y < 0 || z < 0 || y >= s.inHeight || z >= s.inWidth)
                                continue;
                            const std::int64_t channel = output / perGroup * inputs + input;
                            const auto at = (y * s.inWidth + z) * s.inChannels + channel;
                            const auto tap =
                                ((output * inputs + input) * s.kernelHeight + dy) * s.kernelWidth +
                                dx;
                            sum += static_cast<std::int64_t>(x[static_cast<std::size_t>(at)]) *
                                   w[static_cast<std::size_t>(tap)];
                        }
                sums.push_back(sum);
            }
    return sums;
}

std::vector<std::int64_t> wide(const Codes& codes)
{
    return {codes.begin(), codes.end()};
}

model::LayerShape layerOf(const ConvolutionShape& s)
{
    return model::convShape("layer", s.inChannels, s.outChannels, s.inHeight, s.outHeight,
                            s.kernelHeight, s.strideHeight, s.groups);
}

std::vector<DualEngine> arrays()
{
    std::vector<DualEngine> all;
    for (const ReplicaMode mode : {ReplicaMode::ideal, ReplicaMode::pixel, ReplicaMode::cout}) {
        DualEngine paper, odd;
        paper.replicaMode = odd.replicaMode = mode;
        odd.lanes = 3;
        odd.multipliers = 5;
        odd.replicas = 2;
        all.push_back(paper);
        all.push_back(odd);
    }
    return all;
}

// Cycles of the timing model; `ideal` divides unit cycles by the replicas there.
double stepsOf(double cycles, const DualEngine& config)
{
    return config.replicaMode == ReplicaMode::ideal ? cycles * static_cast<double>(config.replicas)
                                                    : cycles;
}

TEST(TiledRun, ConvolutionsAreTheSameInEveryOrderAndTakeTheModelsCycles)
{
    const ConvolutionShape shapes[] = {
        squareShape(3, 16, 9, 3, 2),     // stem
        squareShape(16, 40, 5, 1, 1),    // pointwise
        squareShape(12, 7, 6, 3, 1),     // odd channels
        squareShape(48, 48, 4, 1, 1, 3), // grouped
    };
    for (const ConvolutionShape& shape : shapes) {
        const Codes x = inputsOf(shape), w = weightsOf(shape);
        const auto judge = untiled(shape, x, w);
        for (const DualEngine& config : arrays())
            for (const int engines : {1, 2})
                for (const TileOrder& order : allTileOrders()) {
                    const TiledRun run = *runTiled(config, shape, x, w, order, engines);

                    ASSERT_EQ(wide(run.sums), judge);
                    ASSERT_EQ(run.macs, shape.macs());
                    ASSERT_EQ(static_cast<double>(run.steps),
                              stepsOf(DualTiming(config).dense(layerOf(shape), engines), config));
                }
    }
}

TEST(TiledRun, DepthwiseConvolutionsToo)
{
    const ConvolutionShape shapes[] = {
        squareShape(16, 16, 14, 3, 1, 16),
        squareShape(20, 20, 9, 3, 2, 20),
        squareShape(10, 10, 7, 5, 1, 10),
    };
    for (const ConvolutionShape& shape : shapes) {
        const Codes x = inputsOf(shape), w = weightsOf(shape);
        const auto judge = untiled(shape, x, w);
        for (const DualEngine& config : arrays())
            for (const TileOrder& order : allTileOrders()) {
                const TiledRun run = *runTiled(config, shape, x, w, order);

                ASSERT_EQ(wide(run.sums), judge);
                ASSERT_EQ(run.macs, shape.macs());
                ASSERT_EQ(static_cast<double>(run.steps),
                          stepsOf(DualTiming(config).depthwise(layerOf(shape)), config));
            }
    }
}

// K^T V of 49 tokens and Q (K^T V), 16 channels, a head on one engine.
TEST(TiledRun, ProductsOfAHeadToo)
{
    struct Product {
        model::LayerKind kind;
        std::int64_t rows, inner, columns;
    };
    for (const auto& [kind, rows, inner, columns] : {Product{model::LayerKind::context, 16, 49, 16},
                                                     {model::LayerKind::lookup, 49, 16, 16},
                                                     {model::LayerKind::context, 7, 5, 9}}) {
        const Codes a = randomCodes(rows * inner, 3), b = randomCodes(inner * columns, 4);
        std::vector<std::int64_t> judge;
        for (std::int64_t row = 0; row < rows; ++row)
            for (std::int64_t column = 0; column < columns; ++column) {
                std::int64_t sum = 0;
                for (std::int64_t i = 0; i < inner; ++i)
                    sum += static_cast<std::int64_t>(a[static_cast<std::size_t>(row * inner + i)]) *
                           b[static_cast<std::size_t>(i * columns + column)];
                judge.push_back(sum);
            }
        // Two heads: one for each engine.
        const auto layer = model::productShape("head", kind, 2, rows, columns, inner);
        for (const DualEngine& config : arrays())
            for (const TileOrder& order : allTileOrders()) {
                const TiledRun run = *runTiledProduct(config, rows, inner, columns, a, b, order);

                ASSERT_EQ(wide(run.sums), judge);
                ASSERT_EQ(run.macs, rows * inner * columns);
                ASSERT_EQ(static_cast<double>(run.steps),
                          stepsOf(DualTiming(config).product(layer), config));
            }
    }
}

// What the overlapped pair computes: the pointwise layer reads the depthwise one's codes.
TEST(TiledRun, ADepthwiseAndAPointwiseLayerInARowDoNotDependOnTiles)
{
    const ConvolutionShape first = squareShape(16, 16, 7, 3, 1, 16),
                           second = squareShape(16, 24, 7, 1, 1);
    const Codes x = inputsOf(first), w1 = weightsOf(first), w2 = weightsOf(second);
    const auto codesOf = [](const auto& sums) {
        Codes codes;
        for (const auto sum : sums)
            codes.push_back(static_cast<std::int32_t>(
                std::clamp<std::int64_t>((static_cast<std::int64_t>(sum) + 256) >> 9, -128, 127)));
        return codes;
    };
    const auto judge = untiled(second, codesOf(untiled(first, x, w1)), w2);

    for (const DualEngine& config : arrays())
        for (const TileOrder& order : allTileOrders()) {
            const Codes between = codesOf(runTiled(config, first, x, w1, order)->sums);
            ASSERT_EQ(wide(runTiled(config, second, between, w2, order)->sums), judge);
        }
}

TEST(TiledRun, WhatItCannotDoIsRefused)
{
    const Codes large(1000, 40'000);
    EXPECT_THAT(runTiledProduct({}, 1, 1000, 1, large, large, allTileOrders()[0]).error().message,
                HasSubstr("1000 products can leave"));
    DualEngine trees;
    trees.reconfigurable = false;
    const ConvolutionShape depthwise = squareShape(4, 4, 3, 3, 1, 4);
    EXPECT_EQ(
        runTiled(trees, depthwise, inputsOf(depthwise), weightsOf(depthwise), allTileOrders()[0])
            .error()
            .kind,
        ErrorKind::argument);
}

TEST(TiledRun, ThereAre24Orders)
{
    const auto all = allTileOrders();
    EXPECT_EQ(all.size(), 24u);
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_NE(all[i], all[j]);
}

} // namespace
} // namespace vitrine::sim
