#pragma once

#include "plugins/attention/figures/picture_state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine::attention_plugin
{

// How the title of a map ends that is the model's own among stand-ins.
inline constexpr std::string_view kOwn = " (the model's own)";
// One map over one picture, ready to be drawn.
struct PatchMap {
    std::size_t run = 0;                // place among the runs
    std::string title;                  // "softmax", or empty
    std::int64_t rows = 0, columns = 0; // of patches
    std::vector<float> values;          // of patches; NaN: hidden; empty: `notice` says why
    std::optional<std::int64_t> query;  // the patch that looks
    std::vector<std::int64_t> high;     // patches of high norm
    std::vector<std::pair<std::string, double>> aside; // weight to tokens before the patches
    double least = 0, most = 0;                        // finite values
    std::string notice;
};
// Every map that the state shows, run by run. May take seconds for large models.
std::vector<PatchMap> shownMaps(const std::vector<PictureFigureRun>& runs,
                                const PictureState& state);
// One range for all of them: from 0 (or the least, where weights are negative) to the most.
figure::Range rangeOf(const std::vector<PatchMap>& maps, const figure::PictureLook& look);

} // namespace vitrine::attention_plugin
