#include "core/learning/nets/language/trainer.h"

#include "core/learning/nets/language/checkpoint.h"
#include "core/learning/nets/language/evaluate.h"
#include "core/learning/nets/language/token_store.h"
#include "core/learning/nets/training/adamw.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using Clock = std::chrono::steady_clock;

constexpr int64_t kHeldOutTokens = 8192; // per source, at each point of the log

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct State {
    int64_t step = 0;
    int64_t tokens = 0;
    double seconds = 0.0;
};

// Everything that a run needs to go on: weights, moments, position.
class Run
{
public:
    explicit Run(const Recipe& recipe)
        : recipe_(recipe),
          device_(deviceOf(recipe)),
          text_(readTokenStore(recipe.data, "train")),
          heldOut_(readTokenStore(recipe.data, "heldout")),
          model_(recipe, recipe.seed, device_),
          sampler_(text_, recipe.mixedShare, recipe.seed)
    {
        for (const Tensor& parameter : model_.parameters()) {
            first_.push_back(torch::zeros_like(parameter));
            second_.push_back(torch::zeros_like(parameter));
        }
        std::filesystem::create_directories(recipe.out);
    }

    TrainingPoint train(Start start, const OnPoint& onPoint)
    {
        if (start == Start::resume && std::filesystem::exists(checkpointPath()))
            restore();
        openLog();
        Clock::time_point savedAt = Clock::now();
        double lossSum = 0.0;
        int64_t lossCount = 0;
        for (bool goOn = true; goOn && progress() < 1.0;) {
            const auto began = Clock::now();
            const double loss = step();
            state_.seconds += secondsSince(began);
            lossSum += loss;
            ++lossCount;

            point_ = {state_.step,    state_.tokens,
                      state_.seconds, rateAt(recipe_, state_.step, progress()),
                      loss,           std::numeric_limits<double>::quiet_NaN()};
            if (state_.step % recipe_.evaluateEvery == 0 || progress() >= 1.0) {
                point_.trainLoss = lossSum / static_cast<double>(lossCount);
                lossSum = 0.0;
                lossCount = 0;
                evaluate();
            }
            goOn = onPoint(point_);
            if (secondsSince(savedAt) > 60.0 * recipe_.checkpointMinutes) {
                save();
                savedAt = Clock::now();
            }
        }
        save();
        exportModel(model_, recipe_.out + "/model");
        return point_;
    }

private:
    std::string checkpointPath() const { return recipe_.out + "/checkpoint.safetensors"; }

    double progress() const
    {
        const double bySteps =
            static_cast<double>(state_.step) / static_cast<double>(recipe_.steps);
        const double byTime = recipe_.minutes > 0 ? state_.seconds / (60.0 * recipe_.minutes) : 0.0;
        return std::max(bySteps, byTime);
    }

    double step()
    {
        const double done = progress();
        const int64_t window = windowAt(recipe_, done);
        const int64_t windows = std::max<int64_t>(1, recipe_.tokensPerStep / window);
        const Batch batch = sampler_.draw(windows, window, state_.step);
        const double rate = rateAt(recipe_, state_.step, done);

        model_.zero_grad();
        const Tensor loss = model_.loss(batch.inputs.to(device_), batch.targets.to(device_));
        loss.backward();
        ++state_.step;
        state_.tokens += windows * window;
        update(rate);
        return loss.item<double>();
    }

    void update(double rate)
    {
        const torch::NoGradGuard noGradient;
        double squares = 0.0;
        for (const Tensor& parameter : model_.parameters())
            squares += parameter.grad().square().sum().item<double>();
        const double scale = std::min(1.0, recipe_.clip / (std::sqrt(squares) + 1e-6));
        auto parameters = model_.parameters();
        for (size_t i = 0; i < parameters.size(); ++i) {
            const double decay = parameters[i].dim() >= 2 ? recipe_.weightDecay : 0.0;
            adamw(parameters[i], parameters[i].grad(), first_[i], second_[i],
                  {rate, recipe_.beta1, recipe_.beta2, 1e-8, decay, scale, state_.step});
        }
    }

    void evaluate()
    {
        double nat = 0.0;
        int64_t tokens = 0;
        for (const HeldOutLoss& loss :
             heldOutLoss(model_, heldOut_, recipe_.context, kHeldOutTokens)) {
            nat += loss.natPerToken * static_cast<double>(loss.tokens);
            tokens += loss.tokens;
        }
        point_.heldOutLoss = nat / static_cast<double>(std::max<int64_t>(1, tokens));
        log_ << point_.step << ',' << point_.tokens << ',' << point_.seconds << ','
             << point_.learningRate << ',' << point_.trainLoss << ',' << point_.heldOutLoss
             << std::endl;
    }

    // Lines after the checkpoint belong to steps that will be taken again.
    void openLog()
    {
        const std::string path = recipe_.out + "/training.csv";
        std::string kept = "step,tokens,seconds,learning_rate,train_loss,held_out_loss\n";
        std::ifstream old(path);
        std::string line;
        std::getline(old, line);
        while (std::getline(old, line))
            if (std::atoll(line.c_str()) <= state_.step && state_.step > 0)
                kept += line + "\n";
        old.close();
        writeWhole(path, kept);
        log_.open(path, std::ios::app);
    }

    void save() const
    {
        TensorFile file = model_.toFile();
        const auto names = model_.named_parameters();
        for (size_t i = 0; i < first_.size(); ++i) {
            file.tensors.emplace_back("first." + names[i].key(), first_[i]);
            file.tensors.emplace_back("second." + names[i].key(), second_[i]);
        }
        file.metadata["step"] = std::to_string(state_.step);
        file.metadata["tokens"] = std::to_string(state_.tokens);
        file.metadata["seconds"] = std::to_string(state_.seconds);
        std::string taken;
        for (const int64_t count : sampler_.taken())
            taken += std::to_string(count) + " ";
        file.metadata["taken"] = taken;
        writeTensorFile(checkpointPath(), file, Storage::f32);
    }

    void restore()
    {
        const TensorFile file = readTensorFile(checkpointPath());
        model_.load(file);
        const auto names = model_.named_parameters();
        for (size_t i = 0; i < first_.size(); ++i) {
            const Tensor* first = file.find("first." + names[i].key());
            const Tensor* second = file.find("second." + names[i].key());
            if (!first || !second)
                throw std::runtime_error(checkpointPath() + " lacks the moments of " +
                                         names[i].key());
            first_[i].copy_(*first);
            second_[i].copy_(*second);
        }
        state_ = {std::stoll(file.metadata.at("step")), std::stoll(file.metadata.at("tokens")),
                  std::stod(file.metadata.at("seconds"))};
        std::istringstream words(file.metadata.at("taken"));
        std::vector<int64_t> taken;
        for (int64_t count; words >> count;)
            taken.push_back(count);
        if (taken.size() != text_.sources.size())
            throw std::runtime_error(checkpointPath() + " belongs to another corpus");
        sampler_.restore(taken);
    }

    const Recipe& recipe_;
    torch::Device device_;
    TokenStore text_, heldOut_;
    LanguageModel model_;
    WindowSampler sampler_;
    std::vector<Tensor> first_, second_;
    State state_;
    TrainingPoint point_{};
    std::ofstream log_;
};

} // namespace

torch::Device deviceOf(const Recipe& recipe)
{
    const bool cuda =
        recipe.device == "cuda" || (recipe.device == "auto" && torch::cuda::is_available());
    return cuda ? torch::Device(torch::kCUDA) : torch::Device(torch::kCPU);
}

TrainingPoint train(const Recipe& recipe, Start start, const OnPoint& onPoint)
{
    return Run(recipe).train(start, onPoint);
}

void loadCheckpoint(LanguageModel& model, const std::string& path)
{
    model.load(readTensorFile(path));
}

} // namespace vitrine::learning
