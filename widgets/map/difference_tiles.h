#pragma once

#include "widgets/map/tile.h"

namespace vitrine
{

// Tiles of second less first, entry by entry; of each pooled block the entry farthest from zero.
// None where one of the two is none.
TileSource differenceTiles(TileSource first, TileSource second);

} // namespace vitrine
