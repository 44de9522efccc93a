#include "plugins/video/figures/figures.h"

#include "core/jobs/experiment/read_run.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::video_plugin
{
namespace
{

using figure::Figure;
using figure::Series;

// Rows grouped into series by the text in some columns.
struct Grouping {
    const char* table;
    const char *x, *y;
    std::vector<const char*> names;
    const char* leftOutIf = nullptr; // rows with a text there are left out
};

// A colour and, run by run, a line style for each series; several runs are told apart by their
// number.
void addSeries(Figure& figure, const std::vector<RunRecord>& runs, const figure::RunPlaces& places,
               const Grouping& grouping, figure::Marker marker)
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
    for (std::size_t r = 0; r < shown.size(); ++r) {
        const RunRecord& run = *shown[r];
        const Table* table = run.result.table(grouping.table);
        const std::size_t first = figure.series.size();
        for (std::size_t i = 0; i < table->rows.size(); ++i) {
            const RowReader row(*table, i);
            if (grouping.leftOutIf && !row.text(grouping.leftOutIf).empty())
                continue;
            std::string name = runs.size() > 1 ? fmt::format("#{}", run.number) : std::string();
            for (const char* part : grouping.names)
                if (row.has(part))
                    name += (name.empty() ? "" : " ") + row.text(part);
            auto series = std::find_if(figure.series.begin() + static_cast<std::ptrdiff_t>(first),
                                       figure.series.end(),
                                       [&](const Series& known) { return known.name == name; });
            if (series == figure.series.end()) {
                Series fresh;
                fresh.name = name;
                fresh.colour = static_cast<int>((figure.series.size() - first) % 6);
                fresh.line = kLines[place[r] % 4];
                fresh.marker = marker;
                figure.series.push_back(std::move(fresh));
                series = std::prev(figure.series.end());
            }
            series->x.push_back(row.number(grouping.x));
            series->y.push_back(row.number(grouping.y));
        }
        if (figure.series.size() > first) {
            figure.recipe.runs.push_back(run.uid);
            figure.recipe.experiment = run.experiment;
        }
    }
    figure.recipe.state = figure::runPlacesText(places);
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
                      const char* name, const char* column, const char* label, const char* unit)
{
    Figure figure = blank(name, "Rate and distortion");
    figure.x.label = "Rate";
    figure.x.unit = "kbit/s";
    figure.x.scale = figure::Scale::logarithmic;
    figure.y.label = label;
    figure.y.unit = unit;
    addSeries(figure, runs, places, {"rd", "kbps", column, {"codec"}, "violation"},
              figure::Marker::circle);
    sortByX(figure);
    figure.caption = fmt::format("{} over the payload's rate; one point per setting. Points that "
                                 "broke the protocol are left out.",
                                 label);
    figure.altText = fmt::format("{} rate-distortion curves.", figure.series.size());
    return figure;
}

// More lines than this are told apart neither by colour nor by legend.
constexpr std::size_t kMostLines = 10;

// "#5 x264 crf=22:gop=32": "#5 " and "#5 x264".
std::string runOf(const std::string& name)
{
    return name.starts_with('#') ? name.substr(0, name.find(' ')) : std::string();
}
std::string codecOf(const std::string& name)
{
    return name.substr(0, name.rfind(' '));
}

// Where there are too many lines: of each codec the setting whose rate is nearest to the run's
// middle one, so that the lines that stay are of like rates. True where some went.
bool keepLikeRates(Figure& figure, const std::vector<RunRecord>& runs)
{
    if (figure.series.size() <= kMostLines)
        return false;
    Figure bits;
    addSeries(bits, runs, {}, {"frames", "frame", "bits", {"codec", "setting"}},
              figure::Marker::none);
    std::map<std::string, double> rate;
    std::map<std::string, std::vector<double>> ratesOfRun;
    for (const Series& series : bits.series) {
        double sum = 1; // of what is known
        for (const double count : series.y)
            sum += count > 0 && std::isfinite(count) ? count : 0;
        rate[series.name] = std::log(sum);
        ratesOfRun[runOf(series.name)].push_back(rate[series.name]);
    }
    for (auto& [run, rates] : ratesOfRun)
        std::ranges::sort(rates);
    const auto away = [&](const std::string& name) {
        const auto& rates = ratesOfRun[runOf(name)];
        return rates.empty() ? 0.0 : std::abs(rate[name] - rates[rates.size() / 2]);
    };
    std::map<std::string, std::string> kept; // codec -> name
    for (const Series& series : figure.series) {
        auto& name = kept[codecOf(series.name)];
        if (name.empty() || away(series.name) < away(name))
            name = series.name;
    }
    return std::erase_if(figure.series, [&](const Series& series) {
               return kept[codecOf(series.name)] != series.name;
           }) > 0;
}

Figure perFrame(const std::vector<RunRecord>& runs, const figure::RunPlaces& places,
                const LineChoice& chosen, const char* name, const char* column, const char* title,
                const char* label, const char* unit)
{
    Figure figure = blank(name, title);
    figure.x.label = "Frame";
    figure.y.label = label;
    figure.y.unit = unit;
    addSeries(figure, runs, places, {"frames", "frame", column, {"codec", "setting"}},
              figure::Marker::none);
    std::erase_if(figure.series, [](const Series& series) {
        return std::ranges::none_of(series.y, [](double v) { return std::isfinite(v); });
    });
    if (chosen)
        std::erase_if(figure.series, [&](const Series& series) { return !chosen(series.name); });
    const bool isPart = !chosen && keepLikeRates(figure, runs);
    std::map<std::string, int> colours; // by codec, whatever the run
    for (Series& series : figure.series)
        if (isPart) {
            const std::string codec = codecOf(series.name).substr(runOf(series.name).size());
            series.colour =
                colours.try_emplace(codec, static_cast<int>(colours.size()) % 6).first->second;
        }
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
    addSeries(figure, runs, places, {"curves", "rate", "quality", {"curve"}},
              figure::Marker::circle);
    figure.caption = "The points between which the deltas are integrated.";
    figure.altText = fmt::format("{} rate-distortion curves.", figure.series.size());
    return figure;
}

} // namespace

std::vector<Figure> figures(const std::vector<RunRecord>& runs, const LineChoice& chosen,
                            const figure::RunPlaces& places)
{
    std::vector<Figure> list = {
        rateDistortion(runs, places, "rd-psnr", "psnr_y", "PSNR-Y", "dB"),
        rateDistortion(runs, places, "rd-ssim", "ssim", "SSIM", ""), bdCurves(runs, places),
        perFrame(runs, places, chosen, "quality", "psnr_y", "Quality of every frame", "PSNR-Y",
                 "dB"),
        perFrame(runs, places, chosen, "bits", "bits", "Bits of every frame", "Payload", "bit")};
    std::erase_if(list, [](const Figure& figure) { return figure.series.empty(); });
    return list;
}

} // namespace vitrine::video_plugin
