#include "plugins/attention/state_pages.h"

#include "widgets/theme/palette.h"
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

namespace vitrine::attention
{
namespace
{

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

} // namespace

EmptyPage::EmptyPage(QWidget* parent) : QWidget(parent)
{
    auto* box = new QWidget(this);
    box->setFixedWidth(460);
    auto* column = new QVBoxLayout(box);
    column->setSpacing(theme::kGroupGap);
    column->addWidget(line(tr("Where does a language model look?"), "title", box));
    column->addWidget(line(tr("This room shows one attention map per head, the tokens that gather "
                              "attention without need (sinks), "
                              "and how two models or two texts differ."),
                           "muted", box));
    auto* start = new QPushButton(tr("Find the sinks in a speech"), box);
    start->setProperty("kind", "primary");
    start->setToolTip(tr("Runs the shipped language model on a shipped text; takes a few seconds"));
    connect(start, &QPushButton::clicked, this, &EmptyPage::startWished);
    auto* row = new QHBoxLayout;
    row->addWidget(start);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(line(
        tr("Or type a prompt above and press Enter, or choose a model and a text at the right."),
        "muted", box));
    auto* centre = new QVBoxLayout(this);
    centre->addStretch(2);
    centre->addLayout(inTheMiddle(box));
    centre->addStretch(3);
    setFocusProxy(start);
}

LoadingPage::LoadingPage(QWidget* parent)
    : QWidget(parent), box_(new QFrame(this)), what_(new QLabel(box_)), bar_(new QProgressBar(box_))
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
    what_->setText(what);
    bar_->setRange(0, fraction < 0 ? 0 : 1000);
    bar_->setValue(static_cast<int>(std::clamp(fraction, 0.0, 1.0) * 1000));
    setAccessibleDescription(what);
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
    const int gap = 8, strip = 92, left = std::max(200, width() / 4);
    const int bottom = std::max(150, height() / 4), top = height() - strip - bottom - 2 * gap;
    const QRect cards[] = {
        {0, 0, left, top},
        {left + gap, 0, width() - left - gap, top},
        {0, top + gap, width(), strip},
        {0, top + strip + 2 * gap, width() / 2 - gap / 2, bottom},
        {width() / 2 + gap / 2, top + strip + 2 * gap, width() / 2 - gap / 2, bottom}};
    for (const QRect& card : cards) {
        painter.setPen(QPen(colours.line, colours.lineWidth));
        painter.setBrush(colours.surface);
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.sunken);
        painter.drawRoundedRect(
            QRectF(card.left() + 12, card.top() + 12, std::min(90, card.width() / 2), 12), 3, 3);
    }
    const QRect heads = cards[0].adjusted(12, 40, -12, -12);
    for (int y = heads.top(); y + 36 <= heads.bottom(); y += 52)
        for (int x = heads.left(); x + 36 <= heads.right(); x += 44)
            painter.drawRoundedRect(QRectF(x, y, 36, 36), 3, 3);
    const int side = std::min(cards[1].width() - 120, cards[1].height() - 110);
    if (side > 0)
        painter.drawRect(
            QRect(cards[1].center() - QPoint(side / 2, side / 2 - 20), QSize(side, side)));
    for (int x = 14; x + 60 < width() - 12; x += 66)
        painter.drawRoundedRect(QRectF(x, cards[2].top() + 44, 54, 14), 3, 3);
}

FailurePage::FailurePage(QWidget* parent) : QWidget(parent), message_(new QLabel(this))
{
    auto* box = new QFrame(this);
    box->setProperty("role", "failure");
    box->setFixedWidth(480);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(line(tr("There is no map to show"), "section", box));
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
            [this] { QApplication::clipboard()->setText(message_->text()); });
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
    message_->setText(message);
    retry_->setVisible(canRetry);
    setAccessibleDescription(message);
}

} // namespace vitrine::attention
