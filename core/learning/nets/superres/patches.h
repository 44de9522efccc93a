#pragma once

#include "core/learning/nets/training/chance.h"
#include "core/learning/nets/training/pictures.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// Small pictures and what they were made of, F32 in 0..1: low is batch x 3 x size x size, high
// scale times as large.
struct PatchPair {
    torch::Tensor low, high;
};

// Draws training patches: a random place, one of the eight mirrorings and turns, made small by the
// bicubic kernel from beyond the patch's border, as in the whole picture, and rounded to 8 bit.
// Flat parts (deviation below 6/255) are drawn anew, at most ten times.
class Patches
{
public:
    // size: of the small patch, in pixels
    Patches(const PictureStore& pictures, int64_t scale, int64_t size);

    PatchPair draw(Chance& chance, int64_t batch) const;

private:
    torch::Tensor drawHigh(Chance& chance) const; // with its margin, uint8

    const PictureStore& pictures_;
    int64_t scale_, size_;
};

} // namespace vitrine::learning
