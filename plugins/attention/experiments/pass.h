#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/jobs/experiment/progress.h"
#include "plugins/attention/experiments/tables.h"
#include "plugins/common/experiment_input.h"

// The pass behind attention.capture, for the kept run and the live session.
namespace vitrine::attention_plugin
{

// layers, keep, budget, overhead.
std::vector<ParamSpec> passParams();

struct CapturePass {
    TokenText text;
    std::vector<int> layers;
    model::ForwardResult result;
    Captured captured;
    std::vector<std::string> notes;
};
Result<CapturePass> runPass(const Params& params, const OpenModel& opened, Progress& progress);

// Writes capture.safetensors as `file`; notes on precision are added to the pass.
Result<Artifact> writePass(CapturePass& pass, const Params& params, const OpenModel& opened,
                           const std::filesystem::path& file);

// The pass as a result: artifact `file`, tables and computed metrics under the sink rule of
// `params`, inputs and notes.
Result<RunResult> captureResult(CapturePass& pass, const Params& params, const OpenModel& opened,
                                const std::filesystem::path& file);
// The same without writing: `artifact` is what writePass returned for this pass.
RunResult captureResult(const CapturePass& pass, const Params& params, const OpenModel& opened,
                        Artifact artifact);

// Time of a pass with all summaries over the time of a plain pass, less 1; both without output
// projection over all positions. Short passes are repeated, the medians compared.
Result<double> measureOverhead(const CapturePass& pass, const OpenModel& opened,
                               Progress& progress);

} // namespace vitrine::attention_plugin
