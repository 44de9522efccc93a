#include "widgets/plot/canvas.h"

#include "core/figure/not_finite.h"
#include "core/figure/short_texts.h"
#include "widgets/plot/drawing.h"
#include "widgets/plot/grid_image.h"
#include "widgets/plot/header.h"
#include "widgets/plot/ticker.h"
#include "widgets/theme/style.h"

#include <algorithm>
#include <cmath>

namespace vitrine::plot
{
namespace
{

constexpr double kLabelGap = 8;     // pixels between tick labels
constexpr int kLabelLine = 15;      // pixels a tick label needs across its direction
constexpr double kReadable = 88;    // a name with its end left out needs so many pixels, at least
constexpr double kTurnedRoom = 104; // of a name turned by a quarter
// Of a canvas, for names beside the y axis; pixels.
constexpr double kNamesShare = 0.25, kLeastForNames = 120, kMostForNames = 240;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

bool same(const Frame& a, const Frame& b)
{
    return a.rect == b.rect && a.x.low == b.x.low && a.x.high == b.x.high && a.y.low == b.y.low &&
           a.y.high == b.y.high;
}

// QCustomPlot's rectangles are without bounds where the window has no room for a drawing.
QRect within(const QRect& rect)
{
    constexpr int kMost = 1 << 20;
    for (const int edge : {rect.left(), rect.top(), rect.right(), rect.bottom()})
        if (edge < -kMost || edge > kMost)
            return {};
    return rect;
}

Ticker* tickerOf(const QCPAxis* axis)
{
    return static_cast<Ticker*>(axis->ticker().data()); // every axis of ours has one
}

QCPColorGradient gradientOf(figure::ColourMap map)
{
    QCPColorGradient gradient;
    gradient.clearColorStops();
    gradient.setLevelCount(256);
    for (int i = 0; i < 256; ++i) {
        const figure::Colour c = figure::colourOf(map, i / 255.0);
        gradient.setColorStopAt(i / 255.0, QColor(c.red, c.green, c.blue));
    }
    return gradient;
}

QImage flattened(const QImage& image, const QColor& ground)
{
    QImage flat(image.size(), QImage::Format_RGB32);
    flat.fill(ground);
    QPainter(&flat).drawImage(0, 0, image);
    return flat;
}

bool isSmooth(const figure::Grid& grid)
{
    return grid.upsampling != figure::Upsampling::nearest;
}

bool hasSameColours(const figure::Grid& a, const figure::Grid& b)
{
    return a.map == b.map && a.scale == b.scale && a.minimum == b.minimum && a.maximum == b.maximum;
}

// What the colours mean, and all that could mislead: "attention weight · log · clipped".
QString colourTitle(const std::vector<figure::Grid>& grids)
{
    const figure::Grid& grid = grids.front();
    QString title = text(figure::quantityTitle(grid.name, grid.unit));
    if (grid.scale == figure::Scale::logarithmic)
        title += " · log";
    if (grid.clipped)
        title += " · clipped";
    if (grid.opacity < 1)
        title += QStringLiteral(" · %1 % opaque").arg(std::lround(grid.opacity * 100));
    if (std::ranges::any_of(grids, [](const auto& g) {
            return std::ranges::any_of(g.values, figure::isNotFinite);
        }))
        title += " · hatched: not finite";
    if (!std::ranges::all_of(grids, [&](const auto& g) { return hasSameColours(g, grid); }))
        title += " · of the first map";
    return title;
}

// In the denser direction.
double cellsPerPixel(const figure::Grid& grid, const Frame& frame)
{
    const QPointF from = frame.rect.topLeft(), to = frame.rect.bottomRight();
    const double across = (frame.valueX(to.x()) - frame.valueX(from.x())) / grid.dx;
    const double down = (frame.valueY(to.y()) - frame.valueY(from.y())) / grid.dy;
    return std::max(std::abs(across) / frame.rect.width(), std::abs(down) / frame.rect.height());
}

} // namespace

// Draws everything between the axes, in the order: pictures, cells, bands, bars, lines across,
// series, notes.
class Canvas::Content : public QCPLayerable
{
public:
    explicit Content(Canvas* canvas) : QCPLayerable(canvas, "main"), canvas_(canvas) {}

protected:
    void applyDefaultAntialiasingHint(QCPPainter*) const override {}
    QRect clipRect() const override { return canvas_->axisRect()->rect().adjusted(-4, -4, 4, 4); }

    void draw(QCPPainter* painter) override
    {
        const Frame frame = canvas_->frame();
        if (frame.rect.isEmpty())
            return;
        const figure::Figure& figure = canvas_->figure_;
        const theme::Palette& palette = canvas_->palette_;
        painter->setRenderHint(QPainter::SmoothPixmapTransform);
        painter->setRenderHint(QPainter::LosslessImageRendering, false);
        for (std::size_t i = 0; i < figure.images.size(); ++i)
            drawPlaced(*painter, canvas_->pictureOf(i, frame));
        painter->setRenderHint(QPainter::LosslessImageRendering);
        for (std::size_t i = 0; i < figure.grids.size(); ++i) {
            painter->setRenderHint(QPainter::SmoothPixmapTransform, isSmooth(figure.grids[i]));
            drawPlaced(*painter, canvas_->cellsOf(i, frame));
            drawNotFinite(*painter, figure.grids[i], frame, palette);
        }
        const auto spans = [&](bool bands) {
            for (const figure::Span& span : figure.spans)
                if ((span.from != span.to) == bands)
                    drawSpan(*painter, span, frame, palette);
        };
        spans(true);
        for (const figure::Bars& bars : figure.bars)
            drawBars(*painter, bars, frame, palette);
        for (const figure::Series& series : figure.series)
            drawSeries(*painter, series, frame, palette);
        spans(false);
        drawCaptions(*painter, figure, frame, palette);
        drawAnnotations(*painter, figure, frame, palette);
    }

private:
    static void drawPlaced(QPainter& painter, const PlacedImage& placed)
    {
        if (!placed.image.isNull())
            painter.drawImage(placed.place, placed.image);
    }

    Canvas* canvas_;
};

// The linked cursor and the read-out under the pointer.
class Canvas::Overlay : public QCPLayerable
{
public:
    explicit Overlay(Canvas* canvas) : QCPLayerable(canvas, "overlay"), canvas_(canvas) {}

protected:
    void applyDefaultAntialiasingHint(QCPPainter*) const override {}

    void draw(QCPPainter* painter) override
    {
        const Frame frame = canvas_->frame();
        if (canvas_->cursorX_)
            drawCursor(*painter, frame, *canvas_->cursorX_);
        if (canvas_->reading_)
            drawReading(*painter, *canvas_->reading_);
    }

private:
    void drawCursor(QPainter& painter, const Frame& frame, double x) const
    {
        const double place = frame.pixelX(x);
        if (place < frame.rect.left() || place > frame.rect.right())
            return;
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(canvas_->palette_.accent, canvas_->palette_.lineWidth));
        painter.drawLine(QPointF(place, frame.rect.top()), QPointF(place, frame.rect.bottom()));
    }

    void drawReading(QPainter& painter, const Reading& reading) const
    {
        const theme::Palette& palette = canvas_->palette_;
        const QFont font = theme::uiFont(11);
        const QFontMetricsF metrics(font);
        const QRectF size =
            metrics.boundingRect(QRectF(0, 0, 2000, 2000), Qt::AlignLeft, reading.text);
        QRectF box(reading.place + QPointF(12, -12 - size.height() - 12),
                   QSizeF(std::ceil(size.width()) + 16, std::ceil(size.height()) + 12));
        const QRectF all = canvas_->rect().adjusted(4, 4, -4, -4);
        if (box.right() > all.right())
            box.moveRight(reading.place.x() - 12);
        box.moveLeft(std::max(box.left(), all.left()));
        if (box.top() < all.top())
            box.moveTop(std::min(reading.place.y() + 12, all.bottom() - box.height()));

        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette.surface, 1.5));
        painter.setBrush(palette.accent);
        painter.drawEllipse(reading.place, 4, 4);
        painter.setPen(QPen(palette.line, palette.lineWidth));
        painter.setBrush(palette.surface);
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        painter.setFont(font);
        painter.setPen(palette.text);
        painter.drawText(box.adjusted(8, 6, -8, -6), Qt::AlignLeft | Qt::AlignVCenter,
                         reading.text);
    }

    Canvas* canvas_;
};

Canvas::Canvas(QWidget* parent) : QCustomPlot(parent), palette_(theme::palette())
{
    setNoAntialiasingOnDrag(false);
    setAutoAddPlottableToLegend(false);
    connect(this, &QCustomPlot::beforeReplot, this, [this] { prepare(); });
    connect(this, &QCustomPlot::afterReplot, this, [this] { drawn_ = true; });
}

Canvas::~Canvas() = default;

void Canvas::setFigure(const figure::Figure& figure, const theme::Palette& palette, bool title,
                       const QColor& ground)
{
    figure_ = figure::withShortTexts(figure);
    palette_ = palette;
    cells_.assign(figure_.grids.size(), {});
    pictures_.assign(figure_.images.size(), {});
    reading_.reset();
    setBackground(QBrush(ground));
    build(title);
    setRanges(figure::xRange(figure_), figure::yRange(figure_));
}

void Canvas::build(bool title)
{
    content_.reset();
    overlay_.reset();
    colourBar_ = nullptr;
    plotLayout()->clear(); // deletes the axes too
    plotLayout()->setRowSpacing(0);
    plotLayout()->setMargins(QMargins(kPadding, kPadding, kPadding, kPadding));
    legend = nullptr;

    setCurrentLayer("main");
    header_ = new Header(this, figure_, palette_, title);
    plotLayout()->addElement(0, 0, header_);
    middle_ = new QCPLayoutGrid;
    middle_->setColumnSpacing(12);
    plotLayout()->addElement(1, 0, middle_);
    auto* axes = new QCPAxisRect(this, false);
    middle_->addElement(0, 0, axes);
    axes->setMinimumMargins(QMargins(0, 4, 4, 0));
    xAxis = axes->addAxis(QCPAxis::atBottom);
    yAxis = axes->addAxis(QCPAxis::atLeft);
    axes->setBackground(QBrush(Qt::NoBrush));
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setLayer("axes");
        axis->grid()->setLayer("grid");
        styleAxis(axis, axis == xAxis ? figure_.x : figure_.y);
        axis->setVisible(figure_.axes);
    }
    if (!figure_.grids.empty())
        addColourBar(figure_.grids.front());
    content_ = std::make_unique<Content>(this);
    overlay_ = std::make_unique<Overlay>(this);
}

void Canvas::styleAxis(QCPAxis* axis, const figure::Axis& described)
{
    const double width = palette_.lineWidth;
    QColor gridLine = palette_.line;
    gridLine.setAlphaF(0.6F);
    axis->setScaleType(described.scale == figure::Scale::logarithmic ? QCPAxis::stLogarithmic
                                                                     : QCPAxis::stLinear);
    axis->setTicker(QSharedPointer<QCPAxisTicker>(new Ticker(described)));
    axis->setRangeReversed(described.reversed);
    axis->setLabel(text(figure::axisTitle(described)));
    axis->setLabelFont(theme::uiFont(11));
    axis->setLabelColor(palette_.muted);
    axis->setLabelPadding(6);
    axis->setTickLabelFont(theme::uiFont(11));
    axis->setTickLabelColor(palette_.muted);
    axis->setTickLabelPadding(5);
    axis->setTickLength(0, 4);
    axis->setSubTickLength(0, 2);
    axis->setBasePen(QPen(palette_.line, width));
    axis->setTickPen(QPen(palette_.line, width));
    axis->setSubTickPen(QPen(palette_.line, width));
    axis->grid()->setPen(QPen(gridLine, 1));
    axis->grid()->setZeroLinePen(QPen(palette_.line, width));
    const bool plain = figure_.grids.empty() && figure_.images.empty() && described.ticks.empty();
    axis->grid()->setVisible(plain);
}

void Canvas::addColourBar(const figure::Grid& grid)
{
    colourBar_ = new QCPColorScale(this);
    middle_->addElement(0, 1, colourBar_);
    colourBar_->setType(QCPAxis::atRight);
    colourBar_->setBarWidth(10);
    colourBar_->setGradient(gradientOf(grid.map));
    const figure::Range range = figure::colourRange(grid);
    const bool logarithmic = grid.scale == figure::Scale::logarithmic &&
                             grid.map != figure::ColourMap::difference && range.low > 0;
    figure::Axis axis;
    axis.scale = logarithmic ? figure::Scale::logarithmic : figure::Scale::linear;
    colourBar_->setDataScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    colourBar_->setDataRange(QCPRange(range.low, range.high));
    styleAxis(colourBar_->axis(), axis);
    colourBar_->axis()->setLabel(colourTitle(figure_.grids));
    for (QCPAxis* side : colourBar_->axis()->axisRect()->axes()) {
        side->setBasePen(QPen(palette_.line, palette_.lineWidth));
        side->grid()->setVisible(false);
    }
    colourBar_->setRangeDrag(false);
    colourBar_->setRangeZoom(false);
    auto* group = new QCPMarginGroup(this);
    axisRect()->setMarginGroup(QCP::msTop | QCP::msBottom, group);
    colourBar_->setMarginGroup(QCP::msTop | QCP::msBottom, group);
}

void Canvas::setRanges(figure::Range x, figure::Range y)
{
    xAxis->setRange(x.low, x.high);
    yAxis->setRange(y.low, y.high);
}

void Canvas::setSize(QSize size)
{
    setViewport(QRect(QPoint(0, 0), size));
    // Margins depend on the labels, labels on the room, room on the margins: twice settles it.
    for (int pass = 0; pass < 3; ++pass)
        replot();
}

Frame Canvas::frame() const
{
    return {.rect = within(axisRect()->rect()),
            .x = {xAxis->range().lower, xAxis->range().upper},
            .y = {yAxis->range().lower, yAxis->range().upper},
            .logX = xAxis->scaleType() == QCPAxis::stLogarithmic,
            .logY = yAxis->scaleType() == QCPAxis::stLogarithmic,
            .reversedX = xAxis->rangeReversed(),
            .reversedY = yAxis->rangeReversed()};
}

QStringList Canvas::legendEntries() const
{
    return header_->entries();
}

figure::Ticks Canvas::xTicks() const
{
    return tickerOf(xAxis)->ticksFor({xAxis->range().lower, xAxis->range().upper});
}

figure::Ticks Canvas::yTicks() const
{
    return tickerOf(yAxis)->ticksFor({yAxis->range().lower, yAxis->range().upper});
}

// Before the first drawing there is nothing to draw over; it will bring the overlay.
void Canvas::replotOverlay()
{
    if (drawn_)
        layer("overlay")->replot();
}

void Canvas::setCursorX(std::optional<double> x)
{
    if (cursorX_ == x)
        return;
    cursorX_ = x;
    replotOverlay();
}

void Canvas::setReading(std::optional<Reading> reading)
{
    if (!reading && !reading_)
        return;
    reading_ = std::move(reading);
    replotOverlay();
}

void Canvas::prepare()
{
    if (header_ == nullptr)
        return;
    header_->flow(viewport().width() - 2 * kPadding);
    tickerOf(yAxis)->setRoom(
        std::clamp(kNamesShare * viewport().width(), kLeastForNames, kMostForNames));
    updateLayout(); // how many labels fit depends on the room that there is now
    turnLabels();
    squareCells();
    const int height = std::max(within(axisRect()->rect()).height(), 60);
    tickerOf(yAxis)->setMost(figure_.y.ticks.empty() ? std::clamp(height / 36, 3, 8)
                                                     : std::max(2, height / kLabelLine));
    if (colourBar_)
        tickerOf(colourBar_->axis())->setMost(std::clamp(height / 36, 3, 8));
    updateLayout(); // labels that were turned take room from the axes
    cutTitles();
}

// A title longer than its axis would lie over the legend; under the pointer it is said in full.
void Canvas::cutTitles()
{
    const QRect axes = within(axisRect()->rect());
    const QFontMetricsF metrics(theme::uiFont(11));
    const auto cut = [&](QCPAxis* axis, const QString& title, int room, Qt::TextElideMode side) {
        axis->setLabel(metrics.elidedText(title, side, std::max(room, 0)));
    };
    cut(xAxis, text(figure::axisTitle(figure_.x)), axes.width() + axes.left(), Qt::ElideRight);
    cut(yAxis, text(figure::axisTitle(figure_.y)), axes.height(), Qt::ElideRight);
    if (colourBar_) // "log" and "clipped" stand at its end
        cut(colourBar_->axis(), colourTitle(figure_.grids), axes.height(), Qt::ElideLeft);
}

// Names along the x axis stand upright where they fit side by side, or nearly so with their ends
// left out; else turned by a quarter.
void Canvas::turnLabels()
{
    const int width = std::max(within(axisRect()->rect()).width(), 60);
    Ticker* ticker = tickerOf(xAxis);
    if (figure_.x.ticks.empty()) {
        ticker->setMost(std::clamp(width / 70, 2, 10));
        return;
    }
    const QFontMetricsF metrics(theme::uiFont(11));
    // Side by side where every label has room up to the next one.
    const double perUnit = width / xAxis->range().size();
    double end = -1e9, last = -1e9, nearest = width;
    int shown = 0;
    bool sideBySide = true;
    for (const figure::Axis::Tick& tick : figure_.x.ticks) {
        if (!xAxis->range().contains(tick.position))
            continue;
        const double half = metrics.horizontalAdvance(text(tick.label)) / 2;
        const double place = tick.position * perUnit;
        sideBySide = sideBySide && place - half >= end;
        end = place + half + kLabelGap;
        nearest = std::min(nearest, place - last);
        last = place;
        ++shown;
    }
    const bool shortened = !sideBySide && nearest - kLabelGap >= kReadable;
    const bool upright = sideBySide || shortened;
    xAxis->setTickLabelRotation(upright ? 0 : -90);
    ticker->setRoom(sideBySide ? width : shortened ? nearest - kLabelGap : kTurnedRoom);
    ticker->setMost(std::max(2, upright ? shown : width / kLabelLine));
}

// Square cells: the axes take less than the room there is.
void Canvas::squareCells()
{
    if (!figure_.equalAspect)
        return;
    const QMargins margins = axisRect()->margins();
    const int bar = colourBar_ ? colourBar_->outerRect().width() + middle_->columnSpacing() : 0;
    const double roomX = viewport().width() - 2 * kPadding - margins.left() - margins.right() - bar;
    const double roomY = viewport().height() - 2 * kPadding - margins.top() - margins.bottom() -
                         header_->minimumSize().height();
    const double spanX = xAxis->range().size(), spanY = yAxis->range().size();
    const double cell = std::min(roomX / spanX, roomY / spanY);
    axisRect()->setSizeConstraintRect(QCPLayoutElement::scrInnerRect);
    axisRect()->setMaximumSize(std::max(40, static_cast<int>(cell * spanX)),
                               std::max(40, static_cast<int>(cell * spanY)));
}

const PlacedImage& Canvas::pictureOf(std::size_t image, const Frame& frame)
{
    const double scale = imageScale_ <= 0 ? devicePixelRatioF() : imageScale_;
    Cached& cached = pictures_[image];
    if (!same(cached.frame, frame) || cached.scale != scale)
        cached = {placedImage(figure_.images[image], frame, scale), frame, scale};
    return cached.placed;
}

const PlacedImage& Canvas::cellsOf(std::size_t index, const Frame& frame)
{
    const figure::Grid& grid = figure_.grids[index];
    // What is smooth has its own edges, and needs no finer pixels for those of its cells.
    const Frame shown = isSmooth(grid) ? frame.part(placeOf(grid, frame).normalized()) : frame;
    const bool dense = cellsPerPixel(grid, frame) > 1 || isSmooth(grid);
    const double scale = imageScale_ <= 0 ? devicePixelRatioF() : dense ? denseScale_ : imageScale_;
    Cached& cached = cells_[index];
    if (!same(cached.frame, frame) || cached.scale != scale)
        cached = {{gridImage(grid, shown, scale), shown.rect}, frame, scale};
    // One that lies beside or over others must not cover them.
    const bool alone = figure_.grids.size() == 1 && figure_.images.empty();
    if (opaqueImages_ && alone && cached.placed.image.hasAlphaChannel())
        cached.placed.image = flattened(cached.placed.image, palette_.surface);
    return cached.placed;
}

} // namespace vitrine::plot
