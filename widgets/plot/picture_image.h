#pragma once

#include <QImage>

#include "widgets/plot/frame.h"

#include <optional>

namespace vitrine::plot
{

// The whole picture's place, also beyond the frame; nothing for one that is not drawn.
std::optional<QRectF> placeOf(const figure::Image& image, const Frame& frame);

// The part of a picture that lies in the frame. It has its own pixels where these are fewer than
// `scale` to a logical one, so that files stay small.
struct PlacedImage {
    QImage image; // null: none of it is seen
    QRectF place;
};
PlacedImage placedImage(const figure::Image& image, const Frame& frame, double scale);

} // namespace vitrine::plot
