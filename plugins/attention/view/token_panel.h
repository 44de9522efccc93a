#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/page/panel.h"
#include "widgets/tokens/token_strip.h"

class QLabel;

namespace vitrine::attention_plugin
{

// The token strip with a line that says what the badges count.
class TokenPanel : public Panel
{
    Q_OBJECT
public:
    explicit TokenPanel(QWidget* parent);
    void setScene(const Scene& scene);
    TokenStrip* strip() const { return strip_; }

private:
    QLabel *count_, *notes_;
    TokenStrip* strip_;
};

} // namespace vitrine::attention_plugin
