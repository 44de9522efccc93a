#pragma once

#include "plugins/calibration/view/scene.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace vitrine::calibration_plugin
{

// The room's figures for what the tuning view shows, made by figures.h from the opened captures.
// Any thread.
std::optional<figure::Figure> figureOf(const Scene& scene, const QJsonObject& state,
                                       const QString& name);
std::vector<figure::Figure> figuresOf(const Scene& scene, const QJsonObject& state);

} // namespace vitrine::calibration_plugin
