#include "core/quant/vision/candidate_codes.h"

#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/bit_sensitivity.h"

#include <algorithm>
#include <cassert>

namespace vitrine::quant
{
namespace
{

// What the codes of a product stand for, with what smoothing moved into them taken out again.
std::vector<double> originalWeights(const CodedVision& coded, std::size_t layer)
{
    const auto& product = std::get<CodedProduct>(coded.layers[layer].work);
    const auto& inputs = coded.network().layers[layer].inputs;
    const auto* norm =
        inputs.empty() ? nullptr : std::get_if<CodedNorm>(&coded.layers[inputs[0]].work);
    const std::size_t outputs = product.bias.size(), each = product.weights.size() / outputs;
    std::vector<double> weights;
    for (std::size_t i = 0; i < product.weights.size(); ++i) {
        const std::size_t scale = product.weightScales.size() == 1 ? 0 : i / each;
        const double factor = norm && !norm->factors.empty() ? norm->factors[i % each] : 1;
        weights.push_back(product.weights[i] * product.weightScales[scale] * factor);
    }
    return weights;
}

} // namespace

Result<CandidateCodes> CandidateCodes::make(const VisionMethod& method, const VisionQuantTask& task,
                                            const MixedNetwork& network)
{
    CandidateCodes codes(network);
    const auto& layers = task.checkpoint->network().layers;
    for (const MixedLayer& layer : network.layers) {
        const auto place = std::ranges::find(
            layers, layer.name, [](const model::NetworkLayer& one) { return one.shape.name; });
        assert(place != layers.end());
        codes.places_.push_back(static_cast<std::size_t>(place - layers.begin()));
    }
    const auto count = static_cast<double>(network.candidates.size());
    for (std::size_t i = 0; i < network.candidates.size(); ++i) {
        VisionQuantTask one = task;
        one.settings.layerBits =
            layerBitsOf(network, BitConfig(network.layers.size(), network.candidates[i]));
        if (task.progress)
            one.progress = [&, i](double share) {
                return task.progress((static_cast<double>(i) + share) / count);
            };
        VITRINE_TRY(auto coded, method.quantize(one));
        codes.coded_.push_back(std::move(coded));
    }
    return codes;
}

CodedVision CandidateCodes::with(const BitConfig& bits) const
{
    assert(bits.size() == places_.size());
    CodedVision mixed = coded_.front();
    for (std::size_t i = 0; i < bits.size(); ++i) {
        const auto candidate = std::ranges::find(network_.candidates, bits[i]);
        assert(candidate != network_.candidates.end());
        const auto& from =
            coded_[static_cast<std::size_t>(candidate - network_.candidates.begin())];
        mixed.layers[places_[i]] = from.layers[places_[i]];
    }
    return mixed;
}

Result<std::vector<std::vector<double>>> CandidateCodes::distances() const
{
    std::vector<std::vector<double>> distances;
    for (const std::size_t place : places_) {
        const CodedVision& first = coded_.front();
        VITRINE_TRY(const auto folded,
                    model::foldedWeights(first.network().layers[place], *first.checkpoint));
        const std::vector<double> weights(folded.weights.begin(), folded.weights.end());
        auto& ofLayer = distances.emplace_back();
        for (const CodedVision& coded : coded_)
            ofLayer.push_back(weightDistance(weights, originalWeights(coded, place)));
    }
    return distances;
}

std::map<std::string, int> layerBitsOf(const MixedNetwork& network, const BitConfig& bits)
{
    assert(bits.size() == network.layers.size());
    std::map<std::string, int> result;
    for (std::size_t i = 0; i < bits.size(); ++i)
        result[network.layers[i].name] = bits[i];
    return result;
}

} // namespace vitrine::quant
