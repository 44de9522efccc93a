#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

// MPEG-4 part 2, which the P frames are compared with: FFmpeg's own encoder. Free of libtorch; left
// out of a build that finds no libavcodec.
namespace vitrine::learning::codec
{

bool hasMpeg4();

using RgbFrame = std::vector<uint8_t>; // row-major, three bytes a pixel

struct Mpeg4Frame {
    RgbFrame rgb; // as it is shown
    size_t bits;  // of its packet
};

// One I frame, then P frames, at a fixed quantiser 1..31, with rate-distortion optimised decisions
// and up to four vectors a macroblock. 4:2:0 in full range, chroma enlarged with the triangle
// filter that JPEG decoders use. Throws std::runtime_error where hasMpeg4 is false, FFmpeg fails,
// or a frame's bytes do not fit its size.
std::vector<Mpeg4Frame> throughMpeg4(const std::vector<RgbFrame>& film, int width, int height,
                                     int quantiser);

} // namespace vitrine::learning::codec
