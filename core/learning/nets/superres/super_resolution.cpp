#include "core/learning/nets/superres/super_resolution.h"

#include "core/learning/nets/superres/patches.h"
#include "core/learning/nets/superres/picture_pairs.h"
#include "core/learning/nets/superres/quality.h"
#include "core/learning/nets/superres/s2r.h"
#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"

#include <filesystem>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

struct SuperResolutionKeys {
    S2rShape shape;
    int64_t batch, patch, selectionSide;
    double charbonnier;
    std::string startFrom; // a folder, or empty
    uint64_t seed;
};

std::string startFolder(const Settings& settings)
{
    const std::string name = settings.text("start_from", "");
    if (name.empty() || name.find('/') != std::string::npos)
        return name;
    const auto recipes = std::filesystem::path(settings.path()).parent_path();
    return (recipes / ".." / "models" / name).lexically_normal().string();
}

SuperResolutionKeys superResolutionKeys(const Settings& settings)
{
    const int64_t scale = settings.integer("scale", 2, 2, 4);
    return {s2rShape(settings.text("network"), scale),
            settings.integer("batch", 8, 1, 256),
            settings.integer("patch", 32, 16, 256),
            settings.integer("selection_side", 0, 0, 1 << 16),
            settings.number("charbonnier", 0.0, 0.0, 1.0),
            startFolder(settings),
            static_cast<uint64_t>(settings.integer("seed", 1, 0, INT64_MAX))};
}

// Tensors whose name and shape agree; at another scale these are all but the up-sampling.
void takeWhatFits(S2r& network, const std::string& folder)
{
    const std::string path = folder + "/model.safetensors";
    const TensorFile file = readTensorFile(path);
    const torch::NoGradGuard noGradient;
    int taken = 0;
    for (auto& [name, tensor] : namedTensors(network)) {
        const Tensor* stored = file.find(name);
        if (!stored || stored->sizes() != tensor.sizes())
            continue;
        tensor.copy_(*stored);
        ++taken;
    }
    if (taken == 0)
        throw std::runtime_error(path + " has no tensor of " + network.shape().name +
                                 "; start_from takes the same network at another scale");
}

class SuperResolution : public Trainee
{
public:
    SuperResolution(const SuperResolutionKeys& keys, const Places& places)
        : keys_(keys),
          places_(places),
          network_(keys.shape, keys.seed),
          train_(places.data + "/pictures", "train"),
          heldOut_(places.data + "/pictures", "vt10"),
          patches_(train_, keys.shape.scale, keys.patch)
    {
    }

    torch::nn::Module& network() override { return network_; }

    Tensor loss(const Step& step) override
    {
        if (step.number == 0 && !keys_.startFrom.empty())
            takeWhatFits(network_, keys_.startFrom);
        const PatchPair pair = patches_.draw(step.chance, keys_.batch);
        const Tensor high = network_.forward(pair.low);
        if (keys_.charbonnier == 0.0)
            return torch::l1_loss(high, pair.high);
        const double epsilon = keys_.charbonnier;
        return ((high - pair.high).square() + epsilon * epsilon).sqrt().mean();
    }

    Score selection() override
    {
        if (selection_.empty())
            selection_ = reducedPairs(heldOut_, keys_.shape.scale, keys_.selectionSide);
        double sum = 0.0;
        for (const PicturePair& pair : selection_)
            sum += psnrY(enlarged(network_, pair.low), pair.high, keys_.shape.scale);
        return {nameOf("VT10", keys_.selectionSide) + " PSNR-Y",
                sum / static_cast<double>(selection_.size()), "dB"};
    }

    std::vector<Score> scores() override
    {
        std::vector<Score> scores;
        if (keys_.selectionSide != 0) // else it is the first of what follows
            scores.push_back(selection());
        addQuality(scores, nameOf("VT10", 0), reducedPairs(heldOut_, keys_.shape.scale, 0));
        for (const auto& [folder, name] : {std::pair{"set5", "Set5"}, {"set14", "Set14"}})
            addTestSet(scores, places_.data + "/" + folder, name);
        return scores;
    }

    std::string configJson() const override { return s2rConfigJson(keys_.shape); }

    std::vector<std::string> dataParts() const override { return {"pictures"}; }

    double worthShipping() const override { return 0.1; }

private:
    std::string nameOf(const std::string& set, int64_t side) const
    {
        return set + " x" + std::to_string(keys_.shape.scale) +
               (side > 0 ? " (middle " + std::to_string(side) + ")" : "");
    }

    void addQuality(std::vector<Score>& scores, const std::string& name,
                    const std::vector<PicturePair>& pairs)
    {
        const PairQuality quality = qualityOn(network_, pairs);
        scores.push_back({name + " PSNR-Y", quality.psnr, "dB"});
        scores.push_back({name + " PSNR-Y of bicubic", quality.bicubicPsnr, "dB"});
        scores.push_back({name + " SSIM-Y", quality.ssim, ""});
        scores.push_back({name + " SSIM-Y of bicubic", quality.bicubicSsim, ""});
        scores.push_back({name + " smallest gain over bicubic", quality.leastGain, "dB"});
    }

    void addTestSet(std::vector<Score>& scores, const std::string& folder, const std::string& set)
    {
        if (!std::filesystem::exists(folder + "/pictures.tsv"))
            return;
        const auto pairs = storedPairs(PictureStore(folder, "test"), keys_.shape.scale);
        if (!pairs.empty())
            addQuality(scores, nameOf(set, 0), pairs);
    }

    SuperResolutionKeys keys_;
    Places places_;
    S2r network_;
    PictureStore train_, heldOut_;
    Patches patches_;
    std::vector<PicturePair> selection_;
};

} // namespace

std::unique_ptr<Trainee> makeSuperResolution(const Settings& settings, const Places& places)
{
    return std::make_unique<SuperResolution>(superResolutionKeys(settings), places);
}

} // namespace vitrine::learning
