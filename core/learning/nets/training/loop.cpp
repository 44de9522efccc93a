#include "core/learning/nets/training/loop.h"

#include "core/learning/nets/training/adamw.h"
#include "core/learning/nets/training/loop_state.h"
#include "core/learning/nets/training/named_tensors.h"

#include <time.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

constexpr int kMostLeftOut = 20; // steps in a row
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

double processorSeconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Walk
{
public:
    Walk(Trainee& trainee, const Schedule& schedule, const std::string& folder)
        : trainee_(trainee), schedule_(schedule), state_(trainee, folder)
    {
    }

    LoopPoint go(const std::string& shipped, const OnLoopPoint& onPoint)
    {
        state_.begin(shipped);
        openLog();
        trainee_.network().train();
        auto savedAt = std::chrono::steady_clock::now();
        for (bool goOn = state_.point.step < schedule_.steps; goOn;) {
            step();
            const bool finished = state_.point.step >= schedule_.steps;
            if (state_.point.step % schedule_.evaluateEvery == 0 || finished)
                evaluate();
            goOn = onPoint(state_.point) && !finished;
            const std::chrono::duration<double> since = std::chrono::steady_clock::now() - savedAt;
            if (since.count() > 60.0 * schedule_.checkpointMinutes && goOn) {
                save();
                savedAt = std::chrono::steady_clock::now();
            }
            state_.point.selection = kNotANumber;
        }
        save();
        return state_.point;
    }

private:
    void step()
    {
        const double began = processorSeconds();
        for (Tensor& parameter : state_.parameters)
            parameter.mutable_grad() = Tensor();
        Chance chance(schedule_.seed, state_.point.step);
        const double progress =
            static_cast<double>(state_.point.step) / static_cast<double>(schedule_.steps);
        const Tensor loss = trainee_.loss({state_.point.step, progress, chance});
        const double value = loss.item<double>();
        if (!std::isfinite(value))
            throw std::runtime_error("the loss of step " + std::to_string(state_.point.step) +
                                     " is not a number; a lower learning_rate may help");
        loss.backward();
        update(rateOf(schedule_, state_.point.step, state_.restartedAt));
        ++state_.point.step;
        state_.point.seconds += processorSeconds() - began;
        lossSum_ += value;
        ++lossCount_;
        state_.point.loss = lossSum_ / static_cast<double>(lossCount_);
    }

    void update(double rate)
    {
        const torch::NoGradGuard noGradient;
        double squares = 0.0;
        for (const Tensor& parameter : state_.parameters)
            if (parameter.grad().defined())
                squares += parameter.grad().square().sum().item<double>();
        const double norm = std::sqrt(squares);
        if (!std::isfinite(norm)) { // harmless where it is one step now and then: it is left out
            if (++leftOut_ >= kMostLeftOut)
                throw std::runtime_error(
                    "the gradients are not finite any more; a lower learning_rate may help");
            return;
        }
        leftOut_ = 0;
        const double scale =
            schedule_.clip > 0.0 ? std::min(1.0, schedule_.clip / (norm + 1e-6)) : 1.0;
        float* updates = state_.updates.data_ptr<float>();
        for (size_t i = 0; i < state_.parameters.size(); ++i) {
            if (!state_.parameters[i].grad().defined())
                continue;
            updates[i] += 1.0f;
            const double decay = state_.parameters[i].dim() >= 2 ? schedule_.weightDecay : 0.0;
            adamw(state_.parameters[i], state_.parameters[i].grad(), state_.first[i],
                  state_.second[i],
                  {rate, schedule_.beta1, schedule_.beta2, 1e-8, decay, scale,
                   static_cast<int64_t>(updates[i])});
        }
        averageWeights();
    }

    // The mean is short while there is little to average.
    void averageWeights()
    {
        const double keep =
            std::min(schedule_.average, (1.0 + static_cast<double>(state_.point.step)) /
                                            (10.0 + static_cast<double>(state_.point.step)));
        const auto tensors = namedTensors(trainee_.network());
        for (size_t i = 0; i < tensors.size(); ++i)
            state_.mean[i].mul_(keep).add_(tensors[i].second, 1.0 - keep);
    }

    void evaluate()
    {
        const double began = processorSeconds();
        {
            const torch::NoGradGuard noGradient;
            const MeanInPlace mean(trainee_.network(), state_.mean);
            state_.point.selection = trainee_.selection().value;
        }
        state_.point.seconds += processorSeconds() - began;
        writeLine();
        lossSum_ = 0.0;
        lossCount_ = 0;
    }

    void writeLine()
    {
        log_ << state_.point.step << ',' << state_.point.seconds << ','
             << rateOf(schedule_, state_.point.step, state_.restartedAt) << ',' << state_.point.loss
             << ',';
        if (!std::isnan(state_.point.selection))
            log_ << state_.point.selection;
        log_ << std::endl;
    }

    // Lines after the checkpoint belong to steps that will be taken again.
    void openLog()
    {
        const std::string path = state_.path("training.csv");
        std::string kept = "step,seconds,learning_rate,loss,selection\n";
        std::ifstream old(path);
        std::string line;
        std::getline(old, line);
        while (std::getline(old, line))
            if (std::atoll(line.c_str()) <= state_.point.step && state_.point.step > 0)
                kept += line + "\n";
        old.close();
        writeWhole(path, kept);
        log_.open(path, std::ios::app);
        log_.precision(9);
    }

    void save()
    {
        state_.save();
        if (lossCount_ > 0)
            writeLine();
    }

    Trainee& trainee_;
    const Schedule& schedule_;
    LoopState state_;
    double lossSum_ = 0.0;
    int64_t lossCount_ = 0;
    int leftOut_ = 0;
    std::ofstream log_;
};

} // namespace

LoopPoint trainLoop(Trainee& trainee, const Schedule& schedule, const std::string& folder,
                    const std::string& shipped, const OnLoopPoint& onPoint)
{
    return Walk(trainee, schedule, folder).go(shipped, onPoint);
}

LoopPoint loadAverage(Trainee& trainee, const std::string& folder)
{
    const std::string path = folder + "/checkpoint.safetensors";
    const TensorFile file = readTensorFile(path);
    fillTensors(trainee.network(), file, "mean.", path);
    return positionIn(file);
}

} // namespace vitrine::learning
