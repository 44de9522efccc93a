#pragma once

#include "plugins/attention/card.h"
#include "plugins/attention/token_strip.h"

class QLabel;

namespace vitrine::attention
{

// The token strip with a line that says what the badges count.
class TokenPanel : public Card
{
    Q_OBJECT
public:
    explicit TokenPanel(QWidget* parent);
    void setScene(const Scene& scene);
    TokenStrip* strip() const { return strip_; }

private:
    QLabel* count_;
    TokenStrip* strip_;
};

} // namespace vitrine::attention
