#include "core/learning/nets/codec/intra_trainee.h"

#include "core/learning/nets/codec/beside_peers.h"
#include "core/learning/nets/codec/measure.h"
#include "core/learning/nets/codec/packing.h"
#include "core/learning/nets/training/tensor_file.h"

#include <cmath>
#include <stdexcept>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr double kMostSceneMotion = 24.0; // pixels a frame
constexpr int64_t kHeldOutSide = 256;

std::string intraFile(const std::string& folder)
{
    return folder + "/ctvc-intra.vnw";
}

} // namespace

IntraTrainee::IntraTrainee(const Settings& settings, const Places& places)
    : batch_(settings.integer("batch", 4, 1, 256)),
      crop_(settings.integer("crop", 128, 32, 512)),
      photographs_(places.data + "/pictures", "train"),
      scenes_(photographs_, kMostSceneMotion),
      heldOut_(heldOutPictures(PictureStore(places.data + "/pictures", "codec"), kHeldOutSide))
{
    if (crop_ % 16 != 0)
        throw std::runtime_error(settings.path() + ": crop must be a multiple of 16");
}

Tensor IntraTrainee::loss(const Step& step)
{
    const auto quality = static_cast<double>(step.chance.below(kQualities));
    std::vector<Tensor> parts;
    for (int64_t i = 0; i < batch_; ++i)
        parts.push_back(scenes_.drawPicture(step.chance, crop_));
    const Tensor pictures = torch::stack(parts);
    const auto frame = net_->forward(pictures, quality, &step.chance);
    const Tensor bits = frame.coded.bits.sum() + frame.coded.hyperBits.sum();
    return bits / static_cast<double>(batch_ * crop_ * crop_) +
           torch::mse_loss(frame.picture, pictures) * lambdaOf(quality);
}

Score IntraTrainee::selection()
{
    double cost = 0.0;
    for (int quality = 0; quality < kQualities; ++quality)
        for (const Tensor& picture : heldOut_)
            cost += measureIntra(*net_, picture.unsqueeze(0), quality).rate.cost(lambdaOf(quality));
    return {"minus the mean rate-distortion cost of held-out photographs",
            -cost / (kQualities * static_cast<double>(heldOut_.size())), "bit per pixel"};
}

std::vector<Score> IntraTrainee::scores()
{
    std::vector<Score> all = {selection()};
    std::vector<RatePoint> curve;
    for (int quality = 0; quality < kQualities; ++quality) {
        std::vector<Rate> rates;
        double psnr = 0.0;
        for (const Tensor& picture : heldOut_) {
            rates.push_back(measureIntra(*net_, picture.unsqueeze(0), quality).rate);
            psnr += rates.back().psnr() / static_cast<double>(heldOut_.size());
        }
        const std::string at =
            "held-out photographs, lambda " + std::to_string(std::lround(lambdaOf(quality)));
        all.push_back({at + ", rate", mean(rates).bitsPerPixel, "bit per pixel"});
        all.push_back({at + ", PSNR (RGB)", psnr, "dB"});
        curve.push_back({mean(rates).bitsPerPixel, psnr});
    }
    for (Score& score : besideJpeg("held-out photographs", heldOut_, curve))
        all.push_back(std::move(score));
    return all;
}

std::string IntraTrainee::configJson() const
{
    return "{\"model_type\": \"ctvc-intra\", \"profile\": \"mini\", \"latent_channels\": 96, "
           "\"lambdas\": [256, 512, 1024, 2048], \"weights\": \"ctvc-intra.vnw\"}\n";
}

void IntraTrainee::exportTo(const std::string& folder)
{
    writeWeights(intraFile(folder), packed("ctvc-intra", *net_, {net_->hyperprior()}));
    writeWhole(folder + "/config.json", configJson());
}

void IntraTrainee::importFrom(const std::string& folder)
{
    unpack(readWeights(intraFile(folder), "ctvc-intra"), *net_, intraFile(folder));
}

std::unique_ptr<Trainee> makeIntraTrainee(const Settings& settings, const Places& places)
{
    return std::make_unique<IntraTrainee>(settings, places);
}

} // namespace vitrine::learning::codec
