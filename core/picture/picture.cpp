#include "core/picture/picture.h"

#include "core/base/file.h"
#include "core/picture/picture_bytes.h"
#include "core/picture/picture_size.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <opencv2/imgcodecs.hpp>

namespace vitrine
{
namespace
{

constexpr const char* kReadKinds = "PNG, JPEG, WebP, TIFF, BMP and PNM are read";

// OpenCV has blue first.
void swapRedAndBlue(std::vector<std::uint8_t>& values)
{
    for (std::size_t i = 0; i + 2 < values.size(); i += 3)
        std::swap(values[i], values[i + 2]);
}

// Grey or three colours of 8 bits, with what had to be left out.
Picture fromMat(const cv::Mat& mat, LeftOut leftOut)
{
    const bool isDeep = mat.depth() == CV_16U;
    const int stored = mat.channels(), channels = stored < 3 ? 1 : 3;
    const bool hasAlpha = stored == 2 || stored == 4;
    leftOut.depth = isDeep;
    Picture picture{mat.cols, mat.rows, channels, {}, leftOut};
    picture.values.reserve(mat.total() * static_cast<std::size_t>(channels));
    const auto at = [&](int row, int value) -> int {
        return isDeep ? mat.ptr<std::uint16_t>(row)[value] >> 8 : mat.ptr<std::uint8_t>(row)[value];
    };
    for (int row = 0; row < mat.rows; ++row)
        for (int column = 0; column < mat.cols; ++column) {
            for (int channel = 0; channel < channels; ++channel)
                picture.values.push_back(
                    static_cast<std::uint8_t>(at(row, column * stored + channel)));
            if (hasAlpha && at(row, (column + 1) * stored - 1) < 255)
                picture.leftOut.transparency = true;
        }
    if (channels == 3)
        swapRedAndBlue(picture.values);
    return picture;
}

Result<Picture> decoded(std::string& bytes, const std::string& name)
{
    const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8U, bytes.data());
    const cv::Mat mat = cv::imdecode(raw, cv::IMREAD_UNCHANGED);
    if (mat.empty())
        return inputError("{} cannot be decoded as a picture: {}", name, kReadKinds);
    if ((mat.depth() != CV_8U && mat.depth() != CV_16U) || mat.channels() > 4)
        return inputError("{} holds numbers that are not whole, or more channels than colours and "
                          "transparency: save it with 8 bits a value",
                          name);
    return fromMat(mat, leftOutOf(bytes));
}

// Before anything is allocated: a few bytes may claim thousands of megapixels.
Result<void> checkClaims(const std::string& bytes, const std::string& name)
{
    const auto size = claimedSize(bytes);
    if (!size)
        return inputError("{} cannot be decoded as a picture: {}", name, kReadKinds);
    if (size->width < 1 || size->height < 1 || size->width > kMostPixels / size->height)
        return inputError("{} claims to be {} x {}; pictures of up to {} megapixels are read", name,
                          size->width, size->height, kMostPixels / 1'000'000);
    if (const auto frame = jpegFrame(bytes);
        bytes.starts_with("\xff\xd8") && frame && frame->components == 4)
        return inputError("{} is a JPEG in CMYK, whose colours programs read differently: save it "
                          "in RGB",
                          name);
    return {};
}

} // namespace

Result<Picture> readPicture(const std::filesystem::path& path)
{
    VITRINE_TRY(std::string bytes, readFile(path, kMostPictureBytes));
    VITRINE_CHECK(checkClaims(bytes, path.string()));
    try {
        return decoded(bytes, path.string());
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
