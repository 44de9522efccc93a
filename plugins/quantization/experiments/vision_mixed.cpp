#include "plugins/quantization/experiments/vision_mixed.h"

#include "core/base/number_text.h"
#include "core/quant/vision/vit_codes.h"
#include "plugins/common/experiment_input.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace vitrine::quantization_plugin
{
namespace
{

// Of MACs times bits, over those of the fewest bits everywhere.
double timesTheFewest(const quant::MixedNetwork& network, std::int64_t cost)
{
    return static_cast<double>(cost) /
           static_cast<double>(network.candidates.front() * network.macs());
}

std::int64_t countWeights(const model::Network& network, const std::string& name)
{
    const auto layer = std::ranges::find(
        network.layers, name, [](const model::NetworkLayer& one) { return one.shape.name; });
    return layer == network.layers.end() ? 0 : layer->shape.weightElements();
}

} // namespace

std::vector<ParamSpec> mixedParams()
{
    ParamSpec budget =
        numberParam("mixed_budget", "Budget of bits", "Quantization",
                    "With mixed: multiplications times bits of their weights, over those of 4 bits "
                    "everywhere (1.1 is the paper's)",
                    1, 2, 1.1);
    ParamSpec generations = numberParam("mixed_generations", "Generations", "Quantization",
                                        "With mixed: of the search, 22 candidates each (8 are the "
                                        "released code's)",
                                        0, 1000, std::int64_t{8});
    generations.advanced = true;
    return {choiceParam("mixed", "Mixed precision", "Quantization",
                        "Whether each layer's weights get 4 or 8 bits of their own (P²-ViT); then "
                        "weight_bits is not read",
                        {{"off", "off", "All weights have weight_bits"},
                         {"budget", "4 or 8 bits within a budget",
                          "By sensitivity, then an evolutionary search, on training pictures"}}),
            budget, generations};
}

bool isMixed(const Params& params)
{
    return params.text("mixed") == "budget";
}

Result<void> checkMixed(const Params& params, const quant::VisionMethod& method,
                        const model::Network& network)
{
    if (isMixed(params) && !quant::checkIsVit(network))
        return argumentError("mixed: bits of each layer are chosen for ViT and DeiT alone; {} is "
                             "none, and {} gives all its weights weight_bits",
                             network.name, method.title);
    return {};
}

quant::MixedSettings mixedSettings(const Params& params)
{
    quant::MixedSettings settings;
    settings.budget = params.real("mixed_budget");
    settings.search.generations = static_cast<std::size_t>(params.integer("mixed_generations"));
    settings.seed = static_cast<std::uint64_t>(params.integer("seed"));
    return settings;
}

std::vector<std::string> mixedNotes(const quant::MixedBits& found, std::size_t pictures,
                                    const Params& params)
{
    return {
        fmt::format("Mixed precision: asked were {} times the bits of {} everywhere (counted in "
                    "multiplications), reached {:.4f} times; {} of {} layers have {} bits.",
                    params.real("mixed_budget"), found.network.candidates.front(),
                    timesTheFewest(found.network, found.cost),
                    std::ranges::count(found.bits, found.network.candidates.back()),
                    found.bits.size(), found.network.candidates.back()),
        fmt::format("{} of {:.4g} choices with qkv and proj alike, and fc1 and fc2 alike, were "
                    "drawn within the budget and {} candidates judged, seed {}, on {} training "
                    "pictures without their labels [ours]: by how often the answer is the "
                    "original's ({:.2f} %), less the error of the logits ({:.3g} of their square).",
                    found.drawn, found.possible, found.judged.size(), params.integer("seed"),
                    wholeText(static_cast<std::int64_t>(pictures)), 100 * found.fit.agreement,
                    found.fit.error),
        "Sensitivity is the trace of the Gauss-Newton matrix of the network's own answers, scaled "
        "to 0 .. 1 over the layers, by random changes of the weights [ours]; the paper takes that "
        "of the loss. The first layer keeps 8 bits, as in the paper."};
}

Table mixedBitsTable(const quant::MixedBits& found, const model::Network& network)
{
    Table table{"bits",
                {{"layer", "", {}, "As the checkpoint names it"},
                 {"bits", "bit", {}, "Of its weights"},
                 {"sensitivity",
                  "1",
                  {},
                  "Trace, 0 .. 1; empty: of the first layer, whose bits are "
                  "fixed"},
                 {"parameters", "1", {}, "Weights, without biases"},
                 {"macs", "1", {}, "Multiplications for a picture"},
                 {"lost_4", "1", {}, "Mean squared error of its weights at 4 bits"},
                 {"lost_8", "1", {}, "The same at 8 bits"}},
                {}};
    for (std::size_t i = 0; i < found.bits.size(); ++i) {
        const quant::MixedLayer& layer = found.network.layers[i];
        const quant::LayerSensitivity& of = found.sensitivity[i];
        table.rows.push_back({layer.name, std::int64_t{found.bits[i]},
                              layer.isFixed ? Cell{} : Cell{of.trace},
                              countWeights(network, layer.name), layer.macs, of.distances.front(),
                              of.distances.back()});
    }
    return table;
}

Table mixedCandidatesTable(const quant::MixedBits& found)
{
    Table table{"candidates",
                {{"generation", "1", {}, "0: drawn; else of the search"},
                 {"cost", "1", {}, "Multiplications times bits, over those of 4 bits everywhere"},
                 {"fitness", "1", {}, "Share of equal answers less relative error of the logits"},
                 {"omega", "1", {}, "Sensitivities times what the weights lose"},
                 {"chosen", "1", {}, "1: that is it"}},
                {}};
    for (const quant::BitIndividual& one : found.judged)
        table.rows.push_back({static_cast<std::int64_t>(one.generation),
                              timesTheFewest(found.network, one.cost), one.fitness,
                              quant::omega(found.network, found.sensitivity, one.bits),
                              std::int64_t{one.bits == found.bits}});
    return table;
}

} // namespace vitrine::quantization_plugin
