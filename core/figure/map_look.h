#pragma once

#include "core/base/json_fwd.h"
#include "core/figure/figure.h"

#include <string>

// How a map is looked at: colours, and which part of it.
namespace vitrine::figure
{

// What part of a map is looked at, independent of the size it is drawn in: linked maps share it. In
// cells; zoom 1 shows the whole map.
struct MapWindow {
    double row = -1, column = -1; // centre; negative: the map's middle
    double zoom = 1;

    friend bool operator==(const MapWindow&, const MapWindow&) = default;
};

struct MapLook {
    Scale scale = Scale::linear;
    double clip = 0.1; // the largest value that has a colour of its own
    ColourMap colours = ColourMap::viridis;
    MapWindow window;

    // The least one: 0, on a logarithmic scale a ten-thousandth of the clip.
    double least() const { return scale == Scale::logarithmic ? clip * 1e-4 : 0; }
    friend bool operator==(const MapLook&, const MapLook&) = default;
};

std::string colourMapName(ColourMap map); // as a state has it: "viridis"

// As a view's state has it under "scale" ("linear" or "log"), "clip", "colour_map" and "window"
// ({"row": 20, "column": 20, "zoom": 4}). A state is not trusted: what is missing or malformed
// takes its default.
MapLook mapLookIn(const Json& state);
// Writes what differs from `before`; all else stays as it stands.
void putMapLook(Json& state, const MapLook& look, const MapLook& before);

} // namespace vitrine::figure
