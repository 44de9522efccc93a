#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>

namespace vitrine::tests
{

// The extra test data, where it is installed. Tests that need it skip themselves without it.
inline std::optional<std::filesystem::path> testData()
{
    const char* path = std::getenv("VITRINE_TEST_DATA");
    if (!path || !std::filesystem::is_directory(path))
        return std::nullopt;
    return std::filesystem::path(path);
}

// Infinity where the sizes differ or a value is not a number.
inline double largestDifference(std::span<const float> a, std::span<const float> b)
{
    if (a.size() != b.size())
        return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
        if (std::isnan(difference))
            return INFINITY;
        largest = std::max(largest, difference);
    }
    return largest;
}

} // namespace vitrine::tests
