#include "core/picture/raster.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace vitrine
{
namespace
{

constexpr double kMostPhotographPixels = 2e6;

// OpenCV looks at a raster and does not own it; it has no view of what is constant.
cv::Mat matrixOf(const Raster& picture)
{
    return {picture.height, picture.width, CV_8UC3, const_cast<uint8_t*>(picture.rgb.data())};
}

Raster emptyRaster(int width, int height)
{
    Raster picture{.width = width, .height = height, .rgb = {}};
    picture.rgb.resize(picture.pixels() * 3);
    return picture;
}

} // namespace

Raster decodePicture(const std::string& path)
{
    cv::Mat read;
    try {
        read = cv::imread(path, cv::IMREAD_COLOR);
    } catch (const cv::Exception&) { // sizes that nobody has
        read.release();
    }
    if (read.empty())
        throw std::runtime_error(path + " is no picture that can be read");
    Raster picture = emptyRaster(read.cols, read.rows);
    cv::Mat target = matrixOf(picture);
    cv::cvtColor(read, target, cv::COLOR_BGR2RGB);
    return picture;
}

bool isLossyPicture(const std::string& path)
{
    std::array<char, 12> head{};
    std::ifstream(path, std::ios::binary).read(head.data(), head.size());
    const std::string_view bytes(head.data(), head.size());
    return bytes.starts_with("\xff\xd8\xff") ||
           (bytes.starts_with("RIFF") && bytes.substr(8) == "WEBP");
}

Raster shrunk(const Raster& picture, int width, int height)
{
    if (width < 1 || height < 1 || width > picture.width || height > picture.height)
        throw std::runtime_error("a picture of " + std::to_string(picture.width) + "x" +
                                 std::to_string(picture.height) + " cannot be shrunk to " +
                                 std::to_string(width) + "x" + std::to_string(height));
    Raster small = emptyRaster(width, height);
    cv::Mat target = matrixOf(small);
    cv::resize(matrixOf(picture), target, target.size(), 0, 0, cv::INTER_AREA);
    return small;
}

Raster cropped(const Raster& picture, int x, int y, int width, int height)
{
    if (x < 0 || y < 0 || width < 1 || height < 1 || width > picture.width ||
        height > picture.height || x > picture.width - width || y > picture.height - height)
        throw std::runtime_error(
            "the part of " + std::to_string(width) + "x" + std::to_string(height) + " at " +
            std::to_string(x) + "," + std::to_string(y) + " is not within " +
            std::to_string(picture.width) + "x" + std::to_string(picture.height));
    Raster part = emptyRaster(width, height);
    cv::Mat target = matrixOf(part);
    matrixOf(picture)(cv::Rect(x, y, width, height)).copyTo(target);
    return part;
}

Raster preparedPhotograph(const std::string& path)
{
    Raster picture = decodePicture(path);
    if (isLossyPicture(path) && picture.width > 1 && picture.height > 1)
        picture = shrunk(picture, picture.width / 2, picture.height / 2);
    const double factor = std::sqrt(kMostPhotographPixels / static_cast<double>(picture.pixels()));
    if (factor < 1)
        picture = shrunk(picture, std::max(1, static_cast<int>(picture.width * factor)),
                         std::max(1, static_cast<int>(picture.height * factor)));
    return picture;
}

} // namespace vitrine
