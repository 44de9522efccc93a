#pragma once

#include "plugins/attention/view/scene.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace vitrine::attention_plugin
{

// The room's figures for what the view shows: made by figures.h from the opened captures. Any
// thread.
figure::Figure sinkProfileOf(const Scene& scene, const QJsonObject& state);
std::optional<figure::Figure> figureOf(const Scene& scene, const QJsonObject& state,
                                       const QString& name);
std::vector<figure::Figure> figuresOf(const Scene& scene, const QJsonObject& state);

// "attention-map", "attention-map-2" for the second run.
QString mapFigureName(int run);

} // namespace vitrine::attention_plugin
