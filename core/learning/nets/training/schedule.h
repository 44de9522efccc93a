#pragma once

#include "core/learning/nets/training/settings.h"

#include <cstdint>

namespace vitrine::learning
{

// How the loop walks: AdamW with a linear warm-up and a cosine down to lastRate. Keys of a recipe
// are the names below in snake_case.
struct Schedule {
    int64_t steps = 1000;
    int64_t warmUp = 200;
    double learningRate = 1e-3;
    double lastRate = 0.01;   // of learningRate, at the last step
    double weightDecay = 0.0; // on parameters of two or more dimensions
    double beta1 = 0.9;
    double beta2 = 0.999;
    double clip = 1.0;      // largest norm of the whole gradient; 0: not clipped
    double average = 0.999; // decay of the running mean of the weights, which is scored and shipped
    uint64_t seed = 1;
    int64_t evaluateEvery = 1000; // steps
    double checkpointMinutes = 4;
};

Schedule scheduleOf(const Settings& settings);

// Of learningRate. After a restart from shipped weights (`restartedAt` >= 0) the warm-up is walked
// once more from there, while the cosine goes on.
double rateOf(const Schedule& schedule, int64_t step, int64_t restartedAt);

} // namespace vitrine::learning
