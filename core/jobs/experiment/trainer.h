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

// A network of super-resolution is fitted to one picture; see
// core/learning/nets/superres/adaptation.h, whose names these are. Pictures: red, green and blue of
// a pixel side by side, row by row, 0..1; the large one is scale times as large.
struct AdaptationJob {
    std::string model, out, name;
    std::int64_t scale = 2;
    std::int64_t smallWidth = 0, smallHeight = 0;
    const float *small = nullptr, *large = nullptr;
    std::int64_t updates = 10;
    double learningRate = 1e-3;
    std::uint64_t seed = 1;
    int threads = 1;
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

    // `onUpdate` is told the loss before any update (0) and after each, and returns false to stop.
    // The adapted network lies in job.out then. Gives the update whose weights these are.
    virtual Result<std::int64_t> adapt(
        const AdaptationJob& job,
        const std::function<bool(std::int64_t update, double loss, double seconds)>& onUpdate) = 0;
};

// Opens libvitrine-trainer.so beside the program's libraries. An error says which package is
// missing.
Result<std::unique_ptr<Trainer>> openTrainer();

} // namespace vitrine
