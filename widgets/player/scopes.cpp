#include "widgets/player/scopes.h"

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

constexpr int kBins = 128; // drawn; deeper formats are summed

// Counts of one plane in kBins equal shares of the range.
std::vector<double> bins(const video::Histogram& histogram, int plane)
{
    const auto& counts = histogram.counts[static_cast<std::size_t>(plane)];
    std::vector<double> sums(counts.empty() ? 0 : kBins, 0.0);
    for (std::size_t i = 0; i < counts.size(); ++i)
        sums[i * kBins / counts.size()] += counts[i];
    return sums;
}

} // namespace

QString histogramTitle(const ScopeData& data)
{
    const auto isThere = [&](const video::Histogram& histogram) {
        return !histogram.counts[static_cast<std::size_t>(data.plane)].empty();
    };
    QStringList curves;
    if (isThere(data.first))
        curves << QObject::tr("%1 filled").arg(data.firstName);
    if (isThere(data.second))
        curves << QObject::tr("%1 line").arg(data.secondName);
    const QString title = QObject::tr("Histogram of %1").arg(QStringLiteral("YUV")[data.plane]);
    return curves.isEmpty() || data.firstName == data.secondName
               ? title
               : title + QStringLiteral(": ") + curves.join(QStringLiteral(", "));
}

Scopes::Scopes(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Histogram and waveform"));
    setFixedWidth(sizeHint().width());
}

void Scopes::setData(ScopeData data)
{
    data_ = std::move(data);
    waveform_ = {};
    update();
}

void Scopes::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        waveform_ = {};
    QWidget::changeEvent(event);
}

void Scopes::paintHistogram(QPainter& painter, const QRectF& place) const
{
    const theme::Palette& colours = theme::palette();
    painter.fillRect(place, colours.sunken);
    const auto first = bins(data_.first, data_.plane), second = bins(data_.second, data_.plane);
    double highest = 1;
    for (const auto* list : {&first, &second})
        for (const double value : *list)
            highest = std::max(highest, value);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto draw = [&](const std::vector<double>& list, int colour, bool filled) {
        if (list.empty())
            return;
        QPainterPath path(place.bottomLeft());
        for (std::size_t i = 0; i < list.size(); ++i) // square roots: rare values are seen too
            path.lineTo(place.left() + (double(i) + 0.5) * place.width() / kBins,
                        place.bottom() - place.height() * 0.96 * std::sqrt(list[i] / highest));
        path.lineTo(place.bottomRight());
        QColor shade = colours.series(colour);
        painter.setPen(QPen(shade, filled ? 0.0 : 1.4));
        shade.setAlpha(90);
        painter.setBrush(filled ? QBrush(shade) : Qt::NoBrush);
        if (filled)
            painter.setPen(Qt::NoPen);
        painter.drawPath(path);
    };
    draw(first, data_.firstColour, true);
    draw(second, data_.secondColour, false);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

QImage Scopes::waveformImage() const
{
    const video::Waveform& wave = data_.waveform;
    if (wave.columns < 1 || wave.levels < 1)
        return {};
    const theme::Palette& colours = theme::palette();
    const QColor ground = colours.sunken, ink = colours.text;
    const double highest = *std::ranges::max_element(wave.counts);
    QImage image(wave.columns, wave.levels, QImage::Format_RGB32);
    for (int level = 0; level < wave.levels; ++level)
        for (int column = 0; column < wave.columns; ++column) {
            const double count =
                wave.counts[static_cast<std::size_t>(level * wave.columns + column)];
            const double share = highest > 0 ? std::pow(count / highest, 0.35) : 0;
            const auto mix = [&](int from, int to) {
                return int(std::lround(from + share * (to - from)));
            };
            image.setPixelColor(column, wave.levels - 1 - level,
                                QColor(mix(ground.red(), ink.red()),
                                       mix(ground.green(), ink.green()),
                                       mix(ground.blue(), ink.blue())));
        }
    return image;
}

void Scopes::paintEvent(QPaintEvent*)
{
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.fillRect(rect(), colours.surface);
    const QString plane = QStringLiteral("YUV").mid(data_.plane, 1);
    const auto heading = [&](double top, const QString& text) {
        painter.setFont(theme::uiFont(11, QFont::DemiBold));
        painter.setPen(colours.text);
        painter.drawText(QRectF(12, top, width() - 24, 18), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, width() - 24));
    };
    const auto ends = [&](double top) {
        painter.setFont(theme::uiFont(11));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(12, top, width() - 24, 16), Qt::AlignLeft, tr("black"));
        painter.drawText(QRectF(12, top, width() - 24, 16), Qt::AlignRight, tr("peak"));
    };
    heading(6, histogramTitle(data_));
    const double high = std::max(20.0, (height() - 84) / 2.0);
    paintHistogram(painter, QRectF(12, 26, width() - 24, high));
    ends(28 + high);
    heading(48 + high, tr("Waveform of %1: %2").arg(plane, data_.secondName));
    if (waveform_.isNull())
        waveform_ = waveformImage();
    const QRectF place(12, 68 + high, width() - 24, high);
    painter.fillRect(place, colours.sunken);
    if (!waveform_.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(place, waveform_);
    }
}

} // namespace vitrine::player
