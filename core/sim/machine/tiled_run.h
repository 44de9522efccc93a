#pragma once

#include "core/sim/machine/dual_engine.h"
#include "core/tensor/kernels/convolution.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::sim
{

// What the two engines of Trio-ViT and the FPGA accelerator for EfficientViT (arXiv 2405.03882,
// 2403.20230) compute, not only when: whole-numbered layers run step by step through the tiles that
// the cycle model counts, with accumulators of 32 bits. Adder trees (MAT, and the reconfigurable
// engine in pointwise mode): the multipliers of a lane share an output and take input channels,
// lanes take output channels. In depthwise mode each multiplier accumulates alone: channels within
// a lane, neighbouring pixels over lanes. Replicas take what DualEngine::replicaMode says; `ideal`
// runs one replica. How the papers order their tiles is not published; no order changes a sum.

// Loops over the tiles of a layer, the outermost first. Depthwise layers have channels under
// `outputs` and no loop over inputs.
enum class TileLoop { outputs, inputs, taps, pixels };
using TileOrder = std::array<TileLoop, 4>;
std::vector<TileOrder> allTileOrders(); // 24

struct TiledRun {
    std::vector<std::int32_t> sums; // accumulators at the end, [pixels, outputs]
    std::int64_t steps = 0;         // cycles; with `ideal` those of one replica ("unit cycles")
    std::int64_t macs = 0;          // with those on padding

    friend bool operator==(const TiledRun&, const TiledRun&) = default;
};

// A convolution, pointwise, dense, in groups or depthwise, on `engines` engines (1 or 2; a
// depthwise one runs on the reconfigurable engine alone). `x` [pixels, channels] and `weights`
// [outputs, channels of a group, taps] are codes without their zero points, so that padding is 0.
// Input error where a sum can leave 32 bits; argument error for a depthwise layer without the
// reconfigurable engine, which is not modelled step by step.
Result<TiledRun> runTiled(const DualEngine& config, const kernels::ConvolutionShape& shape,
                          std::span<const std::int32_t> x, std::span<const std::int32_t> weights,
                          const TileOrder& order, int engines = 2);

// The product a [rows, inner] b [inner, columns] of one head on one engine: K^T V with the tokens
// inside, Q (K^T V) with the channels inside. Error as above.
Result<TiledRun> runTiledProduct(const DualEngine& config, std::int64_t rows, std::int64_t inner,
                                 std::int64_t columns, std::span<const std::int32_t> a,
                                 std::span<const std::int32_t> b, const TileOrder& order);

} // namespace vitrine::sim
