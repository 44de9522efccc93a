#pragma once

#include <cstdint>

// Attention inside windows on raw F32 arrays, dense, compiled for this machine's processor with
// relaxed floating point (no infinities or NaN are made or expected here).
namespace vitrine::learning::loops
{

// Some channels of a picture, batch x height x width x stride, cut into windows of size x size
// pixels. Height and width are multiples of size. The picture is rolled by -roll first, cyclically,
// in both directions. Windows lie by batch, row, column; pixels inside them row by row.
struct WindowCut {
    int64_t batch, height, width, size, roll;

    int64_t windows() const { return batch * (height / size) * (width / size); }
    int64_t tokens() const { return size * size; }
};

// windows x tokens x channels from the channels first .. first + channels - 1, and back.
struct ChannelPart {
    int64_t first, channels, stride;
};
void gatherWindows(const WindowCut& cut, const ChannelPart& part, const float* picture,
                   float* windows);
void scatterWindows(const WindowCut& cut, const ChannelPart& part, const float* windows,
                    float* picture);

struct WindowSizes {
    int64_t windows, tokens, channels;
};
// maps = softmax(q q^T): windows x tokens x tokens.
void windowMaps(const WindowSizes& sizes, const float* q, float* maps);
// y = maps v.
void mixWindows(const WindowSizes& sizes, const float* maps, const float* v, float* y);

// dv = maps^T dy; dMaps = dy v^T where it is asked for.
void mixWindowsBackward(const WindowSizes& sizes, const float* maps, const float* v,
                        const float* dy, float* dv, float* dMaps);
// The gradient of q from that of its maps, which comes from dy as above and, where it is not null,
// from dMaps.
void windowMapsBackward(const WindowSizes& sizes, const float* q, const float* maps, const float* v,
                        const float* dy, const float* dMaps, float* dq);

} // namespace vitrine::learning::loops
