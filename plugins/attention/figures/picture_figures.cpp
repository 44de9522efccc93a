#include "plugins/attention/figures/picture_figures.h"

#include "core/base/json.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/attention/experiments/picture_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::attention_plugin
{
namespace
{

constexpr std::size_t kBins = 40;
constexpr double kWideFigure = 165; // millimetres, for three pictures side by side

std::vector<figure::RunLook> runLooksOf(const PictureRuns& runs, const PictureState& state)
{
    return figure::runLooks(runs, state.places,
                            [](const PictureFigureRun& run) { return run.run->uid; });
}

figure::Figure begun(const PictureRuns& runs, const char* name, std::string title,
                     std::string caption)
{
    figure::Figure figure;
    figure.name = name;
    figure.title = std::move(title);
    figure.caption = std::move(caption);
    for (const PictureFigureRun& run : runs)
        figure.recipe.runs.push_back(run.run->uid);
    figure.recipe.experiment = runs.front().run->experiment;
    figure.recipe.figure = name;
    return figure;
}

figure::Image imageOf(const attention::PictureCapture& capture)
{
    figure::Image image;
    image.name = capture.name();
    image.width = image.height = capture.picture().side;
    image.rgb = capture.picture().rgb;
    return image;
}

std::string asideText(const PatchMap& map)
{
    double others = 0;
    for (const auto& [name, weight] : map.aside)
        others += weight;
    return map.aside.empty() ? std::string()
                             : fmt::format("{:.1f} % to tokens that are no patch", 100 * others);
}

const Table* answersOf(const RunRecord& run)
{
    return run.result.table("answers");
}

std::string textAt(const Table& table, const std::vector<Cell>& row, const char* column)
{
    const int place = table.column(column);
    const auto* text =
        place < 0 ? nullptr : std::get_if<std::string>(&row[static_cast<std::size_t>(place)]);
    return text ? *text : std::string();
}

double realAt(const Table& table, const std::vector<Cell>& row, const char* column)
{
    const int place = table.column(column);
    const auto* number =
        place < 0 ? nullptr : std::get_if<double>(&row[static_cast<std::size_t>(place)]);
    return number ? *number : std::nan("");
}

} // namespace

figure::Figure pictureMapsFigure(const PictureRuns& runs, const PictureState& state,
                                 const std::vector<PatchMap>& maps)
{
    const attention::PictureCapture& first = runs.front().shown(state);
    const std::string from = queryName(first, shownQuery(first, state));
    figure::Figure figure = begun(
        runs, state.maps == PictureMaps::standIns ? "picture-standins" : "picture-maps",
        state.maps == PictureMaps::picture
            ? "The picture as the network sees it"
            : fmt::format("Where {} looks: {}", from, pictureHeadText(first, state)),
        state.maps == PictureMaps::rollout
            ? "Attention rollout (Abnar & Zuidema 2020): mean of the heads, half of each block "
              "passed on as it is."
            : "Attention weights of patches, over the picture as the network sees it.");
    if (state.maps == PictureMaps::standIns)
        figure.caption = "Weights that softmax, ReLU-linear and first-order Taylor attention give "
                         "on the same queries and keys.";
    if (state.hidesHigh)
        figure.caption +=
            fmt::format(" Patches whose norm is above {} medians are left out.", state.normFactor);
    if (maps.size() > 1)
        figure.width = kWideFigure;
    const figure::Range range = rangeOf(maps, state.look);
    for (const PatchMap& map : maps) {
        figure::Image image = imageOf(runs[map.run].shown(state));
        const bool isOwn = map.title.ends_with(kOwn);
        image.caption =
            isOwn ? map.title.substr(0, map.title.size() - kOwn.size()) + ", own" : map.title;
        if (runs.size() > 1)
            image.caption += (image.caption.empty() ? "" : "\n") + runLabel(*runs[map.run].run);
        const std::string aside = map.notice.empty() ? asideText(map) : map.notice;
        if (!aside.empty() && (maps.size() < 3 || !map.notice.empty()))
            image.caption += (image.caption.empty() ? "" : "\n") + aside;
        figure.images.push_back(std::move(image));
    }
    const std::size_t across = state.maps == PictureMaps::standIns ? 3 : maps.size();
    figure::layInRows(figure, static_cast<std::int64_t>(std::min<std::size_t>(across, 4)));
    for (std::size_t i = 0; i < maps.size(); ++i) {
        if (maps[i].values.empty())
            continue;
        figure::Grid grid;
        grid.name = "attention weight";
        grid.rows = maps[i].rows, grid.columns = maps[i].columns;
        grid.values = maps[i].values;
        grid.map = state.look.colours;
        grid.scale = state.look.scale;
        grid.minimum = range.low, grid.maximum = range.high;
        grid.opacity = state.look.opacity;
        grid.upsampling = state.look.upsampling;
        figure::layOver(grid, figure.images[i]);
        figure.grids.push_back(std::move(grid));
    }
    figure.altText = fmt::format("{}. {} over the picture {}.", figure.title,
                                 maps.size() == 1 ? "One map" : fmt::format("{} maps", maps.size()),
                                 first.name());
    return figure;
}

figure::Figure pictureDistanceFigure(const PictureRuns& runs, const PictureState& state)
{
    figure::Figure figure =
        begun(runs, "picture-distance",
              fmt::format("{} of every head, by layer", pictureScoreLabel(state.score)),
              pictureScoreHelp(state.score));
    figure.x.label = "layer";
    figure.y.label = pictureScoreLabel(state.score);
    figure.y.unit = state.score == PictureScore::distance  ? "px"
                    : state.score == PictureScore::entropy ? "nat"
                                                           : "";
    const auto looks = runLooksOf(runs, state);
    for (std::size_t place = 0; place < runs.size(); ++place) {
        figure::Series heads;
        heads.name = runs.size() > 1 ? runLabel(*runs[place].run) : "head";
        heads.colour = looks[place].colour;
        heads.line = figure::Line::none;
        heads.marker = figure::Marker::circle;
        for (const PictureScored& scored : pictureScores(*runs[place].run, state.score)) {
            heads.x.push_back(static_cast<double>(scored.layer));
            heads.y.push_back(scored.value);
            heads.labels.push_back(fmt::format("layer {}, head {}", scored.layer, scored.head));
        }
        figure.series.push_back(std::move(heads));
    }
    if (state.score == PictureScore::distance) {
        const auto& capture = runs.front().shown(state);
        figure::Series uniform;
        uniform.name = "uniform attention";
        uniform.colour = figure::kMuted;
        uniform.line = figure::Line::dash;
        for (std::size_t layer = 0; layer < capture.layers().size(); ++layer) {
            uniform.x.push_back(static_cast<double>(layer));
            uniform.y.push_back(
                attention::uniformDistance(capture.layers()[layer], capture.picture().side));
        }
        figure.series.push_back(std::move(uniform));
    }
    figure.altText = figure.title + ".";
    return figure;
}

figure::Figure pictureNormsFigure(const PictureRuns& runs, const PictureState& state)
{
    const attention::PictureCapture& first = runs.front().shown(state);
    const std::size_t layer = shownHead(first, state).layer;
    figure::Figure figure =
        begun(runs, "picture-norms", fmt::format("Norms of the patches behind layer {}", layer),
              "Lengths of the patches as the block gives them; registers and the class token are "
              "no patches.");
    figure.x.label = "norm";
    figure.y.label = "patches";
    double largest = 0;
    for (const PictureFigureRun& run : runs) {
        const auto& capture = run.shown(state);
        const std::size_t at = std::min(layer, capture.layers().size() - 1);
        for (const float norm : capture.norms(at))
            if (std::isfinite(norm))
                largest = std::max(largest, static_cast<double>(norm));
    }
    const double width = largest > 0 ? largest * 1.0001 / static_cast<double>(kBins) : 1;
    const auto looks = runLooksOf(runs, state);
    for (std::size_t place = 0; place < runs.size(); ++place) {
        const auto& capture = runs[place].shown(state);
        const std::size_t at = std::min(layer, capture.layers().size() - 1);
        const std::int64_t prefix = capture.layers()[at].queries.prefix;
        const auto& norms = capture.norms(at);
        figure::Bars bars;
        bars.name = runs.size() > 1 ? runLabel(*runs[place].run) : "patches";
        bars.colour = looks[place].colour;
        bars.width = width * 0.9;
        std::vector<double> counts(kBins);
        for (std::size_t token = static_cast<std::size_t>(prefix); token < norms.size(); ++token)
            if (std::isfinite(norms[token]))
                ++counts[std::min(kBins - 1, static_cast<std::size_t>(
                                                 static_cast<double>(norms[token]) / width))];
        for (std::size_t bin = 0; bin < kBins; ++bin) {
            bars.position.push_back((static_cast<double>(bin) + 0.5) * width);
            bars.height.push_back(counts[bin]);
            bars.labels.push_back(fmt::format("{:.4g} to {:.4g}: {} patches",
                                              static_cast<double>(bin) * width,
                                              static_cast<double>(bin + 1) * width, counts[bin]));
        }
        figure.bars.push_back(std::move(bars));
        const NormLook look = normLook(norms, prefix, state.normFactor);
        if (place == 0) {
            figure.spans.push_back({.name = fmt::format("{:.3g} medians", state.normFactor),
                                    .vertical = true,
                                    .from = look.median * state.normFactor,
                                    .to = look.median * state.normFactor});
            figure.caption +=
                fmt::format(" {} of {} patches are above {:.3g} times the median of "
                            "{:.4g}.",
                            look.high, norms.size() - static_cast<std::size_t>(prefix),
                            state.normFactor, look.median);
        }
    }
    figure.altText = figure.title + ". " + figure.caption;
    return figure;
}

figure::Figure pictureErrorsFigure(const PictureRuns& runs, const PictureState& state)
{
    figure::Figure figure =
        begun(runs, "picture-standin-errors", "What other attention loses on the same Q, K and V",
              "Relative error of each head's output, ‖A′V − AV‖ / ‖AV‖, and its mean by layer; "
              "first run. "
              "Nothing was trained for the stand-in.");
    figure.x.label = "layer";
    figure.y.label = "output error";
    (void)state;
    const Table* table = runs.front().run->result.table("standins");
    if (!table)
        return figure;
    std::map<std::string, std::map<double, std::pair<double, int>>> means; // by kind, layer
    std::map<std::string, figure::Series> heads;
    const int layerColumn = table->column("layer"), headColumn = table->column("head");
    for (const auto& row : table->rows) {
        const std::string kind = textAt(*table, row, "attention");
        const auto* layer = std::get_if<std::int64_t>(&row[static_cast<std::size_t>(layerColumn)]);
        const auto* head = std::get_if<std::int64_t>(&row[static_cast<std::size_t>(headColumn)]);
        const double error = realAt(*table, row, "output_error");
        if (!layer || !head || std::isnan(error))
            continue;
        figure::Series& points = heads[kind];
        points.x.push_back(static_cast<double>(*layer));
        points.y.push_back(error);
        points.labels.push_back(fmt::format("{}, layer {}, head {}", kind, *layer, *head));
        auto& [sum, count] = means[kind][static_cast<double>(*layer)];
        sum += error;
        ++count;
    }
    int colour = 0;
    for (auto& [kind, points] : heads) {
        points.colour = colour;
        points.line = figure::Line::none;
        points.marker = figure::Marker::circle;
        figure::Series mean;
        mean.name = kind == "taylor"        ? "first-order Taylor"
                    : kind == "relu-linear" ? "ReLU-linear"
                                            : kind;
        mean.colour = colour++;
        for (const auto& [layer, value] : means[kind]) {
            mean.x.push_back(layer);
            mean.y.push_back(value.first / value.second);
        }
        figure.series.push_back(std::move(points));
        figure.series.push_back(std::move(mean));
    }
    figure.altText = figure.title + ".";
    return figure;
}

figure::Figure pictureAnswersFigure(const PictureRuns& runs, const PictureState& state)
{
    const std::string picture = runs.front().shown(state).name();
    figure::Figure figure = begun(runs, "picture-answers", "What the model calls it",
                                  "Softmax of the logits, the five likeliest classes.");
    figure.x.label = "probability";
    figure.x.minimum = 0, figure.x.maximum = 1;
    figure.y.reversed = true;
    figure.legend = runs.size() > 1;
    const auto looks = runLooksOf(runs, state);
    double position = 0;
    for (std::size_t place = 0; place < runs.size(); ++place) {
        const Table* table = answersOf(*runs[place].run);
        if (!table)
            continue;
        const std::string name = runs[place].shown(state).name();
        figure::Bars bars;
        bars.name = runs.size() > 1 ? runLabel(*runs[place].run) : "";
        bars.horizontal = true;
        bars.colour = looks[place].colour;
        for (const auto& row : table->rows) {
            if (textAt(*table, row, "picture") != name)
                continue;
            bars.position.push_back(position);
            bars.height.push_back(realAt(*table, row, "probability"));
            figure.y.ticks.push_back({position++, textAt(*table, row, "answer")});
        }
        position += 0.5;
        figure.bars.push_back(std::move(bars));
    }
    figure.altText = fmt::format("{}: {}.", figure.title, picture);
    return figure;
}

std::vector<figure::Figure> pictureFigures(const std::vector<RunRecord>& records, const Json& json)
{
    PictureRuns runs;
    for (const RunRecord& record : records)
        if (auto opened = openPictureRun(record))
            runs.push_back(*std::move(opened));
    std::vector<figure::Figure> list;
    if (runs.empty())
        return list;
    PictureState state = readPictureState(json, *runs.front().run);
    list.push_back(pictureMapsFigure(runs, state, shownMaps(runs, state)));
    if (state.maps != PictureMaps::standIns) {
        PictureState three = state;
        three.maps = PictureMaps::standIns;
        list.push_back(pictureMapsFigure(runs, three, shownMaps(runs, three)));
    }
    list.push_back(pictureDistanceFigure(runs, state));
    list.push_back(pictureNormsFigure(runs, state));
    if (auto errors = pictureErrorsFigure(runs, state); !errors.series.empty())
        list.push_back(std::move(errors));
    if (auto answers = pictureAnswersFigure(runs, state); !answers.bars.empty())
        list.push_back(std::move(answers));
    for (figure::Figure& figure : list)
        figure.recipe.state = dumpJson(json.is_object() ? json : Json::object());
    return list;
}

} // namespace vitrine::attention_plugin
