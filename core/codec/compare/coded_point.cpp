#include "core/codec/compare/coded_point.h"

namespace vitrine::codec
{
namespace
{

CodedPoint summed(const Reference& reference, const EncodeOptions& options, Point point)
{
    CodedPoint coded;
    coded.options = options;
    coded.stream = point.stream.filename().string();
    const double bits = 8.0 * static_cast<double>(point.payloadBytes);
    coded.kbps = kbps(bits, reference.frames, reference.framesPerSecond);
    coded.bitsPerPixel = bitsPerPixel(bits, reference.frames, reference.source.info());
    for (const PointFrame& frame : point.frames) {
        coded.psnrY += frame.psnrY;
        coded.psnrYuv += frame.psnrYuv;
        coded.ssim += frame.ssim;
        coded.msSsim += frame.msSsim;
    }
    for (double* sum : {&coded.psnrY, &coded.psnrYuv, &coded.ssim, &coded.msSsim})
        *sum /= static_cast<double>(reference.frames);
    coded.point = std::move(point);
    return coded;
}

} // namespace

std::string streamName(const VideoCodec& codec, const EncodeOptions& options)
{
    std::string name = toText(options);
    for (char& c : name)
        if (c == ':' || c == '=')
            c = '-';
    return name + codec.info().ending;
}

Result<CodedPoint> codedPoint(const VideoCodec& codec, const Reference& reference,
                              const EncodeOptions& options, const std::filesystem::path& folder,
                              const EncodeCache* cache, const PointProgress& progress)
{
    const std::filesystem::path file = folder / streamName(codec, options);
    const std::string key = EncodeCache::keyOf(reference.hash, options, codec);
    if (auto kept = cache ? cache->find(key, codec) : std::nullopt) {
        std::error_code error;
        std::filesystem::copy_file(kept->stream, file,
                                   std::filesystem::copy_options::overwrite_existing, error);
        if (!error) {
            kept->stream = file;
            return summed(reference, options, *std::move(kept));
        }
    }
    VITRINE_TRY(Point point,
                makePoint(codec, reference.source, reference.frames, options, file, progress));
    const Result<void> kept = cache ? cache->keep(key, point) : Result<void>();
    CodedPoint coded = summed(reference, options, std::move(point));
    if (!kept)
        coded.notKept = kept.error().message;
    return coded;
}

} // namespace vitrine::codec
