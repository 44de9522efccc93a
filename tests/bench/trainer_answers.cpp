#include "tests/bench/trainer_answers.h"

#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/vision/deit.h"
#include "core/learning/nets/vision/efficientvit.h"
#include "core/learning/nets/vision/scene_source.h"
#include "core/learning/nets/vision/taylor_deit.h"

#include <functional>
#include <iostream>
#include <memory>
#include <string>

namespace vitrine::bench
{
namespace
{

using namespace learning;

class NetAnswers final : public TrainerAnswers
{
public:
    using Logits = std::function<torch::Tensor(const torch::Tensor&)>;

    // `logits`: what the network answers; where it is empty, its forward pass.
    template <typename Net, typename Config>
    NetAnswers(Net net, const Config& config, const std::string& model,
               std::unique_ptr<LabelledSource> source, Logits logits = {})
        : source_(std::move(source)), logitsOf_(std::move(logits))
    {
        fillTensors(*net, readTensorFile(model + "/model.safetensors"), "", model);
        net->eval();
        if (!logitsOf_)
            logitsOf_ = [net](const torch::Tensor& pictures) mutable {
                return net->forward(pictures);
            };
        const auto channels = static_cast<std::int64_t>(config.mean.size());
        mean_ = torch::tensor(config.mean, torch::kFloat).view({1, channels, 1, 1});
        deviation_ = torch::tensor(config.deviation, torch::kFloat).view({1, channels, 1, 1});
    }

    std::int64_t count() const override { return source_->count(HeldOut::test); }

    Answer answer(std::int64_t index) override
    {
        const torch::NoGradGuard guard;
        LabelledPictures one = source_->heldOut(HeldOut::test, index, 1);
        seen_ = one.pictures.sub_(mean_).div_(deviation_).contiguous();
        logits_ = logitsOf_(seen_).contiguous();
        const auto values = [](const torch::Tensor& tensor) {
            return std::span(tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel()));
        };
        return {one.labels.item<std::int64_t>(), values(seen_), values(logits_)};
    }

private:
    std::unique_ptr<LabelledSource> source_;
    Logits logitsOf_;
    torch::Tensor mean_, deviation_, seen_, logits_;
};

std::unique_ptr<TrainerAnswers> answersOf(const std::string& name, const std::string& model,
                                          const std::string& data)
{
    GarmentParts parts = garmentParts(data + "/garments");
    if (name == "vitrine-deit-scenes")
        return std::make_unique<NetAnswers>(
            Deit(sceneDeit(), 1), sceneDeit(), model,
            sceneSource(std::move(parts), data + "/pictures", sceneDeit().side, 0, 1));
    if (name == "vitrine-deit")
        return std::make_unique<NetAnswers>(
            Deit(garmentDeit(), 1), garmentDeit(), model,
            garmentSource(std::move(parts), garmentDeit().side, {}, 1));
    if (name == "vitrine-deit-vitality") {
        const Deit net(garmentDeit(), 1);
        return std::make_unique<NetAnswers>(
            net, garmentDeit(), model, garmentSource(std::move(parts), garmentDeit().side, {}, 1),
            [net](const torch::Tensor& pictures) {
                return taylorLogits(net, DeitAttention::lowRank, {}, pictures);
            });
    }
    return std::make_unique<NetAnswers>(
        EfficientVit(garmentEfficientVit(), 1), garmentEfficientVit(), model,
        garmentSource(std::move(parts), garmentEfficientVit().side, {}, 1));
}

} // namespace

extern "C" TrainerAnswers* vitrineMakeTrainerAnswers(const char* name, const char* model,
                                                     const char* data)
{
    try {
        return answersOf(name, model, data).release();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return nullptr;
    }
}

} // namespace vitrine::bench
