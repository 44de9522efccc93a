#pragma once

#include "core/jobs/experiment/run_record.h"

#include <QJsonObject>

#include <map>
#include <string>

namespace vitrine::accelerators_plugin
{

// What a person tries in the view, kept in its state under "what_if": {"accelerator": "p2vit",
// "workload": "deit-tiny", "set": {"rows": "32"}}. Nothing there: only the runs are shown.
struct Scenario {
    std::string accelerator, workload;
    std::map<std::string, std::string> set; // parameters that differ from the base

    bool active() const { return !accelerator.empty(); }
    std::map<std::string, std::string> given() const;

    friend bool operator==(const Scenario&, const Scenario&) = default;
};

Scenario readScenario(const QJsonObject& state);
QJsonObject withScenario(QJsonObject state, const Scenario& scenario);
// The scenario that repeats a stored run: its parameters that are not the defaults.
Scenario scenarioOf(const RunRecord& run);

} // namespace vitrine::accelerators_plugin
