#pragma once

#include "core/jobs/experiment/experiment.h"
#include "plugins/common/codecs/available_codecs.h"

namespace vitrine::video_plugin
{

// video.encode: one input by one codec into a file, with rate and quality.
class EncodeExperiment : public Experiment
{
public:
    explicit EncodeExperiment(const codec::CodecList& codecs = availableCodecs()) : codecs_(codecs)
    {
    }
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;

private:
    const codec::CodecList& codecs_; // which stays
};

} // namespace vitrine::video_plugin
