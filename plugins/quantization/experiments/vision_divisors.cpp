#include "plugins/quantization/experiments/vision_divisors.h"

#include "core/quant/vision/log2_divisor.h"
#include "core/quant/vision/simulated_vision.h"

#include <array>
#include <cmath>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

// Of one layer: divisors of each power of two, by rule, and those of code 0.
struct DivisorCounts {
    std::map<int, std::array<std::int64_t, 2>> powers; // the hardware's, the released code's
    std::int64_t zeros = 0;

    void add(std::int64_t code)
    {
        if (code < 1) {
            ++zeros;
            return;
        }
        ++powers[quant::log2Divisor(code, quant::Log2Rule::arithmetic)][0];
        ++powers[quant::log2Divisor(code, quant::Log2Rule::geometric)][1];
    }
};

bool areWholeDivisors(const quant::CodedLayer& layer)
{
    const auto* heads = std::get_if<quant::CodedHeads>(&layer.work);
    return heads && heads->halves && heads->part == quant::HeadPart::divisors;
}

// Columns are heads; the second half of them has a grid of its own.
void addDivisors(const quant::CodedLayer& layer, const quant::CodedOutput& output,
                 DivisorCounts& counts)
{
    for (std::size_t i = 0; i < output.values.size(); ++i) {
        const auto head = static_cast<std::int64_t>(i) % output.columns;
        const quant::CodeGrid& grid =
            layer.second && head >= output.columns / 2 ? *layer.second : layer.output;
        counts.add(std::llround(output.values[i] / grid.scale));
    }
}

Table divisorsTable(const quant::CodedVision& coded,
                    const std::map<std::size_t, DivisorCounts>& layers)
{
    Table table{
        "divisors",
        {{"layer", "", {}, "As the checkpoint names it"},
         {"exponent", "1", {}, "y: the divisor's code is taken for 2^y; none: it is 0"},
         {"hardware", "1", {}, "Divisors with that y where the bit below the leading one rounds"},
         {"released", "1", {}, "The same as the released code rounds, on a logarithmic scale"}},
        {}};
    for (const auto& [layer, counts] : layers) {
        const std::string& name = coded.network().layers[layer].shape.name;
        if (counts.zeros > 0)
            table.rows.push_back({name, Cell{}, counts.zeros, counts.zeros});
        for (const auto& [exponent, count] : counts.powers)
            table.rows.push_back({name, std::int64_t{exponent}, count[0], count[1]});
    }
    return table;
}

} // namespace

Result<void> addVisionDivisors(const std::shared_ptr<const quant::CodedVision>& coded,
                               std::span<const std::vector<float>> pictures, RunResult& out)
{
    std::map<std::size_t, DivisorCounts> layers;
    for (std::size_t i = 0; i < coded->layers.size(); ++i)
        if (areWholeDivisors(coded->layers[i]))
            layers[i];
    if (layers.empty())
        return {};
    VITRINE_TRY(const auto simulated, quant::SimulatedVision::make(coded));
    for (const std::vector<float>& picture : pictures) {
        const auto observe = [&](const quant::CodedOutput& output) {
            if (const auto found = layers.find(output.layer); found != layers.end())
                addDivisors(coded->layers[output.layer], output, found->second);
        };
        VITRINE_TRY([[maybe_unused]] const auto codes,
                    simulated.run(picture, {.observe = observe}));
    }
    out.tables.push_back(divisorsTable(*coded, layers));
    return {};
}

} // namespace vitrine::quantization_plugin
