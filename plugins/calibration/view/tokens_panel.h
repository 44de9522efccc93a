#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/page/panel.h"
#include "widgets/tokens/token_strip.h"

class QLabel;

namespace vitrine::calibration_plugin
{

// The text with the shown head's sinks: calibrated ones stand out, those switched off are struck
// through.
class TokensPanel : public Panel
{
    Q_OBJECT
public:
    explicit TokensPanel(QWidget* parent);
    void setScene(const Scene& scene);
    TokenStrip* strip() const { return strip_; }

private:
    QLabel *count_, *notes_;
    TokenStrip* strip_;
};

} // namespace vitrine::calibration_plugin
