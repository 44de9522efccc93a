#pragma once

// Private to this room: what FFmpeg hangs on a frame, as ours.
#include "core/codec/av.h"
#include "core/codec/side_data.h"

namespace vitrine::codec
{

SideData sideDataOf(const AVFrame& frame, AVCodecID codec);

} // namespace vitrine::codec
