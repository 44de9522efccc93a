#include "plugins/accelerators/view/scenario.h"

#include "core/jobs/experiment/experiment.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/accelerators/experiments/simulate_experiment.h"

namespace vitrine::accelerators_plugin
{

std::map<std::string, std::string> Scenario::given() const
{
    std::map<std::string, std::string> all = set;
    all["accelerator"] = accelerator;
    all["workload"] = workload;
    return all;
}

Scenario readScenario(const QJsonObject& state)
{
    const QJsonObject json = state["what_if"].toObject();
    Scenario scenario;
    scenario.accelerator = json["accelerator"].toString().toStdString();
    scenario.workload = json["workload"].toString().toStdString();
    const QJsonObject set = json["set"].toObject();
    for (auto it = set.begin(); it != set.end(); ++it)
        scenario.set[it.key().toStdString()] = it.value().toString().toStdString();
    return scenario;
}

QJsonObject withScenario(QJsonObject state, const Scenario& scenario)
{
    if (!scenario.active()) {
        state.remove("what_if");
        return state;
    }
    QJsonObject set;
    for (const auto& [name, value] : scenario.set)
        set[QString::fromStdString(name)] = QString::fromStdString(value);
    state["what_if"] = QJsonObject{{"accelerator", QString::fromStdString(scenario.accelerator)},
                                   {"workload", QString::fromStdString(scenario.workload)},
                                   {"set", set}};
    return state;
}

Scenario scenarioOf(const RunRecord& run)
{
    Scenario scenario;
    if (!run.params.has("accelerator") || !run.params.has("workload"))
        return scenario;
    scenario.accelerator = parameterText(run.params, "accelerator");
    scenario.workload = parameterText(run.params, "workload");
    for (const ParamSpec& spec : SimulateExperiment().params(run.params)) {
        const auto found = run.params.all().find(spec.name);
        if (found != run.params.all().end() &&
            (!spec.fallback || found->second != *spec.fallback) && spec.name != "accelerator" &&
            spec.name != "workload")
            scenario.set[spec.name] = paramText(found->second);
    }
    return scenario;
}

} // namespace vitrine::accelerators_plugin
