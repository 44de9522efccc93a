#pragma once

// Private to this room: a plane of samples seen through a window, row by row of the target.
#include "core/video/picture.h"

namespace vitrine::video
{

// Rows of samples, 1 or 2 bytes each, of a frame's plane or of something with its shape.
struct PlaneSamples {
    const std::byte* data = nullptr;
    std::ptrdiff_t strideBytes = 0;
    int width = 0, height = 0;
    int bits = 8;
    int shiftX = 0, shiftY = 0; // against luma
    int lumaWidth = 0, lumaHeight = 0;
};
PlaneSamples samplesOf(const Frame& frame, int plane);

enum class Between { nearest, linear }; // of samples, where a target pixel covers one or less

// Which samples make each target pixel along one axis, and by how much.
struct Taps {
    int taps = 1, targets = 0;
    // [tap * stride + target]; weights of a target add up to 1 << kWeightBits. Indices may lie up
    // to kBorder beside the plane: its border is repeated.
    std::size_t stride = 0;
    std::vector<std::int32_t> indices, weights;
    int first = 0, last = 0; // the least and the greatest index

    enum class Kind { copy, pair, halve, twice, gather } kind = Kind::gather;
    std::int32_t index(int tap, int target) const
    {
        return indices[static_cast<std::size_t>(tap) * stride + static_cast<std::size_t>(target)];
    }
    std::int32_t weight(int tap, int target) const
    {
        return weights[static_cast<std::size_t>(tap) * stride + static_cast<std::size_t>(target)];
    }
};
inline constexpr int kBorder = 2;

class PlaneView
{
public:
    // The samples must outlive the view.
    PlaneView(const PlaneSamples& plane, const Window& window, Between between);

    // The target's row y: values in 1/64 of 8-bit codes, until the next call; kBehind more are
    // readable.
    const std::int32_t* row(int y);
    // Row y is made as row y - 1 is.
    bool repeats(int y) const;

private:
    void fetch(int y); // row y of the source's columns into source_
    template <typename Sample>
    void fetchOf(int y);

    PlaneSamples plane_;
    Taps across_, down_;
    std::vector<std::int32_t> source_, target_;
};

} // namespace vitrine::video
