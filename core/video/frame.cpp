#include "core/video/frame.h"

#include "core/base/format.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace vitrine::video
{
namespace
{

struct NamedChroma {
    Chroma chroma;
    std::string_view digits;
    int shiftX, shiftY;
};
constexpr NamedChroma kChroma[] = {{Chroma::k400, "400", 0, 0}, {Chroma::k411, "411", 2, 0},
                                   {Chroma::k420, "420", 1, 1}, {Chroma::k422, "422", 1, 0},
                                   {Chroma::k440, "440", 0, 1}, {Chroma::k444, "444", 0, 0}};

const NamedChroma& named(Chroma chroma)
{
    return *std::ranges::find(kChroma, chroma, &NamedChroma::chroma);
}

int shifted(int size, int shift)
{
    return (size + (1 << shift) - 1) >> shift;
}

} // namespace

int SampleFormat::shiftX() const
{
    return named(chroma).shiftX;
}
int SampleFormat::shiftY() const
{
    return named(chroma).shiftY;
}

std::string formatName(const SampleFormat& format)
{
    std::string name = format.chroma == Chroma::k400
                           ? std::string("gray")
                           : fmt::format("yuv{}p", named(format.chroma).digits);
    if (format.bits > 8)
        name += std::to_string(format.bits);
    return name;
}

Result<SampleFormat> parseFormat(std::string_view name)
{
    SampleFormat format;
    std::string_view rest = name;
    if (rest.starts_with("gray")) {
        format.chroma = Chroma::k400;
        rest.remove_prefix(4);
    } else {
        const auto found = std::ranges::find_if(kChroma, [&](const NamedChroma& known) {
            return rest.starts_with(fmt::format("yuv{}p", known.digits));
        });
        if (found == std::end(kChroma) || found->chroma == Chroma::k400)
            return argumentError("format \"{}\" is unknown: yuv420p, yuv422p10, yuv444p12, gray16 "
                                 "and the like are known",
                                 name.substr(0, 40));
        format.chroma = found->chroma;
        rest.remove_prefix(7);
    }
    if (rest.ends_with("le"))
        rest.remove_suffix(2);
    if (rest.empty())
        return format;
    const auto bits = parseInteger(rest);
    if (!bits || *bits < 8 || *bits > 16)
        return argumentError("format \"{}\" is unknown: 8 to 16 bits are possible",
                             name.substr(0, 40));
    format.bits = static_cast<int>(*bits);
    return format;
}

Colour assumed(Colour colour, int height)
{
    if (colour.matrix == Matrix::unknown)
        colour.matrix = height >= 720 ? Matrix::bt709 : Matrix::bt601;
    if (colour.range == ColourRange::unknown)
        colour.range = ColourRange::limited;
    return colour;
}

std::string colourName(Colour colour)
{
    static constexpr const char* kMatrix[] = {"unknown matrix", "BT.601", "BT.709", "BT.2020"};
    static constexpr const char* kRange[] = {"unknown range", "limited", "full"};
    return fmt::format("{} {}", kMatrix[static_cast<int>(colour.matrix)],
                       kRange[static_cast<int>(colour.range)]);
}

std::uint64_t frameBytes(int width, int height, const SampleFormat& format)
{
    const auto w = static_cast<std::uint64_t>(width), h = static_cast<std::uint64_t>(height);
    const auto cw = static_cast<std::uint64_t>(shifted(width, format.shiftX()));
    const auto ch = static_cast<std::uint64_t>(shifted(height, format.shiftY()));
    return (w * h + (format.planes() > 1 ? 2 * cw * ch : 0)) *
           static_cast<std::uint64_t>(format.bytesPerSample());
}

Frame::Frame(int width, int height, SampleFormat format, Colour colourOf)
    : colour(colourOf), width_(width), height_(height), format_(format)
{
    assert(width >= 1 && height >= 1 && width <= kLargestSide && height <= kLargestSide);
    assert(format.bits >= 8 && format.bits <= 16);
    bytes_.resize(frameBytes(width, height, format));
    for (int plane = 1; plane < format.planes(); ++plane)
        start_[plane] = start_[plane - 1] +
                        rowBytes(plane - 1) * static_cast<std::size_t>(this->height(plane - 1));
}

int Frame::width(int plane) const
{
    return plane == 0 ? width_ : shifted(width_, format_.shiftX());
}
int Frame::height(int plane) const
{
    return plane == 0 ? height_ : shifted(height_, format_.shiftY());
}
std::size_t Frame::rowBytes(int plane) const
{
    return static_cast<std::size_t>(width(plane)) *
           static_cast<std::size_t>(format_.bytesPerSample());
}
std::byte* Frame::row(int plane, int y)
{
    return bytes_.data() + start_[plane] + rowBytes(plane) * static_cast<std::size_t>(y);
}
const std::byte* Frame::row(int plane, int y) const
{
    return bytes_.data() + start_[plane] + rowBytes(plane) * static_cast<std::size_t>(y);
}

int Frame::sample(int plane, int x, int y) const
{
    assert(x >= 0 && y >= 0 && x < width(plane) && y < height(plane));
    if (format_.bytesPerSample() == 1)
        return static_cast<int>(row(plane, y)[x]);
    std::uint16_t value;
    std::memcpy(&value, row(plane, y) + 2 * x, 2);
    return value;
}

void Frame::setSample(int plane, int x, int y, int value)
{
    assert(x >= 0 && y >= 0 && x < width(plane) && y < height(plane));
    assert(value >= 0 && value <= format_.peak());
    if (format_.bytesPerSample() == 1) {
        row(plane, y)[x] = static_cast<std::byte>(value);
        return;
    }
    const auto narrow = static_cast<std::uint16_t>(value);
    std::memcpy(row(plane, y) + 2 * x, &narrow, 2);
}

bool Frame::sameShape(const Frame& other) const
{
    return width_ == other.width_ && height_ == other.height_ && format_ == other.format_;
}
bool Frame::sameSamples(const Frame& other) const
{
    return sameShape(other) && bytes_ == other.bytes_;
}

Rectangle inPlane(const Rectangle& luma, const Frame& frame, int plane)
{
    if (plane == 0)
        return luma;
    const int sx = frame.format().shiftX(), sy = frame.format().shiftY();
    const int x = luma.x >> sx, y = luma.y >> sy;
    return {x, y, shifted(luma.x + luma.width, sx) - x, shifted(luma.y + luma.height, sy) - y};
}

} // namespace vitrine::video
