#pragma once

#include "plugins/quantization/experiments/vision_experiment.h"
#include "tests/support/small_classifier.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <string>

namespace vitrine::quantization_plugin
{

// Runs of quantization.vision on a small model and pictures beside it.
class VisionExperimentTest : public testing::Test
{
protected:
    void SetUp() override
    {
        tests::writeSmallModel(folder_.path / "model", 1);
        tests::writeIdx(folder_.path, "t10k", 3);
        tests::writeIdx(folder_.path, "train", 4);
    }
    Result<RunResult> run(std::map<std::string, std::string> given)
    {
        given.emplace("model", (folder_.path / "model").string());
        given.emplace("data", folder_.path.string());
        given.emplace("calibration", "20");
        const VisionExperiment experiment;
        VITRINE_TRY(const Params params, resolveParams(experiment, given));
        std::filesystem::create_directories(folder_.path / "artifacts");
        QuietProgress progress(folder_.path / "artifacts");
        return experiment.run(params, progress);
    }
    static double valueOf(const RunResult& result, const char* name)
    {
        const Metric* metric = result.metric(name);
        return metric ? metric->value : NAN;
    }

    tests::TemporaryFolder folder_;
};

} // namespace vitrine::quantization_plugin
