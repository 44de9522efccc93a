#include "core/quant/vision/integer_vision.h"

#include "core/model/network/memory_plan.h"
#include "core/model/vision/vision_steps.h"
#include "core/quant/vision/integer_steps.h"
#include "core/tensor/kernels/real_codes.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <mutex>

namespace vitrine::quant
{
namespace
{

constexpr std::size_t kCacheLine = 64; // codes of 8 bits

struct PlannedCodes {
    std::unique_ptr<IntegerStep> step;
    std::size_t layer = 0;           // whose output it is
    std::vector<std::size_t> inputs; // places of steps; none: the picture
    CodeMatrix output;               // without memory
    std::size_t offset = 0;          // of the output, in the memory of a pass
};

std::size_t paddedCodes(const CodeMatrix& m)
{
    return (static_cast<std::size_t>(m.count()) + kCacheLine - 1) / kCacheLine * kCacheLine;
}

kernels::RealGrid realGridOf(const CodeGrid& grid)
{
    const auto narrow = [](std::int64_t code) { return static_cast<std::int32_t>(code); };
    return {grid.scale, narrow(grid.zero), {narrow(grid.low()), narrow(grid.high())}};
}

} // namespace

Result<void> checkIsWhole(const CodedVision& coded)
{
    if (const auto parts = floatParts(coded); !parts.empty())
        return inputError("{} stays in floating point: there is no pass in whole numbers",
                          fmt::join(parts, ", "));
    if (const CodeGrid& grid = coded.input; grid.low() < -128 || grid.high() > 127)
        return inputError("pictures have codes of {} to {}; whole numbers of 8 bits with a sign "
                          "are expected",
                          grid.low(), grid.high());
    for (std::size_t i = 0; i < coded.layers.size(); ++i)
        if (const CodeGrid& grid = coded.layers[i].output;
            !isSoftmaxOfPowers(coded.layers[i]) && (grid.low() < -128 || grid.high() > 127))
            return inputError("layer \"{}\" has codes of {} to {}; whole numbers of 8 bits with a "
                              "sign are expected",
                              coded.network().layers[i].shape.name, grid.low(), grid.high());
    return {};
}

struct IntegerVision::Private {
    std::shared_ptr<const CodedVision> coded;
    std::vector<PlannedCodes> steps;
    std::vector<std::size_t> results; // steps, in the order of resultLayers
    std::size_t memory = 0;           // codes of a pass

    // Blocks of passes that are over, for the next ones.
    mutable std::mutex mutex;
    mutable std::vector<std::unique_ptr<std::int8_t[]>> blocks;

    Result<void> plan();
    void placeOutputs();
    std::unique_ptr<std::int8_t[]> borrow() const
    {
        const std::lock_guard lock(mutex);
        if (blocks.empty())
            return std::make_unique<std::int8_t[]>(memory + 2 * kCacheLine);
        auto block = std::move(blocks.back());
        blocks.pop_back();
        return block;
    }
    void giveBack(std::unique_ptr<std::int8_t[]> block) const
    {
        const std::lock_guard lock(mutex);
        blocks.push_back(std::move(block));
    }
};

Result<void> IntegerVision::Private::plan()
{
    const model::Network& network = coded->network();
    std::vector<std::size_t> stepOf(network.layers.size());
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
        const CodedLayer& own = coded->layers[layer];
        const model::NetworkLayer& described = network.layers[layer];
        const auto* product = std::get_if<CodedProduct>(&own.work);
        const bool hasActivation = product && product->after != model::Function::none;
        PlannedCodes step;
        step.layer = hasActivation ? layer + 1 : layer;
        std::vector<const CodeGrid*> grids;
        std::vector<model::PassMatrix> shapes;
        for (const std::size_t input : described.inputs) {
            step.inputs.push_back(stepOf[input]);
            grids.push_back(&coded->layers[input].output);
            const CodeMatrix& from = steps[stepOf[input]].output;
            shapes.push_back({nullptr, from.rows, from.columns});
        }
        if (grids.empty())
            grids.push_back(&coded->input);
        const model::PassMatrix output = model::outputOf(described, shapes);
        step.output = {nullptr, output.rows, output.columns};
        VITRINE_TRY(step.step,
                    makeIntegerStep({described, grids, coded->layers[step.layer].output}, own));
        stepOf[layer] = steps.size();
        if (hasActivation)
            stepOf[++layer] = steps.size();
        steps.push_back(std::move(step));
    }
    for (const std::size_t head : resultLayers(network))
        results.push_back(stepOf[head]);
    placeOutputs();
    return {};
}

void IntegerVision::Private::placeOutputs()
{
    std::vector<std::size_t> lastReader(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        lastReader[i] = i;
        for (const std::size_t input : steps[i].inputs)
            lastReader[input] = i;
    }
    model::MemoryPlan plan;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        steps[i].offset = plan.take(paddedCodes(steps[i].output));
        for (std::size_t other = 0; other < i; ++other)
            if (lastReader[other] == i)
                plan.giveBack(steps[other].offset, paddedCodes(steps[other].output));
    }
    memory = plan.total();
}

Result<IntegerVision> IntegerVision::make(std::shared_ptr<const CodedVision> coded)
{
    VITRINE_CHECK(checkIsWhole(*coded));
    const auto made = std::make_shared<Private>();
    made->coded = std::move(coded);
    VITRINE_CHECK(made->plan());
    return IntegerVision(made);
}

const CodedVision& IntegerVision::coded() const
{
    return *p_->coded;
}

Result<ResultCodes>
IntegerVision::run(std::span<const float> picture,
                   const std::function<void(const IntegerOutput&)>& observe) const
{
    VITRINE_CHECK(checkPicture(*p_->coded, picture));
    const model::ConvShape& stem = p_->coded->network().layers.front().shape.conv;
    std::vector<std::int8_t> seen(picture.size());
    kernels::realCodes(picture, realGridOf(p_->coded->input), seen.data());
    const CodeMatrix given{seen.data(), stem.inHeight * stem.inWidth, stem.inChannels};
    auto block = p_->borrow();
    const auto outputAt = [&](std::size_t step) {
        CodeMatrix output = p_->steps[step].output;
        output.codes = block.get() + p_->steps[step].offset;
        return output;
    };
    std::vector<CodeMatrix> inputs;
    for (std::size_t i = 0; i < p_->steps.size(); ++i) {
        const PlannedCodes& step = p_->steps[i];
        inputs.clear();
        if (step.inputs.empty())
            inputs.push_back(given);
        for (const std::size_t input : step.inputs)
            inputs.push_back(outputAt(input));
        const CodeMatrix output = outputAt(i);
        step.step->run(inputs, output);
        if (observe)
            observe({step.layer,
                     output.rows,
                     output.columns,
                     {output.codes, static_cast<std::size_t>(output.count())}});
    }
    ResultCodes result;
    for (const std::size_t head : p_->results) {
        const CodeMatrix codes = outputAt(head);
        result.insert(result.end(), codes.codes, codes.codes + codes.count());
    }
    p_->giveBack(std::move(block));
    return result;
}

} // namespace vitrine::quant
