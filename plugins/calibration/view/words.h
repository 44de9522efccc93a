#pragma once

#include "plugins/common/view/words.h"

#include <QString>

#include <string>

// How the tuning view writes what other views do not.
namespace vitrine::calibration_plugin
{

QString countText(double value); // whole, with thousands apart
QString text(const std::string& utf8);

} // namespace vitrine::calibration_plugin
