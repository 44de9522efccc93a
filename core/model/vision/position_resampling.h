#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::model
{

// How positions that were trained for one square grid of patches become those of another.
struct PositionGrids {
    std::int64_t placed = 1;       // rows before those of the patches: they stay as they are
    std::int64_t from = 0, to = 0; // patches a side, before and after
    // Antialiased, as transformers' DINOv2 with registers and timm do: the filter is that of Pillow
    // (a = -0.5, widened where the grid shrinks). Else a = -0.75 and never widened, as
    // transformers' ViT, DeiT and DINOv2 do. Both are torch's bicubic interpolation by size
    // (align_corners false): no offset of 0.1 is added to the sizes, as DINOv2's first release did.
    bool antialiased = false;
};

// `positions` are [placed + from^2, width]; the result is [placed + to^2, width]. Sums in double.
std::vector<float> resampledPositions(std::span<const float> positions, std::int64_t width,
                                      const PositionGrids& grids);

} // namespace vitrine::model
