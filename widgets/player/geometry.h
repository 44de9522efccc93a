#pragma once

#include "core/video/picture.h"
#include "widgets/player/player_state.h"

#include <QPointF>
#include <QRect>
#include <QSize>

#include <optional>
#include <vector>

// Where pictures stand. Everything in device pixels.
namespace vitrine::player
{

// The part of a picture that a place shows.
struct Fitted {
    QRect target;         // within the place's canvas; empty: nothing is in sight
    video::Window window; // of the picture, in its own luma samples
};

// Places for `count` pictures of this shape, in the grid that shows them largest. `gap` between
// them, `head` above each for its caption.
std::vector<QRect> gridPlaces(QSize canvas, int count, QSize picture, int gap, int head);

// Pixels per sample at which the picture fits: the largest, or the whole number below where that is
// at least 80 % of it (samples of one size). At least a little above 0.
double fitZoom(QSize place, QSize picture);

// `common` is the size that zoom and centre are of (the first pane's); a picture of another size
// covers the same area.
Fitted fitted(const QRect& place, QSize common, QSize picture, double zoom, double centreX,
              double centreY);

// The sample of the common picture at a point of the canvas; none outside the picture.
std::optional<QPoint> sampleAt(const Fitted& fit, QSize picture, QPointF point);

// Zoom by a factor that keeps the sample under `point` where it is. Zoom becomes 0 (fit) where it
// falls to the fitting one or below.
void zoomAbout(PlayerState& state, const QRect& place, QSize common, QPointF point, double factor);
void pan(PlayerState& state, const QRect& place, QSize common, QPointF pixels);

} // namespace vitrine::player
