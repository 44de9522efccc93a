#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace vitrine {

// The whole file, if it is a regular file of at most `limit` bytes.
Result<std::string> readFile(const std::filesystem::path& path, std::uint64_t limit);

// Writes to a temporary neighbour, syncs, renames: after a crash there is the old file or the new one.
Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

// A regular file mapped read-only. Pages are read when touched, so a file may be larger than the memory.
// A file that shrinks while mapped raises SIGBUS: foreign files are opened in worker processes only.
class MappedFile {
public:
    static Result<MappedFile> open(const std::filesystem::path& path);

    std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

private:
    struct Unmap {
        std::size_t size;
        Unmap() : size(0) {}
        explicit Unmap(std::size_t bytes) : size(bytes) {}
        void operator()(const std::byte* data) const;
    };
    std::unique_ptr<const std::byte, Unmap> data_;
    std::size_t size_ = 0;
};

} // namespace vitrine
