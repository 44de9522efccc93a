#pragma once

#include <cstdint>

// The taps of deformable.h on raw dense arrays, compiled for this machine's processor.
namespace vitrine::learning::loops
{

struct TapSizes {
    int64_t batch, height, width, channels;
};

// columns: pixels x 9 x channels.
template <typename Number>
void sampleTaps(const TapSizes& sizes, const Number* x, const Number* offsets, const Number* masks,
                Number* columns);

// Adds to dx; sets dOffsets and dMasks.
template <typename Number>
void sampleTapsBackward(const TapSizes& sizes, const Number* x, const Number* offsets,
                        const Number* masks, const Number* dColumns, Number* dx, Number* dOffsets,
                        Number* dMasks);

} // namespace vitrine::learning::loops
