#include "widgets/plot/drawing.h"

#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "widgets/plot/grid_image.h"
#include "widgets/plot/picture_image.h"
#include "widgets/theme/hatch.h"
#include "widgets/theme/style.h"

namespace vitrine::plot
{
namespace
{

using figure::Line;
using figure::Marker;

constexpr double kPointsToPixels = 96.0 / 72.0;
constexpr double kMarkerRadius = 3;
constexpr double kNoteGap = 4; // pixels between the words of two notes
constexpr double kCaptionHeight = 14;

QPen penOf(const QColor& colour, double width, Line line)
{
    QPen pen(colour, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    if (line == Line::dash)
        pen.setDashPattern({5, 3});
    if (line == Line::dot)
        pen.setDashPattern({1.5, 2.5});
    if (line == Line::dashDot)
        pen.setDashPattern({6, 3, 1.5, 3});
    return pen;
}

// The part of the segment inside the rectangle (Liang and Barsky).
bool clipSegment(const QRectF& rect, QPointF& a, QPointF& b)
{
    double enter = 0, leave = 1;
    const QPointF d = b - a;
    const auto cut = [&](double direction, double distance) {
        if (direction == 0)
            return distance >= 0;
        const double t = distance / direction;
        if (direction < 0)
            enter = std::max(enter, t);
        else
            leave = std::min(leave, t);
        return enter <= leave;
    };
    if (!cut(-d.x(), a.x() - rect.left()) || !cut(d.x(), rect.right() - a.x()) ||
        !cut(-d.y(), a.y() - rect.top()) || !cut(d.y(), rect.bottom() - a.y()))
        return false;
    b = a + leave * d;
    a = a + enter * d;
    return true;
}

void drawRun(QPainter& painter, const QPolygonF& points, const QRectF& rect)
{
    QPolygonF piece;
    const auto flush = [&] {
        if (piece.size() > 1)
            painter.drawPolyline(piece);
        piece.clear();
    };
    for (qsizetype i = 1; i < points.size(); ++i) {
        QPointF a = points[i - 1], b = points[i];
        if (!clipSegment(rect, a, b)) {
            flush();
            continue;
        }
        if (piece.isEmpty() || piece.last() != a) {
            flush();
            piece << a;
        }
        piece << b;
        if (b != points[i])
            flush();
    }
    flush();
}

// Many points to a pixel column: the first, lowest, highest and last of each tell all that can be
// seen.
QPolygonF thinned(const QPolygonF& points)
{
    QPolygonF kept;
    for (qsizetype i = 0; i < points.size();) {
        const double column = std::floor(points[i].x() * 2);
        qsizetype low = i, high = i, last = i;
        for (; last < points.size() && std::floor(points[last].x() * 2) == column; ++last) {
            if (points[last].y() < points[low].y())
                low = last;
            if (points[last].y() > points[high].y())
                high = last;
        }
        const auto [first, second] = std::minmax(low, high);
        kept << points[i];
        if (first != i)
            kept << points[first];
        if (second != first && second != last - 1)
            kept << points[second];
        if (last - 1 != i)
            kept << points[last - 1];
        i = last;
    }
    return kept;
}

void drawLine(QPainter& painter, const figure::Series& series, const Frame& frame)
{
    constexpr qsizetype kMany = 4000;
    const std::size_t count = std::min(series.x.size(), series.y.size());
    QPolygonF points;
    const auto flush = [&] {
        drawRun(painter, points.size() > kMany ? thinned(points) : points, frame.rect);
        points.clear();
    };
    for (std::size_t i = 0; i < count; ++i) {
        const QPointF point = frame.at(series.x[i], series.y[i]);
        const bool gap = !std::isfinite(point.x()) || !std::isfinite(point.y()) ||
                         (frame.logX && series.x[i] <= 0);
        if (gap)
            flush();
        else
            points << point;
    }
    flush();
}

void drawMarker(QPainter& painter, Marker marker, const QPointF& c, double r)
{
    switch (marker) {
    case Marker::none:
        return;
    case Marker::circle:
        painter.drawEllipse(c, r, r);
        return;
    case Marker::square:
        painter.drawRect(QRectF(c.x() - 0.9 * r, c.y() - 0.9 * r, 1.8 * r, 1.8 * r));
        return;
    case Marker::triangle:
        painter.drawPolygon(QPolygonF{QPointF(c.x(), c.y() - 1.2 * r),
                                      QPointF(c.x() + 1.1 * r, c.y() + 0.8 * r),
                                      QPointF(c.x() - 1.1 * r, c.y() + 0.8 * r)});
        return;
    case Marker::cross:
        painter.drawLine(c - QPointF(r, r), c + QPointF(r, r));
        painter.drawLine(c - QPointF(r, -r), c + QPointF(r, -r));
        return;
    }
}

void prepareMarkers(QPainter& painter, Marker marker, const QColor& colour,
                    const theme::Palette& palette)
{
    if (marker == Marker::cross) {
        painter.setPen(QPen(colour, 1.6));
        painter.setBrush(Qt::NoBrush);
        return;
    }
    painter.setPen(QPen(palette.surface, 0.8)); // a rim keeps close points apart
    painter.setBrush(colour);
}

bool aliasedBars(const Frame& frame, const figure::Bars& bars)
{
    const double width = bars.horizontal ? frame.pixelY(bars.width) - frame.pixelY(0)
                                         : frame.pixelX(bars.width) - frame.pixelX(0);
    return std::abs(width) > 3;
}

QRectF barRect(const figure::Bars& bars, std::size_t i, const Frame& frame)
{
    const double base = i < bars.base.size() ? bars.base[i] : 0.0;
    const double from = bars.position[i] - bars.width / 2, to = bars.position[i] + bars.width / 2;
    const QPointF a = bars.horizontal ? frame.at(base, from) : frame.at(from, base);
    const double end = base + bars.height[i];
    const QPointF b = bars.horizontal ? frame.at(end, to) : frame.at(to, end);
    return QRectF(a, b).normalized();
}

} // namespace

void drawNotFinite(QPainter& painter, const figure::Grid& grid, const Frame& frame,
                   const theme::Palette& palette)
{
    const auto size = static_cast<std::int64_t>(grid.values.size());
    if (grid.rows <= 0 || grid.columns <= 0 || grid.columns > size / grid.rows)
        return; // not a value for every cell
    painter.save();
    painter.setClipRect(frame.rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing, false);
    theme::hatchNotFinite(painter, placeOf(grid, frame), grid.values,
                          static_cast<int>(grid.columns), static_cast<int>(grid.rows), palette);
    painter.restore();
}

void drawSeries(QPainter& painter, const figure::Series& series, const Frame& frame,
                const theme::Palette& palette)
{
    const QColor colour = palette.series(series.colour);
    painter.setRenderHint(QPainter::Antialiasing);
    if (series.line != Line::none) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(penOf(colour, series.width * kPointsToPixels, series.line));
        drawLine(painter, series, frame);
    }
    if (series.marker == Marker::none)
        return;
    prepareMarkers(painter, series.marker, colour, palette);
    for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
        const QPointF centre = frame.at(series.x[i], series.y[i]);
        if (frame.rect.contains(centre))
            drawMarker(painter, series.marker, centre, kMarkerRadius);
    }
}

void drawBars(QPainter& painter, const figure::Bars& bars, const Frame& frame,
              const theme::Palette& palette)
{
    painter.setRenderHint(QPainter::Antialiasing, !aliasedBars(frame, bars));
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette.seriesArea(bars.colour));
    for (std::size_t i = 0; i < std::min(bars.position.size(), bars.height.size()); ++i) {
        if (!std::isfinite(bars.height[i]))
            continue;
        const QRectF bar = barRect(bars, i, frame).intersected(frame.rect);
        if (bar.width() > 0 && bar.height() > 0)
            painter.drawRect(bar);
    }
}

void drawSpan(QPainter& painter, const figure::Span& span, const Frame& frame,
              const theme::Palette& palette)
{
    const QColor colour = palette.series(span.colour);
    const QRectF& rect = frame.rect;
    const double from = span.vertical ? frame.pixelX(span.from) : frame.pixelY(span.from);
    if (!std::isfinite(from))
        return;
    if (span.from != span.to) {
        const double to = span.vertical ? frame.pixelX(span.to) : frame.pixelY(span.to);
        if (!std::isfinite(to))
            return;
        const QRectF band = span.vertical ? QRectF(from, rect.top(), to - from, rect.height())
                                          : QRectF(rect.left(), from, rect.width(), to - from);
        QColor soft = colour;
        soft.setAlphaF(palette.dark ? 0.22F : 0.14F);
        painter.fillRect(band.normalized().intersected(rect), soft);
        return;
    }
    QPointF a = span.vertical ? QPointF(from, rect.top()) : QPointF(rect.left(), from);
    QPointF b = span.vertical ? QPointF(from, rect.bottom()) : QPointF(rect.right(), from);
    if (!clipSegment(rect, a, b))
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(penOf(colour, 1.3, span.line));
    painter.drawLine(a, b);
}

std::vector<QRectF> notePlaces(const std::vector<figure::Annotation>& notes, const Frame& frame,
                               const std::vector<bool>& onCells)
{
    const QFontMetricsF metrics(theme::uiFont(11));
    std::vector<QRectF> places(notes.size());
    for (std::size_t i = 0; i < notes.size(); ++i) {
        const QPointF at = frame.at(notes[i].x, notes[i].y);
        if (!frame.rect.contains(at))
            continue;
        const QString text = QString::fromStdString(notes[i].text);
        const QSizeF size = metrics.boundingRect(text).size();
        const double top = std::max(at.y() - 6, frame.rect.top() + size.height()) - size.height();
        const QRectF right(QPointF(at.x() + 6, top), size);
        const QRectF left(QPointF(std::max(frame.rect.left(), at.x() - 6 - size.width()), top),
                          size);
        const auto isFree = [&](const QRectF& place) {
            return std::none_of(
                places.begin(), places.begin() + static_cast<std::ptrdiff_t>(i),
                [&](const QRectF& other) {
                    return other.adjusted(-kNoteGap, -2, kNoteGap, 2).intersects(place);
                });
        };
        if (i < onCells.size() && onCells[i]) {
            QRectF middle(QPointF(), size);
            middle.moveCenter(at);
            if (text.size() == 1 || isFree(middle))
                places[i] = middle;
            continue;
        }
        const bool fitsRight = right.right() <= frame.rect.right();
        if (text.size() == 1)
            places[i] = fitsRight ? right : left;
        else if (fitsRight && isFree(right))
            places[i] = right;
        else if (isFree(left))
            places[i] = left;
    }
    return places;
}

namespace
{

std::optional<std::size_t> cellAt(double x, double y, const figure::Grid& grid)
{
    const double column = std::round((x - grid.x0) / grid.dx),
                 row = std::round((y - grid.y0) / grid.dy);
    if (!(column >= 0 && row >= 0 && column < static_cast<double>(grid.columns) &&
          row < static_cast<double>(grid.rows)))
        return {};
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(grid.columns) +
           static_cast<std::size_t>(column);
}

std::optional<figure::Colour> pictureUnder(const figure::Annotation& note,
                                           const std::vector<figure::Image>& images)
{
    for (auto image = images.rbegin(); image != images.rend(); ++image) {
        const figure::Grid pixels{.rows = image->height,
                                  .columns = image->width,
                                  .x0 = image->x0,
                                  .dx = image->dx,
                                  .y0 = image->y0,
                                  .dy = image->dy};
        const auto pixel = cellAt(note.x, note.y, pixels);
        if (pixel && 3 * *pixel + 2 < image->rgb.size())
            return figure::Colour{image->rgb[3 * *pixel], image->rgb[3 * *pixel + 1],
                                  image->rgb[3 * *pixel + 2]};
    }
    return {};
}

figure::Colour mixed(figure::Colour below, figure::Colour above, double opacity)
{
    const auto channel = [opacity](std::uint8_t b, std::uint8_t a) {
        return static_cast<std::uint8_t>(std::lround(b + (a - b) * opacity));
    };
    return {channel(below.red, above.red), channel(below.green, above.green),
            channel(below.blue, above.blue)};
}

// Colour of the cell or picture that a note stands on; nothing: it stands on none.
std::optional<figure::Colour> groundUnder(const figure::Annotation& note,
                                          const figure::Figure& figure)
{
    const auto picture = pictureUnder(note, figure.images);
    for (auto grid = figure.grids.rbegin(); grid != figure.grids.rend(); ++grid) {
        const auto cell = cellAt(note.x, note.y, *grid);
        if (!cell || *cell >= grid->values.size() || !std::isfinite(grid->values[*cell]))
            continue;
        const figure::Colour colour =
            figure::colourOf(grid->map, figure::normalised(*grid, grid->values[*cell]));
        return picture ? mixed(*picture, colour, std::clamp(grid->opacity, 0.0, 1.0)) : colour;
    }
    return picture;
}

// The text's colour may not be seen on a cell: black or white then, by the cell.
QColor noteColour(const figure::Annotation& note, const std::optional<figure::Colour>& cell,
                  const theme::Palette& palette)
{
    if (note.colour != figure::kTextColour || !cell)
        return palette.seriesWords(note.colour);
    const double light = 0.299 * cell->red + 0.587 * cell->green + 0.114 * cell->blue;
    return light > 127 ? Qt::black : Qt::white;
}

} // namespace

void drawCaptions(QPainter& painter, const figure::Figure& figure, const Frame& frame,
                  const theme::Palette& palette)
{
    const QFont font = theme::uiFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    for (const figure::Image& image : figure.images) {
        const auto place = placeOf(image, frame);
        if (!place || !frame.rect.adjusted(-1, -1, 1, 1).contains(*place))
            continue; // part of it is out of sight: so are its words
        QRectF line(place->left(), place->bottom() + 3, place->width(), kCaptionHeight);
        painter.setPen(palette.text);
        for (const QString& words : QString::fromStdString(image.caption).split('\n')) {
            if (line.bottom() > frame.rect.bottom() + kCaptionHeight / 2)
                break;
            painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                             metrics.elidedText(words, Qt::ElideRight, line.width()));
            line.translate(0, kCaptionHeight);
            painter.setPen(palette.muted);
        }
    }
}

void drawAnnotations(QPainter& painter, const figure::Figure& figure, const Frame& frame,
                     const theme::Palette& palette)
{
    const std::vector<figure::Annotation>& notes = figure.annotations;
    painter.setFont(theme::uiFont(11));
    std::vector<std::optional<figure::Colour>> grounds;
    std::vector<bool> onCells;
    for (const figure::Annotation& note : notes) {
        grounds.push_back(groundUnder(note, figure));
        onCells.push_back(grounds.back().has_value());
    }
    const std::vector<QRectF> places = notePlaces(notes, frame, onCells);
    for (std::size_t i = 0; i < notes.size(); ++i) {
        if (places[i].isNull())
            continue;
        const auto& cell = grounds[i];
        const QString text = QString::fromStdString(notes[i].text);
        painter.setPen(noteColour(notes[i], cell, palette));
        if (!cell) {
            painter.drawText(places[i].bottomLeft(), text);
            continue;
        }
        painter.drawText(places[i].adjusted(-2, -2, 2, 2), Qt::AlignCenter | Qt::TextDontClip,
                         text);
    }
}

void drawKey(QPainter& painter, const figure::Series& series, const QRectF& box,
             const theme::Palette& palette)
{
    const QColor colour = palette.series(series.colour);
    painter.setRenderHint(QPainter::Antialiasing);
    if (series.line != Line::none) {
        painter.setPen(penOf(colour, std::max(series.width * kPointsToPixels, 1.5), series.line));
        painter.drawLine(QPointF(box.left(), box.center().y()),
                         QPointF(box.right(), box.center().y()));
    }
    prepareMarkers(painter, series.marker, colour, palette);
    drawMarker(painter, series.marker, box.center(), kMarkerRadius);
}

void drawKey(QPainter& painter, const figure::Bars& bars, const QRectF& box,
             const theme::Palette& palette)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette.seriesArea(bars.colour));
    painter.drawRoundedRect(QRectF(box.center().x() - 5, box.center().y() - 5, 10, 10), 2, 2);
}

void drawKey(QPainter& painter, const figure::Span& span, const QRectF& box,
             const theme::Palette& palette)
{
    if (span.from == span.to) {
        const double middle = box.center().y();
        const Frame frame{.rect = box, .x = {0, 1}, .y = {0, 1}};
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(penOf(palette.series(span.colour), 1.3, span.line));
        painter.drawLine(QPointF(frame.rect.left(), middle), QPointF(frame.rect.right(), middle));
        return;
    }
    QColor soft = palette.series(span.colour);
    soft.setAlphaF(0.3F);
    painter.fillRect(QRectF(box.center().x() - 6, box.center().y() - 5, 12, 10), soft);
}

} // namespace vitrine::plot
