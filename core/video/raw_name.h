#pragma once

#include "core/video/raw_layout.h"

#include <optional>
#include <vector>

// What the name of a raw file says about its frames.
namespace vitrine::video
{

struct RawSize {
    int width = 0, height = 0;
    friend bool operator==(const RawSize&, const RawSize&) = default;
};

// A reading of the words about samples and rate. Its size is 0x0.
struct RawWords {
    RawLayout layout;
    bool isAssumed = false; // no word says it: 4:2:0 of 8 bits
};

// Everything that the name may mean, the likeliest first. Which of it is right is for the file's
// length and content to say.
struct RawName {
    std::vector<RawSize> sizes;    // "1920x1080", then words (qcif, cif, 720p, 1080p50, ...)
    std::vector<RawSize> kinSizes; // what the words also stand for: 720x480 for 480p
    std::vector<RawWords> words;   // never empty
    std::string unreadable;        // a layout that is known and not read: "uyvy", "v210", "rgb24"
};

// Bits ("10bit", "10b", or 10 after the rate: "_24_10"), chroma ("422", "yuv444p", "gray"),
// arrangement ("nv12", "p010", "yv12"), byte order ("be"), rate ("50fps", "29.97fps", "29_97fps",
// or "_50_" directly after the size). Chroma defaults to 4:2:0, bits to 8.
RawName readRawName(std::string_view fileName);

// The likeliest of what a name says; nothing where it names no size.
std::optional<RawLayout> guessRawLayout(std::string_view fileName);

} // namespace vitrine::video
