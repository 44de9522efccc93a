#pragma once

#include "widgets/page/panel.h"

#include <string>
#include <vector>

class QLabel;

namespace vitrine::quantization_plugin
{

// What runs show, in a sentence each, and below it what they say of themselves.
class VerdictCard : public Panel
{
    Q_OBJECT
public:
    VerdictCard(const QString& heading, QWidget* parent);

    // Without remarks there is no room for them.
    void say(const std::string& verdict, const std::vector<std::string>& remarks);

private:
    QLabel *verdict_ = nullptr, *remarks_ = nullptr;
};

} // namespace vitrine::quantization_plugin
