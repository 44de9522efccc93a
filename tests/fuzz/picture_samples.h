#pragma once

#include "core/attention/picture/picture_layers.h"

#include <string>

namespace vitrine::fuzz
{

// A kept picture (core/attention/picture/picture_file.h) with one small layer, to be mutated.
std::string pictureSample(attention::AttentionKind kind);

} // namespace vitrine::fuzz
