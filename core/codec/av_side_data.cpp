#include "core/codec/av_side_data.h"

#include <fmt/format.h>

extern "C" {
#include <libavutil/motion_vector.h>
#include <libavutil/video_enc_params.h>
}

namespace vitrine::codec
{
namespace
{

// As FFmpeg 5.1 has them: libavcodec's decoders of H.264 and of the MPEG family tell both, VP9's
// tells its quantizers.
bool givesMotion(AVCodecID codec)
{
    switch (codec) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_H263:
        return true;
    default:
        return false;
    }
}

bool givesQp(AVCodecID codec)
{
    return givesMotion(codec) || codec == AV_CODEC_ID_VP9;
}

std::string absent(const char* what, AVCodecID codec)
{
    return fmt::format("FFmpeg's decoder of {} tells no {}.", avcodec_get_name(codec), what);
}

std::vector<MotionVector> motionOf(const AVFrameSideData& side)
{
    const auto* vectors = reinterpret_cast<const AVMotionVector*>(side.data);
    std::vector<MotionVector> motion;
    motion.reserve(side.size / sizeof(AVMotionVector));
    for (std::size_t i = 0; i < side.size / sizeof(AVMotionVector); ++i) {
        const AVMotionVector& v = vectors[i];
        const float scale = v.motion_scale != 0 ? 1.0f / static_cast<float>(v.motion_scale) : 0;
        motion.push_back({static_cast<float>(v.dst_x), static_cast<float>(v.dst_y),
                          static_cast<float>(v.motion_x) * scale,
                          static_cast<float>(v.motion_y) * scale, v.w, v.h, v.source > 0});
    }
    return motion;
}

std::vector<BlockQp> quantizersOf(const AVFrameSideData& side, const AVFrame& frame,
                                  AVCodecID codec)
{
    // libavcodec tells MPEG-4's on the scale of MPEG-2's quantiser_scale, which is twice its own.
    const int scale = codec == AV_CODEC_ID_MPEG4 || codec == AV_CODEC_ID_H263 ? 2 : 1;
    auto* params = reinterpret_cast<AVVideoEncParams*>(side.data);
    if (params->nb_blocks == 0) // one quantizer for the whole picture
        return {{0, 0, frame.width, frame.height, params->qp / scale}};
    std::vector<BlockQp> blocks;
    blocks.reserve(params->nb_blocks);
    for (unsigned i = 0; i < params->nb_blocks; ++i) {
        const AVVideoBlockParams& block = *av_video_enc_params_block(params, i);
        blocks.push_back(
            {block.src_x, block.src_y, block.w, block.h, (params->qp + block.delta_qp) / scale});
    }
    return blocks;
}

} // namespace

SideData sideDataOf(const AVFrame& frame, AVCodecID codec)
{
    SideData result;
    if (const auto* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_MOTION_VECTORS))
        result.motion = motionOf(*side);
    if (const auto* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_VIDEO_ENC_PARAMS))
        result.qp = quantizersOf(*side, frame, codec);
    if (!givesMotion(codec) && result.motion.empty())
        result.motionAbsent = absent("motion vectors", codec);
    if (!givesQp(codec) && result.qp.empty())
        result.qpAbsent = absent("quantizers", codec);
    return result;
}

} // namespace vitrine::codec
