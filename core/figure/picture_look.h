#pragma once

#include "core/base/json_fwd.h"
#include "core/figure/figure.h"

#include <string>

// How a map of patches is looked at over the picture it was made from.
namespace vitrine::figure
{

struct PictureLook {
    Scale scale = Scale::linear;
    ColourMap colours = ColourMap::viridis;
    double opacity = 0.65; // of the map
    Upsampling upsampling = Upsampling::bilinear;

    friend bool operator==(const PictureLook&, const PictureLook&) = default;
};

std::string upsamplingName(Upsampling upsampling); // as a state has it: "bilinear"

// As a view's state has it under "scale" ("linear" or "log"), "colour_map", "opacity" and
// "upsampling". A state is not trusted: what is missing or malformed takes its default.
PictureLook pictureLookIn(const Json& state);
// Writes what differs from `before`; all else stays as it stands.
void putPictureLook(Json& state, const PictureLook& look, const PictureLook& before);

// Pictures in figures.

// Places the grid so that its cells cover the picture.
void layOver(Grid& grid, const Image& image);

// Pictures in rows of `across` (at least 1) in the order of figure.images, each as large as a
// square of side 1 lets it be, with room for the longest caption; the figure gets no axes, square
// pixels and the height that goes with its width, less room for a legend where it has grids. These
// are laid over the pictures after this.
void layInRows(Figure& figure, std::int64_t across);

} // namespace vitrine::figure
