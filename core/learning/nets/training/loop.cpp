#include "core/learning/nets/training/loop.h"

#include "core/learning/nets/training/adamw.h"
#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"

#include <time.h>

#include <chrono>
#include <cmath>
#include <filesystem>
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

// While it lives, the network holds the running mean and is in evaluation mode.
class MeanInPlace
{
public:
    MeanInPlace(torch::nn::Module& network, std::vector<Tensor>& mean)
        : network_(network), mean_(mean)
    {
        swap();
        network_.eval();
    }
    ~MeanInPlace()
    {
        swap();
        network_.train();
    }
    MeanInPlace(const MeanInPlace&) = delete;
    MeanInPlace& operator=(const MeanInPlace&) = delete;

private:
    void swap()
    {
        const torch::NoGradGuard noGradient;
        const auto tensors = namedTensors(network_);
        for (size_t i = 0; i < tensors.size(); ++i) {
            const Tensor kept = tensors[i].second.clone();
            Tensor target = tensors[i].second;
            target.copy_(mean_[i]);
            mean_[i].copy_(kept);
        }
    }

    torch::nn::Module& network_;
    std::vector<Tensor>& mean_;
};

// Everything that a training needs to go on.
class Walk
{
public:
    Walk(Trainee& trainee, const Schedule& schedule, const std::string& folder)
        : trainee_(trainee), schedule_(schedule), folder_(folder)
    {
        for (const auto& item : trainee.network().named_parameters()) {
            names_.push_back(item.key());
            parameters_.push_back(item.value());
            first_.push_back(torch::zeros_like(item.value()).detach());
            second_.push_back(torch::zeros_like(item.value()).detach());
        }
        for (const auto& [name, tensor] : namedTensors(trainee.network()))
            mean_.push_back(tensor.detach().clone());
        updates_ = torch::zeros({static_cast<int64_t>(names_.size())});
        std::filesystem::create_directories(folder);
    }

    LoopPoint go(const std::string& shipped, const OnLoopPoint& onPoint)
    {
        if (std::filesystem::exists(checkpointPath()))
            restore();
        else if (!shipped.empty() && std::filesystem::exists(shipped + "/README.md"))
            goOnFrom(shipped);
        openLog();
        trainee_.network().train();
        auto savedAt = std::chrono::steady_clock::now();
        for (bool goOn = point_.step < schedule_.steps; goOn;) {
            step();
            const bool finished = point_.step >= schedule_.steps;
            if (point_.step % schedule_.evaluateEvery == 0 || finished)
                evaluate();
            goOn = onPoint(point_) && !finished;
            const std::chrono::duration<double> since = std::chrono::steady_clock::now() - savedAt;
            if (since.count() > 60.0 * schedule_.checkpointMinutes && goOn) {
                save();
                savedAt = std::chrono::steady_clock::now();
            }
            point_.selection = kNotANumber;
        }
        save();
        return point_;
    }

private:
    std::string checkpointPath() const { return folder_ + "/checkpoint.safetensors"; }

    void step()
    {
        const double began = processorSeconds();
        for (Tensor& parameter : parameters_)
            parameter.mutable_grad() = Tensor();
        Chance chance(schedule_.seed, point_.step);
        const double progress =
            static_cast<double>(point_.step) / static_cast<double>(schedule_.steps);
        const Tensor loss = trainee_.loss({point_.step, progress, chance});
        const double value = loss.item<double>();
        if (!std::isfinite(value))
            throw std::runtime_error("the loss of step " + std::to_string(point_.step) +
                                     " is not a number; a lower learning_rate may help");
        loss.backward();
        update(rateOf(schedule_, point_.step, restartedAt_));
        ++point_.step;
        point_.seconds += processorSeconds() - began;
        lossSum_ += value;
        ++lossCount_;
        point_.loss = lossSum_ / static_cast<double>(lossCount_);
    }

    void update(double rate)
    {
        const torch::NoGradGuard noGradient;
        double squares = 0.0;
        for (const Tensor& parameter : parameters_)
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
        float* updates = updates_.data_ptr<float>();
        for (size_t i = 0; i < parameters_.size(); ++i) {
            if (!parameters_[i].grad().defined())
                continue;
            updates[i] += 1.0f;
            const double decay = parameters_[i].dim() >= 2 ? schedule_.weightDecay : 0.0;
            adamw(parameters_[i], parameters_[i].grad(), first_[i], second_[i],
                  {rate, schedule_.beta1, schedule_.beta2, 1e-8, decay, scale,
                   static_cast<int64_t>(updates[i])});
        }
        averageWeights();
    }

    // The mean is short while there is little to average.
    void averageWeights()
    {
        const double keep =
            std::min(schedule_.average, (1.0 + static_cast<double>(point_.step)) /
                                            (10.0 + static_cast<double>(point_.step)));
        const auto tensors = namedTensors(trainee_.network());
        for (size_t i = 0; i < tensors.size(); ++i)
            mean_[i].mul_(keep).add_(tensors[i].second, 1.0 - keep);
    }

    void evaluate()
    {
        const double began = processorSeconds();
        {
            const torch::NoGradGuard noGradient;
            const MeanInPlace mean(trainee_.network(), mean_);
            point_.selection = trainee_.selection().value;
        }
        point_.seconds += processorSeconds() - began;
        writeLine();
        lossSum_ = 0.0;
        lossCount_ = 0;
    }

    void writeLine()
    {
        log_ << point_.step << ',' << point_.seconds << ','
             << rateOf(schedule_, point_.step, restartedAt_) << ',' << point_.loss << ',';
        if (!std::isnan(point_.selection))
            log_ << point_.selection;
        log_ << std::endl;
    }

    // Lines after the checkpoint belong to steps that will be taken again.
    void openLog()
    {
        const std::string path = folder_ + "/training.csv";
        std::string kept = "step,seconds,learning_rate,loss,selection\n";
        std::ifstream old(path);
        std::string line;
        std::getline(old, line);
        while (std::getline(old, line))
            if (std::atoll(line.c_str()) <= point_.step && point_.step > 0)
                kept += line + "\n";
        old.close();
        writeWhole(path, kept);
        log_.open(path, std::ios::app);
        log_.precision(9);
    }

    void save()
    {
        TensorFile file;
        const auto tensors = namedTensors(trainee_.network());
        for (size_t i = 0; i < tensors.size(); ++i) {
            file.tensors.emplace_back("now." + tensors[i].first, tensors[i].second);
            file.tensors.emplace_back("mean." + tensors[i].first, mean_[i]);
        }
        for (size_t i = 0; i < names_.size(); ++i) {
            file.tensors.emplace_back("first." + names_[i], first_[i]);
            file.tensors.emplace_back("second." + names_[i], second_[i]);
        }
        file.tensors.emplace_back("updates", updates_);
        file.metadata["step"] = std::to_string(point_.step);
        file.metadata["seconds"] = std::to_string(point_.seconds);
        file.metadata["restarted_at"] = std::to_string(restartedAt_);
        writeTensorFile(checkpointPath(), file, Storage::f32);
        if (lossCount_ > 0)
            writeLine();
    }

    void restore()
    {
        const torch::NoGradGuard noGradient;
        const TensorFile file = readTensorFile(checkpointPath());
        fillTensors(trainee_.network(), file, "now.", checkpointPath());
        const auto tensors = namedTensors(trainee_.network());
        for (size_t i = 0; i < tensors.size(); ++i)
            take(file, "mean." + tensors[i].first, mean_[i]);
        for (size_t i = 0; i < names_.size(); ++i) {
            take(file, "first." + names_[i], first_[i]);
            take(file, "second." + names_[i], second_[i]);
        }
        take(file, "updates", updates_);
        point_ = positionIn(file);
        restartedAt_ = std::stoll(file.metadata.at("restarted_at"));
    }

    void take(const TensorFile& file, const std::string& name, Tensor& into) const
    {
        const Tensor* stored = file.find(name);
        if (!stored || stored->sizes() != into.sizes())
            throw std::runtime_error(checkpointPath() + ": tensor " + name +
                                     " is missing or has another shape than the recipe's");
        into.copy_(*stored);
    }

    void goOnFrom(const std::string& shipped)
    {
        const Card card = readCard(shipped);
        trainee_.importFrom(shipped);
        const auto tensors = namedTensors(trainee_.network());
        for (size_t i = 0; i < tensors.size(); ++i)
            mean_[i].copy_(tensors[i].second.detach());
        point_.step = card.step;
        point_.seconds = 3600.0 * card.processorHours;
        restartedAt_ = card.step;
    }

public:
    static LoopPoint positionIn(const TensorFile& file)
    {
        return {std::stoll(file.metadata.at("step")), std::stod(file.metadata.at("seconds")),
                kNotANumber, kNotANumber};
    }

private:
    Trainee& trainee_;
    const Schedule& schedule_;
    std::string folder_;
    std::vector<std::string> names_;
    std::vector<Tensor> parameters_, first_, second_, mean_;
    Tensor updates_; // how often each parameter was updated: some wait for their stage
    LoopPoint point_{0, 0.0, kNotANumber, kNotANumber};
    int64_t restartedAt_ = -1;
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
    return Walk::positionIn(file);
}

} // namespace vitrine::learning
