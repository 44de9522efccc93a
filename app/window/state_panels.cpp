#include "app/window/state_panels.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/window/role_label.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/icon_label.h"
#include "widgets/theme/shown_text.h"

namespace vitrine
{
namespace
{

constexpr int kTextWidth = 420;

} // namespace

EmptyPanel::EmptyPanel(const QString& icon, const QString& title, const QString& words,
                       const QString& action, QWidget* parent)
    : QWidget(parent)
{
    auto* sign = new theme::IconLabel(icon, 40, this);
    auto* heading = roleLabel(title, "section", this);
    heading->setAlignment(Qt::AlignCenter);
    auto* text = roleLabel(words, "muted", this);
    text->setAlignment(Qt::AlignCenter);
    text->setFixedWidth(kTextWidth);
    auto* button = new QPushButton(action, this);
    button->setProperty("kind", "primary");
    button->setAccessibleName(action);
    button->setVisible(!action.isEmpty());
    connect(button, &QPushButton::clicked, this, &EmptyPanel::acted);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addStretch(2);
    column->addWidget(sign, 0, Qt::AlignCenter);
    column->addWidget(heading);
    auto* middle = new QHBoxLayout; // an aligned label would not get the height of its lines
    middle->addStretch(1);
    middle->addWidget(text);
    middle->addStretch(1);
    column->addLayout(middle);
    column->addWidget(button, 0, Qt::AlignCenter);
    column->addStretch(3);
}

FailurePanel::FailurePanel(QWidget* parent)
    : QFrame(parent), title_(roleLabel({}, "heading", this)), message_(roleLabel({}, "value", this))
{
    setProperty("role", "failure");
    setAccessibleName("Failure");
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    message_->setAccessibleName("Failure message");
    auto* again = new QPushButton("Try again", this);
    again->setAccessibleName("Try again");
    auto* copy = new QPushButton("Copy details", this);
    copy->setAccessibleName("Copy details");
    auto* close = new QToolButton(this);
    close->setIcon(theme::icon("cancel"));
    close->setAccessibleName("Dismiss failure");
    close->setToolTip("Dismiss");
    connect(again, &QPushButton::clicked, this, &FailurePanel::tryAgain);
    connect(close, &QToolButton::clicked, this, &FailurePanel::dismissed);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(details_); });

    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(title_);
    words->addWidget(message_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 8, 8);
    row->setSpacing(8);
    row->addLayout(words, 1);
    row->addWidget(copy, 0, Qt::AlignTop);
    row->addWidget(again, 0, Qt::AlignTop);
    row->addWidget(close, 0, Qt::AlignTop);
}

PausedPanel::PausedPanel(QWidget* parent) : QFrame(parent), words_(roleLabel({}, "value", this))
{
    setProperty("role", "card");
    setAccessibleName("Paused run");
    auto* resume = new QPushButton(theme::icon("run"), "Resume", this);
    resume->setAccessibleName("Resume");
    resume->setToolTip("Goes on from where the run stopped");
    auto* close = new QToolButton(this);
    close->setIcon(theme::icon("cancel"));
    close->setAccessibleName("Dismiss paused run");
    close->setToolTip("Dismiss; the run can be resumed from Runs");
    connect(resume, &QPushButton::clicked, this, [this] { emit resumeWished(uid_); });
    connect(close, &QToolButton::clicked, this, [this] { emit dismissed(uid_); });
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 6, 6);
    row->setSpacing(8);
    row->addWidget(words_, 1);
    row->addWidget(resume);
    row->addWidget(close);
    hide();
}

void PausedPanel::setRun(const QString& uid, const QString& words)
{
    uid_ = uid;
    words_->setText(words);
    setVisible(!uid.isEmpty());
}

void FailurePanel::setFailure(const QString& title, const QString& message, const QString& details)
{
    title_->setText(title);
    showText(*message_, message);
    details_ = details;
}

} // namespace vitrine
