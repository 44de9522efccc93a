#include "core/codec/av_frame.h"

#include "core/codec/missing_references.h"

#include "core/base/hash.h"
#include "core/video/colour.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <mutex>
#include <span>

namespace vitrine::codec
{
namespace
{

using video::Chroma;
using video::Frame;
using video::SampleFormat;

constexpr Chroma kAllChroma[] = {Chroma::k444, Chroma::k440, Chroma::k422, Chroma::k420,
                                 Chroma::k411};

video::Colour colourOf(const AVFrame& frame)
{
    video::Colour colour;
    switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
        colour.matrix = video::Matrix::bt709;
        break;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
        colour.matrix = video::Matrix::bt601;
        break;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        colour.matrix = video::Matrix::bt2020;
        break;
    default:
        break;
    }
    const auto name =
        std::string_view(av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format))->name);
    if (frame.color_range == AVCOL_RANGE_JPEG || name.starts_with("yuvj"))
        colour.range = video::ColourRange::full;
    else if (frame.color_range == AVCOL_RANGE_MPEG)
        colour.range = video::ColourRange::limited;
    return colour;
}

tl::unexpected<Error> unsupported(const AVPixFmtDescriptor& description)
{
    return inputError("pixel format {} is not supported: YUV and greys of 8 to 16 bits and RGB are",
                      description.name);
}

Result<SampleFormat> sampleFormatOf(const AVPixFmtDescriptor& d)
{
    const bool hasChroma = d.nb_components >= 3;
    SampleFormat format{d.comp[0].depth, Chroma::k400};
    if ((d.flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER)) !=
            0 ||
        format.bits > 16)
        return unsupported(d);
    format.bits = std::max(format.bits, 8); // 1-bit greys and the like are widened
    if (!hasChroma)
        return format;
    for (const Chroma chroma : kAllChroma) {
        format.chroma = chroma;
        if (format.shiftX() == d.log2_chroma_w && format.shiftY() == d.log2_chroma_h)
            return format;
    }
    return unsupported(d);
}

// Component `component` of row y as 16-bit values in the host's order.
void readRow(const AVFrame& frame, const AVPixFmtDescriptor& d, int component, int y, int count,
             std::uint16_t* out)
{
    const std::uint8_t* data[4] = {frame.data[0], frame.data[1], frame.data[2], frame.data[3]};
    av_read_image_line2(out, data, frame.linesize, &d, 0, y, component, count, 0, 2);
}

// Rows can be copied as they are: planar, close together, the host's order, right-aligned.
bool isPlain(const AVPixFmtDescriptor& d, int component, const SampleFormat& format)
{
    const auto& c = d.comp[component];
    return c.step == format.bytesPerSample() && c.offset == 0 && c.shift == 0 &&
           c.depth == format.bits && (format.bits == 8 || (d.flags & AV_PIX_FMT_FLAG_BE) == 0) &&
           (d.flags & (AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_PAL)) == 0;
}

Frame yuvFrom(const AVFrame& source, const AVPixFmtDescriptor& d, const SampleFormat& format)
{
    Frame frame(source.width, source.height, format, colourOf(source));
    std::vector<std::uint16_t> line(static_cast<std::size_t>(source.width));
    for (int plane = 0; plane < format.planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y) {
            if (isPlain(d, plane, format)) {
                const int at = d.comp[plane].plane;
                std::memcpy(frame.row(plane, y),
                            source.data[at] + std::ptrdiff_t{y} * source.linesize[at],
                            frame.rowBytes(plane));
                continue;
            }
            readRow(source, d, plane, y, frame.width(plane), line.data());
            const int depth = d.comp[plane].depth;
            for (int x = 0; x < frame.width(plane); ++x) {
                const int value = line[static_cast<std::size_t>(x)];
                frame.setSample(plane, x, y, depth < 8 ? value * 255 / ((1 << depth) - 1) : value);
            }
        }
    return frame;
}

// Entries of a palette are 32 bits in the host's order, alpha on top.
void readPalette(const AVFrame& source, video::RgbPicture& picture)
{
    for (int y = 0; y < source.height; ++y)
        for (int x = 0; x < source.width; ++x) {
            const int index = source.data[0][std::ptrdiff_t{y} * source.linesize[0] + x];
            std::uint32_t entry;
            std::memcpy(&entry, source.data[1] + 4 * index, sizeof entry);
            for (int channel = 0; channel < 3; ++channel)
                picture.pixel(x, y)[channel] =
                    static_cast<std::uint8_t>(entry >> (16 - 8 * channel) & 255);
        }
}

void readChannels(const AVFrame& source, const AVPixFmtDescriptor& d, video::RgbPicture& picture)
{
    std::vector<std::uint16_t> line(static_cast<std::size_t>(source.width));
    for (int channel = 0; channel < 3; ++channel) {
        const int peak = (1 << d.comp[channel].depth) - 1;
        for (int y = 0; y < source.height; ++y) {
            readRow(source, d, channel, y, source.width, line.data());
            for (int x = 0; x < source.width; ++x)
                picture.pixel(x, y)[channel] = static_cast<std::uint8_t>(
                    (line[static_cast<std::size_t>(x)] * 255 + peak / 2) / peak);
        }
    }
}

Frame yuvFromRgb(const AVFrame& source, const AVPixFmtDescriptor& d)
{
    video::RgbPicture picture{source.width, source.height, {}};
    picture.samples.resize(3 * static_cast<std::size_t>(source.width) *
                           static_cast<std::size_t>(source.height));
    if ((d.flags & AV_PIX_FMT_FLAG_PAL) != 0)
        readPalette(source, picture);
    else
        readChannels(source, d, picture);
    const video::Colour colour = video::assumed({}, source.height);
    return video::toYuv(picture, Chroma::k444, colour);
}

bool hasAlpha(const AVPixFmtDescriptor& d)
{
    return (d.flags & AV_PIX_FMT_FLAG_ALPHA) != 0 && (d.flags & AV_PIX_FMT_FLAG_PAL) == 0;
}

// All components, alpha and palette among them.
std::string originalOf(const AVFrame& frame, const AVPixFmtDescriptor& d)
{
    Sha256 hash;
    hash.add(std::as_bytes(std::span(d.name, std::strlen(d.name))));
    if ((d.flags & AV_PIX_FMT_FLAG_PAL) != 0) { // what is shown: palettes may be in another order
        std::vector<std::uint32_t> row(static_cast<std::size_t>(frame.width));
        for (int y = 0; y < frame.height; ++y) {
            const std::uint8_t* line = frame.data[0] + std::ptrdiff_t{y} * frame.linesize[0];
            for (std::size_t x = 0; x < row.size(); ++x)
                std::memcpy(&row[x], frame.data[1] + 4 * std::ptrdiff_t{line[x]}, 4);
            hash.add(std::as_bytes(std::span(row)));
        }
        return hash.hex();
    }
    std::vector<std::uint16_t> row(static_cast<std::size_t>(frame.width));
    for (int component = 0; component < d.nb_components; ++component) {
        const bool isChroma = (d.flags & AV_PIX_FMT_FLAG_RGB) == 0 && d.nb_components >= 3 &&
                              (component == 1 || component == 2);
        const int shiftX = isChroma ? d.log2_chroma_w : 0, shiftY = isChroma ? d.log2_chroma_h : 0;
        const int width = AV_CEIL_RSHIFT(frame.width, shiftX);
        for (int y = 0; y < AV_CEIL_RSHIFT(frame.height, shiftY); ++y) {
            readRow(frame, d, component, y, width, row.data());
            hash.add(std::as_bytes(std::span(row).first(static_cast<std::size_t>(width))));
        }
    }
    return hash.hex();
}

} // namespace

std::string leftOut(AVPixelFormat format)
{
    const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
    if (!d)
        return {};
    const bool isDeepRgb = isRgb(format) && d->comp[0].depth > 8;
    const std::string bits =
        isDeepRgb ? fmt::format("{} bits a channel (8 are compared)", d->comp[0].depth) : "";
    const std::string alpha = hasAlpha(*d) ? "alpha" : "";
    return alpha.empty() || bits.empty() ? alpha + bits : alpha + ", " + bits;
}

void prepareFfmpeg()
{
    static std::once_flag once;
    std::call_once(once, [] {
        takeFfmpegLog();
        av_max_alloc(std::size_t{1} << 30);
        ::setenv("SVT_LOG", "1", 0); // SVT-AV1 writes to the error stream by itself: errors only
    });
}

bool isRgb(AVPixelFormat format)
{
    const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
    return d && (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

Result<Frame> fromAv(const AVFrame& frame)
{
    const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    if (!d)
        return inputError("its pixel format is unknown");
    if (frame.width < 1 || frame.height < 1 || frame.width > Frame::kLargestSide ||
        frame.height > Frame::kLargestSide)
        return inputError("pictures of {}x{}: 1 to {} samples a side are possible", frame.width,
                          frame.height, Frame::kLargestSide);
    if (isRgb(static_cast<AVPixelFormat>(frame.format))) {
        if ((d->flags &
             (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER)) != 0)
            return unsupported(*d);
        Frame converted = yuvFromRgb(frame, *d);
        converted.original = originalOf(frame, *d);
        return converted;
    }
    VITRINE_TRY(const SampleFormat format, sampleFormatOf(*d));
    Frame taken = yuvFrom(frame, *d, format);
    if (hasAlpha(*d))
        taken.original = originalOf(frame, *d);
    return taken;
}

AVPixelFormat pixelFormatOf(const SampleFormat& format)
{
    std::string name = formatName(format);
    if (format.bits > 8)
        name += "le";
    return av_get_pix_fmt(name.c_str());
}

FrameHandle toAv(const Frame& frame)
{
    FrameHandle result(av_frame_alloc());
    if (!result)
        return nullptr;
    result->format = pixelFormatOf(frame.format());
    result->width = frame.width();
    result->height = frame.height();
    if (av_frame_get_buffer(result.get(), 0) < 0)
        return nullptr;
    for (int plane = 0; plane < frame.format().planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y)
            std::memcpy(result->data[plane] + std::ptrdiff_t{y} * result->linesize[plane],
                        frame.row(plane, y), frame.rowBytes(plane));
    return result;
}

} // namespace vitrine::codec
