#include "core/video/frame_source.h"

#include <fmt/format.h>

namespace vitrine::video
{

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
