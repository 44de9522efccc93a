#include "core/learning/nets/codec/beside_peers.h"

#include "core/learning/nets/codec/jpeg.h"
#include "core/learning/nets/codec/measure.h"
#include "core/learning/nets/codec/mpeg4.h"

#include <cmath>
#include <cstring>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr int kJpegQualities[] = {2, 5, 10, 20, 35, 50, 65, 80, 90};
constexpr int kMpeg4Quantisers[] = {2, 3, 5, 8, 13, 20, 31};

// 3 x H x W to rows of RGB and back.
std::vector<uint8_t> rgbRows(const Tensor& picture)
{
    const Tensor bytes =
        picture.mul(255.0).round_().to(torch::kUInt8).permute({1, 2, 0}).contiguous();
    const uint8_t* data = bytes.data_ptr<uint8_t>();
    return {data, data + bytes.numel()};
}

Tensor pictureOfRows(const std::vector<uint8_t>& rgb, int64_t height, int64_t width)
{
    const Tensor bytes = torch::empty({height, width, 3}, torch::kUInt8);
    std::memcpy(bytes.data_ptr(), rgb.data(), rgb.size());
    return bytes.permute({2, 0, 1}).to(torch::kFloat).div_(255.0);
}

Rate jpegRate(const Tensor& picture, int quality)
{
    const int64_t height = picture.size(1), width = picture.size(2);
    const JpegPicture jpeg =
        throughJpeg(rgbRows(picture), static_cast<int>(width), static_cast<int>(height), quality);
    return {static_cast<double>(jpeg.bits) / static_cast<double>(height * width),
            meanSquare(pictureOfRows(jpeg.rgb, height, width), picture)};
}

RatePoint jpegPoint(const std::vector<Tensor>& pictures, int quality)
{
    RatePoint point;
    const auto count = static_cast<double>(pictures.size());
    for (const Tensor& picture : pictures) {
        const Rate rate = jpegRate(picture, quality);
        point.bitsPerPixel += rate.bitsPerPixel / count;
        point.psnr += rate.psnr() / count;
    }
    return point;
}

// Of the frames behind the first.
RatePoint mpeg4Point(const Tensor& film, int quantiser)
{
    std::vector<RgbFrame> frames;
    for (int64_t i = 0; i < film.size(0); ++i)
        frames.push_back(rgbRows(film[i]));
    const int64_t height = film.size(2), width = film.size(3);
    const auto coded =
        throughMpeg4(frames, static_cast<int>(width), static_cast<int>(height), quantiser);
    std::vector<Rate> rates;
    for (size_t i = 1; i < coded.size(); ++i)
        rates.push_back({static_cast<double>(coded[i].bits) / static_cast<double>(height * width),
                         meanSquare(pictureOfRows(coded[i].rgb, height, width),
                                    film[static_cast<int64_t>(i)])});
    return {mean(rates).bitsPerPixel, mean(rates).psnr()};
}

Score differenceScore(const std::string& name, const CurveDifference& difference,
                      const std::string& unit)
{
    return {name, difference.value, std::isnan(difference.value) ? difference.reason : unit};
}

} // namespace

std::vector<Score> besideJpeg(const std::string& what, const std::vector<Tensor>& pictures,
                              const std::vector<RatePoint>& curve)
{
    std::vector<Score> scores;
    CurveDifference rate{std::nan(""), "this build has no JPEG library"}, psnr = rate;
    if (hasJpeg()) {
        std::vector<RatePoint> jpeg;
        for (const int quality : kJpegQualities) {
            jpeg.push_back(jpegPoint(pictures, quality));
            const std::string at = what + ", JPEG quality " + std::to_string(quality);
            scores.push_back({at + ", rate", jpeg.back().bitsPerPixel, "bit per pixel"});
            scores.push_back({at + ", PSNR (RGB)", jpeg.back().psnr, "dB"});
        }
        rate = bdRate(jpeg, curve);
        psnr = bdPsnr(jpeg, curve);
    }
    scores.push_back(differenceScore(what + ", BD-rate against JPEG", rate, "%"));
    scores.push_back(differenceScore(what + ", PSNR (RGB) less JPEG's at equal rate", psnr, "dB"));
    return scores;
}

std::vector<Score> besideMpeg4(const std::string& what, const Tensor& film,
                               const std::vector<RatePoint>& curve)
{
    CurveDifference rate{std::nan(""), "this build has no libavcodec"}, psnr = rate;
    if (hasMpeg4()) {
        std::vector<RatePoint> mpeg4;
        for (const int quantiser : kMpeg4Quantisers)
            mpeg4.push_back(mpeg4Point(film, quantiser));
        rate = bdRate(mpeg4, curve);
        psnr = bdPsnr(mpeg4, curve);
    }
    return {differenceScore(what + ", BD-rate of P frames against MPEG-4 part 2", rate, "%"),
            differenceScore(what + ", PSNR (RGB) of P frames less MPEG-4 part 2's at equal rate",
                            psnr, "dB")};
}

} // namespace vitrine::learning::codec
