#include "core/learning/nets/codec/measure.h"

#include "core/learning/nets/codec/layers.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

double bitsOf(const Coded& coded)
{
    return coded.bits.sum().item<double>() + coded.hyperBits.sum().item<double>();
}

double pixelsOf(const Tensor& pictures)
{
    return static_cast<double>(pictures.size(0) * pictures.size(2) * pictures.size(3));
}

} // namespace

double Rate::psnr() const
{
    return -10.0 * std::log10(std::max(error, 1e-10));
}

Rate mean(const std::vector<Rate>& rates)
{
    Rate sum;
    for (const Rate& rate : rates) {
        sum.bitsPerPixel += rate.bitsPerPixel;
        sum.error += rate.error;
    }
    const auto count = static_cast<double>(std::max<size_t>(1, rates.size()));
    return {sum.bitsPerPixel / count, sum.error / count};
}

Tensor asShown(const Tensor& picture)
{
    return picture.mul(255.0).round_().clamp_(0.0, 255.0).div_(255.0);
}

double meanSquare(const Tensor& a, const Tensor& b)
{
    return (a - b).square().mean().item<double>();
}

Measured measureIntra(IntraNetImpl& net, const Tensor& pictures, double quality)
{
    const torch::NoGradGuard noGradient;
    const auto frame = net.forward(padded(pictures), quality, nullptr);
    const Tensor shown = asShown(cropped(frame.picture, pictures.size(2), pictures.size(3)));
    return {shown, {bitsOf(frame.coded) / pixelsOf(pictures), meanSquare(shown, pictures)}};
}

MeasuredFilm measureInter(InterNetImpl& net, const Tensor& film, const Tensor& start,
                          double quality)
{
    const torch::NoGradGuard noGradient;
    std::vector<Rate> rates;
    double repeated = 0.0;
    Tensor last = start;
    for (int64_t i = 1; i < film.size(0); ++i) {
        const Tensor now = film.narrow(0, i, 1);
        const auto frame = net.forward(padded(now), padded(last), quality, nullptr);
        last = asShown(cropped(frame.picture, now.size(2), now.size(3)));
        rates.push_back({(bitsOf(frame.motion) + bitsOf(frame.residual)) / pixelsOf(now),
                         meanSquare(last, now)});
        repeated += meanSquare(start, now) / static_cast<double>(film.size(0) - 1);
    }
    return {mean(rates), repeated};
}

double errorOfPrevious(const Tensor& film)
{
    double error = 0.0;
    for (int64_t i = 1; i < film.size(0); ++i)
        error += meanSquare(film[i - 1], film[i]) / static_cast<double>(film.size(0) - 1);
    return error;
}

std::vector<Tensor> heldOutPictures(const PictureStore& pictures, int64_t side)
{
    std::vector<Tensor> parts;
    for (size_t i = 0; i < pictures.pictures().size(); ++i) {
        const Picture& picture = pictures.pictures()[i];
        const int64_t smaller = std::min(picture.width, picture.height);
        const int64_t shrink = std::max<int64_t>(1, smaller / (2 * side));
        const int64_t width = std::min(side * shrink, picture.width);
        const int64_t height = std::min(side * shrink, picture.height);
        const Tensor part =
            pictures
                .part(i, (picture.width - width) / 2, (picture.height - height) / 2, width, height)
                .to(torch::kFloat)
                .div_(255.0)
                .unsqueeze(0);
        parts.push_back(asShown(torch::avg_pool2d(part, {shrink, shrink})).squeeze(0));
    }
    return parts;
}

} // namespace vitrine::learning::codec
