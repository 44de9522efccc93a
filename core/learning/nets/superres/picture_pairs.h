#pragma once

#include "core/learning/nets/superres/s2r.h"
#include "core/learning/nets/training/pictures.h"

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::learning
{

// uint8, 3 x height x width; high is exactly scale times as large as low.
struct PicturePair {
    std::string name;
    torch::Tensor low, high;
};

// Each picture, or the square of `side` pixels in its middle where it is larger (0: the whole), and
// its bicubic reduction.
std::vector<PicturePair> reducedPairs(const PictureStore& pictures, int64_t scale, int64_t side);

// The pictures X_HR.* and X_LR.* of a test set of this scale; the larger one is cut to scale times
// the smaller one.
std::vector<PicturePair> storedPairs(const PictureStore& pictures, int64_t scale);

// The enlarged picture, 8 bit.
torch::Tensor enlarged(S2r& network, const torch::Tensor& low);

// Means over the pictures, `scale` pixels at each border left out.
struct PairQuality {
    double psnr, ssim;               // dB; 0..1
    double bicubicPsnr, bicubicSsim; // of plain bicubic enlargement
    double leastGain;                // dB over bicubic, of the worst picture
};
PairQuality qualityOn(S2r& network, const std::vector<PicturePair>& pairs);

} // namespace vitrine::learning
