#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace vitrine
{

// A file beside `path` that takes its name when it is complete, and goes away where it is not:
// after a crash there is the old file or the new one. False: errno says why.
class NeighbourFile
{
public:
    explicit NeighbourFile(const std::filesystem::path& path);
    ~NeighbourFile();
    NeighbourFile(const NeighbourFile&) = delete;
    NeighbourFile& operator=(const NeighbourFile&) = delete;

    bool write(std::span<const std::byte> bytes) const;
    bool finish(); // synced, renamed

private:
    std::filesystem::path path_;
    std::string name_;
    int fd_ = -1;
    bool isThere_ = false; // under its own name
};

} // namespace vitrine
