#pragma once

#include <cstdint>
#include <string>

namespace vitrine::model
{

// What a layer does, as far as shapes, operation counts and accelerators care.
enum class LayerKind {
    conv,       // dense convolution
    depthwise,  // one filter per channel
    grouped,    // convolution in groups of more than one channel
    deconv,     // transposed convolution
    deformable, // convolution at learned sampling points
    linear,     // rows times a weight matrix
    scores,     // Q K^T, one product per head
    softmax,
    values,  // softmax output times V, one product per head
    context, // linear attention: K^T V, one product per head
    lookup,  // linear attention: Q times the context
    divisor, // linear attention: row sums of K, and Q times them
    norm,
    activation,
    add,  // residual connection
    pool, // mean over pixels or tokens
    mix,  // a total of operations without a shape
    // Steps of a forward pass that are in no table of layers.
    embedding,   // rows of a table, by ids
    tokens,      // class tokens before the patches, then the position embeddings added
    rotary,      // rotary position embedding of queries or keys
    concat,      // inputs side by side
    divide,      // the first input by the second, row by row
    centre,      // keys less their mean over the tokens
    sums,        // two rows: sums over the tokens of centred keys and of values
    windows,     // a map into square windows, rolled before
    joinWindows, // and back
    merge,       // 2 x 2 neighbours side by side
    select,      // one row
    shift,       // five groups of channels a pixel right, left, down, up, and not at all
    gate,        // each channel of the first input times a number of the second
    shuffle,     // channels become pixels: a map scale times as large
};

const char* kindName(LayerKind kind);

// What a layer is for within its network.
enum class Part { other, stem, attention, mlp, convolution, downsample, head };

// What the taps of a product are computed with: a multiplication; a shift, where weights are signed
// powers of two; nothing, where an operand of zeros and ones selects what is summed up.
enum class Arithmetic { multiply, shift, mask };

// Input and output maps of a convolution; all zero elsewhere.
struct ConvShape {
    std::int64_t inChannels = 0, inHeight = 0, inWidth = 0;
    std::int64_t outChannels = 0, outHeight = 0, outWidth = 0;
    std::int64_t kernelHeight = 0, kernelWidth = 0, strideHeight = 1, strideWidth = 1;
    std::int64_t groups = 1;
};

// One layer of a network in execution order, as the matrix product it lowers to: `batch`
// independent products (m x k) (k x n). A convolution has m = output pixels, k = kernel area times
// channels of a group, n = filters of a group, batch = groups; a deconvolution counts its input
// pixels with the whole kernel (m = input pixels, n = outputs times kernel area / stride^2 per
// output pixel is the same number). Layers without a product (softmax, norm, activation, add, pool)
// have k = 0 and batch * m * n elements.
struct LayerShape {
    std::string name;   // as the checkpoint names the weight: "blocks.3.attn.qkv"
    std::string module; // what it is part of: "blocks.3"
    Part part = Part::other;
    LayerKind kind = LayerKind::linear;
    std::int64_t batch = 1, m = 0, n = 0, k = 0;
    ConvShape conv;
    bool weights = false; // the k x n operand is a parameter, not an activation
    bool bias = false;
    Arithmetic arithmetic = Arithmetic::multiply;

    std::int64_t macs() const { return batch * m * n * k; }
    std::int64_t
    inputElements() const; // of the moving operand; of both for products of activations
    std::int64_t outputElements() const;
    std::int64_t weightElements() const; // 0 where both operands are activations
};

// Building parts.
LayerShape linearShape(std::string name, std::int64_t rows, std::int64_t in, std::int64_t out,
                       bool bias);
// Square kernel, zero padding kernel / 2 unless the kernel tiles the map (padding 0).
LayerShape convShape(std::string name, std::int64_t in, std::int64_t out, std::int64_t inSide,
                     std::int64_t outSide, std::int64_t kernel, std::int64_t stride,
                     std::int64_t groups = 1);
LayerShape productShape(std::string name, LayerKind kind, std::int64_t batch, std::int64_t m,
                        std::int64_t n, std::int64_t k);
LayerShape elementShape(std::string name, LayerKind kind, std::int64_t rows, std::int64_t columns,
                        std::int64_t batch = 1);

} // namespace vitrine::model
