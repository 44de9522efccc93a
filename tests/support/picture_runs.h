#pragma once

#include "core/base/random.h"
#include "core/jobs/experiment/run_record.h"
#include "core/picture/picture.h"
#include "plugins/attention/experiments/picture_experiment.h"
#include "tests/core/attention/picture/picture_fixture.h"

#include <filesystem>
#include <string>

// Runs of attention.picture with small random vision transformers.
namespace vitrine::tests
{

inline void drawPicture(const std::filesystem::path& file, std::int64_t width, std::int64_t height,
                        std::uint64_t seed)
{
    Random random(seed);
    Picture picture{width, height, 3, {}, {}};
    for (std::int64_t i = 0; i < width * height * 3; ++i)
        picture.values.push_back(static_cast<std::uint8_t>(random.below(256)));
    if (const auto written = writePicture(picture, file); !written)
        throw std::runtime_error(written.error().message);
}

inline Result<RunRecord> pictureRun(const SmallVision& small, const std::filesystem::path& image,
                                    const std::filesystem::path& artifacts,
                                    std::map<std::string, std::string> more = {})
{
    std::filesystem::create_directories(artifacts);
    const attention_plugin::PictureExperiment experiment;
    more["model"] = small.folder.path.string();
    more["image"] = image.string();
    RunRecord run;
    run.uid = artifacts.filename().string();
    run.experiment = experiment.info().id;
    run.state = RunState::done;
    VITRINE_TRY(run.params, resolveParams(experiment, more));
    QuietProgress progress(artifacts);
    VITRINE_TRY(run.result, experiment.run(run.params, progress));
    return run;
}

} // namespace vitrine::tests
