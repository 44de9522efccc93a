#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning::codec
{

constexpr int kQualities = 4;

// The weight of the error (mean square of pixels in 0..1) against bits per pixel: 256, 512, 1024,
// 2048 at quality 0, 1, 2, 3, and between them geometrically.
double lambdaOf(double quality);

// One vector of channel gains for each of the four lambdas. A latent is multiplied by it before
// rounding and divided after (spec section 8; Cui et al. 2021, arXiv:2003.02012). Stored as
// logarithms, so that gains are positive and the straight line between two of them is the geometric
// mean. They start at sqrt(lambda / 724): a quantiser's step goes with the root of the error's
// weight.
class GainsImpl : public torch::nn::Module
{
public:
    explicit GainsImpl(int64_t channels);

    // 1 x channels x 1 x 1 at a quality 0..3 (held within).
    torch::Tensor forward(double quality);

private:
    torch::Tensor logarithms_; // 4 x channels
};
TORCH_MODULE(Gains);

} // namespace vitrine::learning::codec
