#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vitrine
{

// An IDX file of bytes (the format of MNIST), packed by gzip or not: 00 00 08, the number of sizes,
// the sizes as 32-bit big-endian numbers, then the bytes, the last size running fastest.
struct Idx {
    std::vector<std::int64_t> sizes;
    std::vector<std::uint8_t> bytes;
};

// Input error for anything else, and for more than kMostIdxBytes.
Result<Idx> readIdx(const std::filesystem::path& path);
inline constexpr std::uint64_t kMostIdxBytes = std::uint64_t{2} << 30;

} // namespace vitrine
