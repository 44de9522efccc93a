#include "plugins/quantization/experiments/vision_quant_tables.h"

#include "core/base/statistics.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::quantization_plugin
{
namespace
{

using model::Classified;

Metric computedMetric(const char* name, double value, const char* unit, std::string help)
{
    return {name, value, unit, Origin::computed, std::move(help)};
}

double shareRight(const std::vector<Classified>& answers)
{
    return static_cast<double>(std::ranges::count_if(answers, &Classified::isRight)) /
           static_cast<double>(answers.size());
}

PairedCounts pairsOf(const JudgedPictures& judged)
{
    PairedCounts pairs;
    for (std::size_t i = 0; i < judged.original.size(); ++i) {
        const bool before = judged.original[i].isRight(), after = judged.quantized[i].isRight();
        ++(before ? (after ? pairs.bothRight : pairs.lost)
                  : (after ? pairs.gained : pairs.bothWrong));
    }
    return pairs;
}

void addAccuracies(const JudgedPictures& judged, std::vector<Metric>& metrics)
{
    const auto count = static_cast<std::int64_t>(judged.original.size());
    const PairedCounts pairs = pairsOf(judged);
    const Interval original = wilsonInterval(pairs.bothRight + pairs.lost, count),
                   quantized = wilsonInterval(pairs.bothRight + pairs.gained, count),
                   difference = pairedDifferenceInterval(pairs);
    const auto add = [&](const char* name, double value, std::string help) {
        metrics.push_back(computedMetric(name, value, "1", std::move(help)));
    };
    add("accuracy_original", shareRight(judged.original),
        "Share of pictures whose class has the largest logit");
    add("accuracy_original_low", original.low, "Wilson's interval, 95 %");
    add("accuracy_original_high", original.high, "Wilson's interval, 95 %");
    add("accuracy_quantized", shareRight(judged.quantized), "The same in codes");
    add("accuracy_quantized_low", quantized.low, "Wilson's interval, 95 %");
    add("accuracy_quantized_high", quantized.high, "Wilson's interval, 95 %");
    add("difference", pairs.difference(), "Accuracy in codes less that of the original");
    add("difference_low", difference.low, "Tango's interval of paired shares, 95 %");
    add("difference_high", difference.high, "Tango's interval of paired shares, 95 %");
    add("p_value", mcnemarExact(pairs),
        "McNemar's exact test: both are equally often right; 1e-300 is that or less");
    add("changed", static_cast<double>(pairs.gained + pairs.lost) / static_cast<double>(count),
        "Share of pictures that one of both answers rightly and the other wrongly");
}

double weightBytesOf(const std::vector<quant::LayerOperations>& layers)
{
    return quant::totalOf(layers).weightBytes;
}

} // namespace

std::vector<Metric> comparedMetrics(const JudgedPictures& judged,
                                    const std::vector<quant::LayerOperations>& before,
                                    const std::vector<quant::LayerOperations>& after,
                                    const quant::OperationEnergies& energies)
{
    std::vector<Metric> metrics;
    addAccuracies(judged, metrics);
    const double energyBefore = quant::totalOf(before).picojoules(energies),
                 energyAfter = quant::totalOf(after).picojoules(energies);
    metrics.push_back(
        computedMetric("size_bytes", weightBytesOf(after), "byte", "Codes, scales and biases"));
    metrics.push_back(computedMetric("size_ratio", weightBytesOf(before) / weightBytesOf(after),
                                     "1", "How many times smaller than numbers of 32 bits"));
    metrics.push_back(
        computedMetric("energy_ratio", energyBefore / energyAfter, "1",
                       "How many times less energy for a picture: counted operations and reading "
                       "the weights once, by the energies among the parameters, products of codes "
                       "by the bits of both factors [ours]; an estimate"));
    return metrics;
}

std::vector<Metric> visionMetrics(const JudgedPictures& judged, const quant::CodedVision& coded,
                                  const quant::OperationEnergies& energies)
{
    std::vector<Metric> metrics = comparedMetrics(judged, quant::operationsOf(coded.network()),
                                                  quant::operationsOf(coded), energies);
    const auto seconds = [&](const char* name, double value, const char* help) {
        metrics.push_back({name, value, "s", Origin::measured, help});
    };
    seconds("seconds_float", judged.secondsOriginal,
            "Wall time for a picture in single precision, all threads busy with pictures of their "
            "own");
    seconds("seconds_simulated", judged.secondsSimulated,
            "The same in codes, simulated in double precision");
    if (judged.outputs > 0) {
        seconds("seconds_integer", judged.secondsWhole, "The same in whole numbers");
        metrics.push_back(computedMetric(
            "integer_match",
            static_cast<double>(judged.equalOutputs) / static_cast<double>(judged.outputs), "1",
            "Share of outputs that the pass in whole numbers and the simulated one have alike"));
    }
    metrics.push_back(computedMetric(
        "half_even_differs",
        judged.rounding.values > 0 ? static_cast<double>(judged.rounding.halves) /
                                         static_cast<double>(judged.rounding.values)
                                   : 0,
        "1",
        "Share of all roundings that half-way to the even neighbour, as published simulations "
        "round, would have done otherwise"));
    metrics.push_back(computedMetric("pictures", static_cast<double>(judged.original.size()),
                                     "picture", "Judged"));
    return metrics;
}

Table emptyLayersTable()
{
    return {"layers",
            {{"layer", "", {}, "As the checkpoint names it"},
             {"kind", "", {}, "What it does"},
             {"weight_bits", "bit", {}, "Of its weights; empty: it has none"},
             {"weight_scales", "1", {}, "How many scales they have"},
             {"output_bits", "bit", {}, "Of what it gives"},
             {"output_scale", "1", {}, "What one step of its codes is"},
             {"size_bytes", "byte", {}, "Codes, scales and biases"},
             {"output_error",
              "1",
              {},
              "Squared difference to the original's output, over its square: with all layers "
              "before in codes"},
             {"sqnr_db", "dB", {}, "The same as a ratio of signal to noise"}},
            {}};
}

Table visionLayersTable(const quant::CodedVision& coded,
                        const std::vector<LayerDistance>& distances)
{
    Table table = emptyLayersTable();
    const auto operations = quant::operationsOf(coded);
    for (std::size_t i = 0; i < coded.layers.size(); ++i) {
        const quant::CodedLayer& layer = coded.layers[i];
        if (distances[i].signal <= 0 && operations[i].weightBytes <= 0)
            continue;
        const model::LayerShape& shape = coded.network().layers[i].shape;
        const auto* product = std::get_if<quant::CodedProduct>(&layer.work);
        const bool isCompared = distances[i].signal > 0;
        // What attention computes in floating point on its way has no codes.
        const auto* heads = std::get_if<quant::CodedHeads>(&layer.work);
        const bool isCoded =
            isCompared && !(heads && !heads->halves && heads->part != quant::HeadPart::outputs);
        const double error = isCompared ? distances[i].error / distances[i].signal : 0;
        table.rows.push_back(
            {shape.name, std::string(kindName(shape.kind)),
             product ? Cell{std::int64_t{product->bits}} : Cell{},
             product ? Cell{static_cast<std::int64_t>(product->weightScales.size())} : Cell{},
             isCoded ? Cell{std::int64_t{layer.output.bits}} : Cell{},
             isCoded ? Cell{layer.output.scale} : Cell{}, operations[i].weightBytes,
             isCompared ? Cell{error} : Cell{},
             isCompared && error > 0 ? Cell{-10 * std::log10(error)} : Cell{}});
    }
    return table;
}

Table visionOperationsTable(const quant::CodedVision& coded,
                            const quant::OperationEnergies& energies)
{
    return comparedOperations(quant::totalOf(quant::operationsOf(coded.network())),
                              quant::totalOf(quant::operationsOf(coded)), energies);
}

Table comparedOperations(quant::LayerOperations before, quant::LayerOperations after,
                         const quant::OperationEnergies& energies)
{
    Table table{"operations",
                {{"operation", "", {}, "What is done"},
                 {"original", "1", {}, "How often for a picture, in single precision"},
                 {"quantized", "1", {}, "How often in codes"},
                 {"energy_original", "pJ", {}, "Of the first"},
                 {"energy_quantized", "pJ", {}, "Of the second"}},
                {}};
    quant::OperationCounts all = before.counts;
    all.insert(after.counts.begin(), after.counts.end());
    for (const auto& [operation, ignored] : all)
        table.rows.push_back({std::string(operationName(operation)), before.counts[operation],
                              after.counts[operation],
                              before.counts[operation] * energies.of(operation),
                              after.counts[operation] * energies.of(operation)});
    std::map<quant::CodeWidths, double> products = before.codeProducts;
    products.insert(after.codeProducts.begin(), after.codeProducts.end());
    for (const auto& [widths, ignored] : products)
        table.rows.push_back({productName(widths), before.codeProducts[widths],
                              after.codeProducts[widths],
                              before.codeProducts[widths] * energies.of(widths),
                              after.codeProducts[widths] * energies.of(widths)});
    const double perByte = energies.countTraffic ? energies.dramPerByte : 0;
    table.rows.push_back({"read a byte of weights", before.weightBytes, after.weightBytes,
                          before.weightBytes * perByte, after.weightBytes * perByte});
    return table;
}

Table inFloatTable(const quant::CodedVision& coded)
{
    Table table{"in_float", {{"part", "", {}, "What is computed in floating point"}}, {}};
    for (const std::string& part : quant::floatParts(coded))
        table.rows.push_back({part});
    return table;
}

Table visionItemsTable(const JudgedPictures& judged, const LabelledPictures& pictures,
                       const std::function<std::string(std::int64_t)>& className)
{
    Table table{"items",
                {{"picture", "", {}, "Its name"},
                 {"label", "", {}, "The class it is"},
                 {"answer_original", "", {}, "The class with the largest logit"},
                 {"answer_quantized", "", {}, "The same in codes"},
                 {"right_original", "1", {}, "1: that is right"},
                 {"right_quantized", "1", {}, "1: that is right"},
                 {"margin_original", "1", {}, "The largest logit above the second"},
                 {"margin_quantized", "1", {}, "The same in codes"}},
                {}};
    for (std::size_t i = 0; i < judged.original.size(); ++i) {
        const Classified &a = judged.original[i], &b = judged.quantized[i];
        table.rows.push_back({pictures.name(static_cast<std::int64_t>(i)), className(a.label),
                              className(a.best), className(b.best), std::int64_t{a.isRight()},
                              std::int64_t{b.isRight()}, static_cast<double>(a.margin),
                              static_cast<double>(b.margin)});
    }
    return table;
}

std::string visionBitMapText(const quant::CodedVision& coded)
{
    std::string text = "layer, weight bits, activation bits\n";
    for (std::size_t i = 0; i < coded.layers.size(); ++i) {
        const quant::CodedLayer& layer = coded.layers[i];
        const auto* product = std::get_if<quant::CodedProduct>(&layer.work);
        if (!product)
            continue;
        const auto& inputs = coded.network().layers[i].inputs;
        const quant::CodeGrid& read = inputs.empty() ? coded.input : coded.layers[inputs[0]].output;
        text += fmt::format("{}, {}, {}\n", coded.network().layers[i].shape.name, product->bits,
                            read.bits);
    }
    return text;
}

} // namespace vitrine::quantization_plugin
