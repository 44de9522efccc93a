#include "core/learning/tasks/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace vitrine::learning
{

WholeFile::WholeFile(std::string path)
    : path_(std::move(path)), temporary_(path_ + ".part"), out_(temporary_, std::ios::binary)
{
    if (!out_)
        throw std::runtime_error("cannot write " + path_);
}

WholeFile::~WholeFile()
{
    std::error_code ignored;
    if (!temporary_.empty())
        std::filesystem::remove(temporary_, ignored);
}

void WholeFile::write(std::span<const uint8_t> bytes)
{
    write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void WholeFile::write(std::string_view text)
{
    if (!out_.write(text.data(), static_cast<std::streamsize>(text.size())))
        throw std::runtime_error("cannot write " + path_);
    size_ += text.size();
}

void WholeFile::finish()
{
    out_.close();
    const int file = open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
    const bool isOnDisk = out_ && file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    std::error_code failed;
    if (isOnDisk)
        std::filesystem::rename(temporary_, path_, failed);
    if (!isOnDisk || failed)
        throw std::runtime_error("cannot write " + path_);
    temporary_.clear();
}

} // namespace vitrine::learning
