#pragma once

#include "core/learning/nets/training/schedule.h"
#include "core/learning/nets/training/trainee.h"

#include <cstdint>
#include <functional>
#include <string>

namespace vitrine::learning
{

struct LoopPoint {
    int64_t step;     // steps done
    double seconds;   // of training so far, all turns together
    double loss;      // mean since the last evaluation
    double selection; // NaN between evaluations
};

// Called after every step; training goes on while it answers true, and stops with a checkpoint.
using OnLoopPoint = std::function<bool(const LoopPoint&)>;

// Trains until the schedule ends or onPoint says no. `folder` holds checkpoint.safetensors
// (weights, buffers, moments, running mean; written whole or not at all, at least every
// checkpointMinutes) and training.csv. Goes on from the checkpoint where there is one. Where there
// is none and `shipped` is a folder with an exported model, it goes on from those weights at the
// step its card names, with a second warm-up. One thread: a resumed run ends with the bits of an
// uninterrupted one. A loss that is no number ends the run with std::runtime_error, and the last
// good checkpoint stays.
LoopPoint trainLoop(Trainee& trainee, const Schedule& schedule, const std::string& folder,
                    const std::string& shipped, const OnLoopPoint& onPoint);

// Puts the running mean of a checkpoint into the network; gives the step and the seconds it had.
LoopPoint loadAverage(Trainee& trainee, const std::string& folder);

} // namespace vitrine::learning
