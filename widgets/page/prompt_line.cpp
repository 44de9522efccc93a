#include "widgets/page/prompt_line.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>

#include "widgets/theme/icon.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kMostLines = 5; // shown; more are scrolled
constexpr int kAround = 12;   // pixels of frame and padding above and below the lines

bool isEnter(const QEvent& event)
{
    if (event.type() != QEvent::KeyPress && event.type() != QEvent::ShortcutOverride)
        return false;
    const int key = static_cast<const QKeyEvent&>(event).key();
    return key == Qt::Key_Return || key == Qt::Key_Enter;
}

} // namespace

PromptLine::PromptLine(const QString& placeholder, QWidget* parent)
    : QWidget(parent),
      edit_(new QPlainTextEdit(this)),
      clear_(new QToolButton(this)),
      progress_(new QProgressBar(this))
{
    edit_->setPlaceholderText(placeholder);
    edit_->setAccessibleName(tr("Prompt"));
    edit_->setToolTip(
        tr("Enter shows the prompt; Ctrl + Enter adds it beside what is shown; Shift + "
           "Enter begins a new line"));
    edit_->setTabChangesFocus(true);
    edit_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    edit_->installEventFilter(this);
    clear_->setIcon(theme::icon("cancel"));
    clear_->setIconSize({14, 14});
    clear_->setFocusPolicy(Qt::NoFocus);
    clear_->setAccessibleName(tr("Clear the prompt"));
    clear_->setToolTip(tr("Clear the prompt"));
    QSizePolicy keepsPlace = clear_->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);
    clear_->setSizePolicy(keepsPlace);
    clear_->hide();
    auto* compare = new QPushButton(tr("Add beside"), this);
    compare->setAccessibleName(tr("Run and compare"));
    compare->setToolTip(tr("Runs the prompt and shows it beside this run (Ctrl + Enter)"));
    auto* run = new QPushButton(tr("Show"), this);
    run->setProperty("kind", "primary");
    run->setAccessibleName(tr("Run prompt"));
    run->setToolTip(tr("Runs the prompt and shows it (Enter)"));
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(edit_, 1);
    line->addWidget(clear_, 0, Qt::AlignTop);
    line->addWidget(compare, 0, Qt::AlignTop);
    line->addWidget(run, 0, Qt::AlignTop);
    progress_->setTextVisible(false);
    progress_->setFixedHeight(3);
    progress_->setAccessibleName(tr("Progress"));
    progress_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(line);
    column->addWidget(progress_);
    fit();

    connect(edit_, &QPlainTextEdit::textChanged, this, [this] {
        fit();
        emit edited(edit_->toPlainText());
    });
    connect(clear_, &QToolButton::clicked, this, [this] {
        edit_->selectAll();
        edit_->insertPlainText({}); // can be undone
        edit_->setFocus();
    });
    connect(compare, &QPushButton::clicked, this, [this] { enter(true); });
    connect(run, &QPushButton::clicked, this, [this] { enter(false); });
}

QString PromptLine::text() const
{
    return edit_->toPlainText().trimmed();
}

void PromptLine::setText(const QString& text)
{
    // What is shown is what would be run: a text too long to be typed is not shown in part.
    constexpr qsizetype kLongest = 4000;
    if (edit_->hasFocus() && edit_->document()->isModified())
        return;
    const QSignalBlocker silent(edit_);
    edit_->setPlainText(text.size() <= kLongest ? text : QString());
    edit_->document()->setModified(false);
    fit();
}

QString PromptLine::placeholder() const
{
    return edit_->placeholderText();
}

void PromptLine::setProgress(bool visible, const QString& what, double fraction)
{
    progress_->setVisible(visible);
    progress_->setToolTip(what);
    progress_->setRange(0, fraction < 0 ? 0 : 1000);
    progress_->setValue(static_cast<int>(fraction * 1000));
}

bool PromptLine::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        fit(); // long lines break elsewhere
    if (!isEnter(*event))
        return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept(); // Ctrl + Enter is this field's before it is the window's
        return true;
    }
    const auto modifiers = static_cast<QKeyEvent*>(event)->modifiers();
    if (modifiers & Qt::ShiftModifier)
        edit_->insertPlainText(QStringLiteral("\n"));
    else
        enter(modifiers & Qt::ControlModifier);
    return true;
}

void PromptLine::fit()
{
    clear_->setVisible(!edit_->document()->isEmpty());
    const int lines =
        std::clamp(static_cast<int>(edit_->document()->size().height()), 1, kMostLines);
    const int line = edit_->fontMetrics().lineSpacing();
    const int around = kAround + static_cast<int>(edit_->document()->documentMargin());
    edit_->setFixedHeight(lines * line + around);
    clear_->setFixedHeight(line + around); // its cross stands level with the first line
    edit_->setVerticalScrollBarPolicy(lines < kMostLines ? Qt::ScrollBarAlwaysOff
                                                         : Qt::ScrollBarAsNeeded);
}

void PromptLine::enter(bool beside)
{
    if (text().isEmpty()) {
        edit_->setFocus();
        return;
    }
    edit_->document()->setModified(false);
    emit entered(text(), beside);
}

} // namespace vitrine
