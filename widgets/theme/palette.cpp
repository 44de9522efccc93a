#include "widgets/theme/palette.h"

#include "widgets/theme/style.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::theme
{
namespace
{

Palette light()
{
    return {.window = "#F6F7F9",
            .surface = "#FFFFFF",
            .sunken = "#ECEEF2",
            .line = "#D7DBE2",
            .text = "#1B1F27",
            .muted = "#596273",
            .accent = "#2A5BD0",
            .accentSoft = "#E4ECFC",
            .onAccent = "#FFFFFF",
            .good = "#1B7A4B",
            .warning = "#8F5400",
            .error = "#B3261E"};
}

Palette dark()
{
    return {.window = "#14171C",
            .surface = "#1B1F26",
            .sunken = "#0F1216",
            .line = "#323947",
            .text = "#E7EAF0",
            .muted = "#A3ADBD",
            .accent = "#8AABFF",
            .accentSoft = "#22304F",
            .onAccent = "#14171C",
            .good = "#5CC792",
            .warning = "#E9B255",
            .error = "#FF8A80",
            .dark = true};
}

Palette highContrast()
{
    return {.window = "#000000",
            .surface = "#000000",
            .sunken = "#000000",
            .line = "#FFFFFF",
            .text = "#FFFFFF",
            .muted = "#FFFFFF",
            .accent = "#FFD400",
            .accentSoft = "#332B00",
            .onAccent = "#000000",
            .good = "#7CFFB2",
            .warning = "#FFD400",
            .error = "#FF9E96",
            .dark = true,
            .lineWidth = 2};
}

// WCAG 2.1: relative luminance of a colour, and the contrast of two.
double luminanceOf(const QColor& colour)
{
    const auto linear = [](double part) {
        return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrastOf(const QColor& a, const QColor& b)
{
    const double one = luminanceOf(a), other = luminanceOf(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

ThemeName current = ThemeName::light;

} // namespace

QColor Palette::series(int index) const
{
    if (index < 0)
        return muted;
    static const std::array<QColor, 8> colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                  "#E69F00", "#56B4E9", QColor(),  "#F0E442"};
    const int place = index % static_cast<int>(colours.size());
    return place == 6 ? text : colours[static_cast<std::size_t>(place)];
}

QColor Palette::seriesWords(int index) const
{
    constexpr double kReadable = 4.5;
    const QColor own = series(index);
    return contrastOf(own, surface) < kReadable ? text : own;
}

QColor Palette::seriesArea(int index) const
{
    const QColor own = series(index);
    const bool dazzles = own == QColor(Qt::white) && surface == QColor(Qt::black);
    return !dazzles ? own : index < 0 ? QColor("#808080") : QColor("#B8B8B8");
}

const Palette& paletteOf(ThemeName name)
{
    static const std::array<Palette, 3> all = {light(), dark(), highContrast()};
    return all[static_cast<std::size_t>(name)];
}

const Palette& palette()
{
    return paletteOf(current);
}

ThemeName themeName()
{
    return current;
}

void setTheme(ThemeName name)
{
    current = name;
    applyStyle();
}

} // namespace vitrine::theme
