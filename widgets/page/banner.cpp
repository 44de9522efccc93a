#include "widgets/page/banner.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/shown_text.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace vitrine
{

Banner::Banner(QWidget* parent)
    : QFrame(parent), text_(new QLabel(this)), act_(new QPushButton(this))
{
    setProperty("role", "failure");
    text_->setWordWrap(true);
    text_->setAccessibleName(tr("What went wrong"));
    auto* copy = new QPushButton(tr("Copy details"), this);
    auto* close = new QToolButton(this);
    close->setIcon(theme::icon(QStringLiteral("cancel")));
    close->setAccessibleName(tr("Dismiss"));
    close->setToolTip(tr("Dismiss"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(12, 6, 6, 6);
    line->addWidget(text_, 1);
    line->addWidget(copy);
    line->addWidget(act_);
    line->addWidget(close);
    hide();
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(message_); });
    connect(act_, &QPushButton::clicked, this, &Banner::acted);
    connect(close, &QToolButton::clicked, this, &Banner::dismissed);
}

void Banner::setMessage(const QString& message, const QString& action)
{
    message_ = message;
    showText(*text_, message);
    act_->setText(action);
    act_->setAccessibleName(action);
    act_->setVisible(!action.isEmpty());
    setVisible(!message.isEmpty());
}

} // namespace vitrine
