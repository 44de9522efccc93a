#pragma once

#include "core/model/network/vit_network.h"

#include <optional>
#include <string>

namespace vitrine::model
{

// What a linear layer of ShiftAddViT is: one that multiplies, one whose weights are signed powers
// of two, or both as experts of a mixture, with a router that sends each token to one of them.
enum class LinearForm { multiply, shift, mixture };

// A ViT with one class token and ShiftAddViT's parts (arXiv 2306.06446). Blocks with binary
// attention come first.
struct ShiftAddSizes {
    VitSizes vit;
    std::int64_t binaryBlocks = 0;
    // How their codes are made. Nothing: queries and keys are compared with their means. Else hash
    // functions of each head hash them, and both share one projection and one code.
    struct Hashing {
        std::int64_t bits = 16, anchors = 25; // the released code's
    };
    std::optional<Hashing> hashing = {};
    LinearForm attentionLinears = LinearForm::multiply, mlpLinears = LinearForm::mixture;
    int lowestExponent = -15; // of shift weights; the highest is 0
    // Share of the tokens that tables of layers count on the multiplying expert of a mixture: each
    // expert has one row at least. In a pass the router decides.
    double multShare = 0.4;
};

// The tensors of a mixture NAME are NAME.router, NAME.mult and NAME.shift (.weight, .bias), those
// of a shifting layer NAME.shift; a binary attention has NAME.dconv.weight. With hashing its linear
// layer is NAME.qk_v instead of NAME.qkv (queries that are keys too, then values), and the hash
// functions (token_hash.h) are NAME.codes.anchors [heads, anchors, channels], NAME.codes.means
// [heads, anchors] and NAME.codes.weight [heads, bits, anchors]. Kinds of its layers, by which
// tables count them; layers of `kShiftAdd` compute what stands behind:
//   .codes    activation: q and k of each token and head to unit length, 1 where they exceed the
//   mean
//             of the picture (of q, of k), else 0: [tokens, q and k]; with hashing the bits of
//             the hash functions, those of a head side by side: [tokens, bits]
//   .context  context (mask): codes of k, transposed, times v: [head and bit, channels]
//   .lookup   lookup (mask): codes of q times the context
//   .dconv    depthwise: a filter of each head over 9 neighbouring tokens of v
//   .unit     add: v / 2 + lookup / pi, to unit length, plus dconv
//   .mult, .shift  linear: rows of tokens that the router (first output at least the second: mult)
//             sends elsewhere are 0 and not computed; without a router: all
// Their `side` is the heads, `offset` of .shift the lowest exponent.
inline constexpr const char* kShiftAdd = "shift-add";
Network shiftAddNetwork(const ShiftAddSizes& sizes);

// Of a layer NAME.codes with hash functions: how many bits and anchors each head has. Else nothing.
std::optional<ShiftAddSizes::Hashing> hashingOf(const NetworkLayer& codes);
inline bool isHashed(const NetworkLayer& layer)
{
    return hashingOf(layer).has_value();
}

// Of the layers of a mixture NAME in the network, its router: who observes it (VisionPass) learns
// which expert each token takes.
std::vector<std::size_t> routersOf(const Network& network);

// The share of `latencyShift` in both: where tokens are split so, experts take equally long.
constexpr double idealMultShare(double latencyMult, double latencyShift)
{
    return latencyShift / (latencyMult + latencyShift);
}

} // namespace vitrine::model
