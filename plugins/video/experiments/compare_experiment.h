#pragma once

#include "core/jobs/experiment/experiment.h"
#include "plugins/common/codecs/available_codecs.h"

namespace vitrine::video_plugin
{

// video.compare: codecs side by side on one reference, as rate-distortion points and Bjøntegaard
// deltas.
class CompareExperiment : public Experiment
{
public:
    explicit CompareExperiment(const codec::CodecList& codecs = availableCodecs()) : codecs_(codecs)
    {
    }
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;

private:
    const codec::CodecList& codecs_; // which stays
};

} // namespace vitrine::video_plugin
