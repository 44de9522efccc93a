#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace vitrine
{

// A regular file mapped read-only. Pages are read when touched, so a file may be larger than the
// memory. A file can be cut or rewritten by others while it is mapped; what it has lost then reads
// as zeros (core/base/lost_pages.h). So whoever has computed something from the bytes asks
// `unchanged` before the result is believed.
class MappedFile
{
public:
    static Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile();
    MappedFile(MappedFile&&) noexcept;
    MappedFile& operator=(MappedFile&&) noexcept;
    ~MappedFile();

    std::span<const std::byte> bytes() const; // they stay where they are when this object moves

    // Error (input), naming the file, where it became shorter, was written to or could not be read
    // since it was opened. Any thread.
    Result<void> unchanged() const;

    // The same for all files that this process has mapped, those that are closed again among them.
    static Result<void> allUnchanged();

private:
    struct Mapping;
    std::unique_ptr<Mapping> mapping_; // nothing: an empty span
};

} // namespace vitrine
