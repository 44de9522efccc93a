#pragma once

#include "core/jobs/experiment/experiment.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string>

namespace vitrine::tests
{

// Runs experiments of the room in a folder of their own, with a cache of their own.
class VideoRuns : public testing::Test
{
protected:
    using Given = std::map<std::string, std::string>;

    void SetUp() override
    {
        ::setenv("VITRINE_CACHE", (folder_.path / "cache").c_str(), 1);
        std::filesystem::create_directories(folder_.path / "artifacts");
    }
    Result<RunResult> run(const Experiment& experiment, const Given& given)
    {
        VITRINE_TRY(const Params params, resolveParams(experiment, given));
        QuietProgress progress(folder_.path / "artifacts");
        return experiment.run(params, progress);
    }
    static double metric(const RunResult& result, const char* name)
    {
        const auto* found = result.metric(name);
        return found ? found->value : std::nan("");
    }

    TemporaryFolder folder_;
};

} // namespace vitrine::tests
