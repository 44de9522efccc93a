#pragma once

// Private to this room: what one codec is. A new codec is one file that fills a CodecEntry, and a
// line in codec_list.cpp.
#include "core/codec/encode.h"

#include <span>

namespace vitrine::codec
{

// What an encoder is told, in FFmpeg's terms.
struct EncoderSetup {
    std::map<std::string, std::string>
        options;            // of the encoder: "preset", "x264-params", "g", "bf", ...
    int quantizerScale = 0; // above 0: fixed (mpeg2, mpeg4)
};

struct ValueRange {
    double low = 0, high = 51;
    bool isWhole = false;
};

struct CodecEntry {
    std::string_view name, title, encoder; // "x264", "x264 (H.264)", "libx264"
    std::string_view qualityKey;           // how scripts call RateMode::quality: "crf" or "q"
    ValueRange quality;
    ValueRange quantizer; // high below low: there is none
    std::span<const std::string_view> presets;
    std::string_view defaultPreset;
    EncoderSetup (*setup)(const EncodeOptions& options); // options are checked, preset filled in
    bool evenOnly = false; // sides must be even along which chroma is halved
};

std::span<const CodecEntry* const> codecEntries();
Result<const CodecEntry*> findCodec(std::string_view name);

extern const CodecEntry kX264, kX265, kSvtAv1, kAom, kVp9, kMpeg4, kMpeg2;

// Ranges, preset, gop: what is wrong, by name; the preset filled in where it is empty.
Result<EncodeOptions> checkedOptions(EncodeOptions options);

} // namespace vitrine::codec
