#pragma once

#include <opencv2/imgcodecs.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace vitrine::learning
{

// A smooth pattern that depends on its number and not on its size: 2 at 200x100 shows the same as 2
// at 400x200.
inline cv::Mat pattern(int number, int width, int height)
{
    cv::Mat picture(height, width, CV_8UC3);
    for (int row = 0; row < height; ++row)
        for (int column = 0; column < width; ++column) {
            const double x = (column + 0.5) / width, y = (row + 0.5) / height;
            const double wave = std::sin(6.28 * (x * (1 + number % 3) + y * (1 + number % 5)) +
                                         number),
                         other = std::cos(6.28 * (x * (2 + number % 7) - y * (1 + number % 2)));
            picture.at<cv::Vec3b>(row, column) = {static_cast<uint8_t>(128 + 60 * wave),
                                                  static_cast<uint8_t>(128 + 60 * other),
                                                  static_cast<uint8_t>(128 + 30 * (wave + other))};
        }
    return picture;
}

inline void writePicture(const std::filesystem::path& path, const cv::Mat& picture)
{
    std::filesystem::create_directories(path.parent_path());
    cv::imwrite(path.string(), picture);
}

inline std::string fileBytes(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace vitrine::learning
