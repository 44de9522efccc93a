#include "plugins/quantization/figures/layer.h"

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/tensor/kernels/power_term.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kWeightBins = 48;

std::vector<double> inputsOf(const ProbeLayer& layer)
{
    return {layer.inputs.begin(), layer.inputs.end()};
}

// "+ − + +": the codes of a byte, the first input first.
std::string signsOf(std::size_t byte, std::size_t count)
{
    std::string signs;
    for (std::size_t j = 0; j < count; ++j)
        signs += (byte >> j) & 1 ? "+" : "−";
    return signs;
}

// "2^-3 + 2^-5 − 2^-9"; a number where the scale is none of these; "of each input".
std::string scaleText(const ProbeLayer& layer, std::size_t output, std::size_t plane)
{
    if (!layer.isScaledAfter)
        return "of each input";
    const std::size_t at =
        (output * static_cast<std::size_t>(layer.planes) + plane) * layer.inputs.size();
    std::string text;
    for (int term = 0; term < layer.terms; ++term) {
        const auto power =
            kernels::PowerTerm::ofByte(layer.powers[at * static_cast<std::size_t>(layer.terms) +
                                                    static_cast<std::size_t>(term)]);
        if (power.isZero())
            continue;
        text += text.empty() ? (power.isNegative() ? "−" : "") : power.isNegative() ? " − " : " + ";
        text += withTrueMinus(fmt::format("2^{}", power.exponent()));
    }
    return text.empty() ? significant(static_cast<double>(layer.scales[at])) : text;
}

std::string rangeText(std::int64_t first, std::size_t count)
{
    return count == 1
               ? fmt::format("{}", first)
               : fmt::format("{} to {}", first, first + static_cast<std::int64_t>(count) - 1);
}

double largestOf(std::span<const double> values)
{
    double most = 0;
    for (const double value : values)
        if (std::isfinite(value))
            most = std::max(most, std::abs(value));
    return most > 0 ? most : 1;
}

std::string nameOfLayer(const ProbeLayer& layer)
{
    constexpr std::string_view kFront = "model.layers.", kBack = ".weight";
    std::string_view name = layer.name;
    if (name.starts_with(kFront))
        name.remove_prefix(kFront.size());
    if (name.ends_with(kBack))
        name.remove_suffix(kBack.size());
    return std::string(name);
}

figure::Figure weightsFigure(const Drawing& drawing, const ProbeLayer& layer)
{
    figure::Figure figure =
        drawing.startOne("weights", "Weights · " + nameOfLayer(layer), drawing.selected());
    figure.caption = fmt::format(
        "How often a weight has which value: outputs {}, inputs {} of {}. Bars: the original; "
        "line: what the codes decode to.",
        rangeText(0, static_cast<std::size_t>(layer.rows)),
        rangeText(layer.firstInput, static_cast<std::size_t>(layer.columns)), layer.name);
    figure.altText = "Histogram of the weights before and after.";
    figure.x.label = "Weight";
    figure.y.label = "Weights";
    figure.y.minimum = 0;
    double most = 0;
    for (const auto* weights : {&layer.original, &layer.decoded})
        for (const float weight : *weights)
            if (std::isfinite(weight))
                most = std::max(most, std::abs(static_cast<double>(weight)));
    if (most == 0)
        return figure;
    const double width = 2 * most / kWeightBins;
    const auto histogram = [&](const std::vector<float>& weights) {
        std::vector<double> counts(kWeightBins);
        for (const float weight : weights)
            if (std::isfinite(weight))
                counts[std::min(
                    kWeightBins - 1,
                    static_cast<std::size_t>((static_cast<double>(weight) + most) / width))] += 1;
        return counts;
    };
    figure::Bars before;
    figure::Series after;
    before.name = "original";
    before.colour = figure::kMuted;
    before.width = width;
    before.height = histogram(layer.original);
    after.name = "decoded";
    after.colour = drawing.look(selectedRun(drawing.state(), drawing.runs())).colour;
    const auto counts = histogram(layer.decoded);
    for (std::size_t bin = 0; bin < kWeightBins; ++bin) {
        const double low = -most + width * static_cast<double>(bin);
        before.position.push_back(low + width / 2);
        after.x.insert(after.x.end(), {low, low + width}); // steps
        after.y.insert(after.y.end(), {counts[bin], counts[bin]});
    }
    figure.bars.push_back(std::move(before));
    figure.series.push_back(std::move(after));
    return figure;
}

figure::Figure residualFigure(const Drawing& drawing, const ProbeLayer& layer)
{
    figure::Figure figure =
        drawing.startOne("residual", "What rounding changed", drawing.selected());
    figure.caption = fmt::format(
        "Decoded less original weight, a piece of {}. Between the lines: the inputs that are "
        "looked up together below.",
        layer.name);
    figure.altText = "Heat map of the difference of weights by output and input.";
    figure.x.label = "Input";
    figure.y.label = "Output";
    figure.y.reversed = true;
    figure::Grid grid;
    grid.name = "decoded less original";
    grid.map = figure::ColourMap::difference;
    grid.rows = layer.rows, grid.columns = layer.columns;
    grid.x0 = static_cast<double>(layer.firstInput);
    std::vector<double> sizes;
    for (std::size_t i = 0; i < layer.original.size(); ++i) {
        grid.values.push_back(layer.decoded[i] - layer.original[i]);
        sizes.push_back(static_cast<double>(grid.values.back()));
    }
    grid.maximum = largestOf(sizes);
    grid.minimum = -grid.maximum;
    figure.grids.push_back(std::move(grid));
    if (layer.planes > 0) {
        const auto chunk = static_cast<double>(layer.chunk);
        for (const double edge :
             {chunk - 0.5, chunk + static_cast<double>(layer.inputs.size()) - 0.5})
            figure.spans.push_back(lineAt(true, edge, kSelected));
        figure.spans.push_back(
            bandAround(false, static_cast<double>(layer.outputs[outputOf(drawing, layer)])));
    }
    return figure;
}

figure::Figure lookUpFigure(const Drawing& drawing, const ProbeLayer& layer)
{
    const std::size_t output = outputOf(drawing, layer), plane = planeOf(drawing, layer);
    const ChunkProduct product = chunkProduct(layer, output);
    const ChunkProduct::Plane& at = product.planes[plane];
    const std::size_t count = layer.inputs.size(), low = std::min<std::size_t>(count, 4),
                      high = count - low;
    figure::Figure figure = drawing.startOne(
        "look-up-table",
        fmt::format("Sums of inputs {}", rangeText(layer.chunk, count)) +
            (layer.isScaledAfter ? "" : fmt::format(", scaled for plane {}", plane)),
        drawing.selected());
    figure.caption = fmt::format(
        "All {} sums of the inputs with signs. Marked: what plane {} of output {} asks for.",
        std::size_t{1} << count, plane, layer.outputs[output]);
    figure.altText = "A grid of the entries of a look-up table, one of them marked.";
    figure.x.label = fmt::format("Signs of inputs {}", rangeText(layer.chunk, low));
    figure.y.label =
        high == 0 ? "Signs"
                  : fmt::format("Signs of {}",
                                rangeText(layer.chunk + static_cast<std::int64_t>(low), high));
    const std::vector<double> entries = lookUpTable(at.inputs);
    figure::Grid grid;
    grid.name = "sum";
    grid.map = figure::ColourMap::difference;
    grid.columns = std::int64_t{1} << low, grid.rows = std::int64_t{1} << high;
    for (const double entry : entries)
        grid.values.push_back(static_cast<float>(entry));
    grid.maximum = largestOf(entries);
    grid.minimum = -grid.maximum;
    for (std::int64_t i = 0; i < grid.columns; ++i)
        figure.x.ticks.push_back(
            {static_cast<double>(i), signsOf(static_cast<std::size_t>(i), low)});
    for (std::int64_t i = 0; i < grid.rows; ++i)
        figure.y.ticks.push_back(
            {static_cast<double>(i), signsOf(static_cast<std::size_t>(i), high)});
    figure.spans.push_back(bandAround(true, static_cast<double>(at.byte % grid.columns)));
    figure.spans.push_back(bandAround(false, static_cast<double>(at.byte / grid.columns)));
    figure.grids.push_back(std::move(grid));
    return figure;
}

figure::Figure productFigure(const Drawing& drawing, const ProbeLayer& layer)
{
    const std::size_t output = outputOf(drawing, layer);
    const ChunkProduct product = chunkProduct(layer, output);
    figure::Figure figure =
        drawing.startOne("product", fmt::format("What output {} adds up", layer.outputs[output]),
                         drawing.selected());
    figure.caption = fmt::format(
        "Addends of each plane for inputs {}, one upon the other, their sum, and the same from "
        "decoded weights.",
        rangeText(layer.chunk, layer.inputs.size()));
    figure.altText = "A waterfall of the addends of the planes beside their sum.";
    figure.y.label = "Sum";
    figure.legend = false;
    double below = 0, place = 0;
    const auto add = [&](std::string name, double from, double to, int colour) {
        figure::Bars bar;
        bar.position = {place}, bar.base = {from}, bar.height = {to - from};
        bar.width = 0.7;
        bar.colour = colour;
        bar.labels = {name};
        figure.x.ticks.push_back({place, std::move(name)});
        figure.bars.push_back(std::move(bar));
        place += 1;
    };
    const std::size_t selected = planeOf(drawing, layer);
    for (std::size_t plane = 0; plane < product.planes.size(); ++plane) {
        const double after = below + product.planes[plane].addend;
        add(fmt::format("plane {}", plane), below, after,
            static_cast<int>(plane) % figure::kRunColours);
        if (plane == selected)
            figure.spans.push_back(bandAround(true, place - 1));
        below = after;
    }
    if (!layer.offsets.empty())
        add("zero point", below, below + product.offset, figure::kMuted);
    add("sum", 0, product.sum, figure::kTextColour);
    add("decoded", 0, product.decoded, figure::kMuted);
    figure.x.minimum = -0.6, figure.x.maximum = place - 0.4;
    return figure;
}

} // namespace

std::vector<double> lookUpTable(std::span<const double> inputs)
{
    std::vector<double> entries = {-std::accumulate(inputs.begin(), inputs.end(), 0.0)};
    for (const double input : inputs) { // each doubling sets one more bit
        const std::size_t half = entries.size();
        for (std::size_t m = 0; m < half; ++m)
            entries.push_back(entries[m] + 2 * input);
    }
    return entries;
}

ChunkProduct chunkProduct(const ProbeLayer& layer, std::size_t output)
{
    const std::size_t count = layer.inputs.size(), planes = static_cast<std::size_t>(layer.planes);
    ChunkProduct product;
    for (std::size_t plane = 0; plane < planes; ++plane) {
        ChunkProduct::Plane at{.byte = layer.bytes[output * planes + plane],
                               .inputs = inputsOf(layer)};
        const float* scales = layer.scales.data() + (output * planes + plane) * count;
        at.byte &= static_cast<std::uint8_t>((1u << count) - 1);
        if (layer.isScaledAfter)
            at.scale = static_cast<double>(scales[0]);
        else
            for (std::size_t j = 0; j < count; ++j)
                at.inputs[j] *= static_cast<double>(scales[j]);
        at.entry = lookUpTable(at.inputs)[at.byte];
        at.addend = at.scale * at.entry;
        product.sum += at.addend;
        product.planes.push_back(std::move(at));
    }
    const std::size_t row =
        static_cast<std::size_t>(layer.outputs[output]) * static_cast<std::size_t>(layer.columns) +
        static_cast<std::size_t>(layer.chunk - layer.firstInput);
    for (std::size_t j = 0; j < count; ++j) {
        const auto input = static_cast<double>(layer.inputs[j]);
        if (!layer.offsets.empty())
            product.offset += static_cast<double>(layer.offsets[output * count + j]) * input;
        product.decoded += static_cast<double>(layer.decoded[row + j]) * input;
    }
    product.sum += product.offset;
    return product;
}

const ProbeLayer* layerOf(const Drawing& drawing, const Probe& probe)
{
    const auto found = std::ranges::find(probe.layers, drawing.layer(), &ProbeLayer::name);
    return found != probe.layers.end() ? &*found
           : probe.layers.empty()      ? nullptr
                                       : &probe.layers.front();
}

std::size_t outputOf(const Drawing& drawing, const ProbeLayer& layer)
{
    return std::min(static_cast<std::size_t>(drawing.state().output), layer.outputs.size() - 1);
}

std::size_t planeOf(const Drawing& drawing, const ProbeLayer& layer)
{
    return std::min(static_cast<std::size_t>(drawing.state().plane),
                    static_cast<std::size_t>(std::max(layer.planes, 1)) - 1);
}

Table productTable(const ProbeLayer& layer, std::size_t output)
{
    Table table;
    table.name = "product";
    if (layer.planes == 0)
        return table;
    table.columns = {{"Plane", "", {}, "Of codes"},
                     {"Byte", "", {}, "As it is stored: the place in the table"},
                     {"Signs", "", {}, "Of the inputs, the first one first"},
                     {"Looked up", "1", {}, "The sum of the inputs with these signs"},
                     {"Times", "", {}, "The scale: shifted by each power and added"},
                     {"Adds", "1", {}, "To the output"},
                     {"So far", "1", {}, "The output's sum"}};
    const ChunkProduct product = chunkProduct(layer, output);
    double sum = 0;
    for (std::size_t plane = 0; plane < product.planes.size(); ++plane) {
        const ChunkProduct::Plane& at = product.planes[plane];
        sum += at.addend;
        table.rows.push_back({fmt::format("{}", plane), fmt::format("{:#04x}", at.byte),
                              signsOf(at.byte, layer.inputs.size()), at.entry,
                              scaleText(layer, output, plane), at.addend, sum});
    }
    if (!layer.offsets.empty())
        table.rows.push_back(
            {std::string("zero point"), {}, {}, {}, {}, product.offset, sum + product.offset});
    table.rows.push_back({std::string("decoded weights"), {}, {}, {}, {}, {}, product.decoded});
    return table;
}

std::string productWords(const ProbeLayer& layer, std::size_t output, std::size_t plane)
{
    if (layer.planes == 0)
        return "Rotated back, these weights are dense numbers: there are no codes to look up, and "
               "a product multiplies.";
    const ChunkProduct::Plane at = chunkProduct(layer, output).planes[plane];
    std::string sum;
    for (std::size_t j = 0; j < at.inputs.size(); ++j) {
        const bool isPlus = (at.byte >> j) & 1;
        const double shown = isPlus ? at.inputs[j] : -at.inputs[j];
        sum += j == 0 ? (shown < 0 ? "−" : "") : shown < 0 ? " − " : " + ";
        sum += significant(std::abs(shown), 3);
    }
    const std::string what =
        layer.isScaledAfter
            ? std::string()
            : " Scales belong to single inputs here, so these are scaled first, and each plane has "
              "a table of its own.";
    const std::string how =
        layer.isScaledAfter ? fmt::format(" Times {} it adds {}.", scaleText(layer, output, plane),
                                          significant(at.addend, 3))
                            : fmt::format(" It adds {}.", significant(at.addend, 3));
    return fmt::format("Plane {} of output {} holds {:#04x}: {} = {}.{}{}", plane,
                       layer.outputs[output], at.byte, sum, significant(at.entry, 3), how, what);
}

std::vector<figure::Figure> layerFigures(const Drawing& drawing, const Probe& probe)
{
    const ProbeLayer* layer = layerOf(drawing, probe);
    if (!layer)
        return {};
    std::vector<figure::Figure> made = {weightsFigure(drawing, *layer),
                                        residualFigure(drawing, *layer)};
    if (layer->planes > 0) {
        made.push_back(lookUpFigure(drawing, *layer));
        made.push_back(productFigure(drawing, *layer));
    }
    return made;
}

} // namespace vitrine::quantization_plugin
