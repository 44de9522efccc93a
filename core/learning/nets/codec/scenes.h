#pragma once

#include "core/learning/nets/training/pictures.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning::codec
{

// Films made from photographs: a background and none to three soft-edged pieces of other
// photographs, each on a path of its own (shift with acceleration, turn, zoom, perspective), with
// sensor noise and a drift of exposure. No pixel moves by more than `mostMotion` in a frame; a
// fifth of the backgrounds stand still.
class Scenes
{
public:
    // Throws std::runtime_error where no picture is at least 64 x 64.
    Scenes(const PictureStore& pictures, double mostMotion);

    // frames x 3 x size x size, F32 in 0..1 on the grid of 8 bits.
    torch::Tensor draw(Chance& chance, int64_t frames, int64_t size) const;

    // A photograph alone: 3 x size x size, sometimes made smaller first, sometimes mirrored.
    torch::Tensor drawPicture(Chance& chance, int64_t size) const;

private:
    torch::Tensor source(Chance& chance, int64_t size, int64_t mostShrink) const;

    const PictureStore& pictures_;
    double mostMotion_;
    int64_t smallestSide_; // of the largest picture
};

} // namespace vitrine::learning::codec
