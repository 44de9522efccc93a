#pragma once

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace vitrine::learning
{

// A file that is there whole or not at all: bytes go to a temporary name beside it, which takes the
// place of the file in finish() and is gone where finish() was never called. Throws
// std::runtime_error naming the file.
class WholeFile
{
public:
    explicit WholeFile(std::string path);
    ~WholeFile();
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;

    void write(std::span<const uint8_t> bytes);
    void write(std::string_view text);
    uint64_t size() const { return size_; }

    void finish(); // on the disk, then renamed

private:
    std::string path_, temporary_;
    std::ofstream out_;
    uint64_t size_ = 0;
};

} // namespace vitrine::learning
