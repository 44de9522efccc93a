#pragma once

#include "core/base/json_fwd.h"

#include <QJsonObject>

namespace vitrine
{

// A view's state is Qt's JSON in the window and core's wherever it is read: here it changes hands.
Json coreJson(const QJsonObject& state);
QJsonObject qtJson(const Json& state); // empty where it is no object

} // namespace vitrine
