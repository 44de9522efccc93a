#include "core/sim/machine/tiled_run.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::sim
{
namespace
{

// From `first` on, as many as an engine takes at once, but not beyond `end`.
struct Piece {
    std::int64_t first = 0, end = 0;
};

std::vector<Piece> piecesOf(std::int64_t count, std::int64_t atOnce)
{
    std::vector<Piece> pieces;
    for (std::int64_t first = 0; first < count; first += atOnce)
        pieces.push_back({first, std::min(first + atOnce, count)});
    return pieces;
}

// Pieces of each row: lanes take neighbours along it.
std::vector<Piece> piecesOfRows(std::int64_t rows, std::int64_t width, std::int64_t atOnce)
{
    std::vector<Piece> pieces;
    for (std::int64_t row = 0; row < rows; ++row)
        for (const Piece piece : piecesOf(width, atOnce))
            pieces.push_back({row * width + piece.first, row * width + piece.end});
    return pieces;
}

// The pieces of each loop, by TileLoop.
using TilePieces = std::array<std::vector<Piece>, 4>;

const Piece& pieceOf(const std::array<Piece, 4>& tile, TileLoop loop)
{
    return tile[static_cast<std::size_t>(loop)];
}

// One step after the other in the given order; `add` takes a tile and returns its multiplications.
template <typename Add>
void throughTiles(const TilePieces& pieces, const TileOrder& order, TiledRun& run, Add add)
{
    const auto of = [&](int depth) -> const std::vector<Piece>& {
        return pieces[static_cast<std::size_t>(order[static_cast<std::size_t>(depth)])];
    };
    std::array<Piece, 4> tile;
    const auto enter = [&](int depth, const Piece& piece) {
        tile[static_cast<std::size_t>(order[static_cast<std::size_t>(depth)])] = piece;
    };
    for (const Piece& first : of(0)) {
        enter(0, first);
        for (const Piece& second : of(1)) {
            enter(1, second);
            for (const Piece& third : of(2)) {
                enter(2, third);
                for (const Piece& fourth : of(3)) {
                    enter(3, fourth);
                    run.macs += add(tile);
                    ++run.steps;
                }
            }
        }
    }
}

double largestCode(std::span<const std::int32_t> codes)
{
    double largest = 0;
    for (const std::int32_t code : codes)
        largest = std::max(largest, std::abs(static_cast<double>(code)));
    return largest;
}

Result<void> checkSums(std::int64_t terms, std::span<const std::int32_t> a,
                       std::span<const std::int32_t> b)
{
    if (static_cast<double>(terms) * largestCode(a) * largestCode(b) < std::ldexp(1.0, 31))
        return {};
    return inputError("sums of {} products can leave the accumulators' 32 bits", terms);
}

// Adder trees: sums[pixel, output] += what the multipliers of a lane make of their input channels.
// x(pixel, output, input, tap) and w(output, input, tap) are the operands.
template <typename X, typename W>
void throughAdderTrees(const TilePieces& pieces, const TileOrder& order, std::int64_t outputs,
                       TiledRun& run, X x, W w)
{
    throughTiles(pieces, order, run, [&](const std::array<Piece, 4>& tile) {
        const Piece inputs = pieceOf(tile, TileLoop::inputs),
                    lanes = pieceOf(tile, TileLoop::outputs),
                    pixels = pieceOf(tile, TileLoop::pixels);
        const std::int64_t tap = pieceOf(tile, TileLoop::taps).first;
        for (std::int64_t pixel = pixels.first; pixel < pixels.end; ++pixel)
            for (std::int64_t output = lanes.first; output < lanes.end; ++output) {
                std::int32_t tree = 0;
                for (std::int64_t input = inputs.first; input < inputs.end; ++input)
                    tree += x(pixel, output, input, tap) * w(output, input, tap);
                run.sums[static_cast<std::size_t>(pixel * outputs + output)] += tree;
            }
        return (pixels.end - pixels.first) * (lanes.end - lanes.first) *
               (inputs.end - inputs.first);
    });
}

// Each multiplier for itself: a channel of a pixel.
template <typename X, typename W>
void throughMultipliers(const TilePieces& pieces, const TileOrder& order, std::int64_t outputs,
                        TiledRun& run, X x, W w)
{
    throughTiles(pieces, order, run, [&](const std::array<Piece, 4>& tile) {
        const Piece channels = pieceOf(tile, TileLoop::outputs),
                    pixels = pieceOf(tile, TileLoop::pixels);
        const std::int64_t tap = pieceOf(tile, TileLoop::taps).first;
        for (std::int64_t pixel = pixels.first; pixel < pixels.end; ++pixel)
            for (std::int64_t channel = channels.first; channel < channels.end; ++channel)
                run.sums[static_cast<std::size_t>(pixel * outputs + channel)] +=
                    x(pixel, channel, 0, tap) * w(channel, 0, tap);
        return (pixels.end - pixels.first) * (channels.end - channels.first);
    });
}

// The input of an output channel's group that a tap reads, 0 in the padding.
std::int32_t inputAt(const kernels::ConvolutionShape& s, std::span<const std::int32_t> x,
                     std::int64_t pixel, std::int64_t channel, std::int64_t tap)
{
    const std::int64_t row = pixel / s.outWidth * s.strideHeight - s.top + tap / s.kernelWidth;
    const std::int64_t column = pixel % s.outWidth * s.strideWidth - s.left + tap % s.kernelWidth;
    if (row < 0 || row >= s.inHeight || column < 0 || column >= s.inWidth)
        return 0;
    return x[static_cast<std::size_t>((row * s.inWidth + column) * s.inChannels + channel)];
}

TilePieces tilesOf(const DualEngine& c, const kernels::ConvolutionShape& s, bool depthwise,
                   int engines)
{
    const std::int64_t pixels = s.outHeight * s.outWidth;
    const std::int64_t channelReplicas = c.replicaMode == ReplicaMode::cout ? c.replicas : 1,
                       pixelReplicas = c.replicaMode == ReplicaMode::pixel ? c.replicas : 1;
    const auto taps = piecesOf(s.kernelHeight * s.kernelWidth, 1);
    if (!depthwise)
        return {piecesOf(s.outChannels, c.lanes * engines * channelReplicas),
                piecesOf(s.inChannels / s.groups, c.multipliers), taps,
                piecesOf(pixels, pixelReplicas)};
    return {piecesOf(s.outChannels, c.multipliers * channelReplicas),
            {{0, 1}},
            taps,
            c.replicaMode == ReplicaMode::pixel ? piecesOf(pixels, c.lanes * pixelReplicas)
                                                : piecesOfRows(s.outHeight, s.outWidth, c.lanes)};
}

} // namespace

std::vector<TileOrder> allTileOrders()
{
    TileOrder order{TileLoop::outputs, TileLoop::inputs, TileLoop::taps, TileLoop::pixels};
    std::vector<TileOrder> all;
    do
        all.push_back(order);
    while (std::ranges::next_permutation(order).found);
    return all;
}

Result<TiledRun> runTiled(const DualEngine& config, const kernels::ConvolutionShape& shape,
                          std::span<const std::int32_t> x, std::span<const std::int32_t> weights,
                          const TileOrder& order, int engines)
{
    const std::int64_t inputs = shape.inChannels / shape.groups,
                       taps = shape.kernelHeight * shape.kernelWidth,
                       perGroup = shape.outChannels / shape.groups;
    assert(std::ssize(x) == shape.inHeight * shape.inWidth * shape.inChannels);
    assert(std::ssize(weights) == shape.outChannels * inputs * taps);
    VITRINE_CHECK(checkSums(inputs * taps, x, weights));
    const bool depthwise = shape.groups > 1 && inputs == 1 && perGroup == 1;
    if (depthwise && !config.reconfigurable)
        return argumentError("depthwise layers on adder trees are not modelled step by step: they "
                             "need the reconfigurable engine");
    const auto input = [&](std::int64_t pixel, std::int64_t output, std::int64_t channel,
                           std::int64_t tap) {
        return inputAt(shape, x, pixel, output / perGroup * inputs + channel, tap);
    };
    const auto weight = [&](std::int64_t output, std::int64_t channel, std::int64_t tap) {
        return weights[static_cast<std::size_t>((output * inputs + channel) * taps + tap)];
    };
    TiledRun run;
    run.sums.resize(static_cast<std::size_t>(shape.outHeight * shape.outWidth * shape.outChannels));
    const TilePieces tiles = tilesOf(config, shape, depthwise, engines);
    if (depthwise)
        throughMultipliers(tiles, order, shape.outChannels, run, input, weight);
    else
        throughAdderTrees(tiles, order, shape.outChannels, run, input, weight);
    return run;
}

Result<TiledRun> runTiledProduct(const DualEngine& config, std::int64_t rows, std::int64_t inner,
                                 std::int64_t columns, std::span<const std::int32_t> a,
                                 std::span<const std::int32_t> b, const TileOrder& order)
{
    assert(std::ssize(a) == rows * inner && std::ssize(b) == inner * columns);
    VITRINE_CHECK(checkSums(inner, a, b));
    // Replicas by output channels take other heads.
    const std::int64_t pixelReplicas =
        config.replicaMode == ReplicaMode::pixel ? config.replicas : 1;
    const TilePieces tiles{piecesOf(columns, config.lanes),
                           piecesOf(inner, config.multipliers),
                           {{0, 1}},
                           piecesOf(rows, pixelReplicas)};
    TiledRun run;
    run.sums.resize(static_cast<std::size_t>(rows * columns));
    throughAdderTrees(
        tiles, order, columns, run,
        [&](std::int64_t row, std::int64_t, std::int64_t i, std::int64_t) {
            return a[static_cast<std::size_t>(row * inner + i)];
        },
        [&](std::int64_t column, std::int64_t i, std::int64_t) {
            return b[static_cast<std::size_t>(i * columns + column)];
        });
    return run;
}

} // namespace vitrine::sim
