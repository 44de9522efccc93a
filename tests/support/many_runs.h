#pragma once

#include "core/base/hash.h"
#include "core/store/store.h"

#include <cmath>
#include <random>

// A workspace as large as a year of sweeps leaves it: runs of 50 metrics each, whose values hang
// together as those of codecs and accelerators do (so that plots of them have a shape).
namespace vitrine::tests
{

inline constexpr int kManyMetrics = 50;

// The i-th run; equal for equal i.
inline RunRecord oneOfMany(int i)
{
    std::mt19937_64 random(static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15U + 1);
    std::normal_distribution<double> normal(0, 1);
    static const char* const kExperiments[] = {"video.compare", "accelerators.simulate",
                                               "calibration.evaluate", "attention.capture"};
    static const char* const kCodecs[] = {"x264", "x265", "av1", "vp9"};
    const int codec = static_cast<int>(random() % 4);
    const double crf = 18 + static_cast<double>(random() % 24);

    RunRecord run;
    run.uid = fmt::format("{:016x}{:016x}", random(), static_cast<std::uint64_t>(i));
    run.experiment = kExperiments[i % 4];
    run.plugin = run.experiment.substr(0, run.experiment.find('.'));
    run.programVersion = "0.1.0";
    run.host = "bench";
    run.cpu = "one of many";
    run.command = "vitrine run " + run.experiment;
    run.params.set("model", std::string(i % 3 == 0 ? "vitrine-lm" : "stories260K"));
    run.params.set("codec", std::string(kCodecs[codec]));
    run.params.set("crf", crf);
    run.params.set("seed", static_cast<std::int64_t>(i % 7));
    run.started = fmt::format("2026-{:02}-{:02}T{:02}:{:02}:{:02}.000Z", 1 + i / 8400 % 12,
                              1 + i / 300 % 28, i / 60 % 24, i % 60, i % 59);
    run.seconds = std::exp(normal(random));
    run.state = i % 23 == 0 ? RunState::failed : RunState::done;
    if (run.state == RunState::failed) {
        run.error = "cannot read the clip: the file ends within frame 12";
        run.exitCode = 3;
    }
    if (i % 50 == 0)
        run.tags = {"paper"};
    const double quality = 52 - 0.55 * crf + codec * 0.9 + normal(random);
    const double rate = std::exp(11.5 - 0.16 * crf - codec * 0.18 + 0.2 * normal(random));
    run.result.metrics = {
        {"psnr_y", quality, "dB", Origin::computed, ""},
        {"ssim", 1 - std::exp(-quality / 9), "1", Origin::computed, ""},
        {"kbps", rate, "kbit/s", Origin::computed, ""},
        {"encode_fps", 900 / (1 + codec * 3.0) + 10 * normal(random), "1/s", Origin::measured, ""},
        {"energy_mj", 0.02 * rate + 3 * std::abs(normal(random)), "mJ", Origin::computed, ""}};
    for (int layer = 0; layer < kManyMetrics - 5; ++layer)
        run.result.metrics.push_back({fmt::format("layer_{:02}_cycles", layer),
                                      1000 * (layer + 1) * std::exp(0.3 * normal(random)), "1",
                                      Origin::computed, ""});
    return run;
}

// `count` runs into the workspace, a thousand per transaction.
inline Result<void> makeManyRuns(Store& store, int count)
{
    for (int first = 0; first < count; first += 1000) {
        std::vector<RunRecord> runs;
        for (int i = first; i < std::min(first + 1000, count); ++i)
            runs.push_back(oneOfMany(i));
        VITRINE_TRY([[maybe_unused]] const auto numbers, store.import(runs));
    }
    return {};
}

} // namespace vitrine::tests
