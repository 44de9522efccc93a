#pragma once

// Private to this room: FFmpeg's frames to ours and back.
#include "core/codec/av.h"
#include "core/video/frame.h"

namespace vitrine::codec
{

// Planar, semi-planar and packed YUV and greys of 8 to 16 bits as they are; RGB of any kind to
// 8-bit 4:4:4 by our own conversion (BT.709 from 720 rows on, else BT.601, limited). Another format
// is an input error that names it.
Result<video::Frame> fromAv(const AVFrame& frame);

bool isRgb(AVPixelFormat format);
// What of this format fromAv() leaves out: "alpha", "16 bits a channel (8 are compared)"; empty:
// nothing. Frames of RGB or with alpha have Frame::original.
std::string leftOut(AVPixelFormat format);
AVPixelFormat
pixelFormatOf(const video::SampleFormat& format); // AV_PIX_FMT_NONE where FFmpeg has none

// A new frame with the samples; nullptr where memory is short.
FrameHandle toAv(const video::Frame& frame);

} // namespace vitrine::codec
