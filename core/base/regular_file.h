#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace vitrine
{

// A regular file that is open for reading. Pipes, devices and folders are refused at once, in one
// line, and never waited for. What is read comes from the file that was opened, whatever happens to
// its name. Any thread.
class RegularFile
{
public:
    static Result<RegularFile> open(const std::filesystem::path& path);
    RegularFile(RegularFile&& other) noexcept;
    RegularFile& operator=(RegularFile&& other) noexcept;
    ~RegularFile();

    std::uint64_t size() const; // now
    // Bytes from `offset` on, fewer at the end, none behind it; below 0: -errno.
    std::int64_t readAt(std::uint64_t offset, std::span<std::byte> bytes) const;

private:
    explicit RegularFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

} // namespace vitrine
