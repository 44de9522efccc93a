#pragma once

#include "core/video/frame.h"

#include <optional>

// How a stream asks to be shown: turned by quarters, mirrored.
namespace vitrine::video
{

struct Orientation {
    bool isSwapped = false;  // rows of the picture are columns of what is shown
    bool fromRight = false;  // the picture's samples are taken from its right end on
    bool fromBottom = false; // ... from its bottom on
    bool isUpright() const { return !isSwapped && !fromRight && !fromBottom; }
    friend bool operator==(const Orientation&, const Orientation&) = default;
};

// From the matrix of ISO/IEC 14496-12, x' = a x + c y, y' = b x + d y, of quarter turns and mirrors
// at any scale; nothing for other angles.
std::optional<Orientation> orientationOf(double a, double b, double c, double d);

// Samples moved and none changed; 4:2:2 that is turned by a quarter becomes 4:4:0. An input error
// for 4:1:1 that is turned by a quarter: no format has its chroma.
Result<Frame> oriented(const Frame& frame, const Orientation& orientation);

std::string orientationText(const Orientation& orientation); // "turned by 90 degrees clockwise"

} // namespace vitrine::video
