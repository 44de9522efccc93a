#include "core/superres/picture/cv_resampling.h"

#include <opencv2/imgproc.hpp>

namespace vitrine::superres
{

Picture resizedByOpenCv(const Picture& picture, std::int64_t width, std::int64_t height,
                        CvFilter filter)
{
    Picture result{width, height, picture.channels, {}};
    result.values.resize(static_cast<std::size_t>(width * height * picture.channels));
    const auto matrixOf = [](const Picture& of, const std::uint8_t* values) {
        return cv::Mat(static_cast<int>(of.height), static_cast<int>(of.width),
                       CV_8UC(static_cast<int>(of.channels)), const_cast<std::uint8_t*>(values));
    };
    cv::Mat to = matrixOf(result, result.values.data());
    cv::resize(matrixOf(picture, picture.values.data()), to, to.size(), 0, 0,
               filter == CvFilter::cubic ? cv::INTER_CUBIC : cv::INTER_LANCZOS4);
    return result;
}

} // namespace vitrine::superres
