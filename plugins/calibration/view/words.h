#pragma once

#include "core/model/llm/llm.h"

#include <QString>

#include <string>

// How the tuning view writes numbers and heads.
namespace vitrine::calibration_plugin
{

QString headName(model::LayerHead head); // "layer 3 · head 5"
QString numberText(double value);        // 4 digits, a true minus sign, "–" for none
QString shortText(double value);         // 2 digits
QString countText(double value);         // whole, with thousands apart
QString text(const std::string& utf8);

} // namespace vitrine::calibration_plugin
