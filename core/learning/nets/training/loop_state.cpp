#include "core/learning/nets/training/loop_state.h"

#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/named_tensors.h"

#include <filesystem>
#include <limits>
#include <stdexcept>

namespace vitrine::learning
{

using torch::Tensor;

namespace
{

constexpr const char* kCheckpointName = "checkpoint.safetensors";
constexpr double kUnknownYet = std::numeric_limits<double>::quiet_NaN();

} // namespace

LoopState::LoopState(Trainee& trained, const std::string& where)
    : trainee(trained), folder(where), point{0, 0.0, kUnknownYet, kUnknownYet}
{
    for (const auto& item : trainee.network().named_parameters()) {
        names.push_back(item.key());
        parameters.push_back(item.value());
        first.push_back(torch::zeros_like(item.value()).detach());
        second.push_back(torch::zeros_like(item.value()).detach());
    }
    for (const auto& [name, tensor] : namedTensors(trainee.network()))
        mean.push_back(tensor.detach().clone());
    updates = torch::zeros({static_cast<int64_t>(names.size())});
    std::filesystem::create_directories(folder);
}

void LoopState::begin(const std::string& shipped)
{
    if (std::filesystem::exists(path(kCheckpointName)))
        restore();
    else if (!shipped.empty() && std::filesystem::exists(shipped + "/README.md"))
        goOnFrom(shipped);
}

void LoopState::save() const
{
    TensorFile file;
    const auto tensors = namedTensors(trainee.network());
    for (size_t i = 0; i < tensors.size(); ++i) {
        file.tensors.emplace_back("now." + tensors[i].first, tensors[i].second);
        file.tensors.emplace_back("mean." + tensors[i].first, mean[i]);
    }
    for (size_t i = 0; i < names.size(); ++i) {
        file.tensors.emplace_back("first." + names[i], first[i]);
        file.tensors.emplace_back("second." + names[i], second[i]);
    }
    file.tensors.emplace_back("updates", updates);
    file.metadata["step"] = std::to_string(point.step);
    file.metadata["seconds"] = std::to_string(point.seconds);
    file.metadata["restarted_at"] = std::to_string(restartedAt);
    writeTensorFile(path(kCheckpointName), file, Storage::f32);
}

void LoopState::restore()
{
    const torch::NoGradGuard noGradient;
    const TensorFile file = readTensorFile(path(kCheckpointName));
    fillTensors(trainee.network(), file, "now.", path(kCheckpointName));
    const auto tensors = namedTensors(trainee.network());
    for (size_t i = 0; i < tensors.size(); ++i)
        take(file, "mean." + tensors[i].first, mean[i]);
    for (size_t i = 0; i < names.size(); ++i) {
        take(file, "first." + names[i], first[i]);
        take(file, "second." + names[i], second[i]);
    }
    take(file, "updates", updates);
    point = positionIn(file);
    restartedAt = std::stoll(file.metadata.at("restarted_at"));
}

void LoopState::take(const TensorFile& file, const std::string& name, Tensor& into) const
{
    const Tensor* stored = file.find(name);
    if (!stored || stored->sizes() != into.sizes())
        throw std::runtime_error(path(kCheckpointName) + ": tensor " + name +
                                 " is missing or has another shape than the recipe's");
    into.copy_(*stored);
}

void LoopState::goOnFrom(const std::string& shipped)
{
    const Card card = readCard(shipped);
    trainee.importFrom(shipped);
    const auto tensors = namedTensors(trainee.network());
    for (size_t i = 0; i < tensors.size(); ++i)
        mean[i].copy_(tensors[i].second.detach());
    point.step = card.step;
    point.seconds = 3600.0 * card.processorHours;
    restartedAt = card.step;
}

LoopPoint positionIn(const TensorFile& checkpoint)
{
    return {std::stoll(checkpoint.metadata.at("step")),
            std::stod(checkpoint.metadata.at("seconds")), kUnknownYet, kUnknownYet};
}

MeanInPlace::MeanInPlace(torch::nn::Module& network, std::vector<Tensor>& mean)
    : network_(network), mean_(mean)
{
    swap();
    network_.eval();
}

MeanInPlace::~MeanInPlace()
{
    swap();
    network_.train();
}

void MeanInPlace::swap()
{
    const torch::NoGradGuard noGradient;
    const auto tensors = namedTensors(network_);
    for (size_t i = 0; i < tensors.size(); ++i) {
        const Tensor kept = tensors[i].second.clone();
        Tensor target = tensors[i].second;
        target.copy_(mean_[i]);
        mean_[i].copy_(kept);
    }
}

} // namespace vitrine::learning
