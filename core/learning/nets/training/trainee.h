#pragma once

#include "core/learning/nets/training/chance.h"
#include "core/learning/nets/training/places.h"
#include "core/learning/nets/training/score.h"
#include "core/learning/nets/training/settings.h"

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::learning
{

struct Step {
    int64_t number;  // 0 for the first
    double progress; // 0..1 of the schedule
    Chance& chance;  // all of it that the step may use
};

// What one recipe trains: a network, its data, its loss and how well it does. Optimiser, schedule,
// averaging of weights, checkpoints, log and export are the loop's (loop.h). One file each;
// networks.h lists them by name. Everything throws std::runtime_error with one line saying what is
// wrong.
class Trainee
{
public:
    virtual ~Trainee() = default;

    // Its parameters and floating buffers, by their names in the module, are the checkpoint and the
    // exported model; so modules are registered under the names that published files use.
    virtual torch::nn::Module& network() = 0;

    // The mean loss of the batch of this step, with its graph. Called with the network in training
    // mode.
    virtual torch::Tensor loss(const Step& step) = 0;

    // How well the network as it stands does on the data kept for choosing (never a test set):
    // larger is better. Called in evaluation mode without gradients; should take seconds.
    virtual Score selection() = 0;

    // The numbers of the card, on test sets, the selection among them. A set that is not there
    // gives no number. Called as selection is; may take minutes.
    virtual std::vector<Score> scores() = 0;

    // config.json of the exported model: layout and sizes, so that a reader needs nothing else.
    virtual std::string configJson() const = 0;

    // Writes the model into an existing folder: by default model.safetensors (F16) and config.json.
    // A codec has a format of its own.
    virtual void exportTo(const std::string& folder);

    // Takes the weights of an exported model, as a program that opens it would see them.
    virtual void importFrom(const std::string& folder);

    // A fine-tuning begins from the exported model that its recipe names as `start`: by default
    // with all of its weights. A network that has other parts takes what it shares.
    virtual void beginFrom(const std::string& folder);

    // Which parts of the prepared data it learns from or is chosen by (garments, pictures, clips):
    // the card names their origins.
    virtual std::vector<std::string> dataParts() const = 0;

    // How much better a new model must be to replace a shipped one, in the unit of selection.
    virtual double worthShipping() const = 0;
};

} // namespace vitrine::learning
