#include "widgets/picture/picture_map.h"

#include "core/base/number_text.h"
#include "core/figure/not_finite.h"
#include "widgets/map/colour_legend.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine
{
namespace
{

constexpr double kCaptionRoom = 20, kLegendRoom = 22, kRing = 2; // pixels

double onDevice(double value, double ratio)
{
    return std::round(value * ratio) / ratio;
}

} // namespace

PictureMap::PictureMap(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    describe();
}

void PictureMap::setData(PictureMapData data)
{
    data_ = std::move(data);
    const std::int64_t cells = patches();
    if (cells <= 0 || static_cast<std::int64_t>(data_.values.size()) != cells)
        data_.values.clear();
    const auto isOther = [cells](std::int64_t patch) { return patch < 0 || patch >= cells; };
    std::erase_if(data_.marks, isOther);
    if (data_.selected && isOther(*data_.selected))
        data_.selected.reset();
    if (hovered_ && isOther(*hovered_))
        hovered_.reset();
    scaled_ = coloured_ = {};
    describe();
    updateGeometry();
    update();
}

void PictureMap::setSelected(std::optional<std::int64_t> patch)
{
    if (patch && (*patch < 0 || *patch >= patches()))
        patch.reset();
    if (patch == data_.selected)
        return;
    data_.selected = patch;
    describe();
    update();
}

void PictureMap::setHovered(std::optional<std::int64_t> patch)
{
    if (patch && (*patch < 0 || *patch >= patches()))
        patch.reset();
    if (patch == hovered_)
        return;
    hovered_ = patch;
    update();
}

void PictureMap::setLegendVisible(bool visible)
{
    legend_ = visible;
    update();
}

// Of what can be pointed at: none where a sentence stands instead of the map.
std::int64_t PictureMap::patches() const
{
    constexpr std::int64_t kMost = 1 << 14; // a side
    if (!data_.notice.isEmpty() || data_.picture.isNull() || data_.rows <= 0 ||
        data_.columns <= 0 || data_.rows > kMost || data_.columns > kMost)
        return 0;
    return data_.rows * data_.columns;
}

bool PictureMap::hasMap() const
{
    return !data_.values.empty() && patches() > 0;
}

double PictureMap::captionRoom() const
{
    return data_.caption.isEmpty() ? 0 : kCaptionRoom;
}

double PictureMap::legendRoom() const
{
    return legend_ && hasMap() ? kLegendRoom : 0;
}

QSize PictureMap::around() const
{
    return QSizeF(2 * kRing, 2 * kRing + captionRoom() + legendRoom()).toSize();
}

QRectF PictureMap::pictureRect() const
{
    const QRectF room =
        QRectF(rect()).adjusted(kRing, kRing + captionRoom(), -kRing, -kRing - legendRoom());
    if (data_.picture.isNull() || room.width() < 1 || room.height() < 1)
        return {};
    const QSizeF size = QSizeF(data_.picture.size()).scaled(room.size(), Qt::KeepAspectRatio);
    const double ratio = devicePixelRatioF();
    const double left = onDevice(room.center().x() - size.width() / 2, ratio);
    const double top = onDevice(room.top(), ratio);
    return {left, top, std::max(1 / ratio, onDevice(size.width(), ratio)),
            std::max(1 / ratio, onDevice(size.height(), ratio))};
}

QRectF PictureMap::patchRect(std::int64_t patch) const
{
    const QRectF place = pictureRect();
    if (patch < 0 || patch >= patches() || place.isEmpty())
        return {};
    const double ratio = devicePixelRatioF();
    const auto row = static_cast<double>(patch / data_.columns);
    const auto column = static_cast<double>(patch % data_.columns);
    const double across = place.width() / static_cast<double>(data_.columns);
    const double down = place.height() / static_cast<double>(data_.rows);
    const auto corner = [&](double r, double c) {
        return QPointF(onDevice(place.left() + c * across, ratio),
                       onDevice(place.top() + r * down, ratio));
    };
    return {corner(row, column), corner(row + 1, column + 1)};
}

std::optional<std::int64_t> PictureMap::patchAt(QPointF at) const
{
    const QRectF place = pictureRect();
    if (patches() <= 0 || place.isEmpty() || at.x() < place.left() || at.x() >= place.right() ||
        at.y() < place.top() || at.y() >= place.bottom())
        return {};
    const auto cell = [](double share, std::int64_t cells) {
        return std::clamp<std::int64_t>(
            static_cast<std::int64_t>(share * static_cast<double>(cells)), 0, cells - 1);
    };
    return cell((at.y() - place.top()) / place.height(), data_.rows) * data_.columns +
           cell((at.x() - place.left()) / place.width(), data_.columns);
}

QString PictureMap::patchText(std::int64_t patch) const
{
    if (patch < 0 || patch >= patches())
        return {};
    QString text = tr("Row %1, column %2").arg(patch / data_.columns).arg(patch % data_.columns);
    if (hasMap()) {
        const float value = data_.values[static_cast<std::size_t>(patch)];
        const QString said = std::isnan(value) ? tr("no value")
                             : figure::isNotFinite(value)
                                 ? tr("not finite")
                                 : QString::fromStdString(readOut(static_cast<double>(value)));
        text += QStringLiteral(": ") +
                (data_.quantity.isEmpty() ? said : data_.quantity + QLatin1Char(' ') + said);
    }
    if (std::ranges::find(data_.marks, patch) != data_.marks.end())
        text += data_.marksHidden ? tr(", hidden") : tr(", marked");
    return text;
}

QSize PictureMap::sizeHint() const
{
    return QSize(280, 280) + around();
}

QString PictureMap::legendHelp() const
{
    const QString words = sentenceOf(valueLegend(data_.scale, data_.values, data_.opacity));
    return data_.quantity.isEmpty() ? words : data_.quantity + QStringLiteral(": ") + words;
}

void PictureMap::describe()
{
    setAccessibleName(!data_.name.isEmpty()      ? data_.name
                      : !data_.caption.isEmpty() ? data_.caption
                                                 : tr("Picture"));
    const QString said = !data_.notice.isEmpty() ? data_.notice
                         : data_.selected        ? tr("Chosen: %1.").arg(patchText(*data_.selected))
                                                 : QString();
    const QString keys = patches() > 0 ? tr("Arrow keys move the chosen patch.") : QString();
    setAccessibleDescription(said.isEmpty() || keys.isEmpty() ? said + keys
                                                              : said + QLatin1Char(' ') + keys);
}

void PictureMap::hover(std::optional<std::int64_t> patch)
{
    if (patch == hovered_)
        return;
    hovered_ = patch;
    update();
    emit patchHovered(patch);
}

void PictureMap::choose(std::int64_t patch)
{
    setSelected(patch);
    emit patchChosen(patch);
}

void PictureMap::mousePressEvent(QMouseEvent* event)
{
    const auto patch = patchAt(event->position());
    if (event->button() != Qt::LeftButton || !patch)
        return QWidget::mousePressEvent(event);
    choose(*patch);
}

void PictureMap::mouseMoveEvent(QMouseEvent* event)
{
    hover(patchAt(event->position()));
}

void PictureMap::leaveEvent(QEvent*)
{
    hover({});
}

void PictureMap::keyPressEvent(QKeyEvent* event)
{
    const std::int64_t rows = data_.rows, columns = data_.columns;
    if (patches() <= 0)
        return QWidget::keyPressEvent(event);
    const auto moved = [&](std::int64_t down, std::int64_t across) {
        if (!data_.selected)
            return choose(rows / 2 * columns + columns / 2);
        const std::int64_t row = *data_.selected / columns, column = *data_.selected % columns;
        const std::int64_t patch = std::clamp<std::int64_t>(row + down, 0, rows - 1) * columns +
                                   std::clamp<std::int64_t>(column + across, 0, columns - 1);
        if (patch != *data_.selected)
            choose(patch);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return moved(0, -1);
    case Qt::Key_Right:
        return moved(0, 1);
    case Qt::Key_Up:
        return moved(-1, 0);
    case Qt::Key_Down:
        return moved(1, 0);
    case Qt::Key_Home:
        return choose(0);
    case Qt::Key_End:
        return choose(rows * columns - 1);
    default:
        QWidget::keyPressEvent(event);
    }
}

void PictureMap::contextMenuEvent(QContextMenuEvent* event)
{
    emit menuWished(event->globalPos());
}

bool PictureMap::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto patch = patchAt(help->pos());
    const QRect line(0, 0, width(), static_cast<int>(captionRoom()));
    if (patch)
        QToolTip::showText(help->globalPos(), patchText(*patch), this,
                           patchRect(*patch).toAlignedRect());
    else if (legendRoom() > 0 && help->pos().y() > pictureRect().bottom())
        QToolTip::showText(help->globalPos(), legendHelp(), this);
    else if (line.contains(help->pos()))
        QToolTip::showText(help->globalPos(), data_.help.isEmpty() ? data_.caption : data_.help,
                           this, line);
    else
        QToolTip::hideText();
    return true;
}

void PictureMap::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        update();
    QWidget::changeEvent(event);
}

} // namespace vitrine
