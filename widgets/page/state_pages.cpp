#include "widgets/page/state_pages.h"

#include "widgets/theme/palette.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"

#include <QApplication>
#include <QClipboard>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr qsizetype kLongestProgress = 120;

QLabel* line(const QString& text, const char* role, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("role", role);
    label->setWordWrap(true);
    return label;
}

// Not by alignment: that would forget the height that wrapped lines need.
QHBoxLayout* inTheMiddle(QWidget* box)
{
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(box);
    row->addStretch(1);
    return row;
}

void paintBody(QPainter& painter, const SkeletonCard& card)
{
    const QRect inside = card.place.adjusted(12, 40, -12, -12);
    const int side = std::min(inside.width(), inside.height());
    switch (card.body) {
    case SkeletonCard::Body::plain:
        return;
    case SkeletonCard::Body::tiles:
        for (int y = inside.top(); y + 36 <= inside.bottom(); y += 52)
            for (int x = inside.left(); x + 36 <= inside.right(); x += 44)
                painter.drawRoundedRect(QRectF(x, y, 36, 36), 3, 3);
        return;
    case SkeletonCard::Body::square:
        if (side > 0)
            painter.drawRect(
                QRect(inside.center() - QPoint(side / 2, side / 2), QSize(side, side)));
        return;
    case SkeletonCard::Body::words:
        for (int x = inside.left(); x + 54 < inside.right(); x += 66)
            painter.drawRoundedRect(QRectF(x, inside.top() + 4, 54, 14), 3, 3);
        return;
    case SkeletonCard::Body::lines:
        for (int y = inside.top(); y + 14 < inside.bottom(); y += 28)
            painter.drawRoundedRect(QRectF(inside.left(), y, inside.width(), 14), 3, 3);
        return;
    }
}

} // namespace

EmptyPage::EmptyPage(const Words& words, QWidget* parent) : QWidget(parent)
{
    auto* box = new QWidget(this);
    box->setFixedWidth(460);
    auto* column = new QVBoxLayout(box);
    column->setSpacing(theme::kGroupGap);
    column->addWidget(line(words.title, "title", box));
    column->addWidget(line(words.sentence, "muted", box));
    auto* start = new QPushButton(words.button, box);
    start->setProperty("kind", "primary");
    start->setToolTip(words.buttonHelp);
    connect(start, &QPushButton::clicked, this, &EmptyPage::startWished);
    auto* row = new QHBoxLayout;
    row->addWidget(start);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(line(words.hint, "muted", box));
    auto* centre = new QVBoxLayout(this);
    centre->addStretch(2);
    centre->addLayout(inTheMiddle(box));
    centre->addStretch(3);
    setFocusProxy(start);
}

LoadingPage::LoadingPage(Skeleton skeleton, QWidget* parent)
    : QWidget(parent),
      skeleton_(std::move(skeleton)),
      box_(new QFrame(this)),
      what_(new QLabel(box_)),
      bar_(new QProgressBar(box_))
{
    box_->setProperty("role", "card");
    auto* column = new QVBoxLayout(box_);
    column->setContentsMargins(16, 12, 16, 16);
    column->addWidget(what_);
    column->addWidget(bar_);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress"));
}

void LoadingPage::setProgress(const QString& what, double fraction)
{
    showText(*what_, what, kLongestProgress);
    bar_->setRange(0, fraction < 0 ? 0 : 1000);
    bar_->setValue(static_cast<int>(std::clamp(fraction, 0.0, 1.0) * 1000));
    setAccessibleDescription(what_->text());
}

void LoadingPage::resizeEvent(QResizeEvent*)
{
    const QSize size(std::min(360, width() - 32), box_->sizeHint().height());
    box_->setGeometry(
        QRect(QPoint((width() - size.width()) / 2, (height() - size.height()) / 2), size));
}

void LoadingPage::paintEvent(QPaintEvent*)
{
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const SkeletonCard& card : skeleton_(size())) {
        painter.setPen(QPen(colours.line, colours.lineWidth));
        painter.setBrush(colours.surface);
        painter.drawRoundedRect(QRectF(card.place).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.sunken);
        painter.drawRoundedRect(QRectF(card.place.left() + 12, card.place.top() + 12,
                                       std::min(90, card.place.width() / 2), 12),
                                3, 3);
        paintBody(painter, card);
    }
}

FailurePage::FailurePage(const QString& heading, QWidget* parent)
    : QWidget(parent), message_(new QLabel(this))
{
    auto* box = new QFrame(this);
    box->setProperty("role", "failure");
    box->setFixedWidth(480);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(line(heading, "section", box));
    message_->setParent(box);
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    message_->setAccessibleName(tr("What went wrong"));
    column->addWidget(message_);
    retry_ = new QPushButton(tr("Try again"), box);
    retry_->setProperty("kind", "primary");
    auto* copy = new QPushButton(tr("Copy details"), box);
    connect(retry_, &QPushButton::clicked, this, &FailurePage::retryWished);
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(whole_); });
    auto* row = new QHBoxLayout;
    row->addWidget(retry_);
    row->addWidget(copy);
    row->addStretch(1);
    column->addLayout(row);
    auto* centre = new QVBoxLayout(this);
    centre->addStretch(2);
    centre->addLayout(inTheMiddle(box));
    centre->addStretch(3);
}

void FailurePage::setMessage(const QString& message, bool canRetry)
{
    whole_ = message;
    showText(*message_, message);
    retry_->setVisible(canRetry);
    setAccessibleDescription(message_->text());
}

StatePages::StatePages(QWidget* empty, Skeleton skeleton, const QString& failureHeading,
                       QWidget* content, QWidget* parent)
    : QStackedWidget(parent),
      empty_(empty),
      content_(content),
      loading_(new LoadingPage(std::move(skeleton), this)),
      failure_(new FailurePage(failureHeading, this))
{
    for (QWidget* page : std::initializer_list<QWidget*>{empty_, loading_, failure_, content_})
        addWidget(page);
    connect(failure_, &FailurePage::retryWished, this, &StatePages::retryWished);
}

void StatePages::setState(const State& state)
{
    QWidget* page = empty_;
    if (state.hasContent) {
        page = content_;
    } else if (!state.loading.isEmpty()) {
        loading_->setProgress(state.loading, state.fraction);
        page = loading_;
    } else if (!state.failure.isEmpty()) {
        failure_->setMessage(state.failure, state.canRetry);
        page = failure_;
    }
    setCurrentWidget(page);
}

} // namespace vitrine
