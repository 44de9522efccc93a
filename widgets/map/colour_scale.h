#pragma once

#include "core/figure/map_look.h"

#include <QImage>
#include <QString>

#include <array>
#include <span>

namespace vitrine
{

// Which colour a value has.
struct ColourScale {
    figure::ColourMap map = figure::ColourMap::viridis;
    figure::Scale scale = figure::Scale::linear;
    double minimum = 0, maximum = 0.1; // values outside take the end's colour

    friend bool operator==(const ColourScale&, const ColourScale&) = default;
};

// Weights as they are looked at.
ColourScale weightScale(const figure::MapLook& look);
// Differences: blue below, red above, white at zero.
ColourScale differenceScale(double largest, figure::Scale scale = figure::Scale::linear);

// The rule of core/figure's Grid (figure::normalised, figure::colourOf) with its 256 colours looked
// up.
class ColourTable
{
public:
    explicit ColourTable(const ColourScale& scale);

    const ColourScale& scale() const { return scale_; }
    QRgb colour(float value) const; // transparent for NaN, and what is hatched (theme/hatch.h)
    QRgb entry(int place) const { return colours_[static_cast<std::size_t>(place)]; } // 0..255
    // width * height values, row-major.
    QImage image(std::span<const float> values, int width, int height) const;

private:
    ColourScale scale_;
    figure::Grid rule_; // range and scale alone
    std::array<QRgb, 256> colours_{};
};

// Words for a legend: "linear, clipped at 0.1".
QString scaleText(const ColourScale& scale);

} // namespace vitrine
