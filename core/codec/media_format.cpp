#include "core/codec/media_format.h"

#include <algorithm>
#include <array>

namespace vitrine::codec
{
namespace
{

// Containers, raw streams and pictures whose one file holds all that is shown. Not among them: what
// names other files, what speaks to a network or a device, and drawings (svg), whose decoder
// follows references.
constexpr std::array<std::string_view, 61> kOpened = {
    "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "mpeg", "mpegvideo", "flv",
    "live_flv", "asf", "asf_o", "ogg", "nut", "nuv", "mxf", "gxf", "wtv", "rm", "dv", "ivf", "obu",
    "av1", "h261", "h263", "h264", "hevc", "vvc", "m4v", "mjpeg", "vc1", "vc1test", "dirac",
    "cavsvideo", "avs2", "avs3", "yuv4mpegpipe", "gif", "apng",
    // one picture
    "png_pipe", "jpeg_pipe", "jpegls_pipe", "jpegxl_pipe", "j2k_pipe", "bmp_pipe", "tiff_pipe",
    "webp_pipe", "ppm_pipe", "pgm_pipe", "pgmyuv_pipe", "pbm_pipe", "pam_pipe", "pfm_pipe",
    "dpx_pipe", "exr_pipe", "hdr_pipe", "qoi_pipe", "sgi_pipe", "sunrast_pipe", "psd_pipe",
    "pcx_pipe", "dds_pipe", "gif_pipe"};

// What they are called where people meet them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kNameOthers = {{
    {"hls", "a playlist (HLS, m3u8)"},
    {"dash", "a playlist (DASH)"},
    {"webm_dash_manifest", "a playlist (DASH)"},
    {"concat", "a list of files (concat)"},
    {"imf", "a list of files (IMF)"},
    {"sdp", "the description of a stream (SDP)"},
    {"rtsp", "the description of a stream (RTSP)"},
    {"image2", "a numbered row of pictures"},
    {"alias_pix", "a numbered row of pictures"},
}};

} // namespace

Result<void> checkMediaFormat(std::string_view name, std::string_view longName)
{
    if (std::ranges::find(kOpened, name) != kOpened.end())
        return {};
    const auto other =
        std::ranges::find(kNameOthers, name, &std::pair<std::string_view, std::string_view>::first);
    if (other != kNameOthers.end())
        return inputError("it is {}, which names other files: one input is one file, open the file "
                          "with the pictures itself",
                          other->second);
    return inputError("it is {} ({}), which is not opened as video", longName, name);
}

} // namespace vitrine::codec
