#include "core/video/picture.h"

#include "core/video/picture_kernels.h"
#include "core/video/plane_view.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <optional>

namespace vitrine::video
{
namespace
{

using kernels::kBehind;
using kernels::kCodeBits;

Picture emptyPicture(const Window& window)
{
    Picture picture{window.targetWidth, window.targetHeight, {}};
    picture.pixels.resize(static_cast<std::size_t>(picture.width) *
                          static_cast<std::size_t>(picture.height));
    return picture;
}

// From values, which are samples shifted to 8 bits and more, to codes of full range. At full range
// the shifted peak is 255 only at 8 bits.
kernels::RgbMatrix matrixOf(const Frame& frame)
{
    const Colour colour = assumed(frame.colour, frame.height());
    static constexpr double kRed[] = {0, 0.299, 0.2126, 0.2627};
    static constexpr double kBlue[] = {0, 0.114, 0.0722, 0.0593};
    const double red = kRed[static_cast<int>(colour.matrix)];
    const double blue = kBlue[static_cast<int>(colour.matrix)], green = 1 - red - blue;
    const bool isFull = colour.range == ColourRange::full;
    const double peak = frame.format().peak() / static_cast<double>(1 << (frame.format().bits - 8));
    const double luma = 255 / (isFull ? peak : 219), chroma = 255 / (isFull ? peak : 224);
    const auto fixed = [](double value) {
        return static_cast<std::int32_t>(std::lround(value * (1 << kernels::kMatrixBits)));
    };
    return {(isFull ? 0 : 16) << kCodeBits,
            fixed(luma),
            fixed(2 * (1 - red) * chroma),
            fixed(-2 * (1 - blue) * blue / green * chroma),
            fixed(-2 * (1 - red) * red / green * chroma),
            fixed(2 * (1 - blue) * chroma)};
}

// |a - b| of one plane.
class AbsolutePlane
{
public:
    AbsolutePlane(const Frame& a, const Frame& b, int plane) : samples_(samplesOf(a, plane))
    {
        bytes_.resize(a.rowBytes(plane) * static_cast<std::size_t>(a.height(plane)));
        const auto count =
            static_cast<std::size_t>(a.width(plane)) * static_cast<std::size_t>(a.height(plane));
        if (a.format().bytesPerSample() == 1)
            kernels::absoluteDifference(a.plane<std::uint8_t>(plane).data,
                                        b.plane<std::uint8_t>(plane).data, count,
                                        reinterpret_cast<std::uint8_t*>(bytes_.data()));
        else
            kernels::absoluteDifference(a.plane<std::uint16_t>(plane).data,
                                        b.plane<std::uint16_t>(plane).data, count,
                                        reinterpret_cast<std::uint16_t*>(bytes_.data()));
        samples_.data = bytes_.data();
    }
    const PlaneSamples& samples() const { return samples_; }

private:
    std::vector<std::byte> bytes_;
    PlaneSamples samples_;
};

std::array<std::uint32_t, 256> greys()
{
    std::array<std::uint32_t, 256> colours{};
    for (std::uint32_t code = 0; code < 256; ++code)
        colours[code] = 0xff000000u | code * 0x010101u;
    return colours;
}

} // namespace

Window wholeFrame(const Frame& frame, int targetWidth, int targetHeight)
{
    return {0,
            0,
            static_cast<double>(frame.width()),
            static_cast<double>(frame.height()),
            targetWidth,
            targetHeight,
            true};
}

Picture rgbPicture(const Frame& frame, const Window& window)
{
    Picture picture = emptyPicture(window);
    const auto count = static_cast<std::size_t>(picture.width);
    const kernels::RgbMatrix matrix = matrixOf(frame);
    std::vector<PlaneView> planes;
    for (int plane = 0; plane < frame.format().planes(); ++plane)
        planes.emplace_back(samplesOf(frame, plane), window, Between::linear);
    const std::vector<std::int32_t> grey(count + kBehind, 128 << kCodeBits);
    for (int y = 0; y < picture.height; ++y) {
        if (std::ranges::all_of(planes, [&](const PlaneView& view) { return view.repeats(y); })) {
            std::copy_n(picture.row(y - 1), count, picture.row(y));
            continue;
        }
        const bool hasChroma = planes.size() == 3;
        kernels::toPixels(planes[0].row(y), hasChroma ? planes[1].row(y) : grey.data(),
                          hasChroma ? planes[2].row(y) : grey.data(), matrix, count,
                          picture.row(y));
    }
    return picture;
}

Picture differencePicture(const Frame& a, const Frame& b, int plane, DifferenceMode mode,
                          double gain, const Window& window, std::span<const std::uint32_t> heat)
{
    assert(a.sameShape(b) && plane >= 0 && plane < a.format().planes());
    assert(heat.empty() || heat.size() == 256);
    Picture picture = emptyPicture(window);
    const auto count = static_cast<std::size_t>(picture.width);
    static const auto kGreys = greys();
    const std::uint32_t* const palette =
        mode == DifferenceMode::heat && !heat.empty() ? heat.data() : kGreys.data();
    const auto scale = static_cast<float>(gain / (1 << kCodeBits));
    const bool isSigned = mode == DifferenceMode::signedGrey;

    std::optional<AbsolutePlane> absolute;
    std::vector<PlaneView> views; // a and b, or |a - b|
    if (isSigned) {
        views.emplace_back(samplesOf(a, plane), window, Between::nearest);
        views.emplace_back(samplesOf(b, plane), window, Between::nearest);
    } else {
        absolute.emplace(a, b, plane);
        views.emplace_back(absolute->samples(), window, Between::nearest);
    }
    std::vector<std::int32_t> codes(count + kBehind);
    for (int y = 0; y < picture.height; ++y) {
        if (views[0].repeats(y)) {
            std::copy_n(picture.row(y - 1), count, picture.row(y));
            continue;
        }
        kernels::toCodes(views[0].row(y), isSigned ? views[1].row(y) : nullptr, scale,
                         isSigned ? 128.0f : 0.0f, count, codes.data());
        kernels::lookUp(codes.data(), palette, count, picture.row(y));
    }
    return picture;
}

} // namespace vitrine::video
