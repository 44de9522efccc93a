#include "core/attention/comparable.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention
{

std::string whyNotComparable(const Capture& first, const Capture& second)
{
    if (first.tokens() != second.tokens())
        return fmt::format("the runs saw {} and {} tokens. Run both on the same text.",
                           first.tokens(), second.tokens());
    if (first.tokenIds() != second.tokenIds() || first.tokenTexts() != second.tokenTexts())
        return "the runs saw different tokens. Run both on the same text.";
    if (first.layers() != second.layers() || first.heads() != second.heads())
        return fmt::format("{} × {} heads in one run, {} × {} in the other.", first.layers(),
                           first.heads(), second.layers(), second.heads());
    if (first.layerIds() != second.layerIds())
        return "the runs captured different layers.";
    if (first.window() != second.window())
        return "the runs have different sliding windows.";
    return {};
}

double massMoved(std::span<const float> a, std::span<const float> b,
                 std::span<const std::int32_t> rows)
{
    double moved = 0;
    for (std::size_t j = 0; j < std::min({a.size(), b.size(), rows.size()}); ++j)
        moved += std::abs(static_cast<double>(a[j]) - static_cast<double>(b[j])) * rows[j];
    return a.empty() ? 0 : moved / 2 / static_cast<double>(a.size());
}

} // namespace vitrine::attention
