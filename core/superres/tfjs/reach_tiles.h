#pragma once

#include <cstdint>
#include <vector>

namespace vitrine::superres
{

// A part of a picture that is computed on its own. Of what it reads, only the core is right.
struct ReachTile {
    std::int64_t x = 0, y = 0; // where it begins to read
    std::int64_t coreX = 0, coreY = 0, coreWidth = 0, coreHeight = 0;
};

// Tiles of equal size whose cores make up the picture, row by row.
struct ReachTiling {
    std::int64_t width = 0, height = 0; // of what each tile reads
    std::vector<ReachTile> tiles;
};

// For a network whose pixels depend on nothing farther away than `reach`: each core, and a line of
// `line` pixels around it, is `reach` away from all sides of its tile that are not sides of the
// picture, so that it comes out as if the whole picture had been computed. A tile reads about
// `pixels` pixels at most, more only where the reach leaves no room for a core of 16 x 16. One
// tile where the picture is not larger.
ReachTiling reachTiles(std::int64_t width, std::int64_t height, std::int64_t reach,
                       std::int64_t line, std::int64_t pixels);

} // namespace vitrine::superres
