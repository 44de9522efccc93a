#pragma once

#include "core/learning/nets/codec/inter.h"
#include "core/learning/nets/codec/intra.h"
#include "core/learning/nets/training/pictures.h"

#include <torch/torch.h>

#include <string>
#include <vector>

// What is measured is what a decoder would show: sides padded to 16 and cropped, values held in
// 0..1 and rounded to 8 bits, symbols rounded; bits are those of the model's probabilities.
namespace vitrine::learning::codec
{

// Of one frame or the mean of several.
struct Rate {
    double bitsPerPixel = 0.0;
    double error = 0.0; // mean square of pixels in 0..1

    double psnr() const; // dB
    double cost(double lambda) const { return bitsPerPixel + lambda * error; }
};

Rate mean(const std::vector<Rate>& rates);

torch::Tensor asShown(const torch::Tensor& picture); // held and rounded to 8 bits
double meanSquare(const torch::Tensor& a, const torch::Tensor& b);

// pictures: N x 3 x H x W, any size.
struct Measured {
    torch::Tensor picture;
    Rate rate;
};
Measured measureIntra(IntraNetImpl& net, const torch::Tensor& pictures, double quality);

// The P frames of a film (frames x 3 x H x W), the first frame being given as `start`, its
// reconstruction.
struct MeasuredFilm {
    Rate rate;       // mean of the P frames
    double repeated; // mean square error of showing `start` all the time
};
MeasuredFilm measureInter(InterNetImpl& net, const torch::Tensor& film, const torch::Tensor& start,
                          double quality);

// Mean square error of showing, in place of each frame but the first, the one before it as it is.
double errorOfPrevious(const torch::Tensor& film);

// The middles of photographs, made smaller to about `side`, F32: 3 x side x side each, at most.
std::vector<torch::Tensor> heldOutPictures(const PictureStore& pictures, int64_t side);

} // namespace vitrine::learning::codec
