#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::superres
{

// Maps hold the channels of a pixel side by side (channels_last).
enum class TfjsKind {
    input,       // InputLayer
    convolution, // Conv2D: zeros around, every pixel
    relu,        // Activation "relu"
    add,         // Add
    concatenate, // Concatenate of channels
    upsampling,  // UpSampling2D "nearest"
};

struct TfjsLayer {
    std::string name;
    TfjsKind kind = TfjsKind::input;
    std::vector<std::size_t> from; // the layers that it reads: all stand before it
    std::int64_t channels = 3;     // of what it gives
    std::int64_t factor = 1;       // pixels of its map on each side of a pixel of the input
    // Of a convolution, odd sizes.
    std::int64_t kernelHeight = 1, kernelWidth = 1;
    bool bias = false;
};

// A network from a picture of three channels to a larger one.
struct TfjsTopology {
    std::vector<TfjsLayer> layers; // the input first, the output last

    std::int64_t inChannels(const TfjsLayer& layer) const; // those that a layer reads
    std::int64_t scale() const { return layers.back().factor; }
    // So far beside a pixel lies what its result depends on, at most, in pixels of the input.
    std::int64_t reach() const;
    // Numbers that are held at once for each pixel of the input, at most, when each map goes as
    // soon as nobody reads it any more.
    std::int64_t peakNumbers() const;
    // Multiply-accumulates of the convolutions for each pixel of the input, those with the zeros
    // around the picture counted.
    std::int64_t macsPerPixel() const;
    std::vector<std::size_t> lastReaders() const; // of each layer: the last layer that reads it
};

// Reads "modelTopology" of a TensorFlow.js layers model: the configuration of a functional Keras
// model. Input error for a kind of layer that is not above, for every setting that would compute
// something else (strides, dilation, groups, other activations and paddings), for fields that are
// not known and for layers that nobody reads. `name` names the file in messages.
Result<TfjsTopology> parseTfjsTopology(const Json& modelTopology, const std::string& name);

} // namespace vitrine::superres
