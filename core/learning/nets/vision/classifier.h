#pragma once

#include "core/learning/nets/training/tensor_file.h"
#include "core/learning/nets/training/trainee.h"
#include "core/learning/nets/vision/labelled.h"

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::learning
{

struct ClassifierParts {
    std::shared_ptr<torch::nn::Module> network;
    // Normalised pictures to batch x classes; chance: for stochastic depth, none in evaluation.
    std::function<torch::Tensor(const torch::Tensor& pictures, Chance* chance)> logits;
    std::vector<double> mean, deviation; // one per channel
    std::string configJson;
    std::unique_ptr<LabelledSource> source;
    std::string dataName; // begins the names of the scores: "Fashion-MNIST"
    // Other passes of the same network, for more scores on the test pictures: what they are called
    // behind "test accuracy".
    struct Other {
        std::string name;
        std::function<torch::Tensor(const torch::Tensor& pictures)> logits;
    };
    std::vector<Other> others = {};
    // Takes what it shares with the model that it is fine-tuned from (Trainee::beginFrom); empty:
    // all of it.
    std::function<void(const TensorFile& weights, const std::string& where)> begin = {};
    // Of a training in stages, each may be empty: called before the forward of a step; what is
    // added to the cross-entropy after it; further scores, of what forwards without chance met
    // since they were last asked for.
    std::function<void(const Step&)> beforeStep = {};
    std::function<torch::Tensor()> addedLoss = {};
    std::function<std::vector<Score>()> seen = {};
};

struct ClassifierOptions {
    int64_t batch = 64;
    double labelSmoothing = 0.1; // Szegedy et al. 2016
};
ClassifierOptions classifierOptions(const Settings& settings); // batch, label_smoothing

// A network that learns to name the class of a picture: cross-entropy with smoothed labels.
// Selection is the accuracy (%) on the selection pictures; the test pictures give one more score,
// and one for each other pass.
std::unique_ptr<Trainee> classifierTrainee(ClassifierParts parts, const ClassifierOptions& options);

} // namespace vitrine::learning
