#pragma once

// Private to this room: FFmpeg's objects with owners, its errors as text.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

#include <memory>
#include <string>

namespace vitrine::codec
{

struct AvDeleter {
    void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
using InputHandle = std::unique_ptr<AVFormatContext, AvDeleter>;
using CodecHandle = std::unique_ptr<AVCodecContext, AvDeleter>;
using PacketHandle = std::unique_ptr<AVPacket, AvDeleter>;
using FrameHandle = std::unique_ptr<AVFrame, AvDeleter>;

// A muxer's context, whose file is closed with it.
struct OutputDeleter {
    void operator()(AVFormatContext* context) const
    {
        if (context->pb)
            avio_closep(&context->pb);
        avformat_free_context(context);
    }
};
using OutputHandle = std::unique_ptr<AVFormatContext, OutputDeleter>;

class AvOptions
{
public:
    AvOptions() = default;
    ~AvOptions() { av_dict_free(&options_); }
    AvOptions(const AvOptions&) = delete;
    AvOptions& operator=(const AvOptions&) = delete;
    void set(const std::string& key, const std::string& value)
    {
        av_dict_set(&options_, key.c_str(), value.c_str(), 0);
    }
    AVDictionary** get() { return &options_; }
    // The first option that nobody took; empty where all were taken.
    std::string leftOver() const
    {
        const AVDictionaryEntry* entry = av_dict_get(options_, "", nullptr, AV_DICT_IGNORE_SUFFIX);
        return entry ? entry->key : "";
    }

private:
    AVDictionary* options_ = nullptr;
};

inline std::string avErrorText(int code)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    return av_strerror(code, text, sizeof text) == 0 ? text : "unknown error";
}

// Once for the process: FFmpeg says nothing on the error stream (its errors come back as values),
// and no single allocation of its passes 1 GiB.
void prepareFfmpeg();

} // namespace vitrine::codec
