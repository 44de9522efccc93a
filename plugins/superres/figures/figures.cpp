#include "plugins/superres/figures/figures.h"

#include "core/jobs/experiment/read_run.h"
#include "core/superres/upscale/upscaler.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::superres_plugin
{
namespace
{

using figure::Figure;

std::vector<const RunRecord*> measuredRuns(const std::vector<RunRecord>& runs)
{
    std::vector<const RunRecord*> measured;
    for (const RunRecord& run : runs)
        if (run.result.metric("psnr_y") && run.result.table("items"))
            measured.push_back(&run);
    return measured;
}

void note(Figure& figure, const std::vector<const RunRecord*>& runs)
{
    figure.recipe.figure = figure.name;
    for (const RunRecord* run : runs) {
        figure.recipe.runs.push_back(run->uid);
        figure.recipe.experiment = run->experiment;
    }
}

// A line for each level of bicubic enlargement: runs of other pictures or scales have another.
void addBicubic(Figure& figure, const std::vector<const RunRecord*>& runs)
{
    std::vector<double> levels;
    for (const RunRecord* run : runs)
        levels.push_back(metricOf(run->result, "psnr_y_bicubic"));
    std::ranges::sort(levels);
    const auto again = std::ranges::unique(levels);
    levels.erase(again.begin(), again.end());
    for (const double level : levels)
        figure.spans.push_back(
            {.name = fmt::format("Bicubic, {:.2f} dB", level), .from = level, .to = level});
}

Figure qualityOverTime(const std::vector<const RunRecord*>& runs)
{
    Figure figure;
    figure.name = "quality-time";
    figure.title = "Quality and time";
    figure.caption = "PSNR of luma over the seconds for a picture; measured on this machine.";
    figure.altText = "Points, one for each run: time across, PSNR up.";
    figure.x = {.label = "time for a picture", .unit = "s", .scale = figure::Scale::logarithmic};
    figure.y = {.label = "PSNR of luma", .unit = "dB"};
    int colour = 0;
    for (const RunRecord* run : runs) {
        figure::Series point;
        point.name = runName(*run, runs.size() > 1);
        point.x = {metricOf(run->result, "seconds_per_frame")};
        point.y = {metricOf(run->result, "psnr_y")};
        point.colour = colour++ % 6;
        point.line = figure::Line::none;
        point.marker = figure::Marker::circle;
        point.labels = {point.name};
        figure.series.push_back(std::move(point));
    }
    addBicubic(figure, runs);
    note(figure, runs);
    return figure;
}

Figure gainByPicture(const std::vector<const RunRecord*>& runs)
{
    Figure figure;
    figure.name = "gain";
    figure.title = "Gain over bicubic, by picture";
    figure.caption = "PSNR of luma less that of bicubic enlargement.";
    figure.altText = "Bars, one for each picture and run, up where the run is better than bicubic.";
    figure.y = {.label = "PSNR above bicubic", .unit = "dB"};
    const double width = 0.8 / static_cast<double>(runs.size());
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const Table& items = *runs[r]->result.table("items");
        figure::Bars bars;
        bars.name = runName(*runs[r], runs.size() > 1);
        bars.colour = static_cast<int>(r % 6);
        bars.width = width;
        for (std::size_t i = 0; i < items.rows.size(); ++i) {
            const RowReader row(items, i);
            const auto place = static_cast<double>(i);
            bars.position.push_back(place - 0.4 + (static_cast<double>(r) + 0.5) * width);
            bars.height.push_back(row.number("psnr_y") - row.number("psnr_y_bicubic"));
            bars.labels.push_back(row.text("picture"));
            if (r == 0)
                figure.x.ticks.push_back({place, row.text("picture")});
        }
        figure.bars.push_back(std::move(bars));
    }
    note(figure, runs);
    return figure;
}

// Whether the runs are of pictures with the same names, in one order.
bool areOfOneSet(const std::vector<const RunRecord*>& runs)
{
    const auto names = [](const RunRecord& run) {
        const Table& items = *run.result.table("items");
        std::vector<std::string> all;
        for (std::size_t i = 0; i < items.rows.size(); ++i)
            all.push_back(RowReader(items, i).text("picture"));
        return all;
    };
    return std::ranges::all_of(
        runs, [&](const RunRecord* run) { return names(*run) == names(*runs.front()); });
}

} // namespace

std::string runName(const RunRecord& run, bool isOneOfSeveral)
{
    std::string id = parameterText(run.params, "method");
    for (const auto& method : superres::upscalingMethods())
        if (method.id == id)
            id = method.title;
    const std::string scale = " x" + parameterText(run.params, "scale");
    return isOneOfSeveral ? fmt::format("{}{} #{}", id, scale, run.number) : id + scale;
}

std::vector<Figure> figures(const std::vector<RunRecord>& runs)
{
    const auto measured = measuredRuns(runs);
    if (measured.empty())
        return {};
    std::vector<Figure> all = {qualityOverTime(measured)};
    if (areOfOneSet(measured))
        all.push_back(gainByPicture(measured));
    return all;
}

} // namespace vitrine::superres_plugin
