#pragma once

#include "core/learning/nets/language/recipe.h"

#include <cstdint>
#include <functional>
#include <string>

namespace vitrine::learning
{

struct TrainingPoint {
    int64_t step;
    int64_t tokens; // seen so far
    double seconds; // of training so far, all sessions together
    double learningRate;
    double
        trainLoss; // nat per token: of this step, or at an evaluation the mean since the last one
    double
        heldOutLoss; // nat per token on a fixed part of the held-out text; NaN between evaluations
};

// Called after every step; training goes on while it answers true, and stops with a checkpoint.
using OnPoint = std::function<bool(const TrainingPoint&)>;

enum class Start { fresh, resume };

// Trains as the recipe says and leaves in recipe.out: `checkpoint.safetensors` (weights, both
// moments, step, sampler; written whole or not at all, at least every checkpointMinutes),
// `training.csv` and, at the end, the model in Hugging Face's layout. Start::resume goes on from
// the checkpoint, or starts where there is none. In a run limited by steps alone, a resumed run
// ends with the same weights as an uninterrupted one. Throws std::runtime_error with one line
// saying what is wrong.
TrainingPoint train(const Recipe& recipe, Start start, const OnPoint& onPoint);

} // namespace vitrine::learning
