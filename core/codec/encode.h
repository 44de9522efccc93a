#pragma once

#include "core/video/frame_source.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

// Encoding by FFmpeg's libraries in this process, from one struct of options.
namespace vitrine::codec
{

enum class RateMode {
    quality,   // the codec's own constant quality: crf, or q of MPEG-2 and MPEG-4
    quantizer, // qp: constant quantizer
    bitrate    // kbit/s
};

// lowDelay: I and P frames only, no scene cut, no look-ahead, closed groups (P-LD of the protocol).
// randomAccess: what the codec really can, with B frames; intra period and closed groups stay.
enum class Protocol { lowDelay, randomAccess };

struct EncodeOptions {
    std::string codec = "x264"; // a name in codecNames()
    std::string preset{};       // the codec's own word; empty: its default
    RateMode mode = RateMode::quality;
    double value = 23;
    int gop = 32; // frames from one intra frame to the next; 1: intra only
    Protocol protocol = Protocol::lowDelay;
    int threads = 1; // one thread makes sizes repeatable

    friend bool operator==(const EncodeOptions&, const EncodeOptions&) = default;
};

// "x264:crf=23:preset=medium;x265:crf=22,27,32,37": items by semicolon, a list of values makes one
// point each. Keys: crf, q, qp, kbps (one of them), preset, gop, protocol (ld, ra), threads.
// Argument errors name the item; `nvc` is refused by name.
Result<std::vector<EncodeOptions>> parseEncodeList(std::string_view text);
std::string
toText(const EncodeOptions& options); // "x264:crf=23:preset=medium:gop=32:protocol=ld", reads back
std::string settingText(const EncodeOptions& options); // the same without the codec and its colon

std::vector<std::string> codecNames();
std::string codecTitle(std::string_view name); // "x265 (HEVC)"
std::string
codecVersion(std::string_view name); // of the library, "libx264 164, libavcodec 59.37.100"
std::vector<std::string> codecPresets(std::string_view name);

struct EncodedFrame {
    std::int64_t bits = 0; // payload of its packet
    bool isKey = false;
    char type = '?'; // 'I', 'P', 'B' where the encoder says
};

struct Encoded {
    std::vector<EncodedFrame> frames; // in order of display
    std::int64_t payloadBytes = 0;    // of all packets
    std::int64_t fileBytes = 0;
    double encodeSeconds = 0; // in the encoder's calls alone; measured
    std::string command;      // what the encoder was told, as FFmpeg's options
    // Empty where the protocol was kept: intra frames at multiples of the period and only there
    // and, for low delay, no reordering.
    std::string violation;
};

// The format in which a codec's stream gives frames of `format` back: the same, or 4:2:0 for greys
// where the codec, or its decoder, has none; then encode() fills chroma with its middle.
video::SampleFormat streamFormat(std::string_view codec, const video::SampleFormat& format);

// Told (frames done, frames in all); false cancels and removes the file.
using EncodeProgress = std::function<bool(std::int64_t, std::int64_t)>;

// Frames first .. first + count - 1 into a file; its ending chooses the container (.mkv takes every
// codec). The same input and options give the same bytes where threads is 1, but for x265 where a
// picture is at most 64 wide, one of its blocks.
Result<Encoded> encode(video::FrameSource& source, std::int64_t first, std::int64_t count,
                       const EncodeOptions& options, const std::filesystem::path& file,
                       const EncodeProgress& progress = {});

} // namespace vitrine::codec
