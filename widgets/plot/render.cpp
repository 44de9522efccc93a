#include "widgets/plot/render.h"

#include <QBuffer>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>

#include "core/figure/alt_text.h"
#include "widgets/plot/canvas.h"
#include "widgets/plot/header.h"
#include "widgets/plot/normalise.h"
#include "widgets/plot/paint.h"

#include <algorithm>
#include <cmath>

namespace vitrine::plot
{
namespace
{

constexpr double kPixelsPerMillimetre = 96 / 25.4;
constexpr double kVectorImageScale = 4; // pixels of a grid's image per logical pixel
// Readers of vector files sample images: pixels finer than theirs would lose single bright columns.
constexpr double kDenseVectorImageScale = 1;
constexpr int kPdfResolution = 1200;
constexpr int kUsualLegend = 2; // lines of it that a figure's own height has room for

// In the canvas's own pixels: with larger text there are fewer of them on the same paper.
QSize canvasSize(QSize size, double text)
{
    return {std::max(60, static_cast<int>(std::lround(size.width() / text))),
            std::max(45, static_cast<int>(std::lround(size.height() / text)))};
}

void paint(Canvas& canvas, QPaintDevice& device, QSize size, double scale, bool vector)
{
    QCPPainter painter(&device);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.setMode(QCPPainter::pmVectorized, vector);
    const QSize own = canvas.viewport().size();
    painter.scale(scale * size.width() / own.width(), scale * size.height() / own.height());
    canvas.toPainter(&painter, own.width(), own.height());
}

QByteArray png(Canvas& canvas, QSize size, double scale)
{
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    paint(canvas, image, size, scale, false);
    image.setDotsPerMeterX(static_cast<int>(std::lround(scale * 96 / 0.0254)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray svg(Canvas& canvas, QSize size, const figure::Figure& figure, bool embedFont)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(96);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(QString::fromStdString(figure.title));
    generator.setDescription(QString::fromStdString(figure::altTextOf(figure)));
    paint(canvas, generator, size, 1, true);
    return normalisedSvg(bytes, size, embedFont ? fontFaceCss() : QByteArray());
}

QByteArray pdf(Canvas& canvas, QSize size, const figure::Figure& figure, std::int64_t time)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setTitle(QString::fromStdString(figure.title));
        writer.setCreator("Vitrine");
        writer.setPageSize(QPageSize(QSizeF(size) * 72.0 / 96.0, QPageSize::Point, QString(),
                                     QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF());
        writer.setResolution(kPdfResolution);
        paint(canvas, writer, size, kPdfResolution / 96.0, true);
    }
    return normalisedPdf(bytes, time);
}

} // namespace

QSize paperSize(const figure::Figure& figure, double textScale)
{
    const QSize axes(
        std::max(80, static_cast<int>(std::lround(figure.width * kPixelsPerMillimetre))),
        std::max(60, static_cast<int>(std::lround(figure.height * kPixelsPerMillimetre))));
    const int lines = legendLines(figure, canvasSize(axes, textScale).width());
    const double more = kLegendLine * textScale * std::max(0, lines - kUsualLegend);
    return axes + QSize(0, static_cast<int>(std::lround(more)));
}

PagePainter::PagePainter(QPaintDevice& device) : painter_(std::make_unique<QCPPainter>())
{
    painter_->begin(&device);
    painter_->setMode(QCPPainter::pmNoCaching);
}

PagePainter::~PagePainter() = default;

QPainter& PagePainter::painter()
{
    return *painter_;
}

void PagePainter::drawFigure(const figure::Figure& figure, const QRectF& where, double inch,
                             double imageScale, double textScale)
{
    const theme::Palette& palette = theme::paletteOf(theme::ThemeName::light);
    Canvas canvas;
    canvas.setFigure(figure, palette, false, palette.surface);
    if (imageScale > 0)
        canvas.setImageScale(imageScale, imageScale);
    else
        canvas.setImageScale(kVectorImageScale, kDenseVectorImageScale);
    canvas.setOpaqueImages(true);
    // A figure wider than its place is drawn smaller as a whole.
    const QSize paper = paperSize(figure, textScale);
    const double shrunk = std::min(1.0, where.width() / (paper.width() * inch / 96));
    const QSizeF room = where.size() * 96 / inch / shrunk;
    canvas.setSize(canvasSize(room.toSize(), textScale));
    const QSize own = canvas.viewport().size();
    painter_->save();
    painter_->translate(where.topLeft());
    painter_->scale(where.width() / own.width(), where.height() / own.height());
    painter_->setMode(QCPPainter::pmVectorized, imageScale <= 0);
    canvas.toPainter(painter_.get(), own.width(), own.height());
    painter_->restore();
}

QByteArray renderFigure(const figure::Figure& figure, Format format, const RenderOptions& options)
{
    const theme::Palette& palette =
        options.palette ? *options.palette : theme::paletteOf(theme::ThemeName::light);
    const QSize size = options.size.isEmpty() ? paperSize(figure, options.textScale) : options.size;
    Canvas canvas;
    canvas.setFigure(figure, palette, options.title, palette.surface);
    if (format == Format::png)
        canvas.setImageScale(options.scale, options.scale);
    else
        canvas.setImageScale(kVectorImageScale, kDenseVectorImageScale);
    canvas.setOpaqueImages(format == Format::pdf);
    canvas.setSize(canvasSize(size, options.textScale));
    switch (format) {
    case Format::png:
        return png(canvas, size, options.scale);
    case Format::svg:
        return svg(canvas, size, figure, options.embedFont);
    case Format::pdf:
        return pdf(canvas, size, figure, options.time);
    }
    return {};
}

} // namespace vitrine::plot
