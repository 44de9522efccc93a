#include "widgets/tokens/token_strip.h"

#include "widgets/theme/hatch.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QFontMetrics>
#include <QHash>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kLine = 38, kText = 18, kBadge = 11, kPad = 2, kSpace = 7, kJoin = 0;

} // namespace

TokenStrip::TokenStrip(QWidget* parent) : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Tokens"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setMinimumHeight(kLine + 4);
}

void TokenStrip::setText(TokenStripText text)
{
    const bool sameText = text_.names == text.names;
    const std::int64_t before = text_.selected;
    text_ = std::move(text);
    const auto tokens = text_.names ? static_cast<std::size_t>(text_.names->size()) : 0;
    text_.bars.resize(tokens, 0);
    text_.marks.resize(tokens, TokenStripText::Mark::none);
    text_.badges.resize(tokens);
    text_.pinned.resize(tokens, false);
    if (!sameText)
        arrange();
    if (text_.selected >= count())
        text_.selected = -1;
    if (text_.selected != before)
        reveal();
    describe();
    viewport()->update();
}

void TokenStrip::arrange()
{
    boxes_.clear();
    if (!text_.names || !text_.gaps)
        return;
    const QFontMetrics metrics(theme::monoFont(12));
    QHash<QString, int> widths;
    const int right = std::max(viewport()->width() - 4, 60);
    int x = 2, y = 0;
    for (qsizetype i = 0; i < text_.names->size(); ++i) {
        const QString& name = text_.names->at(i);
        int& width = widths[name];
        if (width == 0)
            width = std::min(metrics.horizontalAdvance(name) + 2 * kPad, right - 2);
        x += (*text_.gaps)[static_cast<std::size_t>(i)] ? kSpace : kJoin;
        if (x + width > right) {
            x = 2;
            y += kLine;
        }
        boxes_.emplace_back(x, y, width, kLine);
        x += width;
    }
    const int height = y + kLine;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(kLine);
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
}

QRect TokenStrip::tokenRect(std::int64_t token) const
{
    return boxes_[static_cast<std::size_t>(token)].translated(0, -verticalScrollBar()->value());
}

QString TokenStrip::badgeOf(std::int64_t token) const
{
    return text_.badges[static_cast<std::size_t>(token)];
}

std::vector<std::int64_t> TokenStrip::badged() const
{
    std::vector<std::int64_t> found;
    for (std::size_t i = 0; i < text_.badges.size(); ++i)
        if (!text_.badges[i].isEmpty())
            found.push_back(static_cast<std::int64_t>(i));
    return found;
}

std::vector<std::int64_t> TokenStrip::marked(TokenStripText::Mark mark) const
{
    std::vector<std::int64_t> found;
    for (std::size_t i = 0; i < text_.marks.size(); ++i)
        if (text_.marks[i] == mark)
            found.push_back(static_cast<std::int64_t>(i));
    return found;
}

std::int64_t TokenStrip::tokenAt(QPoint point) const
{
    const QPoint inText = point + QPoint(0, verticalScrollBar()->value());
    auto found = std::ranges::lower_bound(boxes_, inText.y() / kLine * kLine, {}, &QRect::top);
    for (; found != boxes_.end() && found->top() <= inText.y(); ++found)
        if (found->contains(inText))
            return found - boxes_.begin();
    return -1;
}

void TokenStrip::describe()
{
    const bool helped = text_.selected >= 0 && text_.help;
    setAccessibleDescription(
        (helped ? text_.help(text_.selected).replace(QLatin1Char('\n'), QLatin1String(", ")) +
                      QLatin1String(". ")
                : tr("No token selected. ")) +
        text_.keys);
}

void TokenStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const int top = verticalScrollBar()->value();
    auto found = std::ranges::lower_bound(boxes_, top - kLine, {}, &QRect::top);
    for (; found != boxes_.end() && found->top() < top + viewport()->height(); ++found)
        paintToken(painter, static_cast<std::size_t>(found - boxes_.begin()),
                   found->translated(0, -top));
    if (hasFocus()) {
        painter.setPen(QPen(theme::palette().accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void TokenStrip::paintToken(QPainter& painter, std::size_t token, const QRect& box)
{
    const theme::Palette& colours = theme::palette();
    const QRect chip(box.left(), box.top() + kBadge, box.width(), kText);
    const bool marked = text_.marks[token] == TokenStripText::Mark::marked;
    const QColor mark = colours.series(1);
    painter.save();
    paintChip(painter, token, chip);
    painter.restore();
    if (!text_.badges[token].isEmpty()) {
        painter.setFont(theme::uiFont(10, QFont::DemiBold));
        painter.setPen(!marked        ? colours.muted
                       : colours.dark ? mark.lighter(140)
                                      : mark.darker(115));
        painter.drawText(QRect(box.left() - 12, box.top() - 1, box.width() + 24, kBadge + 2),
                         Qt::AlignCenter, text_.badges[token]);
    }
    if (!std::isfinite(text_.bars[token]))
        return theme::fillNotFinite(
            painter, QRectF(chip.left() + 1, chip.bottom() + 3, chip.width() - 2, 3), colours);
    const double share = std::clamp(text_.bars[token], 0.0, 1.0);
    const int width = static_cast<int>(share * (chip.width() - 2) + 0.5);
    painter.fillRect(QRect(chip.left() + 1, chip.bottom() + 3, width, 3),
                     marked ? mark : colours.muted);
}

void TokenStrip::paintChip(QPainter& painter, std::size_t token, const QRect& chip)
{
    const theme::Palette& colours = theme::palette();
    const QString& name = (*text_.names)[static_cast<qsizetype>(token)];
    const auto place = static_cast<std::int64_t>(token);
    const bool marked = text_.marks[token] == TokenStripText::Mark::marked;
    const bool off = text_.marks[token] == TokenStripText::Mark::off;
    const bool selected = place == text_.selected;
    const QColor mark = colours.series(1);
    painter.setRenderHint(QPainter::Antialiasing);
    if (selected || place == hovered_ || marked || off) {
        QColor ground = selected ? colours.accentSoft : marked ? mark : colours.sunken;
        if (marked && !selected)
            ground.setAlphaF(colours.dark ? 0.30F : 0.16F);
        painter.setBrush(ground);
        painter.setPen(selected ? QPen(colours.accent, 1.5)
                       : marked ? QPen(mark, 1)
                       : off    ? QPen(colours.muted, 1, Qt::DotLine)
                                : QPen(Qt::NoPen));
        painter.drawRoundedRect(QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    }
    if (text_.pinned[token]) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.series(4));
        painter.drawEllipse(QPointF(chip.left() + 2.5, chip.top() - 3), 3, 3);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    QFont font = theme::monoFont(12);
    font.setStrikeOut(off);
    painter.setFont(font);
    painter.setPen((name.startsWith(QLatin1Char('<')) || off) && !selected ? colours.muted
                                                                           : colours.text);
    painter.drawText(chip, Qt::AlignCenter, name);
}

bool TokenStrip::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        if (const std::int64_t token = tokenAt(help->pos()); token >= 0 && text_.help)
            QToolTip::showText(help->globalPos(), text_.help(token), viewport(), tokenRect(token));
        return true;
    }
    if (event->type() == QEvent::Leave && hovered_ >= 0) {
        hovered_ = -1;
        viewport()->update();
        emit tokenHovered(-1);
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TokenStrip::reveal()
{
    if (text_.selected < 0)
        return;
    const QRect box = boxes_[static_cast<std::size_t>(text_.selected)];
    QScrollBar* bar = verticalScrollBar();
    if (box.top() < bar->value())
        bar->setValue(box.top());
    else if (box.bottom() > bar->value() + viewport()->height())
        bar->setValue(box.top() - std::max(0, viewport()->height() / kLine - 1) * kLine);
}

void TokenStrip::resizeEvent(QResizeEvent*)
{
    arrange();
    reveal();
}

void TokenStrip::mousePressEvent(QMouseEvent* event)
{
    const std::int64_t token = tokenAt(event->pos());
    if (token < 0 || event->button() != Qt::LeftButton)
        return;
    if (event->modifiers() & Qt::ControlModifier)
        emit tokenPinToggled(token);
    else
        emit tokenChosen(token);
}

void TokenStrip::mouseMoveEvent(QMouseEvent* event)
{
    const std::int64_t token = tokenAt(event->pos());
    if (token == hovered_)
        return;
    hovered_ = token;
    viewport()->update();
    emit tokenHovered(token);
}

void TokenStrip::keyPressEvent(QKeyEvent* event)
{
    const std::int64_t last = count() - 1;
    if (last < 0)
        return;
    const auto choose = [&](std::int64_t token) {
        emit tokenChosen(std::clamp<std::int64_t>(token, 0, last));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return choose(text_.selected - 1);
    case Qt::Key_Right:
        return choose(text_.selected + 1);
    case Qt::Key_Home:
        return choose(0);
    case Qt::Key_End:
        return choose(last);
    case Qt::Key_Up:
    case Qt::Key_Down: {
        if (text_.selected < 0)
            return choose(0);
        const int way = event->key() == Qt::Key_Up ? -kLine : kLine;
        const QRect box = tokenRect(text_.selected);
        if (const std::int64_t token = tokenAt(box.center() + QPoint(0, way)); token >= 0)
            choose(token);
        return;
    }
    case Qt::Key_P:
        if (text_.selected >= 0)
            emit tokenPinToggled(text_.selected);
        return;
    case Qt::Key_Space:
        if (text_.selected >= 0)
            emit tokenActed(text_.selected);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace vitrine
