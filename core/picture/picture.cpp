#include "core/picture/picture.h"

#include "core/base/file.h"
#include "core/picture/picture_size.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <opencv2/imgcodecs.hpp>

namespace vitrine
{
namespace
{

// OpenCV has blue first.
void swapRedAndBlue(std::vector<std::uint8_t>& values)
{
    for (std::size_t i = 0; i + 2 < values.size(); i += 3)
        std::swap(values[i], values[i + 2]);
}

Result<Picture> fromMat(const cv::Mat& mat, const std::filesystem::path& path)
{
    if (mat.empty() || mat.depth() != CV_8U || (mat.channels() != 1 && mat.channels() != 3))
        return inputError("{} cannot be decoded as a picture: PNG, JPEG, WebP, TIFF, BMP and PNM "
                          "are read",
                          path.string());
    Picture picture{mat.cols, mat.rows, mat.channels(), {}};
    const std::size_t rowBytes = static_cast<std::size_t>(mat.cols * mat.channels());
    for (int row = 0; row < mat.rows; ++row)
        picture.values.insert(picture.values.end(), mat.ptr<std::uint8_t>(row),
                              mat.ptr<std::uint8_t>(row) + rowBytes);
    if (picture.channels == 3)
        swapRedAndBlue(picture.values);
    return picture;
}

} // namespace

Result<Picture> readPicture(const std::filesystem::path& path)
{
    VITRINE_TRY(std::string bytes, readFile(path, kMostPictureBytes));
    // A few bytes may claim thousands of megapixels: what they claim is read before anything is
    // allocated.
    if (const auto size = claimedSize(bytes);
        size && (size->width < 1 || size->height < 1 || size->width > kMostPixels / size->height))
        return inputError("{} claims to be {} x {}; pictures of up to {} megapixels are read",
                          path.string(), size->width, size->height, kMostPixels / 1'000'000);
    try {
        const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8U, bytes.data());
        return fromMat(bytes.empty() ? cv::Mat() : cv::imdecode(raw, cv::IMREAD_ANYCOLOR), path);
    } catch (const cv::Exception& error) {
        return inputError("{} cannot be decoded as a picture: {}", path.string(), error.err);
    } catch (const std::bad_alloc&) {
        return inputError("{} is a picture too large for the memory", path.string());
    }
}

bool isPictureName(const std::filesystem::path& path)
{
    static constexpr std::array kEndings = {".png",  ".jpg", ".jpeg", ".webp", ".tif",
                                            ".tiff", ".bmp", ".ppm",  ".pgm",  ".pnm"};
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::ranges::find(kEndings, ending) != kEndings.end();
}

Result<void> writePicture(const Picture& picture, const std::filesystem::path& path)
{
    std::vector<std::uint8_t> values = picture.values;
    if (picture.channels == 3)
        swapRedAndBlue(values);
    const cv::Mat mat(static_cast<int>(picture.height), static_cast<int>(picture.width),
                      picture.channels == 3 ? CV_8UC3 : CV_8UC1, values.data());
    std::vector<std::uint8_t> bytes;
    try {
        if (!cv::imencode(".png", mat, bytes))
            return failure("cannot encode {}", path.string());
    } catch (const cv::Exception& error) {
        return failure("cannot encode {}: {}", path.string(), error.err);
    }
    return writeFileAtomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

} // namespace vitrine
