#pragma once

#include "plugins/calibration/view/scene.h"

#include <QJsonObject>

#include <optional>
#include <set>
#include <vector>

namespace vitrine::calibration_plugin
{

// The heads that are to be calibrated: as the state names them, else as the shown result has them.
std::set<LayerHead> chosenHeads(const Scene& scene);

// The room's figures for what the tuning view shows, made by figures.h from the opened captures.
// Any thread.
std::optional<figure::Figure> figureOf(const Scene& scene, const QJsonObject& state,
                                       const QString& name);
std::vector<figure::Figure> figuresOf(const Scene& scene, const QJsonObject& state);

} // namespace vitrine::calibration_plugin
