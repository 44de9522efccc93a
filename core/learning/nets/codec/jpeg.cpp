#include "core/learning/nets/codec/jpeg.h"

#include <stdexcept>
#include <string>

#ifdef VITRINE_HAS_JPEG
#include <opencv2/imgcodecs.hpp>
#endif

namespace vitrine::learning::codec
{
namespace
{

// ITU-T T.81, table B.1.
constexpr uint8_t kStart = 0xd8, kEnd = 0xd9, kHuffman = 0xc4, kScan = 0xda;

bool isWithinScan(uint8_t afterFf)
{
    return afterFf == 0x00 || (afterFf >= 0xd0 && afterFf <= 0xd7); // a stuffed byte, a restart
}

} // namespace

size_t jpegBits(std::string_view file)
{
    const auto byte = [&](size_t at) {
        if (at >= file.size())
            throw std::runtime_error("a JPEG file that ends too early");
        return static_cast<uint8_t>(file[at]);
    };
    if (byte(0) != 0xff || byte(1) != kStart)
        throw std::runtime_error("no JPEG file");
    size_t bytes = 0;
    for (size_t at = 2;;) {
        if (byte(at) != 0xff)
            throw std::runtime_error("a JPEG file without a marker where one belongs");
        const uint8_t marker = byte(at + 1);
        if (marker == kEnd)
            return 8 * bytes;
        const size_t length = static_cast<size_t>(byte(at + 2)) << 8 | byte(at + 3);
        if (length < 2)
            throw std::runtime_error("a JPEG file with a segment shorter than its length");
        at += 2 + length;
        if (marker == kHuffman)
            bytes += length - 2;
        if (marker != kScan)
            continue;
        for (; byte(at) != 0xff || isWithinScan(byte(at + 1)); ++at)
            ++bytes;
    }
}

#ifdef VITRINE_HAS_JPEG

bool hasJpeg()
{
    return true;
}

JpegPicture throughJpeg(const std::vector<uint8_t>& rgb, int width, int height, int quality)
{
    if (width < 1 || height < 1 ||
        rgb.size() != static_cast<size_t>(width) * static_cast<size_t>(height) * 3)
        throw std::runtime_error("a picture whose bytes do not fit its size");
    cv::Mat picture(height, width, CV_8UC3); // blue, green, red
    for (size_t i = 0; i < rgb.size(); i += 3)
        for (size_t c = 0; c < 3; ++c)
            picture.data[i + c] = rgb[i + 2 - c];
    std::vector<uint8_t> smaller;
    size_t bits = 0;
    for (const int progressive : {0, 1}) {
        std::vector<uint8_t> file;
        cv::imencode(".jpg", picture, file,
                     {cv::IMWRITE_JPEG_QUALITY, quality, cv::IMWRITE_JPEG_OPTIMIZE, 1,
                      cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
        const size_t own = jpegBits({reinterpret_cast<const char*>(file.data()), file.size()});
        if (smaller.empty() || own < bits) {
            smaller = file;
            bits = own;
        }
    }
    const cv::Mat shown = cv::imdecode(smaller, cv::IMREAD_COLOR);
    if (shown.cols != width || shown.rows != height || !shown.isContinuous())
        throw std::runtime_error("JPEG gave back another picture");
    JpegPicture result{std::vector<uint8_t>(rgb.size()), bits};
    for (size_t i = 0; i < rgb.size(); i += 3)
        for (size_t c = 0; c < 3; ++c)
            result.rgb[i + c] = shown.data[i + 2 - c];
    return result;
}

#else

bool hasJpeg()
{
    return false;
}

JpegPicture throughJpeg(const std::vector<uint8_t>&, int, int, int)
{
    throw std::runtime_error("this build has no JPEG library");
}

#endif

} // namespace vitrine::learning::codec
