#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::learning_plugin
{

// learning.train: trains a small language model from a recipe, through the library that carries
// libtorch.
class TrainExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

// key = value lines, `#` begins a comment. An input error names the line.
Result<std::map<std::string, std::string>> readRecipe(const std::filesystem::path& path);

} // namespace vitrine::learning_plugin
