#pragma once

#include "core/codec/codec_list.h"

// The codecs of this program, assembled once: whoever adds one adds it here, and rooms that
// compare, play or keep streams have it.
namespace vitrine
{

const codec::CodecList& availableCodecs();

} // namespace vitrine
