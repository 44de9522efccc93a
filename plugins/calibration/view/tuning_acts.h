#pragma once

#include "plugins/calibration/view/scene.h"

#include <optional>
#include <set>
#include <string>

// What a person's acts tune, as parameters; nothing is changed here.
namespace vitrine::calibration_plugin
{

struct Wish {
    Params params; // of the first run, with what is wished
    QString label; // of the step to undo
    QString mergeKey = {};
    std::optional<std::int64_t> token = {}; // that is chosen with it
};

Wish withParameter(const Scene& scene, const std::string& name, const ParamValue& value,
                   const QString& label, const QString& mergeKey = {});
Wish withOwnBeta(const Scene& scene, double beta); // of the shown head
Wish withHeadToggled(const Scene& scene, LayerHead head);
// These alone; with Shift beside those that are chosen, with Control without these.
Wish withLasso(const Scene& scene, const std::set<LayerHead>& heads,
               Qt::KeyboardModifiers modifiers);
// As many heads as now, another draw each time; none where none is chosen.
std::optional<Wish> withRandomHeads(const Scene& scene);
// What is calibrated in the shown head is left, what is not is calibrated.
Wish withSinkToggled(const Scene& scene, std::int64_t token);

} // namespace vitrine::calibration_plugin
