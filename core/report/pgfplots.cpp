#include "core/report/pgfplots.h"

#include "core/base/format.h"
#include "core/figure/ticks.h"
#include "core/report/latex_text.h"
#include "core/report/latex_width.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::report
{

const std::string_view kLatexColours = R"tex(\definecolor{vitrine0}{HTML}{0072B2}
\definecolor{vitrine1}{HTML}{D55E00}
\definecolor{vitrine2}{HTML}{009E73}
\definecolor{vitrine3}{HTML}{CC79A7}
\definecolor{vitrine4}{HTML}{E69F00}
\definecolor{vitrine5}{HTML}{56B4E9}
\definecolor{vitrine6}{HTML}{1B1F27}
\definecolor{vitrine7}{HTML}{F0E442}
\definecolor{vitrinemuted}{HTML}{596273}
\definecolor{vitrineline}{HTML}{D7DBE2}
)tex";

namespace
{

using figure::Axis;
using figure::Figure;
using figure::Line;
using figure::Marker;
using figure::Range;

constexpr std::size_t kMostPoints = 3000;
constexpr double kFar = 20; // widths of the range: points beyond overflow TeX's numbers

std::string colourName(int colour)
{
    return colour < 0 ? "vitrinemuted" : fmt::format("vitrine{}", colour % 8);
}

const char* lineStyle(Line line)
{
    switch (line) {
    case Line::dash:
        return "dashed";
    case Line::dot:
        return "dotted";
    case Line::dashDot:
        return "dash dot";
    default:
        return "solid";
    }
}

const char* markName(Marker marker)
{
    switch (marker) {
    case Marker::circle:
        return "*";
    case Marker::square:
        return "square*";
    case Marker::triangle:
        return "triangle*";
    case Marker::cross:
        return "x";
    default:
        return "none";
    }
}

// A value as TeX may have it: near the range, and positive on a logarithmic axis.
std::string coordinate(double value, const Axis& axis, Range range)
{
    if (axis.scale == figure::Scale::logarithmic) {
        const double decades = std::log10(range.high / range.low);
        return shortest(std::clamp(value, range.low * std::pow(10, -decades),
                                   range.high * std::pow(10, decades)));
    }
    const double width = range.high - range.low;
    return shortest(std::clamp(value, range.low - kFar * width, range.high + kFar * width));
}

// The legend's sign of bars and bands; pgfplots' own has a black edge.
std::string swatch(const std::string& colour, double opacity)
{
    return fmt::format("legend image code/.code={{\\fill[{}, fill opacity={}] (0cm,-0.09cm) "
                       "rectangle (0.3cm,0.11cm);}}",
                       colour, opacity);
}

struct PgfWriter {
    const Figure& figure;
    Range x, y;
    std::string text{};

    std::string at(double px, double py) const
    {
        return fmt::format("({},{})", coordinate(px, figure.x, x), coordinate(py, figure.y, y));
    }
    std::string place(double px, double py) const
    {
        return fmt::format("(axis cs:{},{})", coordinate(px, figure.x, x),
                           coordinate(py, figure.y, y));
    }

    void axis(const char* letter, const Axis& axis, Range range, int most)
    {
        text += fmt::format("  {0}min={1}, {0}max={2},\n", letter, shortest(range.low),
                            shortest(range.high));
        if (axis.scale == figure::Scale::logarithmic)
            text += fmt::format("  {}mode=log,\n", letter);
        if (axis.reversed)
            text += fmt::format("  {} dir=reverse,\n", letter);
        text += fmt::format("  {}label={{{}}},\n", letter, latexText(figure::axisTitle(axis)));
        const figure::Ticks ticks = figure::chooseTicks(axis, range, most);
        std::string places, labels;
        for (const Axis::Tick& tick : ticks.major) {
            places += (places.empty() ? "" : ",") + shortest(tick.position);
            labels += (labels.empty() ? "{" : ",{") + latexText(tick.label) + "}";
        }
        if (places.empty())
            text += fmt::format("  {}tick=\\empty,\n", letter);
        else
            text += fmt::format("  {0}tick={{{1}}},\n  {0}ticklabels={{{2}}},\n", letter, places,
                                labels);
    }

    void series(const figure::Series& each)
    {
        const bool line = each.line != Line::none;
        text += fmt::format("\\addplot[{}, {}, line width={}pt, mark={}, mark size=1.6pt, mark "
                            "options={{solid}}{}{}] coordinates {{",
                            colourName(each.colour), lineStyle(each.line), shortest(each.width),
                            markName(each.marker), line ? "" : ", only marks",
                            each.name.empty() ? ", forget plot" : "");
        const bool logX = figure.x.scale == figure::Scale::logarithmic;
        const bool logY = figure.y.scale == figure::Scale::logarithmic;
        for (std::size_t i = 0; i < std::min(each.x.size(), each.y.size()); ++i) {
            const bool drawn =
                std::isfinite(each.x[i]) && std::isfinite(each.y[i]) && !(logX && each.x[i] <= 0);
            const double floor = logY ? std::max(each.y[i], y.low * 1e-3) : each.y[i];
            text += i % 6 == 0 ? "\n  " : " ";
            text += drawn ? at(each.x[i], floor) : fmt::format("({},nan)", shortest(x.low));
        }
        text += "\n};\n";
        if (!each.name.empty())
            text += fmt::format("\\addlegendentry{{{}}}\n", latexText(each.name));
    }

    void bars(const figure::Bars& each)
    {
        for (std::size_t i = 0; i < std::min(each.position.size(), each.height.size()); ++i) {
            if (!std::isfinite(each.height[i]) || !std::isfinite(each.position[i]))
                continue;
            const double base = i < each.base.size() ? each.base[i] : 0;
            const double end = base + each.height[i];
            const double from = each.position[i] - each.width / 2;
            const double to = each.position[i] + each.width / 2;
            text += fmt::format("\\fill[{}] {} rectangle {};\n", colourName(each.colour),
                                each.horizontal ? place(base, from) : place(from, base),
                                each.horizontal ? place(end, to) : place(to, end));
        }
        if (!each.name.empty())
            text += fmt::format("\\addlegendimage{{{}}}\n\\addlegendentry{{{}}}\n",
                                swatch(colourName(each.colour), 1), latexText(each.name));
    }

    void span(const figure::Span& each)
    {
        if (!std::isfinite(each.from) || !std::isfinite(each.to))
            return;
        const std::string colour = colourName(each.colour);
        const bool band = each.from != each.to;
        const std::string first = each.vertical ? place(each.from, y.low) : place(x.low, each.from);
        const std::string second = each.vertical ? place(each.to, y.high) : place(x.high, each.to);
        if (band)
            text +=
                fmt::format("\\fill[{}, opacity=0.14] {} rectangle {};\n", colour, first, second);
        else
            text += fmt::format("\\draw[{}, {}, line width=1pt] {} -- {};\n", colour,
                                lineStyle(each.line), first, second);
        if (!each.name.empty())
            text +=
                fmt::format("\\addlegendimage{{{}}}\n\\addlegendentry{{{}}}\n",
                            band ? swatch(colour, 0.3)
                                 : fmt::format("no markers, {}, {}", colour, lineStyle(each.line)),
                            latexText(each.name));
    }

    void note(const figure::Annotation& each)
    {
        if (each.x < x.low || each.x > x.high || each.y < y.low || each.y > y.high)
            return;
        const bool right = each.x < x.low + 0.7 * (x.high - x.low);
        text +=
            fmt::format("\\node[anchor=south {}, text={}] at {} {{{}}};\n", right ? "west" : "east",
                        colourName(each.colour), place(each.x, each.y), latexText(each.text));
    }
};

constexpr double kPoint = 72.27 / 25.4; // points of a millimetre
constexpr double kAround = 45;          // points that pgfplots keeps for labels beside the axes

// Whether all names along x have room up to the next one; else they stand upright.
bool namesFit(const Figure& figure, Range range, double textSize)
{
    const double gap = textSize * 0.6;
    const double perUnit = (figure.width * kPoint - kAround) / (range.high - range.low);
    double end = -1e9;
    for (const Axis::Tick& tick : figure.x.ticks) {
        if (tick.position < range.low || tick.position > range.high)
            continue;
        const double half = latexWidth(tick.label, textSize) / 2;
        if (tick.position * perUnit - half < end)
            return false;
        end = tick.position * perUnit + half + gap;
    }
    return true;
}

// So many that the legend is no wider than the axes.
int legendColumns(const Figure& figure, double textSize)
{
    constexpr double kKey = 30, kMost = 4;
    double widest = 0;
    const auto look = [&](const auto& items) {
        for (const auto& item : items)
            widest = std::max(widest, latexWidth(item.name, textSize));
    };
    look(figure.series);
    look(figure.bars);
    look(figure.spans);
    const double room = figure.width * kPoint - kAround;
    return static_cast<int>(std::clamp(std::floor(room / (widest + kKey)), 1.0, kMost));
}

std::size_t pointsOf(const Figure& figure)
{
    std::size_t points = 0;
    for (const figure::Series& series : figure.series)
        points += series.x.size();
    for (const figure::Bars& bars : figure.bars)
        points += bars.position.size();
    return points;
}

} // namespace

bool drawnByLatex(const Figure& figure)
{
    return figure.grids.empty() && figure.images.empty() && pointsOf(figure) <= kMostPoints;
}

std::string pgfplots(const PlacedFigure& figure)
{
    PgfWriter writer{figure, figure::xRange(figure), figure::yRange(figure)};
    const double size = figure.textSize;
    const bool named = !figure.x.ticks.empty();
    const bool upright = named && !namesFit(figure, writer.x, size);
    // As many labels as the window would have on that width and height.
    const int mostX = named ? !upright ? static_cast<int>(figure.x.ticks.size())
                                       : std::max(2, static_cast<int>(figure.width / (size * 0.5)))
                            : std::clamp(static_cast<int>(figure.width / 20), 2, 10);
    const int mostY = figure.y.ticks.empty()
                          ? std::clamp(static_cast<int>(figure.height / 10), 3, 8)
                          : std::max(2, static_cast<int>(figure.height / (size * 0.5)));
    writer.text = fmt::format(
        "\\begin{{tikzpicture}}\n\\begin{{axis}}[\n  width={}mm, height={}mm, scale only "
        "axis=false,\n  font=\\fontsize{{{}}}{{{}}}\\selectfont,\n",
        shortest(figure.width), shortest(figure.height), shortest(size), shortest(size * 1.2));
    writer.axis("x", figure.x, writer.x, mostX);
    writer.axis("y", figure.y, writer.y, mostY);
    if (upright)
        writer.text += "  xticklabel style={rotate=90, anchor=east},\n";
    writer.text +=
        "  axis on top=false, axis line style={vitrineline}, tick style={vitrineline}, "
        "tick align=outside, scaled ticks=false,\n  axis lines*=left, unbounded coords=jump, clip "
        "mode=individual,\n";
    if (figure.x.ticks.empty() && figure.y.ticks.empty())
        writer.text += "  grid=major, grid style={vitrineline, line width=0.4pt},\n";
    if (figure.equalAspect)
        writer.text += "  axis equal image,\n";
    if (!figure.axes)
        writer.text += "  hide axis,\n";
    writer.text += fmt::format(
        "  legend cell align=left, legend columns={}, legend style={{draw=none, fill=none, "
        "at={{(0,1.02)}}, anchor=south west,\n    /tikz/every even column/.append "
        "style={{column sep=8pt}}}},\n]\n",
        legendColumns(figure, size));
    const bool legend = figure.legend;
    for (const figure::Span& span : figure.spans)
        if (span.from != span.to)
            writer.span(span);
    for (const figure::Bars& bars : figure.bars)
        writer.bars(bars);
    for (const figure::Series& series : figure.series)
        writer.series(series);
    for (const figure::Span& span : figure.spans)
        if (span.from == span.to)
            writer.span(span);
    for (const figure::Annotation& note : figure.annotations)
        writer.note(note);
    if (!legend)
        writer.text += "\\legend{}\n";
    return writer.text + "\\end{axis}\n\\end{tikzpicture}\n";
}

} // namespace vitrine::report
