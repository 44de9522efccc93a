#pragma once

#include "core/video/frame_source.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

// Encoding in this process, from one struct of options.
namespace vitrine::codec
{

enum class RateMode {
    quality,   // the codec's own constant quality: crf, q of MPEG-2 and MPEG-4, a quality slider
    quantizer, // qp: constant quantizer
    bitrate    // kbit/s
};

// lowDelay: I and P frames only, no scene cut, no look-ahead, closed groups (P-LD of the protocol).
// randomAccess: what the codec really can, with B frames; intra period and closed groups stay.
enum class Protocol { lowDelay, randomAccess };

struct EncodeOptions {
    std::string codec = "x264"; // CodecInfo::name
    std::string preset{};       // the codec's own word; empty: its default
    RateMode mode = RateMode::quality;
    std::string rateKey{}; // how scripts call it; filled in by VideoCodec::checked
    double value = 23;
    int gop = 32; // frames from one intra frame to the next; 1: intra only
    Protocol protocol = Protocol::lowDelay;
    int threads = 1; // one thread makes sizes repeatable

    friend bool operator==(const EncodeOptions&, const EncodeOptions&) = default;
};

std::string_view protocolKey(Protocol protocol); // "ld", "ra"

class CodecList;
const CodecList& ffmpegCodecs();

// "x264:crf=23:preset=medium;x265:crf=22,27,32,37": items by semicolon, a list of values makes one
// point each. Keys: the codec's kinds of rate (one of them), preset, gop, protocol (ld, ra),
// threads. Argument errors name the item; what comes back is checked.
Result<std::vector<EncodeOptions>> parseEncodeList(std::string_view text,
                                                   const CodecList& codecs = ffmpegCodecs());
// Of checked options: "x264:crf=23:preset=medium:gop=32:protocol=ld", reads back.
std::string toText(const EncodeOptions& options);
std::string settingText(const EncodeOptions& options); // the same without the codec and its colon

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

// Told (frames done, frames in all); false cancels and removes the file.
using EncodeProgress = std::function<bool(std::int64_t, std::int64_t)>;

// By one of FFmpeg's codecs, as VideoCodec::encode; the file's ending chooses the container (.mkv
// takes every codec). The same input and options give the same bytes where threads is 1, but for
// x265 where a picture is at most 64 wide, one of its blocks.
Result<Encoded> encode(video::FrameSource& source, std::int64_t first, std::int64_t count,
                       const EncodeOptions& options, const std::filesystem::path& file,
                       const EncodeProgress& progress = {});

} // namespace vitrine::codec
