#include "plugins/quantization/figures/figures.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/experiments/params.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

using Runs = std::vector<const RunRecord*>;

class Drawing
{
public:
    Drawing(const std::vector<RunRecord>& runs, const figure::RunPlaces& places) : places_(places)
    {
        for (const RunRecord& run : runs)
            if (std::isfinite(vitrine::metricOf(run.result, "bits_per_weight")))
                runs_.push_back(&run);
        looks_ = figure::runLooks(runs_, places, [](const RunRecord* run) { return run->uid; });
    }

    bool isEmpty() const { return runs_.empty(); }
    const Runs& runs() const { return runs_; }
    const figure::RunLook& look(std::size_t run) const { return looks_[run]; }

    figure::Figure start(const char* name, std::string title) const
    {
        figure::Figure figure;
        figure.name = name;
        figure.title = std::move(title);
        for (const RunRecord* run : runs_)
            figure.recipe.runs.push_back(run->uid);
        figure.recipe.experiment = "quantization.llm";
        figure.recipe.figure = name;
        figure.recipe.state = figure::runPlacesText(places_);
        return figure;
    }

private:
    Runs runs_;
    std::vector<figure::RunLook> looks_;
    const figure::RunPlaces& places_;
};

std::string versionName(const RunRecord& run)
{
    const std::string number = run.number > 0 ? fmt::format("#{} ", run.number) : "";
    Params params;
    for (const char* name : {"method", "layout", "bits"})
        params.set(name, ParamValue(parameterText(run.params, name)));
    return number + methodName(params);
}

// What a layer is called within its block: "q", "gate".
std::string projectionOf(const std::string& tensor)
{
    const auto end = tensor.rfind("_proj");
    const auto dot = end == std::string::npos ? end : tensor.rfind('.', end);
    return dot == std::string::npos ? tensor : tensor.substr(dot + 1, end - dot - 1);
}

figure::Figure perplexityFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("perplexity", "Perplexity and bits");
    figure.caption = "Perplexity on the text that judges over bits per weight of the linear "
                     "layers, scales among them; bars: 95 %, windows drawn anew. The band is the "
                     "original.";
    figure.altText = "Perplexity of quantized versions over their bits per weight.";
    figure.x.label = "Bits per weight";
    figure.y.label = "Perplexity";
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        const RunRecord& run = *drawing.runs()[r];
        const auto metric = [&](const char* name) { return vitrine::metricOf(run.result, name); };
        const double x = metric("bits_per_weight");
        figure::Series point, bar;
        point.name = versionName(run);
        point.colour = bar.colour = drawing.look(r).colour;
        point.line = figure::Line::none;
        point.marker = figure::Marker::circle;
        point.x = {x};
        point.y = {metric("perplexity_quantized")};
        bar.x = {x, x};
        bar.y = {metric("perplexity_quantized_low"), metric("perplexity_quantized_high")};
        figure.series.push_back(std::move(point));
        figure.series.push_back(std::move(bar));
        least = std::min(least, metric("perplexity_original"));
        most = std::max(most, metric("perplexity_quantized_high"));
    }
    figure::Span original;
    original.name = "original";
    original.from = original.to =
        vitrine::metricOf(drawing.runs().front()->result, "perplexity_original");
    figure.spans.push_back(original);
    if (most > 5 * least)
        figure.y.scale = figure::Scale::logarithmic;
    return figure;
}

figure::Figure layerErrorsFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("layer-errors", "Output error of each layer");
    figure.caption = "Share of the outputs' energy that a linear layer loses on the calibration "
                     "text, in the order of the layers.";
    figure.altText = "Relative output error over the linear layers, a line for each version.";
    figure.x.label = "Linear layer";
    figure.y.label = "Relative output error";
    figure.y.scale = figure::Scale::logarithmic;
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        const RunRecord& run = *drawing.runs()[r];
        figure::Series series;
        series.name = versionName(run);
        series.colour = drawing.look(r).colour;
        series.line = drawing.look(r).line;
        series.marker = figure::Marker::circle;
        series.y = columnNumbers(run.result, "layers", "output_error");
        series.labels = columnTexts(run.result, "layers", "layer");
        for (std::size_t i = 0; i < series.y.size(); ++i) {
            series.x.push_back(static_cast<double>(i));
            if (!(series.y[i] > 0)) // no place on a logarithmic axis
                series.y[i] = std::nan("");
        }
        figure.series.push_back(std::move(series));
    }
    const auto names = columnTexts(drawing.runs().front()->result, "layers", "layer");
    const auto blocks = columnNumbers(drawing.runs().front()->result, "layers", "block");
    for (std::size_t i = 0; i < names.size() && i < blocks.size(); ++i)
        figure.x.ticks.push_back(
            {static_cast<double>(i), fmt::format("{:g} {}", blocks[i], projectionOf(names[i]))});
    return figure;
}

figure::Figure bitMapFigure(const Drawing& drawing)
{
    const RunRecord& run = *drawing.runs().front();
    figure::Figure figure = drawing.start("bit-map", "Bits of each layer");
    figure.recipe.runs = {run.uid};
    figure.caption = "Bits of each weight by block and projection, without scales.";
    figure.altText = "A grid of blocks and projections coloured by bits.";
    figure.x.label = "Projection";
    figure.y.label = "Block";
    figure.y.reversed = true;
    figure.legend = false;
    const auto names = columnTexts(run.result, "layers", "layer");
    const auto blocks = columnNumbers(run.result, "layers", "block"),
               bits = columnNumbers(run.result, "layers", "bits");
    std::vector<std::string> columns;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string column = projectionOf(names[i]);
        if (std::ranges::find(columns, column) == columns.end())
            columns.push_back(column);
        if (const auto block = wholeWithin(blocks[i], 0, 1023))
            rows = std::max(rows, *block + 1);
    }
    figure::Grid grid;
    grid.name = "Bits";
    grid.rows = rows;
    grid.columns = static_cast<std::int64_t>(columns.size());
    grid.values.assign(static_cast<std::size_t>(grid.rows * grid.columns),
                       std::numeric_limits<float>::quiet_NaN());
    grid.minimum = 1, grid.maximum = 4;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto block = wholeWithin(blocks[i], 0, 1023);
        if (!block)
            continue;
        const auto column = std::ranges::find(columns, projectionOf(names[i])) - columns.begin();
        grid.values[static_cast<std::size_t>(*block * grid.columns + column)] =
            static_cast<float>(bits[i]);
        if (std::isfinite(bits[i])) {
            grid.maximum = std::max(grid.maximum, bits[i]);
            figure.annotations.push_back({fmt::format("{:g}", bits[i]), static_cast<double>(column),
                                          static_cast<double>(*block)});
        }
    }
    for (std::size_t c = 0; c < columns.size(); ++c)
        figure.x.ticks.push_back({static_cast<double>(c), columns[c]});
    figure.grids.push_back(std::move(grid));
    return figure;
}

figure::Figure roundsFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("rounds", "Alternating fits");
    figure.caption = "Mean squared error of the weights after each round, mean over the layers; "
                     "round 0 is the greedy start.";
    figure.altText = "Error of the weights over the rounds of the alternating fit.";
    figure.x.label = "Round";
    figure.y.label = "Mean squared error";
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        const RunRecord& run = *drawing.runs()[r];
        const auto rounds = columnNumbers(run.result, "rounds", "round"),
                   errors = columnNumbers(run.result, "rounds", "weight_error");
        std::map<double, std::pair<double, double>> sums;
        for (std::size_t i = 0; i < rounds.size(); ++i)
            if (std::isfinite(rounds[i]) && std::isfinite(errors[i])) {
                sums[rounds[i]].first += errors[i];
                sums[rounds[i]].second += 1;
            }
        if (sums.empty())
            continue;
        figure::Series series;
        series.name = versionName(run);
        series.colour = drawing.look(r).colour;
        series.line = drawing.look(r).line;
        for (const auto& [round, sum] : sums) {
            series.x.push_back(round);
            series.y.push_back(sum.first / sum.second);
        }
        figure.series.push_back(std::move(series));
    }
    return figure;
}

figure::Figure exponentsFigure(const Drawing& drawing)
{
    const auto hasTerms = [](const RunRecord* run) {
        return !columnNumbers(run->result, "exponents", "terms").empty();
    };
    const auto found = std::ranges::find_if(drawing.runs(), hasTerms);
    figure::Figure figure = drawing.start("exponents", "Powers of two in the scales");
    if (found == drawing.runs().end())
        return figure;
    const RunRecord& run = **found;
    figure.recipe.runs = {run.uid};
    figure.caption =
        fmt::format("How often 2^e is a term of a scale, by plane: {}.", versionName(run));
    figure.altText = "Histogram of the exponents of scale terms.";
    figure.x.label = "Exponent e";
    figure.y.label = "Terms";
    figure.y.minimum = 0;
    const auto planes = columnNumbers(run.result, "exponents", "plane"),
               exponents = columnNumbers(run.result, "exponents", "exponent"),
               terms = columnNumbers(run.result, "exponents", "terms");
    std::map<double, double> below; // stacks
    for (int plane = 0; plane < 8; ++plane) {
        figure::Bars bars;
        bars.name = fmt::format("plane {}", plane);
        bars.colour = plane % figure::kRunColours;
        for (std::size_t i = 0; i < planes.size(); ++i) {
            if (planes[i] != plane || !std::isfinite(exponents[i]) || !std::isfinite(terms[i]))
                continue;
            bars.position.push_back(exponents[i]);
            bars.base.push_back(below[exponents[i]]);
            below[exponents[i]] += terms[i];
            bars.height.push_back(below[exponents[i]]);
        }
        if (!bars.position.empty())
            figure.bars.push_back(std::move(bars));
    }
    return figure;
}

figure::Figure energyFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("energy", "Energy for one token");
    figure.caption = "Estimate of the linear layers' energy for one token from counted operations "
                     "and the weights that are read (45 nm); FP16 is the original in half "
                     "precision.";
    figure.altText = "Stacked bars of energy by operation, the original and each version.";
    figure.x.label = "Version";
    figure.y.label = "Energy";
    figure.y.unit = "nJ";
    figure.y.minimum = 0;
    const auto operations = columnTexts(drawing.runs().front()->result, "operations", "operation");
    std::vector<double> below(drawing.runs().size() + 1, 0);
    for (std::size_t o = 0; o < operations.size(); ++o) {
        figure::Bars bars;
        bars.name = operations[o];
        bars.colour = static_cast<int>(o) % figure::kRunColours;
        bars.width = 0.6;
        const auto add = [&](std::size_t at, double picojoule) {
            if (!std::isfinite(picojoule))
                return;
            bars.position.push_back(static_cast<double>(at));
            bars.base.push_back(below[at]);
            below[at] += picojoule / 1000;
            bars.height.push_back(below[at]);
        };
        for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
            const RunResult& result = drawing.runs()[r]->result;
            const auto names = columnTexts(result, "operations", "operation");
            const auto found = std::ranges::find(names, operations[o]) - names.begin();
            const auto at = static_cast<std::size_t>(found);
            if (at == names.size())
                continue;
            if (r == 0)
                add(0, columnNumbers(result, "operations", "original_energy")[at]);
            add(r + 1, columnNumbers(result, "operations", "quantized_energy")[at]);
        }
        figure.bars.push_back(std::move(bars));
    }
    figure.x.ticks.push_back({0, "FP16"});
    for (std::size_t r = 0; r < drawing.runs().size(); ++r)
        figure.x.ticks.push_back({static_cast<double>(r + 1), versionName(*drawing.runs()[r])});
    figure.x.minimum = -0.6;
    figure.x.maximum = static_cast<double>(drawing.runs().size()) + 0.6;
    return figure;
}

} // namespace

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                    const figure::RunPlaces& places)
{
    const Drawing drawing(runs, places);
    if (drawing.isEmpty())
        return {};
    std::vector<figure::Figure> all = {perplexityFigure(drawing), layerErrorsFigure(drawing),
                                       bitMapFigure(drawing),     roundsFigure(drawing),
                                       exponentsFigure(drawing),  energyFigure(drawing)};
    std::erase_if(all, [](const figure::Figure& each) {
        return each.series.empty() && each.bars.empty() && each.grids.empty();
    });
    return all;
}

} // namespace vitrine::quantization_plugin
