#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/tokens/token_card.h"

namespace vitrine::attention_plugin
{

// The token strip with a line that says what the badges count.
class TokenPanel : public TokenCard
{
    Q_OBJECT
public:
    explicit TokenPanel(QWidget* parent);
    void setScene(const Scene& scene);
};

} // namespace vitrine::attention_plugin
