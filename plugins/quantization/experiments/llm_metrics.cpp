#include "plugins/quantization/experiments/llm_metrics.h"

#include "core/quant/importance.h"
#include "plugins/quantization/experiments/llm_tables.h"

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

Metric computed(const char* name, double value, const char* unit, const char* help)
{
    return {name, value, unit, Origin::computed, help};
}

double bytesOf(const model::LlmCheckpoint& checkpoint, const std::string& name)
{
    const auto view = checkpoint.tensor(name);
    return view ? static_cast<double>(view->bytes.size()) : 0;
}

bool isMatrix(const model::LlmCheckpoint& checkpoint, const std::string& name)
{
    const auto view = checkpoint.tensor(name);
    return view && view->shape.size() == 2;
}

} // namespace

std::vector<Metric> sizeMetrics(const quant::LlmQuantization& quantization,
                                const model::LlmCheckpoint& checkpoint,
                                const model::LlmCheckpoint& packed)
{
    const auto& layers = quantization.layers();
    double weights = 0, bits = 0, nominal = 0, saved = 0;
    std::vector<double> importance, lost;
    for (const quant::LayerRecord& layer : layers) {
        weights += layer.weights();
        bits += static_cast<double>(layer.storedBits);
        nominal += layer.bits * layer.weights();
        saved += bytesOf(checkpoint, layer.name) - static_cast<double>(layer.storedBits) / 8;
        importance.push_back(layer.importance);
        lost.push_back(layer.outputError * layer.outputEnergy);
    }
    double original = 0, apart = 0;
    for (const auto& name : checkpoint.tensorNames()) {
        original += bytesOf(checkpoint, name);
        if (packed.has(name) && !packed.codes(name) && isMatrix(checkpoint, name) &&
            std::ranges::find(layers, name, &quant::LayerRecord::name) == layers.end())
            apart += bytesOf(checkpoint, name);
    }
    return {computed("bits_per_weight", bits / weights, "1",
                     "Of the linear layers as stored, scales and padding among them"),
            computed("bits_mean", nominal / weights, "1", "Without scales and padding"),
            computed("size_bytes", original - saved, "B", "All tensors of the quantized model"),
            computed("size_bytes_original", original, "B", "All tensors as they were stored"),
            computed("size_bytes_apart", apart, "B", "Embeddings and head, which stay as they are"),
            computed("output_error", quantization.outputError(), "1",
                     "Energy that the linear layers' outputs lose on the calibration text, over "
                     "their energy"),
            computed("importance_tau", quant::kendallTau(importance, lost), "1",
                     "Kendall's tau between the layers' importance and the energy they lose")};
}

std::vector<Metric> comparisonMetrics(const quant::TextScore& text)
{
    const char* interval = "95 %, windows drawn anew (bootstrap)";
    return {
        computed("perplexity_original", text.perplexityOriginal, "1",
                 "Of the original on the text that judges"),
        computed("perplexity_original_low", text.original.low, "1", interval),
        computed("perplexity_original_high", text.original.high, "1", interval),
        computed("perplexity_quantized", text.perplexityOther, "1",
                 "Of the quantized model on the same text"),
        computed("perplexity_quantized_low", text.other.low, "1", interval),
        computed("perplexity_quantized_high", text.other.high, "1", interval),
        computed("perplexity_ratio", text.ratio, "1",
                 "Quantized over original; of pairs, since both read the same windows"),
        computed("perplexity_ratio_low", text.ratioInterval.low, "1", interval),
        computed("perplexity_ratio_high", text.ratioInterval.high, "1", interval),
        computed("kl_mean", text.klMean, "nat",
                 "KL(original || quantized) of the next token, mean over the text"),
        computed("same_best", text.sameBest, "1",
                 "Share of tokens for which both hold the same likeliest"),
        computed("predicted", static_cast<double>(text.predicted), "token", "Tokens that judge")};
}

LayerEnergy layerEnergy(std::span<const quant::LayerRecord> layers,
                        const model::LlmCheckpoint& packed,
                        const quant::CostAssumptions& assumptions)
{
    const auto countWith = [&](const quant::CostedLayer& layer, quant::ScalePlace place) {
        quant::CostAssumptions with = assumptions;
        with.scalePlace = place;
        return quant::operationsOf(layer, with);
    };
    quant::OperationCount before;
    QuantizedCounts after;
    for (const quant::LayerRecord& layer : layers) {
        before +=
            quant::operationsOf(quant::denseLayer(layer.outputs, layer.inputs, 16), assumptions);
        const kernels::BinaryCodes* codes = packed.codes(layer.name);
        const quant::CostedLayer costed =
            codes ? quant::costedLayer(*codes) : quant::denseLayer(layer.outputs, layer.inputs, 32);
        after.results += countWith(costed, quant::ScalePlace::results);
        after.inputs += countWith(costed, quant::ScalePlace::inputs);
    }
    const quant::OperationCount& chosen =
        assumptions.scalePlace == quant::ScalePlace::inputs ? after.inputs : after.results;
    const double ratio =
        quant::energyOf(chosen, assumptions).total() / quant::energyOf(before, assumptions).total();
    return {computed("energy_ratio", ratio, "1",
                     "Energy of the linear layers for one token, over that with FP16 weights: an "
                     "estimate from counted operations and weight traffic (table operations)"),
            operationsTable(before, after, assumptions)};
}

} // namespace vitrine::quantization_plugin
