#include "plugins/accelerators/state_pages.h"

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

namespace vitrine::accelerators
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

// A box in the middle of the page, a little above.
QVBoxLayout* centred(QWidget* page, QWidget* box)
{
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(box);
    row->addStretch(1);
    auto* centre = new QVBoxLayout(page);
    centre->addStretch(2);
    centre->addLayout(row);
    centre->addStretch(3);
    return centre;
}

} // namespace

EmptyPage::EmptyPage(QWidget* parent) : QWidget(parent)
{
    auto* box = new QWidget(this);
    box->setFixedWidth(460);
    auto* column = new QVBoxLayout(box);
    column->setSpacing(theme::kGroupGap);
    column->addWidget(line(tr("How fast would it be on a chip?"), "title", box));
    column->addWidget(line(tr("This room shows cycles, traffic and energy of a network on six "
                              "published accelerators and "
                              "a plain array, and what their papers say beside it."),
                           "muted", box));
    auto* start = new QPushButton(tr("Simulate DeiT-Tiny on P²-ViT"), box);
    start->setProperty("kind", "primary");
    start->setToolTip(tr("Takes well below a second"));
    connect(start, &QPushButton::clicked, this, &EmptyPage::startWished);
    auto* row = new QHBoxLayout;
    row->addWidget(start);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(line(tr("Or choose an accelerator and a workload above."), "muted", box));
    centred(this, box);
    setFocusProxy(start);
}

LoadingPage::LoadingPage(QWidget* parent)
    : QWidget(parent), what_(new QLabel(this)), bar_(new QProgressBar(this))
{
    auto* box = new QFrame(this);
    box->setProperty("role", "card");
    box->setFixedWidth(360);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(16, 12, 16, 16);
    column->addWidget(what_);
    column->addWidget(bar_);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress"));
    centred(this, box);
}

void LoadingPage::setProgress(const QString& what, double fraction)
{
    what_->setText(what);
    bar_->setRange(0, fraction < 0 ? 0 : 1000);
    bar_->setValue(static_cast<int>(std::clamp(fraction, 0.0, 1.0) * 1000));
    setAccessibleDescription(what);
}

void LoadingPage::paintEvent(QPaintEvent*)
{
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int gap = 8, third = (height() - 2 * gap) / 3, half = (width() - gap) / 2;
    const QRect cards[] = {{0, 0, width(), third},
                           {0, third + gap, half, third},
                           {half + gap, third + gap, half, third},
                           {0, 2 * (third + gap), width(), third}};
    for (const QRect& card : cards) {
        painter.setPen(QPen(colours.line, colours.lineWidth));
        painter.setBrush(colours.surface);
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), theme::kRadius,
                                theme::kRadius);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.sunken);
        painter.drawRoundedRect(QRectF(card.left() + 12, card.top() + 12, 90, 12), 3, 3);
    }
}

FailurePage::FailurePage(QWidget* parent) : QWidget(parent), message_(new QLabel(this))
{
    auto* box = new QFrame(this);
    box->setProperty("role", "failure");
    box->setFixedWidth(480);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(line(tr("There is nothing to show"), "section", box));
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
    centred(this, box);
}

void FailurePage::setMessage(const QString& message, bool canRetry)
{
    message_->setText(message);
    retry_->setVisible(canRetry);
    setAccessibleDescription(message);
}

} // namespace vitrine::accelerators
