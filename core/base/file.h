#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace vitrine
{

// The whole file, if it is a regular file of at most `limit` bytes.
Result<std::string> readFile(const std::filesystem::path& path, std::uint64_t limit);

// Gives the bytes of a regular file to `use` piece by piece, in order, until that has an error.
// Error where the file becomes shorter on the way.
Result<void> readInPieces(const std::filesystem::path& path,
                          const std::function<Result<void>(std::span<const std::byte>)>& use);

// Writes to a temporary neighbour, syncs, renames: after a crash there is the old file or the new
// one.
Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

} // namespace vitrine
