#include "plugins/quantization/experiments/llm_tables.h"

#include <fmt/format.h>

namespace vitrine::quantization_plugin
{

Table layersTable(std::span<const quant::LayerRecord> layers)
{
    Table table{
        "layers",
        {{"layer", "", {}, "Tensor of a linear layer"},
         {"block", "1", {}, "Decoder block, counted from 0"},
         {"outputs", "1", {}, "Rows of the matrix"},
         {"inputs", "1", {}, "Columns of the matrix"},
         {"bits", "1", {}, "Of each weight, without scales"},
         {"bits_per_weight", "1", {}, "As stored, scales and padding among them"},
         {"weight_error", "1", {}, "Mean squared error of the weights"},
         {"output_error",
          "1",
          {},
          "Share of the outputs' energy that is lost on the calibration text: |WX - "
          "QX|^2 / |WX|^2"},
         {"loss", "1", {}, "Of the compensated update: tr(D H D^T), damped H"},
         {"importance", "1", {}, "||M||_F std(M)^2, M = W / diag(R) (ShiftAddLLM, section 6)"},
         {"seconds", "s", Origin::measured, "To quantize it"}},
        {}};
    for (const quant::LayerRecord& layer : layers)
        table.rows.push_back({layer.name, static_cast<std::int64_t>(layer.block), layer.outputs,
                              layer.inputs, static_cast<std::int64_t>(layer.bits),
                              layer.bitsPerWeight(), layer.weightError, layer.outputError,
                              layer.loss ? Cell(*layer.loss) : Cell(), layer.importance,
                              layer.seconds});
    return table;
}

Table roundsTable(std::span<const quant::LayerRecord> layers)
{
    Table table{
        "rounds",
        {{"layer", "", {}, "Tensor of a linear layer"},
         {"round", "1", {}, "0: the greedy start"},
         {"weight_error", "1", {}, "Mean squared error of the weights as they were fitted"}},
        {}};
    for (const quant::LayerRecord& layer : layers)
        for (std::size_t round = 0; round < layer.roundErrors.size(); ++round)
            table.rows.push_back(
                {layer.name, static_cast<std::int64_t>(round), layer.roundErrors[round]});
    return table;
}

Table windowsTable(std::span<const quant::WindowScore> windows)
{
    Table table{"windows",
                {{"window", "1", {}, "Counted from 0"},
                 {"predicted", "token", {}, "Tokens predicted"},
                 {"nat_original", "nat", {}, "Mean -ln P of the original"},
                 {"nat_quantized", "nat", {}, "Mean -ln P of the quantized model"},
                 {"kl", "nat", {}, "Mean KL(original || quantized)"},
                 {"same_best", "1", {}, "Share of tokens for which both hold the same likeliest"}},
                {}};
    for (std::size_t i = 0; i < windows.size(); ++i) {
        const quant::WindowScore& window = windows[i];
        const auto tokens = static_cast<double>(window.predicted);
        table.rows.push_back({static_cast<std::int64_t>(i), window.predicted,
                              window.natOriginal / tokens, window.natOther / tokens,
                              window.kl / tokens, static_cast<double>(window.sameBest) / tokens});
    }
    return table;
}

Table exponentsTable(const model::LlmCheckpoint& packed, std::span<const quant::LayerRecord> layers)
{
    std::map<std::pair<int, int>, std::int64_t> counts;
    std::map<int, std::int64_t> zeros;
    for (const quant::LayerRecord& layer : layers) {
        const kernels::BinaryCodes* codes = packed.codes(layer.name);
        if (!codes || codes->terms.empty())
            continue;
        const std::size_t perPlane = codes->terms.size() / static_cast<std::size_t>(codes->planes);
        for (std::size_t i = 0; i < codes->terms.size(); ++i) {
            const auto plane = static_cast<int>(i / perPlane);
            if (codes->terms[i].isZero())
                ++zeros[plane];
            else
                ++counts[{plane, codes->terms[i].exponent()}];
        }
    }
    Table table{"exponents",
                {{"plane", "1", {}, "Counted from 0, the plane of the largest scale"},
                 {"exponent", "1", {}, "e of a term +-2^e; empty: terms that are not needed"},
                 {"terms", "1", {}, "How many, over all layers"}},
                {}};
    for (const auto& [where, count] : counts)
        table.rows.push_back({static_cast<std::int64_t>(where.first),
                              static_cast<std::int64_t>(where.second), count});
    for (const auto& [plane, count] : zeros)
        table.rows.push_back({static_cast<std::int64_t>(plane), Cell(), count});
    return table;
}

Table operationsTable(const quant::OperationCount& original, const QuantizedCounts& quantized,
                      const quant::CostAssumptions& assumptions)
{
    Table table{"operations",
                {{"operation", "", {}, "Of all linear layers, for one token"},
                 {"original", "1", {}, "Count with FP16 weights; of reading: bits"},
                 {"quantized", "1", {}, "Count with quantized weights; of reading: bits"},
                 {"original_energy", "pJ", {}, "By the assumptions of this run (45 nm)"},
                 {"quantized_energy", "pJ", {}, "By the assumptions of this run (45 nm)"},
                 {"quantized_results", "1", {}, "Count where scales act on what is looked up"},
                 {"quantized_inputs", "1", {}, "Count where scales act on the inputs"}},
                {}};
    const quant::OperationCount& chosen =
        assumptions.scalePlace == quant::ScalePlace::inputs ? quantized.inputs : quantized.results;
    const auto before = quant::energyOf(original, assumptions),
               after = quant::energyOf(chosen, assumptions);
    const auto add = [&](const char* name, double quant::OperationCount::*count,
                         double quant::EnergySplit::*energy) {
        table.rows.push_back({std::string(name), original.*count, chosen.*count, before.*energy,
                              after.*energy, quantized.results.*count, quantized.inputs.*count});
    };
    using Count = quant::OperationCount;
    using Energy = quant::EnergySplit;
    add("multiplications", &Count::multiplies, &Energy::multiplies);
    add("additions", &Count::adds, &Energy::adds);
    add("shifts", &Count::shifts, &Energy::shifts);
    add("look-ups", &Count::lookUps, &Energy::lookUps);
    add("reading weights", &Count::weightBits, &Energy::traffic);
    return table;
}

std::string bitMapText(std::span<const quant::LayerRecord> layers)
{
    std::string text = "layer, weight bits\n";
    for (const quant::LayerRecord& layer : layers)
        text += fmt::format("{}, {}\n", layer.name, layer.bits);
    return text;
}

} // namespace vitrine::quantization_plugin
