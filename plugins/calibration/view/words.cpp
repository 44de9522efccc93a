#include "plugins/calibration/view/words.h"

#include "core/base/number_text.h"

#include <cmath>

namespace vitrine::calibration_plugin
{

QString countText(double value)
{
    return std::isfinite(value) ? text(wholeText(std::llround(value))) : QStringLiteral("–");
}

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace vitrine::calibration_plugin
