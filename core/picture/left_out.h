#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine
{

// What a file of a picture says beside the pixels that are seen here. Nothing of it is heeded, as
// PIL's convert("RGB") does not; whoever shows numbers of such pictures says so.
struct LeftOut {
    bool transparency = false; // pixels that are not opaque: their colour is kept as it is
    bool depth = false;        // more than 8 bits a value: the upper 8 are kept
    bool orientation = false;  // EXIF says how to turn it: it is not turned
    bool frames = false;       // it holds more pictures: the first one is seen
};

// Orientation and frames of a file's bytes.
LeftOut leftOutOf(std::string_view bytes);

// A sentence for each kind: how many of the pictures it concerns, and what is done.
std::vector<std::string> leftOutNotes(std::span<const LeftOut> pictures);

} // namespace vitrine
