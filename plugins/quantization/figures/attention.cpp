#include "plugins/quantization/figures/attention.h"

#include "core/figure/not_finite.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/tokenizer/token_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostMapLayers = 4095, kMostHeads = 1023;

// Attention of one head, or the mean over those of a layer.
struct SinkShares {
    double firstOriginal = 0, firstQuantized = 0, othersOriginal = 0, othersQuantized = 0;
    double moved = 0;
};

struct HeadRow {
    std::int64_t layer = 0, head = 0;
    SinkShares shares;
};

std::vector<HeadRow> headRowsOf(const RunRecord& run)
{
    std::vector<HeadRow> rows;
    const Table* table = run.result.table("sinks");
    if (!table)
        return rows;
    for (std::size_t r = 0; r < table->rows.size(); ++r) {
        const RowReader row(*table, r);
        const auto layer = row.whole("layer", 0, kMostMapLayers),
                   head = row.whole("head", 0, kMostHeads);
        const SinkShares shares{row.number("first_original"), row.number("first_quantized"),
                                row.number("others_original"), row.number("others_quantized"),
                                row.number("moved")};
        const double all = shares.firstOriginal + shares.firstQuantized + shares.othersOriginal +
                           shares.othersQuantized;
        if (layer && head && std::isfinite(all))
            rows.push_back({*layer, *head, shares});
    }
    return rows;
}

std::map<std::int64_t, SinkShares> meansByLayer(const std::vector<HeadRow>& rows)
{
    std::map<std::int64_t, SinkShares> sums;
    std::map<std::int64_t, double> heads;
    for (const HeadRow& row : rows) {
        SinkShares& sum = sums[row.layer];
        sum.firstOriginal += row.shares.firstOriginal;
        sum.firstQuantized += row.shares.firstQuantized;
        sum.othersOriginal += row.shares.othersOriginal;
        sum.othersQuantized += row.shares.othersQuantized;
        sum.moved += row.shares.moved;
        heads[row.layer] += 1;
    }
    for (auto& [layer, sum] : sums)
        for (double* share : {&sum.firstOriginal, &sum.firstQuantized, &sum.othersOriginal,
                              &sum.othersQuantized, &sum.moved})
            *share /= heads[layer];
    return sums;
}

figure::Grid mapGrid(const std::vector<float>& map, std::size_t tokens)
{
    figure::Grid grid;
    grid.name = "attention";
    grid.rows = grid.columns = static_cast<std::int64_t>(tokens);
    grid.values = map;
    for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t j = 0; j <= i; ++j)
            if (!std::isfinite(map[i * tokens + j]))
                grid.values[i * tokens + j] = figure::kNotFinite;
        for (std::size_t j = i + 1; j < tokens; ++j) // no query sees a later key
            grid.values[i * tokens + j] = std::nanf("");
    }
    return grid;
}

// The largest finite weight behind the first token, which may hold nearly all of a row.
double largestIn(const figure::Grid& grid)
{
    double most = 0;
    for (std::size_t i = 0; i < grid.values.size(); ++i)
        if (std::isfinite(grid.values[i]) && i % static_cast<std::size_t>(grid.columns) != 0 &&
            i / static_cast<std::size_t>(grid.columns) !=
                i % static_cast<std::size_t>(grid.columns))
            most = std::max(most, std::abs(static_cast<double>(grid.values[i])));
    return most;
}

bool isClipped(const figure::Grid& grid)
{
    return std::ranges::any_of(grid.values, [&](float value) {
        return std::isfinite(value) && std::abs(static_cast<double>(value)) > grid.maximum;
    });
}

} // namespace

std::int64_t mapLayerOf(const Drawing& drawing, const Probe& probe)
{
    const auto layers = static_cast<std::int64_t>(probe.maps.size());
    if (drawing.state().mapLayer >= 0 && drawing.state().mapLayer < layers)
        return drawing.state().mapLayer;
    const RunResult& result = drawing.selected().result;
    const auto names = columnTexts(result, "layers", "layer");
    const auto blocks = columnNumbers(result, "layers", "block");
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == drawing.layer())
            if (const auto block = wholeWithin(blocks[i], 0, layers - 1))
                return *block;
    std::int64_t best = layers - 1;
    double most = -1;
    for (const auto& [layer, shares] : meansByLayer(headRowsOf(drawing.selected())))
        if (layer < layers && shares.moved > most)
            most = shares.moved, best = layer;
    return best;
}

std::vector<figure::Figure> attentionFigures(const Drawing& drawing, const Probe& probe)
{
    const std::int64_t layer = mapLayerOf(drawing, probe);
    const std::size_t tokens = probe.tokens.size();
    if (layer < 0 || tokens == 0)
        return {};
    const ProbeMaps& maps = probe.maps[static_cast<std::size_t>(layer)];
    const bool isHead = drawing.state().isHeadShown;
    const std::string whose =
        isHead ? fmt::format("layer {}, head {} (it moved most)", layer, maps.head)
               : fmt::format("layer {}, mean over the heads", layer);
    figure::Grid before = mapGrid(isHead ? maps.headOriginal : maps.meanOriginal, tokens),
                 after = mapGrid(isHead ? maps.headQuantized : maps.meanQuantized, tokens),
                 change = after;
    for (std::size_t i = 0; i < change.values.size(); ++i)
        change.values[i] = figure::differenceOf(after.values[i], before.values[i]);
    before.maximum = after.maximum = std::max({largestIn(before), largestIn(after), 1e-6});
    change.name = "change of attention";
    change.map = figure::ColourMap::difference;
    double most = 1e-6;
    for (const float value : change.values)
        if (std::isfinite(value))
            most = std::max(most, std::abs(static_cast<double>(value)));
    change.minimum = -most, change.maximum = most;

    std::vector<figure::Figure> made;
    const auto add = [&](const char* name, std::string title, std::string caption,
                         figure::Grid grid) {
        figure::Figure figure = drawing.startOne(name, std::move(title), drawing.selected());
        figure.caption = std::move(caption) + " " + whose + ", on the probe text.";
        figure.altText = fmt::format("Lower triangular heat map of {} tokens.", tokens);
        figure.x.label = "Key";
        figure.y.label = "Query";
        figure.y.reversed = true;
        figure.equalAspect = true;
        figure.height = 98;
        grid.clipped = isClipped(grid);
        for (std::size_t t = 0; t < tokens; ++t)
            figure.x.ticks.push_back(
                {static_cast<double>(t), model::readableToken(probe.tokens[t])});
        figure.y.ticks = figure.x.ticks;
        figure.grids.push_back(std::move(grid));
        made.push_back(std::move(figure));
    };
    const std::string where = fmt::format(" · layer {}", layer);
    add("attention-original", "Attention before" + where,
        "Weight that each query (row) gives to each key (column) in the original:",
        std::move(before));
    add("attention-quantized", "After" + where,
        "Weight that each query (row) gives to each key (column) in this version:",
        std::move(after));
    add("attention-change", "Change" + where, "After less before:", std::move(change));
    return made;
}

figure::Figure sinksFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("sinks", "Attention on sinks");
    figure.caption = "Mean over the heads of a layer, on the probe text. Bars: attention on the "
                     "first token; triangles: on all other sinks (five times the attention that "
                     "uniform weights would give).";
    figure.altText =
        "Bars of attention on the first token by layer, the original and each version.";
    figure.x.label = "Layer";
    figure.y.label = "Share of attention";
    figure.y.minimum = 0;
    std::vector<std::size_t> shown;
    std::vector<std::map<std::int64_t, SinkShares>> means;
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        auto mean = meansByLayer(headRowsOf(*drawing.runs()[r]));
        if (mean.empty() || (!shown.empty() &&
                             !haveSameOriginal(*drawing.runs()[shown.front()], *drawing.runs()[r])))
            continue;
        shown.push_back(r);
        means.push_back(std::move(mean));
    }
    const double slots = static_cast<double>(shown.size()) + 1;
    const auto add = [&](std::size_t slot, const auto& mean, std::string name, int colour,
                         double SinkShares::*first, double SinkShares::*others) {
        figure::Bars bars;
        figure::Series triangles;
        bars.name = std::move(name);
        bars.colour = triangles.colour = colour;
        bars.width = 0.8 / slots;
        triangles.line = figure::Line::none;
        triangles.marker = figure::Marker::triangle;
        for (const auto& [layer, shares] : mean) {
            const double x = static_cast<double>(layer) +
                             bars.width * (static_cast<double>(slot) - (slots - 1) / 2);
            bars.position.push_back(x);
            bars.height.push_back(shares.*first);
            triangles.x.push_back(x);
            triangles.y.push_back(shares.*others);
        }
        figure.bars.push_back(std::move(bars));
        figure.series.push_back(std::move(triangles));
    };
    if (means.empty())
        return figure;
    add(0, means.front(), "original", figure::kMuted, &SinkShares::firstOriginal,
        &SinkShares::othersOriginal);
    for (std::size_t i = 0; i < shown.size(); ++i)
        add(i + 1, means[i], versionName(*drawing.runs()[shown[i]]), drawing.look(shown[i]).colour,
            &SinkShares::firstQuantized, &SinkShares::othersQuantized);
    for (const auto& [layer, shares] : means.front())
        figure.x.ticks.push_back({static_cast<double>(layer), fmt::format("{}", layer)});
    return figure;
}

figure::Figure sinkHeadsFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("sink-heads", "First token, head by head");
    figure.caption = "Attention that a head gives to the first token of the probe text: after over "
                     "before. On the dashed line nothing changed.";
    figure.altText = "A point for each head: attention on the first token after over before.";
    figure.x.label = "Before";
    figure.y.label = "After";
    double most = 0;
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        figure::Series points = drawing.line(r);
        points.line = figure::Line::none;
        points.marker = figure::Marker::circle;
        for (const HeadRow& row : headRowsOf(*drawing.runs()[r])) {
            points.x.push_back(row.shares.firstOriginal);
            points.y.push_back(row.shares.firstQuantized);
            points.labels.push_back(fmt::format("layer {}, head {}", row.layer, row.head));
            most = std::max({most, points.x.back(), points.y.back()});
        }
        if (!points.x.empty())
            figure.series.push_back(std::move(points));
    }
    if (figure.series.empty())
        return figure;
    figure::Series same;
    same.name = "as before";
    same.colour = figure::kMuted;
    same.line = figure::Line::dash;
    same.width = 1;
    same.x = same.y = {0, most};
    figure.series.push_back(std::move(same));
    return figure;
}

} // namespace vitrine::quantization_plugin
