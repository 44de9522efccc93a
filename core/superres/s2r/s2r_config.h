#pragma once

#include "core/base/result.h"
#include "core/model/network/s2r_network.h"

#include <array>
#include <string>
#include <string_view>

namespace vitrine::superres
{

// What the config.json of an S2R says.
struct S2rConfig {
    std::string name; // "s2r-fast"
    model::S2rSizes sizes;
    std::array<float, 3> mean{}; // subtracted from red, green and blue before, added behind
};

// `place` is what errors call the text. Input error for a key that is missing, of another type or
// range, or not known: nothing that changes what the network computes is passed over.
Result<S2rConfig> parseS2rConfig(std::string_view text, std::string_view place);

} // namespace vitrine::superres
