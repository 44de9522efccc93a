#pragma once

#include <span>
#include <vector>

namespace vitrine
{

// The Pareto front of points of which less is better both ways: true for those that no other point
// equals or beats in both; of equal ones the first. NaN is never on it. Same lengths.
std::vector<bool> paretoFront(std::span<const double> first, std::span<const double> second);

} // namespace vitrine
