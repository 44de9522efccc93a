#pragma once

#include "core/codec/video_codec.h"

// The codecs that a program has: FFmpeg's, and what whoever assembles the list adds.
namespace vitrine::codec
{

class CodecList
{
public:
    // Its name must be new to the list, or one that is refused.
    void add(std::shared_ptr<const VideoCodec> codec);
    // A name that people may write and that is not there: the reason is told where it is asked for.
    void refuse(std::string name, std::string reason);

    const std::vector<std::shared_ptr<const VideoCodec>>& all() const { return codecs_; }
    std::string names() const; // "x264, x265, ..."
    // An argument error that names those there are; lives as long as the list.
    Result<const VideoCodec*> find(std::string_view name) const;
    // The codec whose own container the file is of; nullptr where it is of none.
    const VideoCodec* withContainerOf(const RegularFile& file) const;

private:
    struct Refusal {
        std::string name, reason;
    };
    std::vector<std::shared_ptr<const VideoCodec>> codecs_;
    std::vector<Refusal> refusals_;
};

// x264, x265, av1 (SVT-AV1), aom, vp9, mpeg4, mpeg2. A list of one's own begins as a copy of it.
const CodecList& ffmpegCodecs();

} // namespace vitrine::codec
