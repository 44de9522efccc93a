#pragma once

#include "core/superres/s2r/pixel_product.h"
#include "core/superres/s2r/s2r_weights.h"

#include <array>
#include <cstdint>
#include <vector>

// The layers of S2R (She, Mao, Shi, Wang, ICANN 2023, arXiv 2308.08142) on maps of `channels`
// values a pixel. Several rows at once; bit-identical for every thread count.
namespace vitrine::superres
{

// to = from + local features of from: shift, product, ReLU, shift, product. Of the five equal
// groups of channels, the first is taken from the pixel to the right, the next from the left, from
// below, from above; the last stays; zero outside. `to` is another map than `from`.
void addLocalFeatures(const MapSize& map, const S2rWeights::Local& local, const float* from,
                      float* to);

// Attention within windows of three sizes, each for a third of the channels.
struct WindowAttention {
    MapSize map;
    std::array<std::int64_t, 3> windows{};
    bool rolled = false;
    std::int64_t channels = 0;

    // x += attention; qv gets queries and values, for the next one: [pixels, 2 channels].
    void addFirst(const S2rWeights::Attention& weights, float* x, float* qv) const;
    // x += attention with the maps of the first, whose qv this is.
    void addSecond(const S2rWeights::Attention& weights, const float* qv, float* x) const;
};

// x = MBConv(x): 1x1 to four times the channels, depthwise 3x3, squeeze and excitation over a
// quarter of the channels, 1x1 back; SiLU; no residual connection.
void mobileConvolution(const MapSize& map, const S2rWeights::MbConv& weights,
                       std::vector<float>& x);

// x += product(depthwise(y)).
void addAfterBody(const MapSize& map, const S2rWeights& weights, const float* y, float* x);

// x = deformable convolution of x with offsets and masks of its own.
Result<void> deform(const MapSize& map, const S2rWeights& weights, std::vector<float>& x);

// A 3x3 convolution, zero outside.
Result<std::vector<float>> convolved(const MapSize& map, const PixelConvolution& weights,
                                     const float* x);

} // namespace vitrine::superres
