#include "plugins/attention/token_strip.h"

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

namespace vitrine::attention
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

void TokenStrip::setScene(const Scene& scene)
{
    const bool sameText = names_ == scene.first().tokens;
    names_ = scene.first().tokens;
    gaps_ = scene.first().gaps;
    const auto count = static_cast<std::size_t>(names_->size());
    const auto score = scene.columnScore();
    const auto rows = scene.first().capture->columnRows();
    scores_.assign(score.begin(), score.end());
    scores_.resize(count, 0);
    rows_.assign(rows.begin(), rows.end());
    rows_.resize(count, 0);
    threshold_ = thresholds(static_cast<std::int64_t>(count), scene.state.sinks,
                            scene.first().capture->window());
    overUniform_.assign(count, 0);
    for (const Sink& sink : scene.sinks.front())
        overUniform_[static_cast<std::size_t>(sink.position)] = sink.scoreOverUniform;
    pinned_.assign(count, false);
    for (const std::int64_t token : scene.state.pinnedTokens)
        if (token < static_cast<std::int64_t>(count))
            pinned_[static_cast<std::size_t>(token)] = true;
    clip_ = scene.state.clip;
    const std::int64_t before = selected_;
    selected_ = scene.state.token.value_or(-1);
    if (!sameText)
        arrange();
    if (selected_ >= static_cast<std::int64_t>(count))
        selected_ = -1;
    if (selected_ != before)
        reveal();
    describe();
    viewport()->update();
}

void TokenStrip::arrange()
{
    boxes_.clear();
    if (!names_)
        return;
    const QFontMetrics metrics(theme::monoFont(12));
    QHash<QString, int> widths;
    const int right = std::max(viewport()->width() - 4, 60);
    int x = 2, y = 0;
    for (qsizetype i = 0; i < names_->size(); ++i) {
        const QString& name = names_->at(i);
        int& width = widths[name];
        if (width == 0)
            width = std::min(metrics.horizontalAdvance(name) + 2 * kPad, right - 2);
        x += (*gaps_)[static_cast<std::size_t>(i)] ? kSpace : kJoin;
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
    const double over = overUniform_[static_cast<std::size_t>(token)];
    return over > 0 ? shortText(over) + QStringLiteral("×") : QString();
}

std::vector<std::int64_t> TokenStrip::badged() const
{
    std::vector<std::int64_t> found;
    for (std::size_t i = 0; i < overUniform_.size(); ++i)
        if (overUniform_[i] > 0)
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

QString TokenStrip::helpOf(std::int64_t token) const
{
    const auto place = static_cast<std::size_t>(token);
    const QString sink =
        overUniform_[place] > 0
            ? tr("sink: %1 times the uniform value").arg(numberText(overUniform_[place]))
            : tr("no sink by the rule");
    return tr("“%1”, token %2\ns[j] = %3, threshold %4 (mean weight from the %5 tokens that see "
              "it)\n%6")
        .arg((*names_)[static_cast<qsizetype>(token)])
        .arg(token)
        .arg(numberText(static_cast<double>(scores_[place])), numberText(threshold_[place]))
        .arg(rows_[place])
        .arg(sink);
}

void TokenStrip::describe()
{
    const QString keys = tr("Left and right select a token, P pins it.");
    setAccessibleDescription(
        selected_ < 0 ? tr("No token selected. ") + keys
                      : helpOf(selected_).replace(QLatin1Char('\n'), QLatin1String(", ")) +
                            QLatin1String(". ") + keys);
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
        painter.setRenderHint(QPainter::Antialiasing);
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void TokenStrip::paintToken(QPainter& painter, std::size_t token, const QRect& box)
{
    const theme::Palette& colours = theme::palette();
    const QRect chip(box.left(), box.top() + kBadge, box.width(), kText);
    const bool sink = overUniform_[token] > 0;
    const auto place = static_cast<std::int64_t>(token);
    const QColor mark = colours.series(1);
    painter.setRenderHint(QPainter::Antialiasing);
    if (place == selected_ || place == hovered_ || sink) {
        QColor ground = place == selected_ ? colours.accentSoft : sink ? mark : colours.sunken;
        if (sink && place != selected_)
            ground.setAlphaF(colours.dark ? 0.30F : 0.16F);
        painter.setBrush(ground);
        painter.setPen(place == selected_ ? QPen(colours.accent, 1.5)
                       : sink             ? QPen(mark, 1)
                                          : QPen(Qt::NoPen));
        painter.drawRoundedRect(QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    }
    if (pinned_[token]) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.series(4));
        painter.drawEllipse(QPointF(chip.left() + 2.5, chip.top() - 3), 3, 3);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(theme::monoFont(12));
    const bool special = (*names_)[static_cast<qsizetype>(token)].startsWith(QLatin1Char('<'));
    painter.setPen(special && place != selected_ ? colours.muted : colours.text);
    painter.drawText(chip, Qt::AlignCenter, (*names_)[static_cast<qsizetype>(token)]);
    if (sink) {
        painter.setFont(theme::uiFont(10, QFont::DemiBold));
        painter.setPen(colours.dark ? mark.lighter(140) : mark.darker(115));
        painter.drawText(QRect(box.left() - 12, box.top() - 1, box.width() + 24, kBadge + 2),
                         Qt::AlignCenter, badgeOf(place));
    }
    const double share = std::clamp(static_cast<double>(scores_[token]) / clip_, 0.0, 1.0);
    const int width = static_cast<int>(share * (chip.width() - 2) + 0.5);
    painter.fillRect(QRect(chip.left() + 1, chip.bottom() + 3, width, 3),
                     sink ? mark : colours.muted);
}

bool TokenStrip::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        if (const std::int64_t token = tokenAt(help->pos()); token >= 0)
            QToolTip::showText(help->globalPos(), helpOf(token), viewport(), tokenRect(token));
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
    if (selected_ < 0)
        return;
    const QRect box = boxes_[static_cast<std::size_t>(selected_)];
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
    const auto last = static_cast<std::int64_t>(boxes_.size()) - 1;
    if (last < 0)
        return;
    const auto choose = [&](std::int64_t token) {
        emit tokenChosen(std::clamp<std::int64_t>(token, 0, last));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return choose(selected_ - 1);
    case Qt::Key_Right:
        return choose(selected_ + 1);
    case Qt::Key_Home:
        return choose(0);
    case Qt::Key_End:
        return choose(last);
    case Qt::Key_Up:
    case Qt::Key_Down: {
        if (selected_ < 0)
            return choose(0);
        const int way = event->key() == Qt::Key_Up ? -kLine : kLine;
        const QRect box = tokenRect(selected_);
        if (const std::int64_t token = tokenAt(box.center() + QPoint(0, way)); token >= 0)
            choose(token);
        return;
    }
    case Qt::Key_P:
        if (selected_ >= 0)
            emit tokenPinToggled(selected_);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace vitrine::attention
