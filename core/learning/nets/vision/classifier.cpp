#include "core/learning/nets/vision/classifier.h"

#include <algorithm>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

class ClassifierTrainee : public Trainee
{
public:
    ClassifierTrainee(ClassifierParts parts, const ClassifierOptions& options)
        : parts_(std::move(parts)), options_(options)
    {
        const auto perChannel = [](const std::vector<double>& values) {
            return torch::tensor(values, torch::kFloat)
                .view({1, static_cast<int64_t>(values.size()), 1, 1});
        };
        mean_ = perChannel(parts_.mean);
        deviation_ = perChannel(parts_.deviation);
    }

    torch::nn::Module& network() override { return *parts_.network; }

    Tensor loss(const Step& step) override
    {
        LabelledPictures batch = parts_.source->training(step, options_.batch);
        if (parts_.beforeStep)
            parts_.beforeStep(step);
        const Tensor logits = parts_.logits(normalised(batch.pictures), &step.chance);
        const Tensor loss = torch::nn::functional::cross_entropy(
            logits, batch.labels,
            torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(
                options_.labelSmoothing));
        return parts_.addedLoss ? loss + parts_.addedLoss() : loss;
    }

    Score selection() override
    {
        return {parts_.dataName + " selection accuracy", accuracy(HeldOut::selection, own()), "%"};
    }

    std::vector<Score> scores() override
    {
        if (parts_.seen)
            parts_.seen(); // by others before
        std::vector<Score> all{selection()};
        if (parts_.source->count(HeldOut::test) > 0) {
            const std::string name = parts_.dataName + " test accuracy";
            all.push_back({name, accuracy(HeldOut::test, own()), "%"});
            for (const auto& other : parts_.others)
                all.push_back(
                    {name + " " + other.name, accuracy(HeldOut::test, other.logits), "%"});
        }
        if (parts_.seen)
            for (Score& score : parts_.seen())
                all.push_back(std::move(score));
        return all;
    }

    std::string configJson() const override { return parts_.configJson; }

    void beginFrom(const std::string& folder) override
    {
        if (!parts_.begin)
            return Trainee::beginFrom(folder);
        const std::string path = folder + "/model.safetensors";
        parts_.begin(readTensorFile(path), path);
    }

    std::vector<std::string> dataParts() const override { return parts_.source->parts(); }

    double worthShipping() const override { return 0.3; }

private:
    Tensor normalised(Tensor& pictures) const { return pictures.sub_(mean_).div_(deviation_); }

    using Pass = std::function<Tensor(const Tensor& pictures)>;

    Pass own() const
    {
        return [this](const Tensor& pictures) { return parts_.logits(pictures, nullptr); };
    }

    double accuracy(HeldOut which, const Pass& pass)
    {
        constexpr int64_t kAtOnce = 100;
        const torch::NoGradGuard guard;
        const int64_t count = parts_.source->count(which);
        int64_t right = 0;
        for (int64_t first = 0; first < count; first += kAtOnce) {
            LabelledPictures batch =
                parts_.source->heldOut(which, first, std::min(kAtOnce, count - first));
            const Tensor named = pass(normalised(batch.pictures)).argmax(1);
            right += named.eq(batch.labels).sum().item<int64_t>();
        }
        return 100.0 * static_cast<double>(right) / static_cast<double>(count);
    }

    ClassifierParts parts_;
    ClassifierOptions options_;
    Tensor mean_, deviation_;
};

} // namespace

ClassifierOptions classifierOptions(const Settings& settings)
{
    const ClassifierOptions usual;
    return {settings.integer("batch", usual.batch, 1, 4096),
            settings.number("label_smoothing", usual.labelSmoothing, 0.0, 0.9)};
}

std::unique_ptr<Trainee> classifierTrainee(ClassifierParts parts, const ClassifierOptions& options)
{
    return std::make_unique<ClassifierTrainee>(std::move(parts), options);
}

} // namespace vitrine::learning
