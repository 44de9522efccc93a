#pragma once

#include "core/base/result.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vitrine
{

// The only way to libtorch: an interface of plain types, implemented in a library that is opened
// with dlopen inside `vitrine work`, so that no other process carries libtorch.
struct TrainEvent {
    std::int64_t step = 0, steps = 0;
    std::int64_t tokensSeen = 0;
    double seconds = 0;
    double loss = 0;    // nat per token, training
    double heldOut = 0; // nat per token, NaN between evaluations
};

class Trainer
{
public:
    virtual ~Trainer() = default;

    // `recipe` as key = value pairs (resources/recipes); `onEvent` returns false to stop after the
    // step, with a checkpoint written to `folder`. Goes on from a checkpoint found there. The
    // finished model lies in folder/model.
    virtual Result<void> train(const std::map<std::string, std::string>& recipe,
                               const std::string& folder,
                               const std::function<bool(const TrainEvent&)>& onEvent) = 0;
};

// Opens libvitrine-trainer.so beside the program's libraries. An error says which package is
// missing.
Result<std::unique_ptr<Trainer>> openTrainer();

} // namespace vitrine
