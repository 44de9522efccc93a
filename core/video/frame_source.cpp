#include "core/video/frame_source.h"

#include <algorithm>

#include <fmt/format.h>

namespace vitrine::video
{

std::optional<std::int64_t> frameAtPlace(const std::vector<std::int64_t>& places,
                                         std::int64_t frames, std::int64_t place)
{
    if (places.empty())
        return place >= 0 && place < frames ? std::optional(place) : std::nullopt;
    const auto found = std::ranges::lower_bound(places, place);
    const std::int64_t frame = found - places.begin();
    return found != places.end() && *found == place && frame < frames ? std::optional(frame)
                                                                      : std::nullopt;
}

std::string holesText(const SourceInfo& info)
{
    constexpr int kMostNamed = 8;
    std::string text;
    int named = 0;
    std::int64_t next = 0;
    for (const std::int64_t slot : info.places) {
        if (slot > next && ++named <= kMostNamed)
            text += fmt::format("{}{}", text.empty() ? "" : ", ",
                                slot == next + 1 ? fmt::format("{}", next)
                                                 : fmt::format("{} to {}", next, slot - 1));
        next = slot + 1;
    }
    return named > kMostNamed ? fmt::format("{} and {} more", text, named - kMostNamed) : text;
}

} // namespace vitrine::video
