#include "plugins/video/figures/figures.h"

#include "plugins/video/figures/point_name.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::video_plugin
{
namespace
{

using figure::Figure;
using figure::Series;

// Rows grouped into lines by the curve or the point that they are of.
struct Grouping {
    const char* table;
    const char *x, *y;
    std::vector<const char*> names;  // columns whose texts name a line
    bool byPoint = false;            // a line per point, not per curve
    const char* leftOutIf = nullptr; // rows with a text there are left out
};

struct DrawnLine {
    LineId id;
    Series series;
};

LineId lineOf(const RunRecord& run, const RowReader& row, const Grouping& grouping)
{
    if (!grouping.byPoint)
        return {run.uid, row.text(grouping.names.front()), {}};
    const PointName name = pointNameOf(row);
    return {run.uid, name.curve, name.point};
}

// A colour and, run by run, a line style for each line; several runs are told apart by their
// number. The figure takes down which runs it is of.
std::vector<DrawnLine> linesOf(Figure& figure, const std::vector<RunRecord>& runs,
                               const figure::RunPlaces& places, const Grouping& grouping,
                               figure::Marker marker)
{
    static constexpr figure::Line kLines[] = {figure::Line::solid, figure::Line::dash,
                                              figure::Line::dot, figure::Line::dashDot};
    std::vector<const RunRecord*> shown;
    std::vector<std::string> uids;
    for (const RunRecord& run : runs) {
        const Table* table = run.result.table(grouping.table);
        if (!table || table->column(grouping.x) < 0 || table->column(grouping.y) < 0)
            continue;
        shown.push_back(&run);
        uids.push_back(run.uid);
    }
    const std::vector<int> place = figure::runPlaces(uids, places);
    std::vector<DrawnLine> lines;
    for (std::size_t r = 0; r < shown.size(); ++r) {
        const RunRecord& run = *shown[r];
        const Table* table = run.result.table(grouping.table);
        const std::size_t first = lines.size();
        std::map<LineId, std::size_t> known; // of this run
        for (std::size_t i = 0; i < table->rows.size(); ++i) {
            const RowReader row(*table, i);
            if (grouping.leftOutIf && !row.text(grouping.leftOutIf).empty())
                continue;
            const auto [at, isNew] = known.try_emplace(lineOf(run, row, grouping), lines.size());
            if (isNew) {
                Series fresh;
                fresh.name = runs.size() > 1 ? fmt::format("#{}", run.number) : std::string();
                for (const char* part : grouping.names)
                    if (row.has(part))
                        fresh.name += (fresh.name.empty() ? "" : " ") + row.text(part);
                fresh.colour = static_cast<int>((lines.size() - first) % 6);
                fresh.line = kLines[place[r] % 4];
                fresh.marker = marker;
                lines.push_back({at->first, std::move(fresh)});
            }
            Series& series = lines[at->second].series;
            series.x.push_back(row.number(grouping.x));
            series.y.push_back(row.number(grouping.y));
        }
        if (lines.size() > first) {
            figure.recipe.runs.push_back(run.uid);
            figure.recipe.experiment = run.experiment;
        }
    }
    figure.recipe.state = figure::runPlacesText(places);
    return lines;
}

// Those that are shown, as they are wished.
void draw(Figure& figure, std::vector<DrawnLine> lines, const LineLooks& looks)
{
    for (DrawnLine& line : lines) {
        const LineLook look = looks ? looks(line.id) : LineLook{};
        if (!look.isShown)
            continue;
        line.series.name = look.name.value_or(line.series.name);
        line.series.colour = look.colour.value_or(line.series.colour);
        figure.series.push_back(std::move(line.series));
    }
}

// Points of a curve in order of rate.
void sortByX(Figure& figure)
{
    for (Series& series : figure.series) {
        std::vector<std::size_t> order(series.x.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
            return series.x[a] < series.x[b] ||
                   (std::isnan(series.x[b]) && !std::isnan(series.x[a]));
        });
        Series sorted = series;
        for (std::size_t i = 0; i < order.size(); ++i) {
            sorted.x[i] = series.x[order[i]];
            sorted.y[i] = series.y[order[i]];
        }
        series = std::move(sorted);
    }
}

Figure blank(const char* name, const char* title)
{
    Figure figure;
    figure.name = name;
    figure.title = title;
    figure.recipe.figure = name;
    figure.recipe.state = "{}";
    return figure;
}

Figure rateDistortion(const std::vector<RunRecord>& runs, const figure::RunPlaces& places,
                      const LineLooks& looks, const char* name, const char* column,
                      const char* label, const char* unit)
{
    Figure figure = blank(name, "Rate and distortion");
    figure.x.label = "Rate";
    figure.x.unit = "kbit/s";
    figure.x.scale = figure::Scale::logarithmic;
    figure.y.label = label;
    figure.y.unit = unit;
    draw(figure,
         linesOf(figure, runs, places, {"rd", "kbps", column, {"codec"}, false, "violation"},
                 figure::Marker::circle),
         looks);
    sortByX(figure);
    figure.caption = fmt::format("{} over the payload's rate; one point per setting. Points that "
                                 "broke the protocol are left out.",
                                 label);
    figure.altText = fmt::format("{} rate-distortion curves.", figure.series.size());
    return figure;
}

// More lines than this are told apart neither by colour nor by legend.
constexpr std::size_t kMostLines = 10;

using CurveOfRun = std::pair<std::string, std::string>;
CurveOfRun curveOf(const DrawnLine& line)
{
    return {line.id.run, line.id.curve};
}

// Where there are too many lines: of each codec the setting whose rate is nearest to the run's
// middle one, so that the lines that stay are of like rates. True where some went.
bool keepLikeRates(std::vector<DrawnLine>& lines, const std::vector<RunRecord>& runs)
{
    if (lines.size() <= kMostLines)
        return false;
    Figure ignored;
    std::map<LineId, double> rate;
    std::map<std::string, std::vector<double>> ratesOfRun;
    for (const DrawnLine& line :
         linesOf(ignored, runs, {}, {"frames", "frame", "bits", {"codec", "setting"}, true},
                 figure::Marker::none)) {
        double sum = 1; // of what is known
        for (const double count : line.series.y)
            sum += count > 0 && std::isfinite(count) ? count : 0;
        rate[line.id] = std::log(sum);
        ratesOfRun[line.id.run].push_back(rate[line.id]);
    }
    for (auto& [run, rates] : ratesOfRun)
        std::ranges::sort(rates);
    const auto away = [&](const LineId& line) {
        const auto& rates = ratesOfRun[line.run];
        return rates.empty() ? 0.0 : std::abs(rate[line] - rates[rates.size() / 2]);
    };
    std::map<CurveOfRun, LineId> kept;
    for (const DrawnLine& line : lines) {
        const auto [at, isNew] = kept.try_emplace(curveOf(line), line.id);
        if (!isNew && away(line.id) < away(at->second))
            at->second = line.id;
    }
    return std::erase_if(
               lines, [&](const DrawnLine& line) { return kept.at(curveOf(line)) != line.id; }) > 0;
}

Figure perFrame(const std::vector<RunRecord>& runs, const figure::RunPlaces& places,
                const LineLooks& looks, const char* name, const char* column, const char* title,
                const char* label, const char* unit)
{
    Figure figure = blank(name, title);
    figure.x.label = "Frame";
    figure.y.label = label;
    figure.y.unit = unit;
    auto lines =
        linesOf(figure, runs, places, {"frames", "frame", column, {"codec", "setting"}, true},
                figure::Marker::none);
    std::erase_if(lines, [](const DrawnLine& line) {
        return std::ranges::none_of(line.series.y, [](double v) { return std::isfinite(v); });
    });
    const bool isPart = !looks && keepLikeRates(lines, runs);
    std::map<std::string, int> colours; // by codec, whatever the run
    for (DrawnLine& line : lines)
        if (isPart)
            line.series.colour =
                colours.try_emplace(line.id.curve, static_cast<int>(colours.size()) % 6)
                    .first->second;
    draw(figure, std::move(lines), looks);
    if (figure.series.size() == 1)
        figure.legend = false;
    figure.caption = fmt::format("{} of every frame, in order of display.{}", label,
                                 isPart ? " Of each codec the setting nearest to the middle rate; "
                                          "the table has all."
                                        : "");
    figure.altText = fmt::format("{} curves over frames.", figure.series.size());
    return figure;
}

Figure bdCurves(const std::vector<RunRecord>& runs, const figure::RunPlaces& places)
{
    Figure figure = blank("curves", "Curves of the Bjøntegaard deltas");
    figure.x.label = "Rate";
    figure.x.scale = figure::Scale::logarithmic;
    figure.y.label = "Quality";
    figure.y.unit = "dB";
    draw(figure,
         linesOf(figure, runs, places, {"curves", "rate", "quality", {"curve"}},
                 figure::Marker::circle),
         {});
    figure.caption = "The points between which the deltas are integrated.";
    figure.altText = fmt::format("{} rate-distortion curves.", figure.series.size());
    return figure;
}

} // namespace

std::vector<Figure> figures(const std::vector<RunRecord>& runs, const LineLooks& looks,
                            const figure::RunPlaces& places)
{
    std::vector<Figure> list = {
        rateDistortion(runs, places, looks, "rd-psnr", "psnr_y", "PSNR-Y", "dB"),
        rateDistortion(runs, places, looks, "rd-ssim", "ssim", "SSIM", ""), bdCurves(runs, places),
        perFrame(runs, places, looks, "quality", "psnr_y", "Quality of every frame", "PSNR-Y",
                 "dB"),
        perFrame(runs, places, looks, "bits", "bits", "Bits of every frame", "Payload", "bit")};
    std::erase_if(list, [](const Figure& figure) { return figure.series.empty(); });
    return list;
}

} // namespace vitrine::video_plugin
