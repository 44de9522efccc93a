// The steps of Trio-ViT together, as one inverted bottleneck (MBConv) in whole numbers: pointwise,
// Hardswish, depthwise 3 x 3, Hardswish, pointwise; channels with outliers in between.
#include "core/quant/vision/channel_ranges.h"
#include "core/quant/vision/hard_swish.h"
#include "core/quant/vision/migration.h"
#include "core/quant/vision/scale_search.h"
#include "core/quant/vision/shifting.h"
#include "core/quant/vision/upper_quantile.h"
#include "tests/core/quant/vision/outlier_maps.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using kernels::ConvolutionShape;
using tests::signalToNoise;

constexpr std::int64_t kSide = 8, kOuter = 12, kInner = 48;
const ConvolutionShape kExpand{.inChannels = kOuter,
                               .inHeight = kSide,
                               .inWidth = kSide,
                               .outChannels = kInner,
                               .outHeight = kSide,
                               .outWidth = kSide};
const ConvolutionShape kDepthwise{.inChannels = kInner,
                                  .inHeight = kSide,
                                  .inWidth = kSide,
                                  .outChannels = kInner,
                                  .outHeight = kSide,
                                  .outWidth = kSide,
                                  .kernelHeight = 3,
                                  .kernelWidth = 3,
                                  .top = 1,
                                  .left = 1,
                                  .groups = kInner};
const ConvolutionShape kProject{.inChannels = kInner,
                                .inHeight = kSide,
                                .inWidth = kSide,
                                .outChannels = kOuter,
                                .outHeight = kSide,
                                .outWidth = kSide};

struct BlockLayer {
    const ConvolutionShape& shape;
    std::vector<float> weights, bias;
};

struct Block {
    BlockLayer expand, depthwise, project;
};

BlockLayer randomLayer(const ConvolutionShape& shape, Random& random, double spread)
{
    BlockLayer layer{shape, {}, {}};
    const std::int64_t size =
        shape.inChannels / shape.groups * shape.kernelHeight * shape.kernelWidth;
    for (std::int64_t output = 0; output < shape.outChannels; ++output) {
        const double factor = std::exp2(spread * (random.uniform() - 0.5));
        for (std::int64_t i = 0; i < size; ++i)
            layer.weights.push_back(static_cast<float>(factor * random.normal() /
                                                       std::sqrt(static_cast<double>(size))));
        layer.bias.push_back(static_cast<float>(0.5 * random.normal()));
    }
    return layer;
}

// Channels between the layers spread over 2^8.
Block randomBlock(std::uint64_t seed)
{
    Random random(seed);
    BlockLayer expand = randomLayer(kExpand, random, 8),
               depthwise = randomLayer(kDepthwise, random, 4);
    return {std::move(expand), std::move(depthwise), randomLayer(kProject, random, 0)};
}

std::vector<float> realLayer(const BlockLayer& layer, const std::vector<float>& x,
                             kernels::After after = kernels::After::nothing)
{
    std::vector<double> y(static_cast<std::size_t>(kSide * kSide * layer.shape.outChannels));
    convolveSlowly(layer.shape, layer.weights.data(), layer.bias.data(), after, x.data(), y.data());
    return {y.begin(), y.end()};
}

// A layer's codes without zero points, and a grid for each filter.
struct WholeLayer {
    const ConvolutionShape& shape;
    std::vector<std::int32_t> codes = {};
    std::vector<CodeGrid> grids = {};
    std::vector<double> decoded = {};
    std::vector<std::int32_t> starts = {};
};

WholeLayer wholeLayer(const BlockLayer& layer)
{
    WholeLayer whole{.shape = layer.shape};
    const auto filters = static_cast<std::size_t>(layer.shape.outChannels);
    whole.grids = *searchedFilterGrids(layer.weights, filters, GridKind::symmetric, 8);
    for (std::size_t i = 0; i < layer.weights.size(); ++i) {
        const CodeGrid& grid = whole.grids[i / (layer.weights.size() / filters)];
        const auto code = grid.code(layer.weights[i], Rounding::halfUp);
        whole.codes.push_back(static_cast<std::int32_t>(code));
        whole.decoded.push_back(grid.value(code));
    }
    return whole;
}

// Accumulators; what lies outside the map has the code of 0.
std::vector<std::int64_t> accumulate(const WholeLayer& layer, const CodeGrid& grid,
                                     const std::vector<std::int64_t>& codes)
{
    const ConvolutionShape& s = layer.shape;
    const std::int64_t inputs = s.inChannels / s.groups, perGroup = s.outChannels / s.groups,
                       taps = s.kernelHeight * s.kernelWidth;
    std::vector<std::int64_t> sums;
    for (std::int64_t pixel = 0; pixel < kSide * kSide; ++pixel)
        for (std::int64_t output = 0; output < s.outChannels; ++output) {
            std::int64_t sum = layer.starts[static_cast<std::size_t>(output)];
            for (std::int64_t i = 0; i < inputs * taps; ++i) {
                const std::int64_t row = pixel / kSide - s.top + i % taps / s.kernelWidth,
                                   column = pixel % kSide - s.left + i % taps % s.kernelWidth,
                                   channel = output / perGroup * inputs + i / taps;
                const bool inside = row >= 0 && row < kSide && column >= 0 && column < kSide;
                const auto at =
                    static_cast<std::size_t>((row * kSide + column) * s.inChannels + channel);
                sum += (inside ? codes[at] : grid.zero) *
                       layer.codes[static_cast<std::size_t>(output * inputs * taps + i)];
            }
            sums.push_back(sum);
        }
    return sums;
}

// Accumulators to 16 bits, Hardswish, and the next layer's codes.
std::vector<std::int64_t> activated(const WholeLayer& layer, const CodeGrid& input,
                                    const std::vector<std::int64_t>& sums,
                                    const HardSwishUnit& unit)
{
    std::vector<std::int64_t> codes;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const std::size_t channel = i % layer.grids.size();
        const auto by = multiplyRequantizer(
            std::ldexp(input.scale * layer.grids[channel].scale, unit.fraction));
        const std::int64_t x = requantized(sums[i], by, -32767, 32767);
        codes.push_back(unit.code(x, channel));
        EXPECT_EQ(static_cast<double>(codes.back()),
                  unit.codeInDoubles(std::clamp(requantizedInDoubles(static_cast<double>(sums[i]),
                                                                     by, Rounding::halfUp),
                                                -32767.0, 32767.0),
                                     channel));
    }
    return codes;
}

double largestOf(const std::vector<float>& map)
{
    const ValueRange range = rangeOf(map);
    return std::max(std::abs(range.low), std::abs(range.high));
}

std::vector<double> doublesOf(const std::vector<float>& values)
{
    return {values.begin(), values.end()};
}

CodeGrid activationGrid(const std::vector<float>& map)
{
    ScaleSearch search = *ScaleSearch::over(rangeOf(map).withZero(), GridKind::affine, 8);
    search.add(map);
    return search.best();
}

// The order of operations of section 5a, and the block's output.
std::vector<double> wholeBlock(const Block& block, const std::vector<float>& x, bool migrates,
                               bool shifts)
{
    const auto before = realLayer(block.expand, x); // before Hardswish
    auto first = realLayer(block.expand, x, kernels::After::hardSwish);
    const auto middle = realLayer(block.depthwise, first);
    auto second = realLayer(block.depthwise, first, kernels::After::hardSwish);

    std::vector<double> factors(kInner, 1), none(kInner), centres(kInner);
    ChannelRanges firstRanges(kInner), secondRanges(kInner);
    firstRanges.add(first);
    secondRanges.add(second);
    if (migrates) {
        UpperQuantile quantile(0.99, static_cast<std::int64_t>(first.size()));
        quantile.add(first);
        factors = migrationOf(firstRanges.ranges(), quantile.value())->factors;
    }
    BlockLayer scaled = block.depthwise;
    multiplyFilters(scaled.weights, factors);
    divideChannels(first, factors);
    if (shifts)
        centres = *centresOf(secondRanges.ranges());
    subtractCentres(second, centres);

    const CodeGrid inputGrid = activationGrid(x), firstGrid = activationGrid(first),
                   secondGrid = activationGrid(second);
    WholeLayer expand = wholeLayer(block.expand), depthwise = wholeLayer(scaled),
               project = wholeLayer(block.project);
    expand.starts =
        *accumulatorBias(doublesOf(block.expand.bias), expand.codes, expand.grids, inputGrid);
    depthwise.starts =
        *accumulatorBias(doublesOf(scaled.bias), depthwise.codes, depthwise.grids, firstGrid);
    project.starts =
        *accumulatorBias(shiftedBias(doublesOf(block.project.bias), project.decoded, centres),
                         project.codes, project.grids, secondGrid);
    const auto firstUnit = *hardSwishUnit(*fractionOf(largestOf(before)), firstGrid, factors, none);
    const auto secondUnit = *hardSwishUnit(*fractionOf(largestOf(middle)), secondGrid,
                                           std::vector<double>(kInner, 1), centres);

    std::vector<std::int64_t> codes;
    for (const float value : x)
        codes.push_back(inputGrid.code(value, Rounding::halfUp));
    codes = activated(expand, inputGrid, accumulate(expand, inputGrid, codes), firstUnit);
    codes = activated(depthwise, firstGrid, accumulate(depthwise, firstGrid, codes), secondUnit);
    std::vector<double> y;
    for (const std::int64_t sum : accumulate(project, secondGrid, codes))
        y.push_back(static_cast<double>(sum) * secondGrid.scale *
                    project.grids[y.size() % kOuter].scale);
    return y;
}

TEST(InvertedBlock, InWholeNumbersMigrationAndShiftingBringItNearTheRealOne)
{
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        const Block block = randomBlock(seed);
        Random random(seed + 100);
        std::vector<float> x;
        for (std::int64_t i = 0; i < kSide * kSide * kOuter; ++i)
            x.push_back(static_cast<float>(2 * random.normal()));
        const auto y = realLayer(block.project,
                                 realLayer(block.depthwise,
                                           realLayer(block.expand, x, kernels::After::hardSwish),
                                           kernels::After::hardSwish));

        const double plain = signalToNoise(y, wholeBlock(block, x, false, false)),
                     migrated = signalToNoise(y, wholeBlock(block, x, true, false)),
                     both = signalToNoise(y, wholeBlock(block, x, true, true));

        EXPECT_GT(both, 30); // dB
        EXPECT_GT(migrated, plain);
        EXPECT_GT(both, plain + 1);
    }
}

} // namespace
} // namespace vitrine::quant
