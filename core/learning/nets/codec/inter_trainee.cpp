#include "core/learning/nets/codec/inter_trainee.h"

#include "core/learning/nets/codec/beside_peers.h"
#include "core/learning/nets/codec/measure.h"
#include "core/learning/nets/codec/packing.h"
#include "core/learning/nets/training/tensor_file.h"

#include <array>
#include <cmath>
#include <filesystem>
#include <stdexcept>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr double kMotionUntil = 0.2, kSingleUntil = 0.5, kChainUntil = 0.9;
constexpr int64_t kChosenFrames = 4, kChosenSide = 256;  // for the selection: one I, three P
constexpr int64_t kScoredFrames = 13, kScoredSide = 384; // for the card

std::string interFile(const std::string& folder)
{
    return folder + "/ctvc-inter.vnw";
}

std::optional<ClipStore> trainingClips(const std::string& data)
{
    if (!std::filesystem::exists(data + "/clips/clips.tsv"))
        return std::nullopt;
    return ClipStore(data + "/clips", "train");
}

// Films whose P frames have a higher PSNR than what costs nothing.
struct FilmsWon {
    int againstRepeated = 0, againstCopied = 0;
};

std::string lambdaText(double quality)
{
    return std::to_string(std::lround(lambdaOf(quality)));
}

Tensor bitsOfCoded(const Coded& coded)
{
    return coded.bits.sum() + coded.hyperBits.sum();
}

} // namespace

InterTrainee::InterTrainee(const Settings& settings, const Places& places)
    : batch_(settings.integer("batch", 4, 1, 256)),
      crop_(settings.integer("crop", 128, 32, 512)),
      chain_(settings.integer("chain", 3, 1, 16)),
      lastChain_(settings.integer("last_chain", 5, 1, 16)),
      sceneSide_(settings.integer("scene_side", 256, 32, 1024)),
      data_(places.data),
      photographs_(places.data + "/pictures", "train"),
      clips_(trainingClips(places.data)),
      scenes_(photographs_, settings.number("most_motion", 24.0, 0.5, 64.0)),
      films_(scenes_, clips_ ? &*clips_ : nullptr, settings.number("clip_share", 0.3, 0.0, 1.0)),
      heldOut_(heldOutFilms(places.data, {kChosenFrames, kChosenSide, sceneSide_}))
{
    if (crop_ % 16 != 0)
        throw std::runtime_error(settings.path() + ": crop must be a multiple of 16");
    if (settings.has("intra_model"))
        intra_ = readIntra(settings.text("intra_model"));
}

int64_t InterTrainee::framesAt(double progress) const
{
    if (progress < kSingleUntil)
        return 1;
    return progress < kChainUntil ? chain_ : lastChain_;
}

Tensor InterTrainee::start(const Tensor& pictures, double quality, Chance& chance)
{
    if (intra_)
        return measureIntra(**intra_, pictures, quality).picture;
    return likeIntra(pictures, quality, chance);
}

Tensor InterTrainee::loss(const Step& step)
{
    const int64_t frames = framesAt(step.progress);
    const auto quality = static_cast<double>(step.chance.below(kQualities));
    std::vector<Tensor> drawn;
    for (int64_t i = 0; i < batch_; ++i)
        drawn.push_back(films_.draw(step.chance, 1 + frames, crop_));
    const Tensor films = torch::stack(drawn, 1); // frames x batch x 3 x crop x crop

    Tensor last = start(films[0], quality, step.chance), cost;
    const double pixels = static_cast<double>(batch_ * crop_ * crop_);
    for (int64_t i = 1; i <= frames; ++i) {
        const auto frame = step.progress < kMotionUntil
                               ? net_->motionOnly(films[i], last, quality, &step.chance)
                               : net_->forward(films[i], last, quality, &step.chance);
        Tensor bits = bitsOfCoded(frame.motion);
        if (frame.residual.bits.defined())
            bits = bits + bitsOfCoded(frame.residual);
        last = frame.picture;
        const Tensor one =
            bits / pixels + torch::mse_loss(frame.picture, films[i]) * lambdaOf(quality);
        cost = cost.defined() ? cost + one : one;
    }
    return cost / static_cast<double>(frames);
}

Score InterTrainee::selection()
{
    double cost = 0.0;
    for (int quality = 0; quality < kQualities; ++quality)
        for (const HeldOutFilm& film : heldOut_) {
            Chance chance(2025, quality);
            const Tensor first = start(film.frames.narrow(0, 0, 1), quality, chance);
            cost += measureInter(*net_, film.frames, first, quality).rate.cost(lambdaOf(quality));
        }
    return {"minus the mean rate-distortion cost of held-out films",
            -cost / (kQualities * static_cast<double>(heldOut_.size())), "bit per pixel"};
}

std::vector<Score> InterTrainee::scores()
{
    std::vector<Score> all = {selection()};
    std::array<FilmsWon, kQualities> won{};
    const auto films = heldOutFilms(data_, {kScoredFrames, kScoredSide, sceneSide_});
    for (const HeldOutFilm& film : films) {
        const double copied = Rate{0.0, errorOfPrevious(film.frames)}.psnr();
        std::vector<RatePoint> curve;
        for (int quality = 0; quality < kQualities; ++quality) {
            Chance chance(2025, quality);
            const Tensor first = start(film.frames.narrow(0, 0, 1), quality, chance);
            const MeasuredFilm measured = measureInter(*net_, film.frames, first, quality);
            const double own = measured.rate.psnr(), repeated = Rate{0.0, measured.repeated}.psnr();
            const std::string at = film.name + ", lambda " + lambdaText(quality);
            all.push_back({at + ", rate of P frames", measured.rate.bitsPerPixel, "bit per pixel"});
            all.push_back({at + ", PSNR (RGB) of P frames", own, "dB"});
            all.push_back({at + ", PSNR (RGB) of the first frame repeated", repeated, "dB"});
            curve.push_back({measured.rate.bitsPerPixel, own});
            won[static_cast<size_t>(quality)].againstRepeated += own > repeated;
            won[static_cast<size_t>(quality)].againstCopied += own > copied;
        }
        all.push_back({film.name + ", PSNR (RGB) of the previous frame copied", copied, "dB"});
        for (Score& score : besideMpeg4(film.name, film.frames, curve))
            all.push_back(std::move(score));
    }
    for (int quality = 0; quality < kQualities; ++quality) {
        const FilmsWon& count = won[static_cast<size_t>(quality)];
        const std::string at = "lambda " + lambdaText(quality) + ", films better than the ",
                          of = "of " + std::to_string(films.size());
        all.push_back({at + "first frame repeated", 1.0 * count.againstRepeated, of});
        all.push_back({at + "previous frame copied", 1.0 * count.againstCopied, of});
    }
    return all;
}

std::string InterTrainee::configJson() const
{
    return "{\"model_type\": \"ctvc-inter\", \"profile\": \"mini\", \"motion_latent_channels\": "
           "32, "
           "\"residual_latent_channels\": 64, \"lambdas\": [256, 512, 1024, 2048], "
           "\"weights\": \"ctvc-inter.vnw\"}\n";
}

void InterTrainee::exportTo(const std::string& folder)
{
    writeWeights(interFile(folder),
                 packed("ctvc-inter", *net_,
                        {net_->motionCoder()->hyperprior(), net_->residualCoder()->hyperprior()}));
    writeWhole(folder + "/config.json", configJson());
}

void InterTrainee::importFrom(const std::string& folder)
{
    unpack(readWeights(interFile(folder), "ctvc-inter"), *net_, interFile(folder));
}

std::unique_ptr<Trainee> makeInterTrainee(const Settings& settings, const Places& places)
{
    return std::make_unique<InterTrainee>(settings, places);
}

} // namespace vitrine::learning::codec
