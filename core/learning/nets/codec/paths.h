#pragma once

#include "core/learning/nets/training/chance.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning::codec
{

// How one layer of a scene moves, per frame; t counts from the middle of the film, so that a source
// only little larger than the picture holds all of it.
struct Path {
    double shiftX = 0, shiftY = 0; // pixels
    double bendX = 0, bendY = 0;   // pixels, per frame and frame
    double turn = 0;               // radians
    double zoom = 0;               // logarithm
    double tiltX = 0, tiltY = 0;   // perspective: growth of the divisor per frame over half a side
    double scale = 1, angle = 0;   // of the source in the picture, at t = 0
};

// A path on which no pixel of a picture of that side moves by more than `mostMotion` pixels from
// one frame to the next.
Path drawPath(Chance& chance, int64_t frames, int64_t size, double mostMotion);

// Where each pixel of each frame lies in the layer, in pixels from the layer's middle: frames x
// size x size x 2 (to the right, down).
torch::Tensor places(const Path& path, int64_t frames, int64_t size);

} // namespace vitrine::learning::codec
