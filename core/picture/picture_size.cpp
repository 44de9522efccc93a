#include "core/picture/picture_size.h"

#include "core/picture/picture_bytes.h"

#include <array>
#include <cctype>

namespace vitrine
{
namespace
{

std::optional<PictureSize> webpSize(const PictureBytes& bytes)
{
    if (!bytes.has(0, 30))
        return {};
    const std::string_view kind = bytes.text(12, 4);
    if (kind == "VP8X")
        return PictureSize{1 + bytes.littleEndian(24, 3), 1 + bytes.littleEndian(27, 3)};
    if (kind == "VP8L") {
        const std::int64_t both = bytes.littleEndian(21, 4);
        return PictureSize{1 + (both & 0x3fff), 1 + (both >> 14 & 0x3fff)};
    }
    return PictureSize{bytes.littleEndian(26, 2) & 0x3fff, bytes.littleEndian(28, 2) & 0x3fff};
}

std::optional<PictureSize> tiffSize(std::string_view all)
{
    constexpr std::int64_t kWidth = 256, kHeight = 257;
    const auto directory = TiffDirectory::of(all);
    const auto width = directory ? directory->value(kWidth) : std::nullopt,
               height = directory ? directory->value(kHeight) : std::nullopt;
    if (!width || !height)
        return {};
    return PictureSize{*width, *height};
}

// Two numbers behind "P1" to "P6", with spaces and comments between.
std::optional<PictureSize> pnmSize(std::string_view all)
{
    constexpr std::size_t kMostDigits = 9;
    std::array<std::int64_t, 2> numbers{};
    std::size_t at = 2;
    for (std::int64_t& number : numbers) {
        while (at < all.size() &&
               (std::isspace(static_cast<unsigned char>(all[at])) || all[at] == '#'))
            at = all[at] == '#' ? std::min(all.find('\n', at), all.size()) : at + 1;
        const std::size_t first = at;
        for (; at < all.size() && all[at] >= '0' && all[at] <= '9' && at - first < kMostDigits;
             ++at)
            number = 10 * number + (all[at] - '0');
        if (at == first)
            return {};
    }
    return PictureSize{numbers[0], numbers[1]};
}

} // namespace

std::optional<PictureSize> claimedSize(std::string_view all)
{
    const PictureBytes bytes(all);
    if (all.starts_with("\x89PNG\r\n\x1a\n") && bytes.has(0, 24))
        return PictureSize{bytes.bigEndian(16, 4), bytes.bigEndian(20, 4)};
    if (all.starts_with("\xff\xd8")) {
        const auto frame = jpegFrame(all);
        return frame ? std::optional(PictureSize{frame->width, frame->height}) : std::nullopt;
    }
    if (all.starts_with("BM") && bytes.has(0, 26)) {
        const auto height = static_cast<std::int32_t>(bytes.littleEndian(22, 4));
        return PictureSize{static_cast<std::int32_t>(bytes.littleEndian(18, 4)),
                           height < 0 ? -std::int64_t{height} : height};
    }
    if (all.starts_with("RIFF") && bytes.has(0, 16) && bytes.text(8, 4) == "WEBP")
        return webpSize(bytes);
    if (all.starts_with("II*") || all.starts_with("MM"))
        return tiffSize(all);
    if (all.size() > 2 && all[0] == 'P' && all[1] >= '1' && all[1] <= '6')
        return pnmSize(all);
    return {};
}

} // namespace vitrine
