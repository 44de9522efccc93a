#include "plugins/quantization/experiments/bit_budget.h"

#include "core/quant/allocation.h"
#include "core/quant/layer_divergence.h"

namespace vitrine::quantization_plugin
{

LayerCosts recordedCosts(const std::vector<quant::LlmQuantization>& versions, bool isMeasured)
{
    LayerCosts costs;
    for (const quant::LlmQuantization& version : versions) {
        auto& ofVersion = costs.emplace_back();
        for (const quant::LayerRecord& layer : version.layers())
            ofVersion.push_back(isMeasured ? layer.outputError * layer.outputEnergy
                                           : layer.importance * layer.weightError);
    }
    return costs;
}

Result<LayerCosts> divergenceCosts(const std::vector<quant::LlmQuantization>& versions,
                                   const std::shared_ptr<const model::LlmCheckpoint>& original,
                                   std::span<const std::vector<std::int32_t>> windows,
                                   const std::filesystem::path& file, const std::string& subject,
                                   const std::function<bool(double share)>& progress)
{
    std::vector<quant::LayerVariant> variants;
    for (const quant::LlmQuantization& version : versions)
        for (std::size_t i = 0; i < version.layers().size(); ++i)
            variants.push_back({version.layers()[i].name, version.layers()[i].block,
                                [&version, i] { return version.decoded(i); }});
    VITRINE_TRY(const std::vector<double> divergences,
                quant::layerDivergences(original, variants, windows, file, subject, progress));
    LayerCosts costs;
    const auto layers = static_cast<std::ptrdiff_t>(versions.front().layers().size());
    for (auto at = divergences.begin(); at != divergences.end(); at += layers)
        costs.emplace_back(at, at + layers);
    return costs;
}

Result<GivenBits> giveBits(std::span<const quant::LayerRecord> layers, const LayerCosts& costs,
                           double meanBits)
{
    std::vector<quant::LayerChoice> choices(layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        choices[i].weights = layers[i].outputs * layers[i].inputs;
        for (const auto& ofVersion : costs)
            choices[i].costs.push_back(ofVersion[i]);
    }
    VITRINE_TRY(const quant::Allocation allocation,
                quant::allocateBits(choices, kBudgetBits, meanBits));
    GivenBits given;
    given.candidates = {"candidates",
                        {{"layer", "", {}, "Tensor of a linear layer"},
                         {"bits", "1", {}, "Tried"},
                         {"cost", "1", {}, "What it is weighed by: see the parameter costs"},
                         {"chosen", "1", {}, "1: so many bits were given to it"}},
                        {}};
    for (std::size_t b = 0; b < kBudgetBits.size(); ++b)
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const bool isChosen = allocation.bits[i] == kBudgetBits[b];
            if (isChosen)
                given.bits[layers[i].name] = kBudgetBits[b];
            given.candidates.rows.push_back({layers[i].name,
                                             static_cast<std::int64_t>(kBudgetBits[b]), costs[b][i],
                                             std::int64_t{isChosen}});
        }
    given.slack = {"budget_slack", allocation.slackBits, "bit", Origin::computed,
                   "Of the budget over all weights, that no layer could take"};
    return given;
}

} // namespace vitrine::quantization_plugin
