#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/tokens/token_card.h"

namespace vitrine::calibration_plugin
{

// The text with the shown head's sinks: calibrated ones stand out, those switched off are struck
// through.
class TokensPanel : public TokenCard
{
    Q_OBJECT
public:
    explicit TokensPanel(QWidget* parent);
    void setScene(const Scene& scene);
};

} // namespace vitrine::calibration_plugin
