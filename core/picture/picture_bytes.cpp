#include "core/picture/picture_bytes.h"

namespace vitrine
{
namespace
{

constexpr std::size_t kEntryBytes = 12;

} // namespace

std::optional<JpegFrame> jpegFrame(std::string_view all)
{
    const PictureBytes bytes(all);
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
        if (isFrame && bytes.has(at, 10))
            return JpegFrame{bytes.bigEndian(at + 7, 2), bytes.bigEndian(at + 5, 2),
                             bytes.bigEndian(at + 9, 1)};
        at += 2 + static_cast<std::size_t>(bytes.bigEndian(at + 2, 2));
    }
    return {};
}

std::optional<TiffDirectory> TiffDirectory::of(std::string_view all)
{
    const bool isBig = all.starts_with(std::string_view("MM\0*", 4));
    if (!isBig && !all.starts_with(std::string_view("II*\0", 4)))
        return {};
    TiffDirectory directory(all, isBig);
    if (!directory.bytes_.has(4, 4))
        return {};
    const auto start = static_cast<std::size_t>(directory.number(4, 4));
    if (!directory.bytes_.has(start, 2))
        return {};
    directory.at_ = start + 2;
    directory.entries_ = static_cast<std::size_t>(directory.number(start, 2));
    if (!directory.bytes_.has(directory.at_, directory.entries_ * kEntryBytes))
        return {};
    return directory;
}

std::optional<std::int64_t> TiffDirectory::value(std::int64_t tag) const
{
    for (std::size_t i = 0; i < entries_; ++i) {
        const std::size_t entry = at_ + i * kEntryBytes;
        if (number(entry, 2) != tag)
            continue;
        const std::int64_t type = number(entry + 2, 2);
        return type == 3   ? std::optional(number(entry + 8, 2)) // SHORT
               : type == 4 ? std::optional(number(entry + 8, 4)) // LONG
                           : std::nullopt;
    }
    return {};
}

bool TiffDirectory::hasNext() const
{
    const std::size_t behind = at_ + entries_ * kEntryBytes;
    return bytes_.has(behind, 4) && number(behind, 4) != 0;
}

} // namespace vitrine
