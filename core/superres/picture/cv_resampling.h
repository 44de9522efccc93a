#pragma once

#include "core/picture/picture.h"

#include <cstdint>

namespace vitrine::superres
{

// cv::resize of OpenCV on 8 bits, as it is: fixed-point weights, the edge pixel repeated, no
// antialiasing. cubic: INTER_CUBIC, a = -3/4; lanczos4: INTER_LANCZOS4, eight taps.
enum class CvFilter { cubic, lanczos4 };
Picture resizedByOpenCv(const Picture& picture, std::int64_t width, std::int64_t height,
                        CvFilter filter);

} // namespace vitrine::superres
