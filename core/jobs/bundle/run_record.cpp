#include "core/jobs/experiment/run_record.h"

#include "core/base/json.h"

#include <array>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr std::array<std::string_view, 7> kNames = {"queued", "running", "paused",   "interrupted",
                                                    "done",   "failed",  "cancelled"};

Json number(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

} // namespace

std::string_view runStateName(RunState state)
{
    return kNames.at(static_cast<std::size_t>(state));
}

Result<RunState> parseRunState(std::string_view name)
{
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == name)
            return static_cast<RunState>(i);
    return argumentError("there is no run state \"{}\"; there are queued, running, paused, "
                         "interrupted, done, failed, cancelled",
                         name);
}

Json toJson(const RunRecord& run)
{
    Json json = {{"format", 1}};
    json["run"] = run.number > 0 ? Json(run.number) : Json(nullptr);
    json["uid"] = run.uid;
    json["experiment"] = run.experiment;
    json["experiment_version"] = run.experimentVersion;
    json["status"] = runStateName(run.state);
    if (!run.error.empty())
        json["error"] = run.error;

    json["metrics"] = Json::object();
    json["units"] = Json::object();
    json["measured"] = Json::array();
    for (const auto& metric : run.result.metrics) {
        json["metrics"][metric.name] = number(metric.value);
        json["units"][metric.name] = metric.unit;
        if (metric.origin == Origin::measured)
            json["measured"].push_back(metric.name);
    }
    json["tables"] = Json::object();
    for (const auto& table : run.result.tables)
        json["tables"][table.name] = toJson(table);
    json["artifacts"] = Json::array();
    for (const auto& artifact : run.result.artifacts)
        json["artifacts"].push_back({{"name", artifact.name},
                                     {"kind", artifact.kind},
                                     {"path", artifact.path.string()},
                                     {"sha256", artifact.sha256},
                                     {"bytes", artifact.bytes}});
    json["notes"] = run.result.notes;
    json["seconds"] = number(run.seconds);

    json["parameters"] = toJson(run.params);
    json["inputs"] = Json::array();
    for (const auto& input : run.result.inputs)
        json["inputs"].push_back({{"parameter", input.parameter},
                                  {"path", input.path},
                                  {"sha256", input.sha256},
                                  {"bytes", input.bytes}});
    json["started"] = run.started;
    json["plugin"] = run.plugin;
    json["program_version"] = run.programVersion;
    json["build"] = run.build;
    json["host"] = run.host;
    json["cpu"] = run.cpu;
    json["threads"] = run.threads;
    json["command"] = run.command;
    json["exit_code"] = run.exitCode;
    json["tags"] = run.tags;
    json["note"] = run.note;
    json["parent"] = run.parent;
    return json;
}

} // namespace vitrine
