#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::attention_plugin
{

// attention.picture: one vision transformer, one picture or a folder of them.
class PictureExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
    std::string insteadFor(const std::map<std::string, std::string>& given) const override;
};

} // namespace vitrine::attention_plugin
