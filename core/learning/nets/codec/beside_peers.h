#pragma once

#include "core/learning/nets/codec/rate_curves.h"
#include "core/learning/nets/training/score.h"

#include <torch/torch.h>

#include <string>
#include <vector>

namespace vitrine::learning::codec
{

// JPEG on pictures (3 x H x W each, on the grid of 8 bits) at a row of qualities, and how a codec's
// curve on the same pictures lies to it: rate and PSNR of each quality, means over the pictures as
// `curve` has them, then BD-rate and the difference of PSNR at equal rate. `what` begins each name.
// In a build without JPEG only these two lines, without a number.
std::vector<Score> besideJpeg(const std::string& what, const std::vector<torch::Tensor>& pictures,
                              const std::vector<RatePoint>& curve);

// MPEG-4 part 2 on a film (frames x 3 x H x W): how a codec's curve of P frames on it lies to that
// of FFmpeg's encoder, both by rate and error of the frames behind the first, which each codec has
// from an I frame of its own. BD-rate and the difference of PSNR at equal rate; `what` begins each
// name.
std::vector<Score> besideMpeg4(const std::string& what, const torch::Tensor& film,
                               const std::vector<RatePoint>& curve);

} // namespace vitrine::learning::codec
