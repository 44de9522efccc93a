#pragma once

#include "widgets/page/panel.h"
#include "widgets/tokens/token_strip.h"

class QLabel;

namespace vitrine
{

// A card with a text, token by token: in its head what is counted in it, above the tokens what was
// done to the text.
class TokenCard : public Panel
{
    Q_OBJECT
public:
    TokenCard(const QString& countName, const QString& countHelp, QWidget* parent);

    void setCount(const QString& words);     // "512 tokens  ·  3 sinks at layer 3 · head 5"
    void setNotes(const QStringList& notes); // none: the line goes
    void setText(TokenStripText text);
    TokenStrip* strip() const { return strip_; }

private:
    QLabel *count_, *notes_;
    TokenStrip* strip_;
};

} // namespace vitrine
