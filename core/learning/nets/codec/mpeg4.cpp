#include "core/learning/nets/codec/mpeg4.h"

#include <stdexcept>

#ifdef VITRINE_HAS_AVCODEC
#include "core/learning/nets/codec/chroma.h"

#include <cstring>
#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}
#endif

namespace vitrine::learning::codec
{

#ifdef VITRINE_HAS_AVCODEC

namespace
{

struct FreeContext {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
using Context = std::unique_ptr<AVCodecContext, FreeContext>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;

void need(bool holds, const char* what)
{
    if (!holds)
        throw std::runtime_error(std::string("MPEG-4 part 2: FFmpeg cannot ") + what);
}

Context openedEncoder(int width, int height, int quantiser)
{
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
    Context encoder(codec ? avcodec_alloc_context3(codec) : nullptr);
    need(encoder != nullptr, "encode");
    encoder->width = width;
    encoder->height = height;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = {1, 25};
    encoder->gop_size = 600;
    encoder->max_b_frames = 0;
    encoder->thread_count = 1;
    encoder->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_4MV;
    encoder->global_quality = FF_QP2LAMBDA * quantiser;
    for (const auto& [key, value] :
         {std::pair("mbd", "rd"), std::pair("sc_threshold", "1000000000")})
        need(av_opt_set(encoder.get(), key, value, AV_OPT_SEARCH_CHILDREN) >= 0,
             "take its options");
    need(avcodec_open2(encoder.get(), codec, nullptr) >= 0, "open the encoder");
    return encoder;
}

Context openedDecoder()
{
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_MPEG4);
    Context decoder(codec ? avcodec_alloc_context3(codec) : nullptr);
    need(decoder != nullptr, "decode");
    decoder->thread_count = 1;
    need(avcodec_open2(decoder.get(), codec, nullptr) >= 0, "open the decoder");
    return decoder;
}

// Rows of one plane between our bytes and FFmpeg's, whose rows are longer.
struct PlaneRows {
    uint8_t* theirs;
    int stride, width, height;
};

PlaneRows planeRows(AVFrame& frame, int plane)
{
    const int half = plane > 0 ? 1 : 0;
    return {frame.data[plane], frame.linesize[plane], (frame.width + half) >> half,
            (frame.height + half) >> half};
}

void copyIn(const std::vector<uint8_t>& bytes, const PlaneRows& rows)
{
    for (int y = 0; y < rows.height; ++y)
        std::memcpy(rows.theirs + static_cast<ptrdiff_t>(y) * rows.stride,
                    bytes.data() + static_cast<ptrdiff_t>(y) * rows.width,
                    static_cast<size_t>(rows.width));
}

std::vector<uint8_t> copyOut(const PlaneRows& rows)
{
    std::vector<uint8_t> bytes;
    for (int y = 0; y < rows.height; ++y) {
        const uint8_t* row = rows.theirs + static_cast<ptrdiff_t>(y) * rows.stride;
        bytes.insert(bytes.end(), row, row + rows.width);
    }
    return bytes;
}

Frame frameOf(const RgbFrame& rgb, const AVCodecContext& encoder, int64_t number)
{
    Frame frame(av_frame_alloc());
    need(frame != nullptr, "make a frame");
    frame->width = encoder.width;
    frame->height = encoder.height;
    frame->format = encoder.pix_fmt;
    need(av_frame_get_buffer(frame.get(), 0) >= 0, "make a frame");
    const Planes420 planes = planesOfRgb(rgb, encoder.width, encoder.height);
    copyIn(planes.luma, planeRows(*frame, 0));
    copyIn(planes.cb, planeRows(*frame, 1));
    copyIn(planes.cr, planeRows(*frame, 2));
    frame->pts = number;
    frame->quality = encoder.global_quality;
    frame->pict_type = number == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_P;
    return frame;
}

RgbFrame rgbOf(AVFrame& frame)
{
    return rgbOfPlanes({frame.width, frame.height, copyOut(planeRows(frame, 0)),
                        copyOut(planeRows(frame, 1)), copyOut(planeRows(frame, 2))});
}

// A film on its way through both; without B frames packets and frames come in the film's order.
class Mpeg4Way
{
public:
    Mpeg4Way(int width, int height, int quantiser)
        : encoder_(openedEncoder(width, height, quantiser)),
          decoder_(openedDecoder()),
          packet_(av_packet_alloc()),
          shown_(av_frame_alloc())
    {
        need(packet_ && shown_, "make a frame");
    }

    // nullptr: the film has ended.
    void put(const RgbFrame* rgb)
    {
        const Frame frame = rgb ? frameOf(*rgb, *encoder_, number_++) : nullptr;
        need(avcodec_send_frame(encoder_.get(), frame.get()) >= 0, "encode a frame");
        while (avcodec_receive_packet(encoder_.get(), packet_.get()) >= 0) {
            bits_.push_back(8 * static_cast<size_t>(packet_->size));
            need(avcodec_send_packet(decoder_.get(), packet_.get()) >= 0, "decode a frame");
            av_packet_unref(packet_.get());
            takeShown();
        }
        if (!rgb) {
            need(avcodec_send_packet(decoder_.get(), nullptr) >= 0, "decode a frame");
            takeShown();
        }
    }

    std::vector<Mpeg4Frame> frames(size_t count) const
    {
        need(bits_.size() == count && rgb_.size() == count, "give back every frame");
        std::vector<Mpeg4Frame> all;
        for (size_t i = 0; i < count; ++i)
            all.push_back({rgb_[i], bits_[i]});
        return all;
    }

private:
    void takeShown()
    {
        while (avcodec_receive_frame(decoder_.get(), shown_.get()) >= 0) {
            need(shown_->width == encoder_->width && shown_->height == encoder_->height &&
                     shown_->format == AV_PIX_FMT_YUV420P,
                 "give back the frames' size");
            rgb_.push_back(rgbOf(*shown_));
        }
    }

    Context encoder_, decoder_;
    Packet packet_;
    Frame shown_;
    int64_t number_ = 0;
    std::vector<size_t> bits_;
    std::vector<RgbFrame> rgb_;
};

} // namespace

bool hasMpeg4()
{
    return true;
}

std::vector<Mpeg4Frame> throughMpeg4(const std::vector<RgbFrame>& film, int width, int height,
                                     int quantiser)
{
    for (const RgbFrame& frame : film)
        if (width < 1 || height < 1 ||
            frame.size() != static_cast<size_t>(width) * static_cast<size_t>(height) * 3)
            throw std::runtime_error("a frame whose bytes do not fit its size");
    av_log_set_level(AV_LOG_ERROR);
    Mpeg4Way way(width, height, quantiser);
    for (const RgbFrame& frame : film)
        way.put(&frame);
    way.put(nullptr);
    return way.frames(film.size());
}

#else

bool hasMpeg4()
{
    return false;
}

std::vector<Mpeg4Frame> throughMpeg4(const std::vector<RgbFrame>&, int, int, int)
{
    throw std::runtime_error("this build has no libavcodec");
}

#endif

} // namespace vitrine::learning::codec
