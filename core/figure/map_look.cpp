#include "core/figure/map_look.h"

#include "core/base/json.h"
#include "core/base/json_state.h"

#include <array>

namespace vitrine::figure
{
namespace
{

constexpr double kMostCells = 1e9; // of a window's place and zoom

} // namespace

std::string colourMapName(ColourMap map)
{
    static const std::array<std::string, 4> names = {"viridis", "cividis", "magma", "difference"};
    return names[static_cast<std::size_t>(map)];
}

MapLook mapLookIn(const Json& state)
{
    MapLook look;
    look.scale = textIn(state, "scale") == "log" ? Scale::logarithmic : Scale::linear;
    look.clip = numberIn(state, "clip", 1e-6, 1, look.clip);
    for (const ColourMap map : {ColourMap::viridis, ColourMap::cividis, ColourMap::magma})
        if (colourMapName(map) == textIn(state, "colour_map"))
            look.colours = map;
    const Json& window = partIn(state, "window");
    look.window = {numberIn(window, "row", 0, kMostCells, -1),
                   numberIn(window, "column", 0, kMostCells, -1),
                   numberIn(window, "zoom", 1, kMostCells, 1)};
    return look;
}

void putMapLook(Json& state, const MapLook& look, const MapLook& before)
{
    if (look.scale != before.scale)
        state["scale"] = look.scale == Scale::logarithmic ? "log" : "linear";
    if (look.clip != before.clip)
        state["clip"] = look.clip;
    if (look.colours != before.colours)
        state["colour_map"] = colourMapName(look.colours);
    if (look.window != before.window)
        state["window"] = {
            {"row", look.window.row}, {"column", look.window.column}, {"zoom", look.window.zoom}};
}

} // namespace vitrine::figure
