#include "core/base/front.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace vitrine
{

std::vector<bool> paretoFront(std::span<const double> first, std::span<const double> second)
{
    assert(first.size() == second.size());
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < first.size(); ++i)
        if (!std::isnan(first[i]) && !std::isnan(second[i]))
            order.push_back(i);
    std::ranges::stable_sort(order, {},
                             [&](std::size_t i) { return std::pair(first[i], second[i]); });
    std::vector<bool> front(first.size());
    double least = std::numeric_limits<double>::infinity();
    for (const std::size_t i : order) {
        front[i] = second[i] < least;
        least = std::min(least, second[i]);
    }
    return front;
}

} // namespace vitrine
