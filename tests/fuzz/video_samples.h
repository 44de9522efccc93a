#pragma once

#include <string>

namespace vitrine::fuzz
{

// Small valid files, to be mutated. Coded ones are made by the encoders of core/codec when asked
// for.
std::string y4mSample();
std::string rawSample(); // 16x12 yuv420p, three frames
std::string codedSample(const std::string& codec,
                        const std::string& ending); // "x264:crf=30:gop=4", ".mp4"

} // namespace vitrine::fuzz
