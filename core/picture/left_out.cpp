#include "core/picture/left_out.h"

#include "core/picture/picture_bytes.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine
{
namespace
{

bool isTurned(std::string_view exif)
{
    constexpr std::int64_t kOrientation = 274, kUpright = 1;
    const auto directory = TiffDirectory::of(exif);
    const std::int64_t orientation =
        directory ? directory->value(kOrientation).value_or(kUpright) : kUpright;
    return orientation > kUpright && orientation <= 8;
}

LeftOut ofJpeg(std::string_view all)
{
    const PictureBytes bytes(all);
    constexpr std::string_view kExif("Exif\0\0", 6);
    for (std::size_t at = 2; bytes.has(at, 4) && bytes.bigEndian(at, 1) == 0xff;
         at += 2 + static_cast<std::size_t>(bytes.bigEndian(at + 2, 2)))
        if (bytes.bigEndian(at + 1, 1) == 0xe1 && all.substr(at + 4).starts_with(kExif))
            return {.orientation = isTurned(all.substr(at + 4 + kExif.size()))};
    return {};
}

// Chunks of a kind, a length and their bytes: of PNG (`isPng`: the length first, big-endian, a
// checksum behind) or of RIFF. `told` is given each.
template <typename Told>
void eachChunk(std::string_view all, std::size_t at, bool isPng, Told&& told)
{
    const PictureBytes bytes(all);
    while (bytes.has(at, 8)) {
        const std::string_view kind = bytes.text(isPng ? at + 4 : at, 4);
        const auto length = static_cast<std::size_t>(isPng ? bytes.bigEndian(at, 4)
                                                           : bytes.littleEndian(at + 4, 4));
        told(kind, all.substr(at + 8, length));
        at += 8 + length + (isPng ? 4 : length % 2);
    }
}

LeftOut ofPng(std::string_view all)
{
    LeftOut left;
    eachChunk(all, 8, true, [&](std::string_view kind, std::string_view bytes) {
        if (kind == "acTL" && bytes.size() >= 4)
            left.frames = PictureBytes(bytes).bigEndian(0, 4) > 1;
        else if (kind == "eXIf")
            left.orientation = isTurned(bytes);
        else if (kind == "tRNS")
            left.transparency = true;
    });
    return left;
}

LeftOut ofWebp(std::string_view all)
{
    LeftOut left;
    eachChunk(all, 12, false, [&](std::string_view kind, std::string_view bytes) {
        if (kind == "ANMF")
            left.frames = true;
        else if (kind == "EXIF")
            left.orientation = isTurned(bytes.starts_with("Exif") ? bytes.substr(6) : bytes);
    });
    return left;
}

} // namespace

LeftOut leftOutOf(std::string_view bytes)
{
    if (bytes.starts_with("\xff\xd8"))
        return ofJpeg(bytes);
    if (bytes.starts_with("\x89PNG"))
        return ofPng(bytes);
    if (bytes.starts_with("RIFF"))
        return ofWebp(bytes);
    if (const auto directory = TiffDirectory::of(bytes))
        return {.orientation = isTurned(bytes), .frames = directory->hasNext()};
    return {};
}

std::vector<std::string> leftOutNotes(std::span<const LeftOut> pictures)
{
    std::vector<std::string> notes;
    const auto note = [&](bool LeftOut::*kind, const char* sentence) {
        if (const auto count = std::ranges::count(pictures, true, kind))
            notes.push_back(fmt::format("{} of {} pictures {}.", count, pictures.size(), sentence));
    };
    note(&LeftOut::transparency,
         "are transparent in places: the colour that stands there is seen, as if it were opaque");
    note(&LeftOut::depth, "have more than 8 bits a value: the upper 8 are seen");
    note(&LeftOut::orientation, "are to be turned by their EXIF orientation: they are seen as they "
                                "are stored, as in torchvision");
    note(&LeftOut::frames, "hold several pictures: the first is seen");
    return notes;
}

} // namespace vitrine
