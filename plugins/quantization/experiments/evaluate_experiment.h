#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::quantization_plugin
{

// "vision.evaluate": how often one or two vision transformers name the right class, over pictures
// whose class is known.
class EvaluateExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::quantization_plugin
