#include "core/base/cut_text.h"
#include "core/base/format.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostPlaces = 128; // to the left or right
constexpr std::size_t kLongestInside = 48;

// How many factors of a layer move sums by so many places.
struct RescaleCount {
    std::string layer, form;
    std::int64_t places = 0;
    double outputs = 0;
};

std::vector<RescaleCount> rescaleCounts(const RunRecord& run)
{
    std::vector<RescaleCount> all;
    const Table* table = run.result.table("rescales");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        const auto places = row.whole("places", -kMostPlaces, kMostPlaces);
        const double outputs = row.number("outputs");
        if (places && outputs > 0 && std::isfinite(outputs))
            all.push_back({row.text("layer"), row.text("form"), *places, outputs});
    }
    return all;
}

// "shift", "multiplier and floating point"
std::string formsIn(const std::vector<RescaleCount>& counts)
{
    std::set<std::string> forms;
    for (const RescaleCount& each : counts)
        forms.insert(cutText(each.form, kLongestInside));
    std::string text;
    for (const std::string& form : forms)
        text += (text.empty() ? "" : " and ") + form;
    return text;
}

// The largest magnitudes of a layer's channels before and after a trick.
struct ChannelSpread {
    std::string layer, trick;
    std::vector<double> before, after;
    double grid = 0;
};

std::vector<ChannelSpread> channelSpreads(const RunRecord& run)
{
    std::vector<ChannelSpread> all;
    const Table* table = run.result.table("channels");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        const std::string layer = row.text("layer");
        if (all.empty() || all.back().layer != layer)
            all.push_back({layer, row.text("trick"), {}, {}, row.number("grid")});
        all.back().before.push_back(row.number("before"));
        all.back().after.push_back(row.number("after"));
    }
    return all;
}

double medianMagnitude(std::vector<double> values)
{
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty())
        return std::nan("");
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

// How far the widest channel stands above the middle one.
double spreadOf(const std::vector<double>& values)
{
    double most = 0;
    for (const double value : values)
        if (std::isfinite(value))
            most = std::max(most, value);
    return most / medianMagnitude(values);
}

const ChannelSpread* chosenSpread(const std::vector<ChannelSpread>& all, const std::string& layer)
{
    const auto found = std::ranges::find(all, layer, &ChannelSpread::layer);
    if (found != all.end())
        return &*found;
    const auto widest = std::ranges::max_element(
        all, {}, [](const ChannelSpread& one) { return spreadOf(one.before); });
    return widest == all.end() ? nullptr : &*widest;
}

std::string trickWords(const std::string& trick)
{
    return trick == "factors"     ? "a power of two for each channel of the grid"
           : trick == "smoothing" ? "smoothing"
           : trick == "migration" ? "channel-wise migration"
           : trick == "shift"     ? "filter-wise shifting, less the centres"
                                  : cutText(trick, kLongestInside);
}

// What a trick does besides to the weights, of which the run keeps no columns.
const char* weightWords(const std::string& trick)
{
    const bool movesIntoWeights = trick == "smoothing" || trick == "migration";
    return movesIntoWeights ? " What a channel loses the column of weights that reads it gains; "
                              "the run does not keep how large these are."
                            : "";
}

figure::Series channelPoints(const std::vector<double>& values,
                             const std::vector<std::size_t>& order, const char* name, int colour)
{
    figure::Series points;
    points.name = name, points.colour = colour;
    points.line = figure::Line::none, points.marker = figure::Marker::circle;
    for (std::size_t place = 0; place < order.size(); ++place) {
        const double value = values[order[place]];
        if (!(value > 0) || !std::isfinite(value))
            continue; // a logarithmic axis has no place for it
        points.x.push_back(static_cast<double>(place));
        points.y.push_back(value);
        points.labels.push_back(fmt::format("channel {}, {}", order[place], name));
    }
    return points;
}

} // namespace

figure::Figure codedRescales(const CodedDrawing& drawing)
{
    figure::Figure figure = drawing.start("coded-rescales", "How sums become codes");
    figure.x.label = "Places to the right", figure.y.label = "Of the run's factors";
    figure.y.unit = "%", figure.y.minimum = 0;
    figure.altText = "A histogram of shifts for each run.";
    figure.caption =
        "A sum is moved so many places to the right (-log2 of its factor) to become a code: a "
        "pure shift, a multiplication of whole numbers before it, or one in floating point, which "
        "count at the nearest place. Each output with a factor of its own counts.";
    const std::size_t runs = drawing.runs().size();
    const double width = 0.84 / static_cast<double>(runs);
    for (std::size_t r = 0; r < runs; ++r) {
        const auto counts = rescaleCounts(*drawing.runs()[r]);
        std::map<std::int64_t, double> places;
        double all = 0;
        for (const RescaleCount& each : counts)
            places[each.places] += each.outputs, all += each.outputs;
        if (places.empty())
            continue;
        figure::Bars bars;
        bars.name = fmt::format("{}: {}", codedName(*drawing.runs()[r]), formsIn(counts));
        bars.colour = drawing.look(r).colour, bars.width = 0.94 * width;
        for (const auto& [place, outputs] : places) {
            bars.position.push_back(static_cast<double>(place) - 0.42 +
                                    (static_cast<double>(r) + 0.5) * width);
            bars.height.push_back(100 * outputs / all);
            bars.labels.push_back(fmt::format("{} places: {} of {} factors", place, outputs, all));
        }
        figure.bars.push_back(std::move(bars));
    }
    return figure;
}

figure::Figure codedRescaleMap(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    figure::Figure figure =
        drawing.startOne("coded-rescale-map", "Places to the right, by layer", run);
    figure.y.label = "Places to the right";
    figure.altText = "A map of layers and shifts, coloured by how many outputs have each.";
    figure.caption = "How many outputs of a layer move their sums by so many places; colours are "
                     "logarithmic.";
    figure.width = 180, figure.legend = false;
    const auto counts = rescaleCounts(run);
    if (counts.empty())
        return figure;
    std::vector<std::string> layers;
    std::int64_t low = kMostPlaces, high = -kMostPlaces;
    for (const RescaleCount& each : counts) {
        if (std::ranges::find(layers, each.layer) == layers.end())
            layers.push_back(each.layer);
        low = std::min(low, each.places), high = std::max(high, each.places);
    }
    figure::Grid grid;
    grid.name = "Outputs", grid.scale = figure::Scale::logarithmic;
    grid.rows = high - low + 1, grid.columns = static_cast<std::int64_t>(layers.size());
    grid.y0 = static_cast<double>(low);
    grid.minimum = 1, grid.maximum = 2;
    grid.values.assign(static_cast<std::size_t>(grid.rows * grid.columns),
                       std::numeric_limits<float>::quiet_NaN());
    for (const RescaleCount& each : counts) {
        const auto column = std::ranges::find(layers, each.layer) - layers.begin();
        float& value =
            grid.values[static_cast<std::size_t>((each.places - low) * grid.columns + column)];
        value = (std::isnan(value) ? 0.0f : value) + static_cast<float>(each.outputs);
        grid.maximum = std::max(grid.maximum, static_cast<double>(value));
    }
    figure.x.label = blockAxis("Layer", layers);
    figure.x.ticks = blockTicks(layers);
    figure.grids.push_back(std::move(grid));
    return figure;
}

std::vector<std::string> channelLayers(const RunRecord& run)
{
    std::vector<std::string> names;
    for (const ChannelSpread& one : channelSpreads(run))
        names.push_back(one.layer);
    return names;
}

std::string channelLayer(const RunRecord& run, const State& state)
{
    const auto all = channelSpreads(run);
    const ChannelSpread* one = chosenSpread(all, state.layer);
    return one ? one->layer : std::string();
}

figure::Figure codedSpread(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    figure::Figure figure = drawing.startOne(
        "coded-spread", "How far the widest channel stands above the middle one", run);
    figure.y.label = "Widest over median";
    figure.y.scale = figure::Scale::logarithmic;
    figure.altText = "Two lines over the layers, before and after factors or smoothing.";
    figure.caption = "The largest magnitude of the widest channel over that of the median one, on "
                     "calibration pictures: what one grid for all channels has to bear.";
    figure.width = 180;
    const auto all = channelSpreads(run);
    const ChannelSpread* chosen = chosenSpread(all, drawing.state().layer);
    figure::Series before, after;
    before.name = "before", before.colour = figure::kMuted, before.marker = figure::Marker::circle;
    after.name = "after", after.colour = 0, after.marker = figure::Marker::circle;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double x = static_cast<double>(i);
        names.push_back(all[i].layer);
        for (auto [series, values] :
             {std::pair{&before, &all[i].before}, std::pair{&after, &all[i].after}}) {
            series->x.push_back(x);
            series->y.push_back(spreadOf(*values));
            series->labels.push_back(fmt::format("{}, {}", cutText(names.back(), kLongestInside),
                                                 trickWords(all[i].trick)));
        }
        if (&all[i] == chosen)
            figure.spans.push_back(bandAround(true, x));
    }
    figure.x.label = blockAxis("Layer", names);
    figure.x.ticks = blockTicks(names);
    if (!all.empty())
        figure.series = {std::move(before), std::move(after)};
    return figure;
}

figure::Figure codedChannels(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    const auto all = channelSpreads(run);
    const ChannelSpread* one = chosenSpread(all, drawing.state().layer);
    figure::Figure figure = drawing.startOne(
        "coded-channels",
        one ? "Channels of " +
                  (one->layer.size() > kLongestInside ? shortLayer(one->layer) : one->layer)
            : "Channels",
        run);
    figure.x.label = "Channels, the widest first", figure.y.label = "Largest magnitude";
    figure.y.scale = figure::Scale::logarithmic;
    figure.altText = "A point for each channel before and after, and what the grid holds.";
    if (!one)
        return figure;
    figure.caption = fmt::format(
        "The largest magnitude of each channel on calibration pictures before and after {}. What "
        "the common grid holds is dashed: what lies above is cut off, what lies far below uses few "
        "codes. Channels that are always 0 have no point.{}",
        trickWords(one->trick), weightWords(one->trick));
    std::vector<std::size_t> order(one->before.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t channel) { return one->before[channel]; });
    figure.series = {channelPoints(one->before, order, "before", figure::kMuted),
                     channelPoints(one->after, order, "after", 0)};
    if (one->grid > 0 && std::isfinite(one->grid)) {
        figure.spans.push_back(lineAt(false, one->grid, figure::kTextColour));
        figure.spans.back().name = "what the grid holds";
    }
    return figure;
}

} // namespace vitrine::quantization_plugin
