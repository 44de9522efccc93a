#include "core/base/file.h"
#include "core/base/resources.h"
#include "core/jobs/experiment/sweep.h"
#include "plugins/quantization/experiments/vision_experiment.h"
#include "plugins/quantization/figures/coded_rungs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quantization_plugin
{
namespace
{

SweepStudy shippedStudy(const char* name)
{
    const auto path = findResource(std::string("studies/") + name).value();
    return parseSweep(readFile(path, 1 << 16).value(), name).value();
}

void expectRunnable(const SweepStudy& study)
{
    const VisionExperiment experiment;
    EXPECT_EQ(study.experiment, experiment.info().id);
    for (const auto& point : sweepPoints(study)) {
        const auto params = resolveParams(experiment, point);
        EXPECT_TRUE(params) << params.error().message;
        EXPECT_TRUE(quant::findVisionMethod(point.at("method")));
    }
}

TEST(ShippedStudies, OfVisionAreRunnable)
{
    expectRunnable(shippedStudy("vision-methods.json"));
    expectRunnable(shippedStudy("trio-vit-ladder.json"));
}

TEST(ShippedStudies, TheLadderOfTrioViTHasItsRungs)
{
    const SweepStudy study = shippedStudy("trio-vit-ladder.json");
    const auto steps =
        std::ranges::find(study.varied, "steps", &decltype(study.varied)::value_type::first);
    ASSERT_NE(steps, study.varied.end());
    EXPECT_EQ(steps->second, ladderSteps(quant::findVisionMethod("trio-vit").value()));
}

} // namespace
} // namespace vitrine::quantization_plugin
