#include "widgets/theme/palette.h"

#include "widgets/theme/style.h"

#include <array>

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
