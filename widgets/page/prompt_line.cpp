#include "widgets/page/prompt_line.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>

namespace vitrine
{

PromptLine::PromptLine(const QString& placeholder, QWidget* parent)
    : QWidget(parent), edit_(new QLineEdit(this)), progress_(new QProgressBar(this))
{
    edit_->setPlaceholderText(placeholder);
    edit_->setAccessibleName(tr("Prompt"));
    edit_->setToolTip(tr("Enter shows the prompt; Ctrl + Enter adds it beside what is shown"));
    edit_->setClearButtonEnabled(true);
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
    line->addWidget(compare);
    line->addWidget(run);
    progress_->setTextVisible(false);
    progress_->setFixedHeight(3);
    progress_->setAccessibleName(tr("Progress"));
    progress_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(line);
    column->addWidget(progress_);

    connect(edit_, &QLineEdit::returnPressed, this,
            [this] { enter(QApplication::keyboardModifiers() & Qt::ControlModifier); });
    connect(edit_, &QLineEdit::textEdited, this, &PromptLine::edited);
    connect(compare, &QPushButton::clicked, this, [this] { enter(true); });
    connect(run, &QPushButton::clicked, this, [this] { enter(false); });
}

QString PromptLine::text() const
{
    return edit_->text().trimmed();
}

void PromptLine::setText(const QString& text)
{
    // What is shown is what would be run: a text too long for a line is not shown in part.
    constexpr qsizetype kLongest = 4000;
    if (!edit_->hasFocus() || !edit_->isModified())
        edit_->setText(text.size() <= kLongest ? text : QString());
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

void PromptLine::enter(bool beside)
{
    if (text().isEmpty()) {
        edit_->setFocus();
        return;
    }
    edit_->setModified(false);
    emit entered(text(), beside);
}

} // namespace vitrine
