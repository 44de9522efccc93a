#pragma once

// Private to this module: codecs of FFmpeg's libraries. A new one is one file that fills an
// FfmpegEntry, and a line in codec_list.cpp.
#include "core/codec/video_codec.h"

#include <map>
#include <span>

namespace vitrine::codec
{

// What an encoder is told, in FFmpeg's terms.
struct EncoderSetup {
    std::map<std::string, std::string>
        options;            // of the encoder: "preset", "x264-params", "g", "bf", ...
    int quantizerScale = 0; // above 0: fixed (mpeg2, mpeg4)
};

struct FfmpegEntry {
    std::string_view name, title, encoder; // "x264", "x264 (H.264)", "libx264"
    std::string_view qualityKey;           // how scripts call RateMode::quality: "crf" or "q"
    ValueRange quality;
    ValueRange quantizer; // high below low: there is none
    std::span<const std::string_view> presets;
    std::string_view defaultPreset;
    EncoderSetup (*setup)(const EncodeOptions& options); // options are checked, preset filled in
    bool evenOnly = false; // sides must be even along which chroma is halved
};

extern const FfmpegEntry kX264, kX265, kSvtAv1, kAom, kVp9, kMpeg4, kMpeg2;

class FfmpegCodec : public VideoCodec
{
public:
    explicit FfmpegCodec(const FfmpegEntry& entry); // which stays

    std::string version() const override;
    video::SampleFormat streamFormat(const video::SampleFormat& format) const override;
    Result<std::unique_ptr<CodedSource>> open(const std::filesystem::path& path,
                                              const OpenOptions& options) const override;

private:
    Result<Encoded> encodeFrames(video::FrameSource& source, std::int64_t first, std::int64_t count,
                                 const EncodeOptions& options, const std::filesystem::path& file,
                                 const EncodeProgress& progress) const override;

    const FfmpegEntry& entry_;
};

} // namespace vitrine::codec
