#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vitrine
{

// Bytes of a file of a picture, any of which may be missing.
class PictureBytes
{
public:
    explicit PictureBytes(std::string_view bytes) : bytes_(bytes) {}

    bool has(std::size_t offset, std::size_t count) const
    {
        return offset <= bytes_.size() && count <= bytes_.size() - offset;
    }
    // `count` bytes that it has.
    std::string_view text(std::size_t offset, std::size_t count) const
    {
        return bytes_.substr(offset, count);
    }
    std::int64_t bigEndian(std::size_t offset, std::size_t count) const
    {
        std::int64_t value = 0;
        for (std::size_t i = 0; i < count; ++i)
            value = value << 8 | static_cast<unsigned char>(bytes_[offset + i]);
        return value;
    }
    std::int64_t littleEndian(std::size_t offset, std::size_t count) const
    {
        std::int64_t value = 0;
        for (std::size_t i = count; i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(bytes_[offset + i]);
        return value;
    }

private:
    std::string_view bytes_;
};

// The frame header of a JPEG (SOFn).
struct JpegFrame {
    std::int64_t width = 0, height = 0, components = 0;
};
std::optional<JpegFrame> jpegFrame(std::string_view bytes);

// The first directory of a TIFF, which EXIF is too.
class TiffDirectory
{
public:
    static std::optional<TiffDirectory> of(std::string_view bytes);

    // The first value of an entry that holds whole numbers; nothing where there is none.
    std::optional<std::int64_t> value(std::int64_t tag) const;
    bool hasNext() const;

private:
    explicit TiffDirectory(std::string_view bytes, bool isBig) : bytes_(bytes), isBig_(isBig) {}
    std::int64_t number(std::size_t offset, std::size_t count) const
    {
        return isBig_ ? bytes_.bigEndian(offset, count) : bytes_.littleEndian(offset, count);
    }

    PictureBytes bytes_;
    bool isBig_ = false;
    std::size_t at_ = 0; // of the first entry
    std::size_t entries_ = 0;
};

} // namespace vitrine
