#include "core/base/near_name.h"

#include "core/base/format.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace vitrine
{

std::size_t lettersApart(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t corner = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t next =
                std::min({row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1)});
            corner = row[j];
            row[j] = next;
        }
    }
    return row[b.size()];
}

std::string nameAdvice(std::string_view name, std::span<const std::string_view> known)
{
    constexpr std::size_t kFarthest = 2, kLongest = 256; // bytes of a name that may be near one
    const auto apart = [&](std::string_view each) { return lettersApart(name, each); };
    if (name.size() <= kLongest)
        if (const auto near = std::ranges::min_element(known, {}, apart);
            near != known.end() && apart(*near) <= kFarthest && 2 * apart(*near) <= near->size())
            return fmt::format("did you mean \"{}\"?", *near);
    return fmt::format("known are {}", fmt::join(known, ", "));
}

} // namespace vitrine
