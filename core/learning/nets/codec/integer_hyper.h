#pragma once

#include "core/learning/nets/codec/tables.h"

#include <array>
#include <cstdint>
#include <vector>

// The hyper-decoder in integers (spec section 6.1): what it says about a latent is the same on
// every machine. Free of libtorch; in_integers.h makes it from a trained hyperprior.
namespace vitrine::learning::codec
{

constexpr int64_t kHyperChannels = 32;
constexpr int kHyperInputBits = 4; // fraction bits of the hyper latent at the first layer
constexpr int kPredictionBits = 8; // fraction bits of mean and log sigma

// An `up` or a 3x3 convolution: sum of int8 weight times int16 input in int32 (it cannot overflow:
// at most 288 * 127 * 32768 + |bias| < 2^31), plus bias, shifted: half is added, then an arithmetic
// shift to the right; a negative shift goes left. Held in int16. Then, but for the last layer,
// LeakyReLU: v < 0 becomes (v + 4) >> 3.
struct IntegerLayer {
    bool doubles = false; // an up, kernel 4; else a convolution, kernel 3
    int64_t in = 0, out = 0;
    std::vector<int8_t> weights; // out x in x kernel x kernel
    std::vector<int32_t> biases; // out; at most 2^29 either way
    std::vector<int8_t> shifts;  // out
    int64_t kernel() const { return doubles ? 4 : 3; }
};

struct IntegerHyper {
    std::array<IntegerLayer, 3> layers;          // up, up, conv
    std::array<int16_t, kSigmas - 1> thresholds; // of log sigma, rising
};

// channels x height x width.
struct IntegerPlanes {
    int64_t channels = 0, height = 0, width = 0;
    std::vector<int16_t> values;
};

// Of integer hyper latents (no fraction bits), 2 C x 4 height x 4 width: means, then log sigmas,
// both with 8 fraction bits. To be cropped to the latent.
IntegerPlanes predict(const IntegerHyper& hyper, const IntegerPlanes& latents);

// Which of sigmas(): the number of thresholds that logSigma reaches.
int sigmaIndex(const IntegerHyper& hyper, int16_t logSigma);

} // namespace vitrine::learning::codec
