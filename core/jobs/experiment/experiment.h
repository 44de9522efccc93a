#pragma once

#include "core/jobs/experiment/live_session.h"
#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vitrine
{

struct ExperimentInfo {
    std::string id;       // "attention.capture"
    std::string title;    // "Attention maps and sinks"
    std::string sentence; // one sentence for people
    int version = 1;      // raised when the same parameters give other values
};

// One question a plugin can answer. Stateless: any thread, many at once.
class Experiment
{
public:
    virtual ~Experiment() = default;

    virtual ExperimentInfo info() const = 0;
    // May depend on what is chosen already (accelerator, codec, method). `seed` and `threads` are
    // added for every experiment by allParams.
    virtual std::vector<ParamSpec> params(const Params& chosen) const = 0;
    virtual Result<RunResult> run(const Params& params, Progress& progress) const = 0;
    // The experiment of the same plugin that answers the question for what is given, where it is
    // not this one: attention.capture of a vision transformer is attention.picture. Empty: this
    // one. May look at files.
    virtual std::string insteadFor(const std::map<std::string, std::string>& given) const;
    // Stateful session for live tuning; by default an experiment has none.
    virtual Result<std::unique_ptr<LiveSession>> open(const Params& params) const;
};

// The experiment's own specs, then `seed` (integer, default 42) and `threads` (integer, 0 = all
// processors).
std::vector<ParamSpec> allParams(const Experiment& experiment, const Params& chosen);

// The specs as they resolve for what is given so far; what is missing or wrong is left out of
// account.
std::vector<ParamSpec> resolvedSpecs(const Experiment& experiment,
                                     const std::map<std::string, std::string>& given);

// The entrance: texts by name -> checked values with defaults filled in. Unknown names, wrong
// types, values out of range, a missing required parameter, none or two of a oneOf group: one line
// each (all of them, joined by "; "). Paths become absolute; whether a file is there is found by
// who opens it.
Result<Params> resolveParams(const Experiment& experiment,
                             const std::map<std::string, std::string>& given);

// Makes the list a plugin returns: experiments<CaptureExperiment, ImportExperiment>().
template <typename... Experiments>
std::vector<std::unique_ptr<Experiment>> experiments()
{
    std::vector<std::unique_ptr<Experiment>> list;
    (list.push_back(std::make_unique<Experiments>()), ...);
    return list;
}

} // namespace vitrine
