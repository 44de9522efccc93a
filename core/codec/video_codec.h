#pragma once

#include "core/base/regular_file.h"
#include "core/codec/coded_source.h"
#include "core/codec/encode.h"
#include "core/codec/source.h"

// What a codec is to everything that compares, plays and keeps streams: options, an encoder, a
// decoder. FFmpeg's are some; a codec with a container of its own is another.
namespace vitrine::codec
{

struct ValueRange {
    double low = 0, high = 51;
    bool isWhole = false;
};

// One way to say how much a stream may take.
struct RateKind {
    RateMode mode = RateMode::quality;
    std::string key; // how scripts call it: "crf", "q", "quality", "qp", "kbps"
    ValueRange values{};
};

struct CodecInfo {
    std::string name;            // "x264"; letters and digits, as scripts write it
    std::string title;           // "x264 (H.264)"
    std::vector<RateKind> rates; // at least one, in the order in which people are told of them
    std::vector<std::string> presets{}; // empty: it has none
    std::string defaultPreset{};
    std::vector<Protocol> protocols{Protocol::lowDelay, Protocol::randomAccess};
    std::string ending = ".mkv"; // of files that hold its streams
};

// Any thread, many at once: a codec holds no state of an encode.
class VideoCodec
{
public:
    virtual ~VideoCodec() = default;

    const CodecInfo& info() const { return info_; }
    // Of the library, and what else decides the bytes (the hash of weights): "libx264, libavcodec
    // 59.37.100". Kept encodes are of one version.
    virtual std::string version() const = 0;
    // The format in which its streams give frames of `format` back: the same, or 4:2:0 for greys
    // where the codec, or its decoder, has none; then encode() fills chroma with its middle.
    virtual video::SampleFormat streamFormat(const video::SampleFormat& format) const
    {
        return format;
    }

    // Kind of rate, range, preset, protocol, gop, threads: what is wrong, by name; the preset
    // filled in where it is empty, and how scripts call the rate.
    Result<EncodeOptions> checked(EncodeOptions options) const;

    // Frames first .. first + count - 1 into a file. The same input and options give the same bytes
    // where threads is 1, as far as the codec can. Where it fails or is cancelled no half file
    // stays.
    Result<Encoded> encode(video::FrameSource& source, std::int64_t first, std::int64_t count,
                           const EncodeOptions& options, const std::filesystem::path& file,
                           const EncodeProgress& progress = {}) const;

    virtual Result<std::unique_ptr<CodedSource>> open(const std::filesystem::path& path,
                                                      const OpenOptions& options = {}) const = 0;
    // Whether the file is of a container that this codec alone opens, by its first bytes.
    virtual bool hasOwnContainer(const RegularFile&) const { return false; }

protected:
    explicit VideoCodec(CodecInfo info) : info_(std::move(info)) {}

private:
    // Options are checked, frames are there.
    virtual Result<Encoded> encodeFrames(video::FrameSource& source, std::int64_t first,
                                         std::int64_t count, const EncodeOptions& options,
                                         const std::filesystem::path& file,
                                         const EncodeProgress& progress) const = 0;

    CodecInfo info_;
};

} // namespace vitrine::codec
