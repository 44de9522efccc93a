#include "core/figure/data.h"

#include "core/base/csv.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/figure/not_finite.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::figure
{
namespace
{

std::string number(double value)
{
    return std::isfinite(value) ? shortest(value) : std::string();
}

void line(std::string& csv, std::array<std::string, 7> fields)
{
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0)
            csv += ',';
        csv += csvField(fields[i]);
    }
    csv += '\n';
}

template <typename Item>
std::string labelOf(const Item& item, std::size_t index)
{
    return index < item.labels.size() ? item.labels[index] : std::string();
}

void addGrid(std::string& csv, const Grid& grid)
{
    const auto size = static_cast<std::int64_t>(grid.values.size());
    if (grid.rows <= 0 || grid.columns < 0 || grid.columns > size / grid.rows)
        return; // not a value for every cell
    for (std::int64_t row = 0; row < grid.rows; ++row)
        for (std::int64_t column = 0; column < grid.columns; ++column) {
            const float value = grid.values[static_cast<std::size_t>(row * grid.columns + column)];
            if (std::isnan(value))
                continue;
            line(csv, {"cell", grid.name, number(grid.x0 + static_cast<double>(column) * grid.dx),
                       number(grid.y0 + static_cast<double>(row) * grid.dy), "",
                       isNotFinite(value) ? "nan" : number(value), ""});
        }
}

// "224 x 224 pixels: coat, taken for a shirt"
std::string imageText(const Image& image)
{
    std::string text =
        std::to_string(image.width) + " x " + std::to_string(image.height) + " pixels";
    if (image.caption.empty())
        return text;
    std::string caption = image.caption;
    std::ranges::replace(caption, '\n', ' ');
    return text + ": " + caption;
}

Json axisJson(const Axis& axis, Range range)
{
    Json ticks = Json::array();
    for (const Axis::Tick& tick : axis.ticks)
        ticks.push_back({tick.position, tick.label});
    return {{"label", axis.label},
            {"unit", axis.unit},
            {"log", axis.scale == Scale::logarithmic},
            {"range", {range.low, range.high}},
            {"ticks", ticks},
            {"reversed", axis.reversed}};
}

constexpr std::array<const char*, 5> kLines = {"none", "solid", "dash", "dot", "dashDot"};
constexpr std::array<const char*, 5> kMarkers = {"none", "circle", "square", "triangle", "cross"};
constexpr std::array<const char*, 4> kMaps = {"viridis", "cividis", "magma", "difference"};
constexpr std::array<const char*, 3> kUpsamplings = {"nearest", "bilinear", "bicubic"};

template <typename Enum, std::size_t N>
const char* nameOf(const std::array<const char*, N>& names, Enum value)
{
    return names[static_cast<std::size_t>(value)];
}

Json imageJson(const Image& image)
{
    return {{"name", image.name},   {"caption", image.caption},
            {"width", image.width}, {"height", image.height},
            {"x0", image.x0},       {"dx", image.dx},
            {"y0", image.y0},       {"dy", image.dy}};
}

Json gridJson(const Grid& grid)
{
    return {{"name", grid.name},
            {"unit", grid.unit},
            {"rows", grid.rows},
            {"columns", grid.columns},
            {"x0", grid.x0},
            {"dx", grid.dx},
            {"y0", grid.y0},
            {"dy", grid.dy},
            {"map", nameOf(kMaps, grid.map)},
            {"log", grid.scale == Scale::logarithmic},
            {"range", {grid.minimum, grid.maximum}},
            {"clipped", grid.clipped},
            {"opacity", grid.opacity},
            {"upsampling", nameOf(kUpsamplings, grid.upsampling)},
            {"values", grid.values}};
}

} // namespace

std::string figureCsv(const Figure& figure)
{
    std::string csv = "kind,name,x,y,base,value,text\n";
    for (const Series& series : figure.series)
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
            line(csv, {"point", series.name, number(series.x[i]), number(series.y[i]), "", "",
                       labelOf(series, i)});
    for (const Bars& bars : figure.bars)
        for (std::size_t i = 0; i < std::min(bars.position.size(), bars.height.size()); ++i) {
            const double base = i < bars.base.size() ? bars.base[i] : 0.0;
            line(csv, {"bar", bars.name, number(bars.position[i]), number(base + bars.height[i]),
                       number(base), "", labelOf(bars, i)});
        }
    for (const Image& image : figure.images)
        line(csv,
             {"image", image.name, number(image.x0), number(image.y0), "", "", imageText(image)});
    for (const Grid& grid : figure.grids)
        addGrid(csv, grid);
    for (const Span& span : figure.spans)
        line(csv, {"span", span.name, span.vertical ? number(span.from) : "",
                   span.vertical ? "" : number(span.from), number(span.to), "", ""});
    for (const Annotation& note : figure.annotations)
        line(csv, {"note", "", number(note.x), number(note.y), "", "", note.text});
    return csv;
}

Json figureJson(const Figure& figure)
{
    Json json = {{"name", figure.name},
                 {"title", figure.title},
                 {"caption", figure.caption},
                 {"alt", figure.altText},
                 {"x", axisJson(figure.x, xRange(figure))},
                 {"y", axisJson(figure.y, yRange(figure))}};
    for (const Series& series : figure.series)
        json["series"].push_back({{"name", series.name},
                                  {"x", series.x},
                                  {"y", series.y},
                                  {"colour", series.colour},
                                  {"line", nameOf(kLines, series.line)},
                                  {"marker", nameOf(kMarkers, series.marker)}});
    for (const Bars& bars : figure.bars)
        json["bars"].push_back({{"name", bars.name},
                                {"position", bars.position},
                                {"height", bars.height},
                                {"base", bars.base},
                                {"width", bars.width},
                                {"horizontal", bars.horizontal},
                                {"colour", bars.colour}});
    for (const Image& image : figure.images)
        json["images"].push_back(imageJson(image));
    for (const Grid& grid : figure.grids)
        json["grids"].push_back(gridJson(grid));
    for (const Span& span : figure.spans)
        json["spans"].push_back({{"name", span.name},
                                 {"vertical", span.vertical},
                                 {"from", span.from},
                                 {"to", span.to},
                                 {"colour", span.colour},
                                 {"line", nameOf(kLines, span.line)}});
    for (const Annotation& note : figure.annotations)
        json["annotations"].push_back({{"text", note.text}, {"x", note.x}, {"y", note.y}});
    json["recipe"] = {{"runs", figure.recipe.runs},
                      {"experiment", figure.recipe.experiment},
                      {"figure", figure.recipe.figure},
                      {"state", figure.recipe.state}};
    return json;
}

} // namespace vitrine::figure
