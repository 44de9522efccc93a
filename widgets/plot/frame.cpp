#include "widgets/plot/frame.h"

#include <algorithm>
#include <cmath>

namespace vitrine::plot
{
namespace
{

constexpr double kFarOutside = -1e4;

double share(double value, figure::Range range, bool logarithmic)
{
    if (!logarithmic)
        return (value - range.low) / (range.high - range.low);
    return value > 0 ? std::log(value / range.low) / std::log(range.high / range.low) : kFarOutside;
}

double valueOf(double share, figure::Range range, bool logarithmic)
{
    if (!logarithmic)
        return range.low + share * (range.high - range.low);
    return range.low * std::pow(range.high / range.low, share);
}

} // namespace

double Frame::pixelX(double value) const
{
    const double s = share(value, x, logX);
    return rect.left() + (reversedX ? 1 - s : s) * rect.width();
}

double Frame::pixelY(double value) const
{
    const double s = share(value, y, logY);
    return rect.top() + (reversedY ? s : 1 - s) * rect.height();
}

double Frame::valueX(double pixel) const
{
    const double s = (pixel - rect.left()) / rect.width();
    return valueOf(reversedX ? 1 - s : s, x, logX);
}

double Frame::valueY(double pixel) const
{
    const double s = (pixel - rect.top()) / rect.height();
    return valueOf(reversedY ? s : 1 - s, y, logY);
}

Frame Frame::part(const QRectF& place) const
{
    Frame inside = *this;
    inside.rect = rect.intersected(place);
    const auto [lowX, highX] =
        std::minmax({valueX(inside.rect.left()), valueX(inside.rect.right())});
    const auto [lowY, highY] =
        std::minmax({valueY(inside.rect.top()), valueY(inside.rect.bottom())});
    inside.x = {lowX, highX};
    inside.y = {lowY, highY};
    return inside;
}

} // namespace vitrine::plot
