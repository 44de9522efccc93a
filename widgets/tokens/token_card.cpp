#include "widgets/tokens/token_card.h"

#include "widgets/theme/shown_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace vitrine
{

TokenCard::TokenCard(const QString& countName, const QString& countHelp, QWidget* parent)
    : Panel(tr("Tokens"), parent),
      count_(new QLabel(this)),
      notes_(new QLabel(this)),
      strip_(new TokenStrip(this))
{
    count_->setProperty("role", "caption");
    count_->setAccessibleName(countName);
    count_->setToolTip(countHelp);
    controls()->addWidget(count_);
    notes_->setProperty("role", "warning");
    notes_->setAccessibleName(tr("What was done to the text"));
    notes_->setWordWrap(true);
    body()->addWidget(notes_);
    body()->addWidget(strip_, 1);
}

void TokenCard::setCount(const QString& words)
{
    count_->setText(words);
}

void TokenCard::setNotes(const QStringList& notes)
{
    showText(*notes_, notes.join('\n'));
    notes_->setVisible(!notes.isEmpty());
}

void TokenCard::setText(TokenStripText text)
{
    strip_->setText(std::move(text));
}

} // namespace vitrine
