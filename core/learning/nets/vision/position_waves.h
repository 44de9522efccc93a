#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// Where the learnt positions of a square grid of patches start: sines and cosines of 2-D places
// (Beyer et al. 2022, "Better plain ViT baselines for ImageNet-1k"), so that near patches are alike
// from the first step. 1 x (1 + across * across) x width, F32, between -amplitude and amplitude;
// the class token's row is 0. width is a multiple of 4: sines and cosines of the column, then of
// the row, frequencies 1 to 1 / 10000 geometric.
torch::Tensor positionWaves(int64_t across, int64_t width, double amplitude);

} // namespace vitrine::learning
