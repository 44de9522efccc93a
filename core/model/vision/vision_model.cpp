#include "core/model/vision/vision_model.h"

#include "core/model/network/memory_plan.h"
#include "core/model/vision/vision_steps.h"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace vitrine::model
{
namespace
{

constexpr std::size_t kPassAlignment = 16; // floats: a cache line

// A layer as a pass runs it.
struct PlannedStep {
    std::unique_ptr<VisionStep> step;
    std::size_t layer = 0;           // whose output it is
    std::vector<std::size_t> inputs; // places of steps; none: the picture
    PassMatrix output;               // without memory
    std::size_t offset = 0;          // of the output, in the memory of a pass
};

std::size_t paddedCount(const PassMatrix& m)
{
    const auto count = static_cast<std::size_t>(m.count());
    return (count + kPassAlignment - 1) / kPassAlignment * kPassAlignment;
}

} // namespace

struct VisionModel::Private {
    std::shared_ptr<const VisionCheckpoint> checkpoint;
    std::vector<PlannedStep> steps;
    std::vector<std::size_t> results; // steps that nobody reads
    std::size_t memory = 0;           // floats of a pass
    std::int64_t classes = 0;

    // Blocks of passes that are over, for the next ones.
    mutable std::mutex mutex;
    mutable std::vector<std::unique_ptr<float[]>> blocks;

    Result<void> plan(const VisionOptions& options);
    void placeOutputs();
    std::unique_ptr<float[]> borrow() const;
    void giveBack(std::unique_ptr<float[]> block) const;
};

Result<void> VisionModel::Private::plan(const VisionOptions& options)
{
    const Network& network = checkpoint->network();
    std::vector<std::size_t> stepOf(network.layers.size());
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
        const NetworkLayer& described = network.layers[layer];
        const auto behind =
            options.activationsApart ? std::nullopt : activationBehind(network, layer);
        PlannedStep step;
        step.layer = behind.value_or(layer);
        std::vector<PassMatrix> inputs;
        for (const std::size_t input : described.inputs) {
            step.inputs.push_back(stepOf[input]);
            inputs.push_back(steps[stepOf[input]].output);
        }
        step.output = outputOf(described, inputs);
        VITRINE_TRY(step.step,
                    makeStep(described, behind ? network.layers[*behind].function : Function::none,
                             *checkpoint));
        stepOf[layer] = steps.size();
        if (behind)
            stepOf[++layer] = steps.size();
        steps.push_back(std::move(step));
    }
    placeOutputs();
    if (static_cast<std::int64_t>(memory) > kMostMemory / static_cast<std::int64_t>(sizeof(float)))
        return inputError("a pass of it would need {} MiB, {} are allowed", memory >> 18,
                          kMostMemory >> 20);
    return {};
}

void VisionModel::Private::placeOutputs()
{
    std::vector<std::size_t> lastReader(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        lastReader[i] = i;
        for (const std::size_t input : steps[i].inputs)
            lastReader[input] = i;
    }
    MemoryPlan plan;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        steps[i].offset = plan.take(paddedCount(steps[i].output));
        if (lastReader[i] == i)
            results.push_back(i); // and stays
        for (std::size_t other = 0; other < i; ++other)
            if (lastReader[other] == i)
                plan.giveBack(steps[other].offset, paddedCount(steps[other].output));
    }
    memory = plan.total();
}

std::unique_ptr<float[]> VisionModel::Private::borrow() const
{
    const std::lock_guard lock(mutex);
    if (blocks.empty())
        return std::make_unique<float[]>(memory + kPassAlignment);
    auto block = std::move(blocks.back());
    blocks.pop_back();
    return block;
}

void VisionModel::Private::giveBack(std::unique_ptr<float[]> block) const
{
    const std::lock_guard lock(mutex);
    blocks.push_back(std::move(block));
}

Result<VisionModel> VisionModel::open(std::shared_ptr<const VisionCheckpoint> checkpoint,
                                      const VisionOptions& options)
{
    const auto made = std::make_shared<Private>();
    made->checkpoint = std::move(checkpoint);
    VITRINE_CHECK(made->plan(options));
    made->classes = classesOf(made->checkpoint->network());
    return VisionModel(made);
}

const VisionCheckpoint& VisionModel::checkpoint() const
{
    return *p_->checkpoint;
}

std::shared_ptr<const VisionCheckpoint> VisionModel::sharedCheckpoint() const
{
    return p_->checkpoint;
}

std::int64_t VisionModel::classes() const
{
    return p_->classes;
}

Result<std::vector<float>> VisionModel::run(std::span<const float> picture,
                                            const VisionPass& pass) const
{
    const ConvShape& stem = network().layers.front().shape.conv;
    const std::int64_t wanted = stem.inHeight * stem.inWidth * stem.inChannels;
    if (static_cast<std::int64_t>(picture.size()) != wanted)
        return argumentError("a picture of {} values was given, {} x {} x {} are expected",
                             picture.size(), stem.inHeight, stem.inWidth, stem.inChannels);
    auto block = p_->borrow();
    // Steps only read their inputs.
    const PassMatrix seen{const_cast<float*>(picture.data()), stem.inHeight * stem.inWidth,
                          stem.inChannels};
    const auto outputAt = [&](std::size_t step) {
        PassMatrix output = p_->steps[step].output;
        output.values = block.get() + p_->steps[step].offset;
        return output;
    };
    std::vector<PassMatrix> inputs;
    for (std::size_t i = 0; i < p_->steps.size(); ++i) {
        const PlannedStep& step = p_->steps[i];
        inputs.clear();
        if (step.inputs.empty())
            inputs.push_back(seen);
        for (const std::size_t input : step.inputs)
            inputs.push_back(outputAt(input));
        const PassMatrix output = outputAt(i);
        step.step->run(inputs, output);
        if (pass.observe)
            pass.observe({step.layer,
                          output.rows,
                          output.columns,
                          {output.values, static_cast<std::size_t>(output.count())}});
    }
    std::vector<float> result(static_cast<std::size_t>(outputAt(p_->results[0]).count()));
    for (const std::size_t step : p_->results)
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] += outputAt(step).values[i];
    for (float& value : result)
        value /= static_cast<float>(p_->results.size());
    p_->giveBack(std::move(block));
    if (!std::ranges::all_of(result, [](float value) { return std::isfinite(value); }))
        return inputError("what it computes is not finite: numbers grow beyond single precision");
    return result;
}

std::vector<float> probabilities(std::span<const float> logits)
{
    std::vector<float> all(logits.begin(), logits.end());
    if (all.empty())
        return all;
    const float most = *std::ranges::max_element(all);
    double sum = 0;
    for (float& value : all)
        sum += static_cast<double>(value = std::exp(value - most));
    for (float& value : all)
        value = static_cast<float>(static_cast<double>(value) / sum);
    return all;
}

} // namespace vitrine::model
