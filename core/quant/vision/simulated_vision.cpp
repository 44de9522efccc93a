#include "core/quant/vision/simulated_vision.h"

#include "core/quant/vision/simulated_run.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::quant
{
Result<SimulatedVision> SimulatedVision::make(std::shared_ptr<const CodedVision> coded)
{
    assert(coded->layers.size() == coded->network().layers.size());
    return SimulatedVision(std::move(coded));
}

Result<ResultCodes> SimulatedVision::run(std::span<const float> picture,
                                         const SimulatedPass& pass) const
{
    VITRINE_CHECK(checkPicture(*coded_, picture));
    SimulatedRun run(*coded_, picture, pass);
    for (const model::Step& step : model::forwardPlan(coded_->network()))
        run.take(step);
    return run.result();
}

Result<void> checkPicture(const CodedVision& coded, std::span<const float> picture)
{
    const model::ConvShape& stem = coded.network().layers.front().shape.conv;
    if (static_cast<std::int64_t>(picture.size()) != stem.inHeight * stem.inWidth * stem.inChannels)
        return argumentError("a picture of {} values was given, {} x {} x {} are expected",
                             picture.size(), stem.inHeight, stem.inWidth, stem.inChannels);
    const auto bad = std::ranges::find_if(picture, [](float x) { return !std::isfinite(x); });
    if (bad != picture.end())
        return argumentError("value {} of the prepared picture is {}: no code stands for that",
                             bad - picture.begin(), std::isnan(*bad) ? "NaN" : "infinite");
    return {};
}

std::vector<std::size_t> resultLayers(const model::Network& network)
{
    std::vector<bool> isRead(network.layers.size());
    for (const model::NetworkLayer& layer : network.layers)
        for (const std::size_t input : layer.inputs)
            isRead[input] = true;
    std::vector<std::size_t> results;
    for (std::size_t i = 0; i < isRead.size(); ++i)
        if (!isRead[i])
            results.push_back(i);
    return results;
}

std::vector<float> logitsOf(const CodedVision& coded, const ResultCodes& codes)
{
    const std::vector<std::size_t> heads = resultLayers(coded.network());
    const std::size_t classes = codes.size() / heads.size();
    std::vector<float> logits(classes);
    for (std::size_t i = 0; i < codes.size(); ++i)
        logits[i % classes] +=
            static_cast<float>(coded.layers[heads[i / classes]].output.value(codes[i]) /
                               static_cast<double>(heads.size()));
    return logits;
}

std::vector<std::string> floatParts(const CodedVision& coded)
{
    std::set<std::string> parts;
    const auto look = [&](const Rescale& by) {
        if (!by.whole)
            parts.insert("requantization");
    };
    for (const CodedLayer& layer : coded.layers) {
        if (const auto* product = std::get_if<CodedProduct>(&layer.work)) {
            if (!product->rescales.empty())
                look(product->rescales.front());
            if (product->after != model::Function::none && !product->before)
                parts.insert(product->after == model::Function::gelu ? "GELU" : "Hardswish");
        }
        if (const auto* sum = std::get_if<CodedSum>(&layer.work); sum && sum->firstBy.empty())
            parts.insert("residual additions");
        if (const auto* norm = std::get_if<CodedNorm>(&layer.work); norm && !norm->whole)
            parts.insert("LayerNorm");
        if (const auto* softmax = std::get_if<CodedSoftmax>(&layer.work);
            softmax && softmax->form != SoftmaxForm::whole)
            parts.insert("softmax");
        if (const auto* heads = std::get_if<CodedHeads>(&layer.work); heads && !heads->halves)
            parts.insert("linear attention");
    }
    return {parts.begin(), parts.end()};
}

} // namespace vitrine::quant
