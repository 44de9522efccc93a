#include "widgets/player/geometry.h"

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

// One axis: where the picture begins on the canvas, and what of it is in sight.
struct Axis {
    int from = 0, to = 0;       // canvas pixels
    double first = 0, size = 0; // samples
};

Axis along(int placeFrom, int placeSize, int samples, double zoom, double centre)
{
    const int whole = std::max(1, static_cast<int>(std::lround(samples * zoom)));
    // A picture that fits stands in the middle; a larger one leaves no border.
    const int low = placeSize - whole,
              wished = static_cast<int>(std::lround(placeSize / 2.0 - centre * whole));
    const int origin = placeFrom + (low >= 0 ? low / 2 : std::clamp(wished, low, 0));
    Axis axis;
    axis.from = std::max(placeFrom, origin);
    axis.to = std::min(placeFrom + placeSize, origin + whole);
    const double scale = static_cast<double>(samples) / whole;
    axis.first = (axis.from - origin) * scale;
    axis.size = (axis.to - axis.from) * scale;
    return axis;
}

double effectiveZoom(const PlayerState& state, QSize place, QSize common)
{
    return state.zoom > 0 ? state.zoom : fitZoom(place, common);
}

// The centre for which the picture's share `share` stands at `point`, no border left.
double centreFor(double share, double point, int placeFrom, int placeSize, int samples, double zoom)
{
    const double whole = samples * zoom;
    if (whole <= placeSize)
        return 0.5;
    const double half = placeSize / 2.0 / whole;
    return std::clamp(share - (point - placeFrom - placeSize / 2.0) / whole, half, 1 - half);
}

} // namespace

std::vector<QRect> gridPlaces(QSize canvas, int count, QSize picture, int gap, int head)
{
    int columns = 1;
    double best = -1;
    for (int c = 1; c <= count; ++c) {
        const int rows = (count + c - 1) / c;
        const QSize place((canvas.width() - gap * (c - 1)) / c,
                          (canvas.height() - gap * (rows - 1)) / rows - head);
        const double zoom = place.width() > 0 && place.height() > 0 ? fitZoom(place, picture) : 0;
        if (zoom > best * 1.0001) {
            best = zoom;
            columns = c;
        }
    }
    const int rows = count > 0 ? (count + columns - 1) / columns : 0;
    std::vector<QRect> places;
    for (int i = 0; i < count; ++i) {
        const int row = i / columns, column = i % columns;
        const int left = (canvas.width() + gap) * column / columns,
                  right = (canvas.width() + gap) * (column + 1) / columns - gap;
        const int top = (canvas.height() + gap) * row / rows + head,
                  bottom = (canvas.height() + gap) * (row + 1) / rows - gap;
        places.emplace_back(left, top, std::max(0, right - left), std::max(0, bottom - top));
    }
    return places;
}

double fitZoom(QSize place, QSize picture)
{
    const double zoom = std::min(place.width() / std::max(1.0, double(picture.width())),
                                 place.height() / std::max(1.0, double(picture.height())));
    // Samples of equal size where that costs little: a whole number of pixels each.
    constexpr double kWorth = 0.8;
    if (zoom >= 1 && std::floor(zoom) >= kWorth * zoom)
        return std::floor(zoom);
    return std::max(zoom, 1e-3);
}

Fitted fitted(const QRect& place, QSize common, QSize picture, double zoom, double centreX,
              double centreY)
{
    if (zoom <= 0)
        zoom = fitZoom(place.size(), common);
    const Axis x = along(place.x(), place.width(), common.width(), zoom, centreX);
    const Axis y = along(place.y(), place.height(), common.height(), zoom, centreY);
    const double sx = static_cast<double>(picture.width()) / std::max(1, common.width()),
                 sy = static_cast<double>(picture.height()) / std::max(1, common.height());
    Fitted fit;
    fit.target = QRect(x.from, y.from, x.to - x.from, y.to - y.from);
    fit.window = {
        x.first * sx,        y.first * sy,           x.size * sx, y.size * sy, fit.target.width(),
        fit.target.height(), zoom < std::max(sx, sy)};
    return fit;
}

std::optional<QPoint> sampleAt(const Fitted& fit, QSize picture, QPointF point)
{
    if (fit.target.width() < 1 || fit.target.height() < 1)
        return {};
    const double shareX = (point.x() - fit.target.x()) / fit.target.width(),
                 shareY = (point.y() - fit.target.y()) / fit.target.height();
    if (shareX < 0 || shareX >= 1 || shareY < 0 || shareY >= 1)
        return {};
    const int x = static_cast<int>(std::floor(fit.window.x + shareX * fit.window.width + 1e-9)),
              y = static_cast<int>(std::floor(fit.window.y + shareY * fit.window.height + 1e-9));
    return QPoint(std::clamp(x, 0, picture.width() - 1), std::clamp(y, 0, picture.height() - 1));
}

void zoomAbout(PlayerState& state, const QRect& place, QSize common, QPointF point, double factor)
{
    const double before = effectiveZoom(state, place.size(), common),
                 fit = fitZoom(place.size(), common);
    const double after = std::clamp(before * factor, std::min(fit, 1.0), kLargestZoom);
    const Fitted shown = fitted(place, common, common, before, state.centreX, state.centreY);
    const double shareX =
        (shown.window.x + (point.x() - shown.target.x()) / before) / common.width();
    const double shareY =
        (shown.window.y + (point.y() - shown.target.y()) / before) / common.height();
    state.zoom = after <= fit * 1.001 && factor < 1 ? 0 : after;
    if (state.zoom == 0) {
        state.centreX = state.centreY = 0.5;
        return;
    }
    state.centreX = centreFor(std::clamp(shareX, 0.0, 1.0), point.x(), place.x(), place.width(),
                              common.width(), after);
    state.centreY = centreFor(std::clamp(shareY, 0.0, 1.0), point.y(), place.y(), place.height(),
                              common.height(), after);
}

void pan(PlayerState& state, const QRect& place, QSize common, QPointF pixels)
{
    const double zoom = effectiveZoom(state, place.size(), common);
    const double x = place.x() + place.width() / 2.0, y = place.y() + place.height() / 2.0;
    state.centreX = centreFor(state.centreX - pixels.x() / (common.width() * zoom), x, place.x(),
                              place.width(), common.width(), zoom);
    state.centreY = centreFor(state.centreY - pixels.y() / (common.height() * zoom), y, place.y(),
                              place.height(), common.height(), zoom);
}

} // namespace vitrine::player
