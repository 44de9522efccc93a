#pragma once

#include <QRectF>

#include <span>

class QPainter;

namespace vitrine::theme
{

struct Palette;

// What values that are not finite (core/figure/not_finite.h) look like: hatched in the colour of
// errors, which is in no colour map.
void fillNotFinite(QPainter& painter, const QRectF& place, const Palette& palette);

// Hatches those of a picture of width * height values, row-major, that fills `target`. Whether
// there are any.
bool hatchNotFinite(QPainter& painter, const QRectF& target, std::span<const float> values,
                    int width, int height, const Palette& palette);

} // namespace vitrine::theme
