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

// Golden data (tests/golden/README.md): a file or folder of VITRINE_TEST_DATA/golden where that is
// set and has it, else of the source tree, which ctest names in VITRINE_GOLDEN.
inline std::optional<std::filesystem::path> goldenData(const std::filesystem::path& name)
{
    if (const auto data = testData(); data && std::filesystem::exists(*data / "golden" / name))
        return *data / "golden" / name;
    const char* tree = std::getenv("VITRINE_GOLDEN");
    if (tree && std::filesystem::exists(tree / name))
        return tree / name;
    return std::nullopt;
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
