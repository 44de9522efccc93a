#pragma once

#include "core/base/regular_file.h"
#include "core/video/raw_layout.h"

// How well the bytes of a raw file look like pictures of a layout. All measures are without unit:
// mean differences over the mean deviation of the samples. Right readings have 0.05 to 0.5, wrong
// ones about 1 and more; 1 where the samples are all alike and tell nothing.
namespace vitrine::video
{

struct RawLikeness {
    bool isInRange = true; // no sample is above the peak
    int highest = 0;       // sample that was seen
    double luma = 1;       // neighbours in a picture, across and down
    double chroma = 1;
    double time = 1; // samples at one place in frames that follow each other
};

// Looks at some rows of the first, the middle and the last frame and those beside them. The file
// holds at least one frame of the layout.
RawLikeness likenessOf(const RegularFile& file, const RawLayout& layout);

} // namespace vitrine::video
