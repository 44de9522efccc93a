#include "core/model/llm/llm_finite.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

// Place of the first value that is not finite, or nothing.
std::optional<std::int64_t> firstNotFinite(std::span<const float> values)
{
    constexpr std::size_t kStep = 4096; // 0 times what is finite is 0
    for (std::size_t begin = 0; begin < values.size(); begin += kStep) {
        const auto part = values.subspan(begin, std::min(kStep, values.size() - begin));
        float nothing = 0;
        for (const float value : part)
            nothing += value * 0.0f;
        if (nothing == 0.0f)
            continue;
        const auto at = std::ranges::find_if_not(part, [](float v) { return std::isfinite(v); });
        return static_cast<std::int64_t>(begin) + (at - part.begin());
    }
    return {};
}

bool areFinite(const kernels::WeightMatrix& weights)
{
    std::vector<float> row(static_cast<std::size_t>(weights.inputs()));
    for (std::int64_t output = 0; output < weights.outputs(); ++output) {
        weights.widen(output, output + 1, row.data());
        if (firstNotFinite(row))
            return false;
    }
    return true;
}

bool areFinite(const TensorView& values)
{
    return !firstNotFinite(toFloat(values));
}

const std::string& weightName(const LlmWeights& weights, std::size_t layer)
{
    return weights.description.network.layers[layer].tensors.front().name;
}

// The tensors that a layer's heads read, or those behind them: the name of the first that is not
// finite, or nothing.
std::string culpritOf(const LlmWeights& weights, int layer, bool isOfHeads)
{
    const LayerWeights& w = weights.layers[static_cast<std::size_t>(layer)];
    const LlmBlock& block = weights.description.blocks[static_cast<std::size_t>(layer)];
    if (!areFinite(isOfHeads ? w.attentionNorm : w.mlpNorm))
        return weightName(weights, isOfHeads ? block.attentionNorm : block.mlpNorm);
    using Described = std::pair<const Linear*, std::size_t>;
    const auto linears =
        isOfHeads
            ? std::vector<Described>{{&w.q, block.q}, {&w.k, block.k}, {&w.v, block.v}}
            : std::vector<Described>{
                  {&w.o, block.o}, {&w.gate, block.gate}, {&w.up, block.up}, {&w.down, block.down}};
    for (const auto& [linear, described] : linears) {
        if (!areFinite(*linear->weights))
            return weightName(weights, described);
        if (linear->bias && !areFinite(*linear->bias))
            return weights.description.network.layers[described].tensors[1].name;
    }
    return {};
}

std::string whereText(const NotFinite& place)
{
    if (place.layer < 0)
        return fmt::format("at position {}, before layer 0", place.position);
    if (place.isBehindLayers)
        return fmt::format("at position {}, behind the last layer", place.position);
    if (place.head < 0)
        return fmt::format("at position {} in layer {}, behind its heads", place.position,
                           place.layer);
    return fmt::format("at position {} in layer {}, head {}", place.position, place.layer,
                       place.head);
}

} // namespace

std::string notFiniteText(const NotFinite& place)
{
    return fmt::format("Numbers stop being finite {}: {} holds NaN or infinity.", whereText(place),
                       place.tensor);
}

Result<void> FiniteWatch::note(NotFinite place)
{
    isOver_ = true;
    if (place.tensor.empty())
        return inputError("this model cannot be run in single precision: although its weights are "
                          "finite, numbers grow beyond 3.4e38 {}",
                          whereText(place));
    if (!isAllowed_)
        return inputError(
            "numbers stop being finite {}: {} holds NaN or infinity, and what is asked "
            "for needs finite ones",
            whereText(place), place.tensor);
    found_ = std::move(place);
    return {};
}

Result<void> FiniteWatch::embedded(std::span<const std::int32_t> ids, const std::vector<float>& x,
                                   std::int64_t first)
{
    const auto at =
        firstNotFinite(std::span(x).first(ids.size() * static_cast<std::size_t>(config_.hidden)));
    if (isOver_ || !at)
        return {};
    return note({.layer = -1,
                 .position = first + *at / config_.hidden,
                 .tensor = std::string(kEmbeddingTensor)});
}

Result<void> FiniteWatch::heads(int layer, const std::vector<float>& mixed, std::int64_t rows,
                                std::int64_t first)
{
    const std::int64_t width = config_.heads * config_.headSize;
    if (isOver_)
        return {};
    const auto at = firstNotFinite(std::span(mixed).first(static_cast<std::size_t>(rows * width)));
    if (!at)
        return {};
    return note({.layer = layer,
                 .head = static_cast<int>(*at % width / config_.headSize),
                 .position = first + *at / width,
                 .tensor = culpritOf(weights_, layer, true)});
}

Result<void> FiniteWatch::layer(int layer, const std::vector<float>& x, std::int64_t rows,
                                std::int64_t first)
{
    if (isOver_)
        return {};
    const auto at =
        firstNotFinite(std::span(x).first(static_cast<std::size_t>(rows * config_.hidden)));
    if (!at)
        return {};
    return note({.layer = layer,
                 .position = first + *at / config_.hidden,
                 .tensor = culpritOf(weights_, layer, false)});
}

Result<void> FiniteWatch::behindLayers(std::span<const float> rows, std::int64_t width,
                                       std::int64_t first)
{
    if (isOver_)
        return {};
    const auto at = firstNotFinite(rows);
    if (!at)
        return {};
    return note({.layer = static_cast<int>(config_.layers) - 1,
                 .isBehindLayers = true,
                 .position = first + *at / width,
                 .tensor = !areFinite(weights_.finalNorm)
                               ? weightName(weights_, weights_.description.finalNorm)
                           : config_.languageHead && !areFinite(*weights_.head)
                               ? weightName(weights_, *weights_.description.head)
                               : ""});
}

} // namespace vitrine::model
