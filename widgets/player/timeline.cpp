#include "widgets/player/timeline.h"

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "widgets/theme/palette.h"

#include <QEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{

std::vector<std::pair<double, double>> minMaxColumns(const std::vector<double>& values,
                                                     std::int64_t moments, int columns)
{
    std::vector<std::pair<double, double>> ends(static_cast<std::size_t>(std::max(0, columns)),
                                                {std::nan(""), std::nan("")});
    const auto count = std::min<std::int64_t>(moments, static_cast<std::int64_t>(values.size()));
    for (std::int64_t i = 0; i < count; ++i) {
        const double value = values[static_cast<std::size_t>(i)];
        if (!std::isfinite(value))
            continue;
        auto& [low, high] = ends[static_cast<std::size_t>(i * columns / moments)];
        low = std::isnan(low) ? value : std::min(low, value);
        high = std::isnan(high) ? value : std::max(high, value);
    }
    return ends;
}

Timeline::Timeline(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Timeline"));
    setToolTip({}); // the box under the mouse says it
    setAccessibleDescription(tr("Quality and bits of every frame. Click or drag: go to a frame. "
                                "Shift and drag: loop. Double click: no loop."));
}

void Timeline::setData(TimelineData data)
{
    data_ = std::move(data);
    hovered_.reset();
    drop();
}

void Timeline::setPosition(std::int64_t moment)
{
    if (moment == position_)
        return;
    position_ = moment;
    update();
}

void Timeline::setLoop(const Transport::Loop& loop)
{
    if (loop != loop_) {
        loop_ = loop;
        update();
    }
}

void Timeline::setCached(const Ranges& moments)
{
    if (moments != cached_) {
        cached_ = moments;
        update();
    }
}

double Timeline::xOf(std::int64_t moment) const
{
    const QRectF place = plot();
    return place.left() + place.width() * (static_cast<double>(moment) + 0.5) /
                              static_cast<double>(std::max<std::int64_t>(1, data_.moments));
}

std::int64_t Timeline::momentAt(double x) const
{
    const QRectF place = plot();
    const double share = (x - place.left()) / std::max(1.0, place.width());
    return std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::floor(share * static_cast<double>(data_.moments))), 0,
        std::max<std::int64_t>(0, data_.moments - 1));
}

QStringList Timeline::readingAt(std::int64_t moment) const
{
    QStringList lines{tr("Frame %1").arg(moment)};
    const auto at = [&](const std::vector<double>& values) {
        return moment >= 0 && moment < static_cast<std::int64_t>(values.size())
                   ? values[static_cast<std::size_t>(moment)]
                   : std::nan("");
    };
    for (const TimelineCurve& curve : data_.curves) {
        QStringList parts;
        if (const double value = at(curve.quality); std::isfinite(value))
            parts << (QString::fromStdString(columnText(value, data_.qualityDecimals)) +
                      (data_.qualityUnit.isEmpty() ? QString() : " " + data_.qualityUnit));
        if (const double bits = at(curve.bits); std::isfinite(bits))
            parts << QString::fromStdString(significant(bits / 1000, 3)) + tr(" kbit");
        if (!parts.isEmpty())
            lines << curve.name + QStringLiteral("  ") + parts.join(QStringLiteral("  "));
    }
    return lines;
}

void Timeline::drop()
{
    drawn_ = {};
    update();
}

void Timeline::resizeEvent(QResizeEvent*)
{
    drop();
}

void Timeline::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        drop();
    QWidget::changeEvent(event);
}

void Timeline::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || data_.moments < 1)
        return;
    const std::int64_t moment = momentAt(event->position().x());
    if (event->modifiers() & Qt::ShiftModifier)
        loopFrom_ = moment;
    else {
        isDragging_ = true;
        emit seekWished(moment, true);
    }
}

void Timeline::mouseMoveEvent(QMouseEvent* event)
{
    if (data_.moments < 1)
        return;
    const std::int64_t moment = momentAt(event->position().x());
    hovered_ = moment;
    if (isDragging_)
        emit seekWished(moment, true);
    else if (loopFrom_)
        emit loopWished(std::min(*loopFrom_, moment), std::max(*loopFrom_, moment), true);
    update();
}

void Timeline::mouseReleaseEvent(QMouseEvent* event)
{
    const std::int64_t moment = momentAt(event->position().x());
    if (isDragging_)
        emit seekWished(moment, false);
    else if (loopFrom_ && *loopFrom_ != moment)
        emit loopWished(std::min(*loopFrom_, moment), std::max(*loopFrom_, moment), false);
    isDragging_ = false;
    loopFrom_.reset();
}

void Timeline::mouseDoubleClickEvent(QMouseEvent*)
{
    emit loopCleared();
}

void Timeline::leaveEvent(QEvent*)
{
    hovered_.reset();
    update();
}

void Timeline::focusInEvent(QFocusEvent*)
{
    update();
}

void Timeline::focusOutEvent(QFocusEvent*)
{
    update();
}

} // namespace vitrine::player
