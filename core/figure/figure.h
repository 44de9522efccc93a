#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// A figure as plain data: what the window draws, what a report draws, what LaTeX gets as pgfplots.
// No pixels, no toolkit.
namespace vitrine::figure
{

enum class Scale { linear, logarithmic };

struct Axis {
    std::string label{};
    std::string unit{}; // shown as "label (unit)"; empty for none
    Scale scale = Scale::linear;
    std::optional<double> minimum{}, maximum{}; // none: from the data
    // Names instead of numbers at given positions (token labels, layer names). Thinned out where
    // they do not fit.
    struct Tick {
        double position = 0;
        std::string label{};
    };
    std::vector<Tick> ticks{};
    bool reversed = false; // rows of a map run downwards
};

// Index into the series colours of the design language; the drawing engine knows the values for
// light and dark. kTextColour draws in the text's colour, kMuted in the muted text's.
inline constexpr int kTextColour = 6;
inline constexpr int kMuted = -1;

enum class Line { none, solid, dash, dot, dashDot };
enum class Marker { none, circle, square, triangle, cross };

struct Series {
    std::string name{};           // in the legend; empty: not listed
    std::vector<double> x{}, y{}; // equally long; NaN in y is a gap
    int colour = 0;
    Line line = Line::solid;
    Marker marker = Marker::none;
    double width = 1.5;                // points
    std::vector<std::string> labels{}; // what each point is, said under the pointer; or empty
};

struct Bars {
    std::string name{};
    std::vector<double> position{}, height{}; // from the base on, down where negative
    std::vector<double> base{}; // empty: 0; else where each bar begins (stacks, Gantt charts)
    double width = 0.8;         // in units of the axis
    bool horizontal = false;
    int colour = 0;
    std::vector<std::string> labels{}; // what each bar is, said under the pointer; or empty
};

// Vertical or horizontal line or band across the whole plot.
struct Span {
    std::string name{};
    bool vertical = false;   // a line at x = from
    double from = 0, to = 0; // equal: a line
    int colour = kMuted;
    Line line = Line::dash;
};

struct Annotation {
    std::string text{};
    double x = 0, y = 0;
    int colour = kTextColour;
};

enum class ColourMap { viridis, cividis, magma, difference };

// What is drawn between the centres of cells (core/figure/upsample.h).
enum class Upsampling { nearest, bilinear, bicubic };

// A picture between the axes, below all else; pixel (row, column) is centred as a Grid's cell is.
struct Image {
    std::string name{};    // what it shows, said under the pointer: "coat, taken for a shirt"
    std::string caption{}; // under it, in one or several lines ('\n'), each cut to its width
    std::int64_t width = 0, height = 0;
    std::vector<std::uint8_t>
        rgb{}; // 3 * width * height: red, green, blue, row by row; else it is not drawn
    double x0 = 0, dx = 1, y0 = 0, dy = 1;
};

// Regular grid of values, drawn as coloured cells; cell (row, column) is centred at (x0 + column *
// dx, y0 + row * dy).
struct Grid {
    std::string name{}; // what the colour means: "attention weight"
    std::string unit{};
    std::int64_t rows = 0, columns = 0;
    std::vector<float>
        values{}; // rows * columns, row-major; NaN is drawn as no cell (the causal future)
    double x0 = 0, dx = 1, y0 = 0, dy = 1;
    ColourMap map = ColourMap::viridis;
    Scale scale = Scale::linear;
    double minimum = 0,
           maximum = 1;   // range of the colours; shown on the legend with scale and clipping
    bool clipped = false; // values outside the range exist: said on the legend
    double opacity = 1;   // below 1 what lies under the cells is seen; said on the legend
    Upsampling upsampling = Upsampling::nearest;
};

// Where a figure comes from: enough to draw it again and to answer "Where from?".
struct Recipe {
    std::vector<std::string> runs{}; // uids
    std::string experiment{};
    std::string figure{}; // the figure's name within its plugin
    std::string state{};  // the view's state, as JSON text
};

struct Figure {
    std::string name{}; // stable, fit for a file name: "sink-profile"
    std::string title{};
    std::string caption{}; // sentence under it
    std::string altText{}; // for those who do not see it
    Axis x{}, y{};
    std::vector<Series> series{};
    std::vector<Bars> bars{};
    std::vector<Image> images{};
    std::vector<Grid> grids{};
    std::vector<Span> spans{};
    std::vector<Annotation> annotations{};
    bool legend = true;
    bool axes = true;                // false: without lines, ticks and labels (pictures alone)
    bool equalAspect = false;        // square cells
    double width = 120, height = 80; // millimetres on paper
    Recipe recipe{};
};

struct Range {
    double low = 0, high = 1;
};

// The ranges a drawing shows: the axis's own where given, else of all data with a margin of 4 %
// (none where grids and pictures fill it; under pictures there is room for their captions).
Range xRange(const Figure& figure);
Range yRange(const Figure& figure);

struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0;
    friend bool operator==(const Colour&, const Colour&) = default;
};

// value in [0, 1] (clamped) to a colour; tables of 256 entries. NaN gives black.
Colour colourOf(ColourMap map, double value);
// On a logarithmic colour scale whatever is below this share of the maximum counts as that.
inline constexpr double kLogFloor = 1e-6;
// The values that the two ends of a grid's colours stand for: with ColourMap::difference zero is
// always in the middle, and a logarithmic scale starts above zero.
Range colourRange(const Grid& grid);
// value of a grid to [0, 1] by its range and scale, clamped. NaN stays NaN. A logarithmic
// difference is symmetric: its sign, and the decades of its size.
double normalised(const Grid& grid, float value);

} // namespace vitrine::figure
