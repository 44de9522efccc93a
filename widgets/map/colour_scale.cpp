#include "widgets/map/colour_scale.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{

ColourScale weightScale(const figure::MapLook& look)
{
    return {look.colours, look.scale, look.least(), look.clip};
}

ColourScale differenceScale(double largest, figure::Scale scale)
{
    return {figure::ColourMap::difference, scale, -largest, largest};
}

ColourTable::ColourTable(const ColourScale& scale) : scale_(scale)
{
    rule_.map = scale.map;
    rule_.scale = scale.scale;
    rule_.minimum = scale.minimum;
    rule_.maximum = scale.maximum;
    for (std::size_t i = 0; i < colours_.size(); ++i) {
        const figure::Colour c = figure::colourOf(scale.map, static_cast<double>(i) / 255.0);
        colours_[i] = qRgb(c.red, c.green, c.blue);
    }
}

QRgb ColourTable::colour(float value) const
{
    if (!std::isfinite(value))
        return 0;
    const bool linear = scale_.scale == figure::Scale::linear && scale_.maximum > scale_.minimum;
    const double share =
        linear ? (static_cast<double>(value) - scale_.minimum) / (scale_.maximum - scale_.minimum)
               : figure::normalised(rule_, value);
    return colours_[static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * 255.0 + 0.5)];
}

QImage ColourTable::image(std::span<const float> values, int width, int height) const
{
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    for (int row = 0; row < height; ++row) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
        const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(width);
        for (int column = 0; column < width; ++column)
            line[column] = colour(values[first + static_cast<std::size_t>(column)]);
    }
    return image;
}

QString scaleText(const ColourScale& scale)
{
    const QString rule = scale.scale == figure::Scale::linear ? QStringLiteral("linear")
                                                              : QStringLiteral("logarithmic");
    if (scale.map != figure::ColourMap::difference && scale.maximum >= 1)
        return rule;
    return QStringLiteral("%1, clipped at %2%3")
        .arg(rule, scale.map == figure::ColourMap::difference ? QStringLiteral("±") : QString(),
             QString::fromStdString(significant(scale.maximum, 3)));
}

} // namespace vitrine
