#pragma once

#include "core/jobs/experiment/experiment.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace vitrine
{

// What a program knows of an experiment by its id. Where there is none, `problem` says why
// (unknown, or its plugin's reason).
struct FoundExperiment {
    const Experiment* experiment = nullptr;
    std::string plugin;
    std::string problem;
};
using FindExperiment = std::function<FoundExperiment(std::string_view id)>;

// `vitrine work JOB [--out BUNDLE]`: one run in this process. Writes lines
// (core/jobs/worker/worker.h) to the standard output and the bundle to JOB/bundle, or to `out`.
// SIGTERM and SIGINT cancel, SIGUSR1 pauses; a reader that goes away does not matter. Returns the
// exit code: 0 done or paused, 1 failed, 2 wrong parameters, 3 bad input, 130 cancelled.
int workMain(const std::filesystem::path& jobFolder, const std::filesystem::path& out,
             const FindExperiment& find);

// `vitrine work --live`: one live session, requests on the standard input, answers on the standard
// output, until
// {"close":true} or the end of the input.
int liveMain(const FindExperiment& find);

} // namespace vitrine
