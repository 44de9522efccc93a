#include "core/video/orientation.h"

#include <cmath>
#include <cstring>

namespace vitrine::video
{
namespace
{

Result<SampleFormat> orientedFormat(SampleFormat format, bool isSwapped)
{
    if (!isSwapped)
        return format;
    if (format.chroma == Chroma::k411)
        return inputError("4:1:1 pictures are not turned by a quarter");
    if (format.chroma == Chroma::k422)
        format.chroma = Chroma::k440;
    else if (format.chroma == Chroma::k440)
        format.chroma = Chroma::k422;
    return format;
}

template <typename Sample>
void orientPlane(const Frame& from, Frame& to, int plane, const Orientation& orientation)
{
    const Samples<Sample> source = from.plane<Sample>(plane);
    for (int y = 0; y < to.height(plane); ++y) {
        auto* row = reinterpret_cast<Sample*>(to.row(plane, y));
        for (int x = 0; x < to.width(plane); ++x) {
            const int across = orientation.isSwapped ? y : x, down = orientation.isSwapped ? x : y;
            const int column = orientation.fromRight ? source.width - 1 - across : across;
            const int line = orientation.fromBottom ? source.height - 1 - down : down;
            row[x] = source.row(line)[column];
        }
    }
}

} // namespace

std::optional<Orientation> orientationOf(double a, double b, double c, double d)
{
    constexpr double kNothing = 1e-3; // of the larger ones
    const double largest =
        std::max(std::max(std::abs(a), std::abs(b)), std::max(std::abs(c), std::abs(d)));
    const auto isZero = [&](double value) { return std::abs(value) <= kNothing * largest; };
    if (!(largest > 0) || !std::isfinite(largest))
        return std::nullopt;
    if (isZero(b) && isZero(c) && !isZero(a) && !isZero(d))
        return Orientation{false, a < 0, d < 0};
    if (isZero(a) && isZero(d) && !isZero(b) && !isZero(c))
        return Orientation{true, b < 0, c < 0};
    return std::nullopt;
}

Result<Frame> oriented(const Frame& frame, const Orientation& orientation)
{
    if (orientation.isUpright())
        return frame;
    VITRINE_TRY(const SampleFormat format, orientedFormat(frame.format(), orientation.isSwapped));
    const int width = orientation.isSwapped ? frame.height() : frame.width();
    const int height = orientation.isSwapped ? frame.width() : frame.height();
    Frame result(width, height, format, frame.colour);
    for (int plane = 0; plane < format.planes(); ++plane)
        if (format.bytesPerSample() == 1)
            orientPlane<std::uint8_t>(frame, result, plane, orientation);
        else
            orientPlane<std::uint16_t>(frame, result, plane, orientation);
    if (!frame.original.empty())
        result.original = frame.original + " " + orientationText(orientation);
    return result;
}

std::string orientationText(const Orientation& o)
{
    if (!o.isSwapped)
        return o.fromRight && o.fromBottom ? "turned by 180 degrees"
               : o.fromRight               ? "mirrored left to right"
               : o.fromBottom              ? "mirrored top to bottom"
                                           : "upright";
    // The row that is shown first is a column of the picture.
    return !o.fromRight && o.fromBottom   ? "turned by 90 degrees clockwise"
           : o.fromRight && !o.fromBottom ? "turned by 90 degrees counterclockwise"
           : o.fromRight                  ? "mirrored at its rising diagonal"
                                          : "mirrored at its falling diagonal";
}

} // namespace vitrine::video
