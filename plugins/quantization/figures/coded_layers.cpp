#include "core/base/cut_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLongestLayer = 48; // bytes

struct CodedLayerRow {
    std::string name, kind;
    double ratio = 0; // dB; NaN: not compared
    double error = 0;
    std::string bits;
};

std::string bitsText(const RowReader& row)
{
    const auto weights = row.whole("weight_bits", 1, 32), output = row.whole("output_bits", 1, 32);
    std::string text = weights ? fmt::format("weights {} bits", *weights) : "";
    if (output)
        text += fmt::format("{}output {} bits", text.empty() ? "" : ", ", *output);
    return text;
}

std::vector<CodedLayerRow> layerRows(const RunRecord& run)
{
    std::vector<CodedLayerRow> rows;
    const Table* table = run.result.table("layers");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        rows.push_back({row.text("layer"), row.text("kind"), row.number("sqnr_db"),
                        row.number("output_error"), bitsText(row)});
    }
    return rows;
}

// Places along the axis, by name: a block may have several sums of one name.
using LayerPlaces = std::map<std::string, std::vector<double>>;

figure::Series layersLine(const CodedDrawing& drawing, std::size_t run, const LayerPlaces& places)
{
    std::map<std::string, std::size_t> seen;
    figure::Series line;
    line.name = codedName(*drawing.runs()[run]);
    line.colour = drawing.look(run).colour, line.line = drawing.look(run).line;
    for (const CodedLayerRow& row : layerRows(*drawing.runs()[run])) {
        const auto found = places.find(row.name);
        if (found == places.end() || !std::isfinite(row.ratio))
            continue;
        const std::size_t turn = seen[row.name]++;
        if (turn >= found->second.size())
            continue;
        line.x.push_back(found->second[turn]);
        line.y.push_back(row.ratio);
        line.labels.push_back(fmt::format("{} ({}), error {:.3g} %{}{}",
                                          cutText(row.name, kLongestLayer), cutText(row.kind, 24),
                                          100 * row.error, row.bits.empty() ? "" : "; ", row.bits));
    }
    return line;
}

// Below a bar: what sums, without saying so; of what is before and after them the part it is in.
std::string streamTick(const CodedLayerRow& row, bool isEnd)
{
    if (isEnd)
        return row.name.substr(0, row.name.find('.'));
    const std::string name = shortLayer(row.name), sum = ".add";
    return name.ends_with(sum) ? name.substr(0, name.size() - sum.size()) : name;
}

// Where the residual stream passes: what enters the first block, each sum, what the network gives.
std::vector<CodedLayerRow> streamOf(const RunRecord& run)
{
    std::vector<CodedLayerRow> compared, stream;
    for (CodedLayerRow& row : layerRows(run))
        if (std::isfinite(row.ratio))
            compared.push_back(std::move(row));
    for (std::size_t i = 0; i < compared.size(); ++i)
        if (i == 0 || i + 1 == compared.size() || compared[i].kind == "add" ||
            compared[i].kind == "tokens")
            stream.push_back(compared[i]);
    return stream;
}

} // namespace

Table codedLayersTable(const RunRecord& run)
{
    static const std::map<std::string, std::pair<const char*, const char*>> kRead = {
        {"layer", {"Layer", ""}},
        {"kind", {"Kind", ""}},
        {"weight_bits", {"Weights", "bit"}},
        {"weight_scales", {"Scales", ""}},
        {"output_bits", {"Output", "bit"}},
        {"output_scale", {"Step", ""}},
        {"size_bytes", {"Size", "byte"}},
        {"output_error", {"Error", ""}},
        {"sqnr_db", {"Signal to noise", "dB"}}};
    const Table* stored = run.result.table("layers");
    Table table = stored ? *stored : Table{};
    for (Column& column : table.columns)
        if (const auto read = kRead.find(column.name); read != kRead.end())
            column.name = read->second.first, column.unit = read->second.second;
    return table;
}

std::vector<std::string> layersOfAll(const CodedDrawing& drawing)
{
    std::vector<std::string> names;
    for (const RunRecord* run : drawing.runs()) {
        std::vector<std::string> own;
        for (const CodedLayerRow& row : layerRows(*run))
            if (std::isfinite(row.ratio))
                own.push_back(row.name);
        if (own.size() > names.size())
            names = std::move(own);
    }
    return names;
}

figure::Figure codedLayers(const CodedDrawing& drawing)
{
    figure::Figure figure = drawing.start("coded-layers", "Signal to noise, layer by layer");
    figure.y.label = "Signal to noise", figure.y.unit = "dB";
    figure.altText = "A line for each run over the layers from the picture to the answer.";
    figure.width = 180;
    const auto names = layersOfAll(drawing);
    LayerPlaces places;
    for (std::size_t i = 0; i < names.size(); ++i)
        places[names[i]].push_back(static_cast<double>(i));
    figure.x.label = blockAxis("Layer", names);
    figure.x.ticks = blockTicks(names);
    std::size_t others = 0;
    for (std::size_t run = 0; run < drawing.runs().size(); ++run)
        if (figure::Series line = layersLine(drawing, run, places); line.x.empty())
            ++others;
        else
            figure.series.push_back(std::move(line));
    figure.legend = figure.series.size() > 1;
    figure.caption = fmt::format(
        "Each layer's output in codes beside the original's on calibration pictures, with all "
        "layers before it in codes too: 10 dB are a tenth of the squared error. Layers that "
        "only pass on what another rounds are left out.{}",
        others > 0 ? fmt::format(" Left out, as their layers have other names: {} runs.", others)
                   : "");
    return figure;
}

figure::Figure codedStream(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    figure::Figure figure =
        drawing.startOne("coded-stream", "What each block costs, along the residual stream", run);
    figure.y.label = "Signal to noise", figure.y.unit = "dB";
    figure.altText = "Steps from the first layer to the answer, down where a block adds noise.";
    figure.width = 180;
    figure.caption = "From bar to bar the signal to noise where the residual stream has passed a "
                     "sum. A block that rounds coarsely steps down; one that adds much signal "
                     "steps up.";
    figure::Bars down, up, ends;
    down.name = "loses", up.name = "gains", ends.name = "first layer";
    down.colour = 1, up.colour = 2, ends.colour = figure::kMuted;
    const auto stream = streamOf(run);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        const double before = i > 0 ? stream[i - 1].ratio : 0, after = stream[i].ratio;
        const bool isEnd = i == 0;
        figure::Bars& bars = isEnd ? ends : after < before ? down : up;
        bars.position.push_back(static_cast<double>(i));
        bars.base.push_back(isEnd ? 0 : before);
        bars.height.push_back(isEnd ? after : after - before);
        bars.labels.push_back(isEnd ? fmt::format("{}: {:.1f} dB", stream[i].name, after)
                                    : fmt::format("{}: {:.1f} dB, {:+.1f} dB",
                                                  cutText(stream[i].name, kLongestLayer), after,
                                                  after - before));
        names.push_back(stream[i].name);
    }
    figure.x.label = blockAxis("Sum", names);
    for (std::size_t i = 0; i < names.size(); ++i)
        figure.x.ticks.push_back(
            {static_cast<double>(i), streamTick(stream[i], i == 0 || i + 1 == stream.size())});
    for (figure::Bars* bars : {&ends, &down, &up})
        if (!bars->position.empty())
            figure.bars.push_back(std::move(*bars));
    return figure;
}

} // namespace vitrine::quantization_plugin
