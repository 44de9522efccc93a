#pragma once

#include "core/video/raw_layout.h"

#include <filesystem>

// How a raw file is to be read: from what a person says, the name, the length and the content.
namespace vitrine::video
{

// What a person says; it counts more than the name.
struct RawGiven {
    int width = 0, height = 0; // 0: nothing said
    std::string format;        // as setRawFormat takes it; empty: nothing said
    // 0: nothing said. Pictures and streams that say no rate of their own take it too.
    double framesPerSecond = 0;
    friend bool operator==(const RawGiven&, const RawGiven&) = default;
};

struct RawReading {
    RawLayout layout;
    std::string origin; // what was taken from where: "size and rate from the name, ..."
};

// The likeliest reading of which the file holds whole frames. Refused, saying what to give: names
// without a size, with two sizes that fit equally well, with a layout that is known and not read
// ("uyvy"); files whose content contradicts what would have to be assumed.
Result<RawReading> readingOf(const std::filesystem::path& path, const RawGiven& given = {});

// "1920x1080". An argument error names the parameter.
Result<void> setRawSize(RawGiven& given, std::string_view text, std::string_view parameter);

} // namespace vitrine::video
