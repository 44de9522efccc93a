#pragma once

#include "core/base/parameter.h"

// An accelerator's numbers and what they rest on: as everywhere (core/base/parameter.h).
namespace vitrine::sim
{

using evidence::checkSettings;
using evidence::configOf;
using evidence::defaultSettings;
using evidence::Field;
using evidence::field;
using evidence::Mark;
using evidence::markName;
using evidence::Parameter;
using evidence::parameterIndex;
using evidence::ParameterKind;
using evidence::parametersOf;
using evidence::Settings;
using evidence::settingsWith;

} // namespace vitrine::sim
