#pragma once

#include "core/learning/nets/training/loop.h"
#include "core/learning/nets/training/tensor_file.h"

#include <torch/torch.h>

#include <string>
#include <vector>

namespace vitrine::learning
{

// Everything that a training needs to go on: the network's tensors, their moments, their running
// mean, the position. Kept in `folder`/checkpoint.safetensors. All throw std::runtime_error.
struct LoopState {
    LoopState(Trainee& trainee, const std::string& folder); // at step 0

    Trainee& trainee;
    std::string folder;
    std::vector<std::string> names; // of the parameters
    std::vector<torch::Tensor> parameters, first, second;
    std::vector<torch::Tensor> mean; // of all named tensors
    torch::Tensor updates; // how often each parameter was updated: some wait for their stage
    LoopPoint point;
    int64_t restartedAt = -1;

    // From the checkpoint where there is one, else from the shipped model's folder where that has
    // one (`shipped` may be empty), else from the beginning.
    void begin(const std::string& shipped);
    void save() const;

    std::string path(const std::string& name) const { return folder + "/" + name; }

private:
    void restore();
    void goOnFrom(const std::string& shipped);
    void take(const TensorFile& file, const std::string& name, torch::Tensor& into) const;
};

// Step and seconds of a checkpoint.
LoopPoint positionIn(const TensorFile& checkpoint);

// While it lives, the network holds the running mean and is in evaluation mode.
class MeanInPlace
{
public:
    MeanInPlace(torch::nn::Module& network, std::vector<torch::Tensor>& mean);
    ~MeanInPlace();
    MeanInPlace(const MeanInPlace&) = delete;
    MeanInPlace& operator=(const MeanInPlace&) = delete;

private:
    void swap();

    torch::nn::Module& network_;
    std::vector<torch::Tensor>& mean_;
};

} // namespace vitrine::learning
