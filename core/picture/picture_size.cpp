#include "core/picture/picture_size.h"

namespace vitrine
{
namespace
{

// Bytes that may be missing.
class SizeBytes
{
public:
    explicit SizeBytes(std::string_view bytes) : bytes_(bytes) {}

    bool has(std::size_t offset, std::size_t count) const
    {
        return offset <= bytes_.size() && count <= bytes_.size() - offset;
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

// The frame header (SOFn) among the segments of a JPEG.
std::optional<PictureSize> jpegSize(const SizeBytes& bytes)
{
    std::size_t at = 2;
    while (bytes.has(at, 4)) {
        if (bytes.bigEndian(at, 1) != 0xff)
            return {};
        const std::int64_t marker = bytes.bigEndian(at + 1, 1);
        if (marker == 0xff) { // filling
            ++at;
            continue;
        }
        const bool isFrame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (isFrame && bytes.has(at, 9))
            return PictureSize{bytes.bigEndian(at + 7, 2), bytes.bigEndian(at + 5, 2)};
        at += 2 + static_cast<std::size_t>(bytes.bigEndian(at + 2, 2));
    }
    return {};
}

std::optional<PictureSize> webpSize(std::string_view all, const SizeBytes& bytes)
{
    if (!bytes.has(0, 30))
        return {};
    const std::string_view kind = all.substr(12, 4);
    if (kind == "VP8X")
        return PictureSize{1 + bytes.littleEndian(24, 3), 1 + bytes.littleEndian(27, 3)};
    if (kind == "VP8L") {
        const std::int64_t both = bytes.littleEndian(21, 4);
        return PictureSize{1 + (both & 0x3fff), 1 + (both >> 14 & 0x3fff)};
    }
    return PictureSize{bytes.littleEndian(26, 2) & 0x3fff, bytes.littleEndian(28, 2) & 0x3fff};
}

} // namespace

std::optional<PictureSize> claimedSize(std::string_view all)
{
    const SizeBytes bytes(all);
    if (all.starts_with("\x89PNG\r\n\x1a\n") && bytes.has(0, 24))
        return PictureSize{bytes.bigEndian(16, 4), bytes.bigEndian(20, 4)};
    if (all.starts_with("\xff\xd8"))
        return jpegSize(bytes);
    if (all.starts_with("BM") && bytes.has(0, 26)) {
        const auto height = static_cast<std::int32_t>(bytes.littleEndian(22, 4));
        return PictureSize{static_cast<std::int32_t>(bytes.littleEndian(18, 4)),
                           height < 0 ? -std::int64_t{height} : height};
    }
    if (all.starts_with("RIFF") && all.size() > 16 && all.substr(8, 4) == "WEBP")
        return webpSize(all, bytes);
    return {};
}

} // namespace vitrine
