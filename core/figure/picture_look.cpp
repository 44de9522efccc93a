#include "core/figure/picture_look.h"

#include "core/base/json.h"
#include "core/base/json_state.h"
#include "core/figure/map_look.h"

#include <algorithm>
#include <array>

namespace vitrine::figure
{
namespace
{

constexpr double kGap = 0.06; // between pictures, whose squares have side 1
// Millimetres on paper.
constexpr double kSides = 7, kLegend = 22; // left and right of the pictures, and of a legend
constexpr double kAboveAndBelow = 11, kCaptionLineHeight = 4.4;

std::int64_t captionLines(const Figure& figure)
{
    std::int64_t most = 0;
    for (const Image& image : figure.images)
        if (!image.caption.empty())
            most = std::max<std::int64_t>(most, 1 + std::ranges::count(image.caption, '\n'));
    return most;
}

} // namespace

std::string upsamplingName(Upsampling upsampling)
{
    static const std::array<std::string, 3> names = {"nearest", "bilinear", "bicubic"};
    return names[static_cast<std::size_t>(upsampling)];
}

PictureLook pictureLookIn(const Json& state)
{
    PictureLook look;
    const MapLook map = mapLookIn(state);
    look.scale = map.scale;
    look.colours = map.colours;
    look.opacity = numberIn(state, "opacity", 0, 1, look.opacity);
    for (const Upsampling upsampling :
         {Upsampling::nearest, Upsampling::bilinear, Upsampling::bicubic})
        if (upsamplingName(upsampling) == textIn(state, "upsampling"))
            look.upsampling = upsampling;
    return look;
}

void putPictureLook(Json& state, const PictureLook& look, const PictureLook& before)
{
    if (look.scale != before.scale)
        state["scale"] = look.scale == Scale::logarithmic ? "log" : "linear";
    if (look.colours != before.colours)
        state["colour_map"] = colourMapName(look.colours);
    if (look.opacity != before.opacity)
        state["opacity"] = look.opacity;
    if (look.upsampling != before.upsampling)
        state["upsampling"] = upsamplingName(look.upsampling);
}

void layOver(Grid& grid, const Image& image)
{
    const double width = image.dx * static_cast<double>(image.width);
    const double height = image.dy * static_cast<double>(image.height);
    grid.dx = width / static_cast<double>(std::max<std::int64_t>(grid.columns, 1));
    grid.dy = height / static_cast<double>(std::max<std::int64_t>(grid.rows, 1));
    grid.x0 = image.x0 - image.dx / 2 + grid.dx / 2;
    grid.y0 = image.y0 - image.dy / 2 + grid.dy / 2;
}

void layInRows(Figure& figure, std::int64_t across)
{
    const auto count = static_cast<std::int64_t>(figure.images.size());
    across = std::clamp<std::int64_t>(across, 1, std::max<std::int64_t>(count, 1));
    const double room = figure.width - kSides - (figure.grids.empty() ? 0 : kLegend);
    const double perUnit = std::max(1.0, room) / (static_cast<double>(across) * (1 + kGap) - kGap);
    const double captions =
        static_cast<double>(captionLines(figure)) * kCaptionLineHeight / perUnit;
    const double pitch = 1 + kGap + captions;
    for (std::int64_t i = 0; i < count; ++i) {
        Image& image = figure.images[static_cast<std::size_t>(i)];
        const auto side =
            static_cast<double>(std::max({image.width, image.height, std::int64_t{1}}));
        image.dx = image.dy = 1 / side;
        const double left = static_cast<double>(i % across) * (1 + kGap);
        const double top = static_cast<double>(i / across) * pitch;
        // Low ones stand on the line that their captions hang from.
        const double lower = 1 - static_cast<double>(image.height) / side;
        const double inwards = (1 - static_cast<double>(image.width) / side) / 2;
        image.x0 = left + inwards + image.dx / 2;
        image.y0 = top + lower + image.dy / 2;
    }
    const double rows = static_cast<double>((count + across - 1) / across);
    figure.x.minimum = 0;
    figure.x.maximum = static_cast<double>(across) * (1 + kGap) - kGap;
    figure.y.minimum = 0;
    figure.y.maximum = std::max(rows, 1.0) * pitch - kGap;
    figure.y.reversed = true;
    figure.equalAspect = true;
    figure.axes = false;
    figure.height = *figure.y.maximum * perUnit + kAboveAndBelow;
}

} // namespace vitrine::figure
