#include "core/learning/nets/training/schedule.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning
{

namespace
{
constexpr int64_t kMostSteps = 1'000'000'000;
constexpr int64_t kSecondWarmUp = 200;
} // namespace

Schedule scheduleOf(const Settings& settings)
{
    const Schedule usual;
    Schedule s;
    s.steps = settings.integer("steps", usual.steps, 1, kMostSteps);
    s.warmUp = settings.integer("warm_up", usual.warmUp, 0, kMostSteps);
    s.learningRate = settings.number("learning_rate", usual.learningRate, 0.0, 10.0);
    s.lastRate = settings.number("last_rate", usual.lastRate, 0.0, 1.0);
    s.weightDecay = settings.number("weight_decay", usual.weightDecay, 0.0, 10.0);
    s.beta1 = settings.number("beta1", usual.beta1, 0.0, 0.99999);
    s.beta2 = settings.number("beta2", usual.beta2, 0.0, 0.99999);
    s.clip = settings.number("clip", usual.clip, 0.0, 1e9);
    s.average = settings.number("average", usual.average, 0.0, 0.999999);
    s.seed = static_cast<uint64_t>(
        settings.integer("seed", static_cast<int64_t>(usual.seed), 0, INT64_MAX));
    s.evaluateEvery = settings.integer("evaluate_every", usual.evaluateEvery, 1, kMostSteps);
    s.checkpointMinutes = settings.number("checkpoint_minutes", usual.checkpointMinutes, 0.0, 5.0);
    return s;
}

double rateOf(const Schedule& schedule, int64_t step, int64_t restartedAt)
{
    const auto warmth = [](int64_t since, int64_t over) {
        return std::min(1.0, static_cast<double>(since + 1) / static_cast<double>(over + 1));
    };
    double warm = warmth(step, schedule.warmUp);
    if (restartedAt >= 0)
        warm = std::min(warm, warmth(step - restartedAt, kSecondWarmUp));
    const double progress =
        std::min(1.0, static_cast<double>(step) / static_cast<double>(schedule.steps));
    const double cosine = 0.5 * (1.0 + std::cos(3.14159265358979323846 * progress));
    return schedule.learningRate * warm * (schedule.lastRate + (1.0 - schedule.lastRate) * cosine);
}

} // namespace vitrine::learning
