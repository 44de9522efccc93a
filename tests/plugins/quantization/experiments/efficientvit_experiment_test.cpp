#include "core/model/vision/vision_checkpoint.h"
#include "plugins/quantization/experiments/evaluate_experiment.h"
#include "tests/plugins/quantization/experiments/vision_runs.h"
#include "tests/support/small_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace vitrine::quantization_plugin
{
namespace
{

class EfficientVitExperimentTest : public VisionExperimentTest
{
protected:
    void SetUp() override
    {
        VisionExperimentTest::SetUp();
        tests::writeSmallEfficientVit(folder_.path / "efficientvit", 2);
    }
    Result<RunResult> runTrio(std::map<std::string, std::string> given)
    {
        given.emplace("model", (folder_.path / "efficientvit").string());
        given.emplace("method", "trio-vit");
        return run(std::move(given));
    }
};

TEST_F(EfficientVitExperimentTest, WholeNumbersAgreeWithTheSimulation)
{
    // As many as channels are shown of.
    const auto result = runTrio({{"calibration", "16"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(valueOf(*result, "integer_match"), 1);
    EXPECT_TRUE(result->table("in_float")->rows.empty());
    std::set<std::string> tricks;
    for (const auto& row : result->table("channels")->rows)
        tricks.insert(std::get<std::string>(row[1]));
    EXPECT_THAT(tricks, testing::ElementsAre("migration", "shift"));
    for (const auto& row : result->table("channels")->rows) {
        if (std::get<std::string>(row[1]) == "shift") {
            // Centred, no channel reaches further than before.
            EXPECT_LE(std::get<double>(row[4]), std::get<double>(row[3]) + 1e-9);
        }
    }
}

TEST_F(EfficientVitExperimentTest, WhatHasNoPassInWholeNumbersSaysWhy)
{
    const auto wide = runTrio({{"activation_bits", "12"}});
    ASSERT_TRUE(wide) << wide.error().message;
    EXPECT_EQ(wide->metric("integer_match"), nullptr);
    EXPECT_THAT(wide->notes, testing::Contains(testing::HasSubstr("no pass in whole numbers")));
    const auto partly = runTrio({{"steps", "affine,migration,shift"}});
    ASSERT_TRUE(partly) << partly.error().message;
    EXPECT_EQ(partly->metric("integer_match"), nullptr);
    EXPECT_THAT(partly->notes, testing::Contains("In floating point stay: linear attention."));
}

// Both rules see the same divisors, and neither gives an exponent that 8 bits do not have.
TEST_F(EfficientVitExperimentTest, DivisorsAreCountedByTheirPowerOfTwo)
{
    const auto result = runTrio({{"calibration", "16"}});
    ASSERT_TRUE(result) << result.error().message;
    const Table* table = result->table("divisors");
    ASSERT_TRUE(table);
    std::int64_t hardware = 0, released = 0;
    for (const auto& row : table->rows) {
        hardware += std::get<std::int64_t>(row[2]), released += std::get<std::int64_t>(row[3]);
        if (const auto* exponent = std::get_if<std::int64_t>(&row[1])) {
            EXPECT_GE(*exponent, 0);
            EXPECT_LE(*exponent, 8);
        }
    }
    EXPECT_EQ(hardware, released);
    // 16 pictures; one divisor for each pixel and head.
    std::int64_t divisors = 0;
    const auto opened = model::openVisionCheckpoint(folder_.path / "efficientvit").value();
    for (const model::NetworkLayer& layer : opened->network().layers)
        if (layer.shape.name.ends_with("divisors"))
            divisors += layer.shape.m * layer.shape.batch;
    EXPECT_GT(divisors, 0);
    EXPECT_EQ(hardware, 16 * divisors);
    EXPECT_EQ(runTrio({{"steps", "affine"}})->table("divisors"), nullptr);
}

// What attention computes on its way is in no codes then: a width of it would be invented.
TEST_F(EfficientVitExperimentTest, AttentionInFloatingPointHasNoBits)
{
    const auto bitsOf = [&](const char* steps) {
        std::map<std::string, bool> hasBits;
        const auto result = runTrio({{"steps", steps}});
        for (const auto& row : result->table("layers")->rows)
            hasBits[std::get<std::string>(row[0])] = std::holds_alternative<std::int64_t>(row[4]);
        return hasBits;
    };
    const auto real = bitsOf("affine,migration,shift"), coded = bitsOf("all");
    int inAttention = 0;
    for (const auto& [layer, has] : real)
        if (layer.ends_with("divisors") || layer.ends_with("dividends")) {
            ++inAttention;
            EXPECT_FALSE(has) << layer;
            EXPECT_TRUE(coded.at(layer)) << layer;
        }
    EXPECT_GT(inAttention, 0);
}

TEST_F(EfficientVitExperimentTest, RefusesWhatIsNotForIt)
{
    const auto other = runTrio({{"method", "p2vit"}});
    ASSERT_FALSE(other);
    EXPECT_THAT(other.error().message, testing::HasSubstr("no ViT or DeiT"));
    const auto wide =
        runTrio({{"activation_bits", "12"}, {"out", (folder_.path / "codes").string()}});
    ASSERT_FALSE(wide);
    EXPECT_THAT(wide.error().message, testing::HasSubstr("_bits is 12"));
}

// What was written is a model that vision.evaluate judges beside its original.
TEST_F(EfficientVitExperimentTest, WrittenCodesAreJudgedByThemselves)
{
    const std::string codes = (folder_.path / "codes").string();
    const auto written = runTrio({{"out", codes}});
    ASSERT_TRUE(written) << written.error().message;
    const EvaluateExperiment evaluate;
    const auto params =
        resolveParams(evaluate, {{"model", (folder_.path / "efficientvit").string()},
                                 {"second", codes + "/"},
                                 {"data", folder_.path.string()}});
    QuietProgress progress(folder_.path / "artifacts");

    const auto judged = evaluate.run(*params, progress);

    ASSERT_TRUE(judged) << judged.error().message;
    EXPECT_EQ(valueOf(*judged, "accuracy"), valueOf(*written, "accuracy_original"));
    EXPECT_EQ(valueOf(*judged, "accuracy_second"), valueOf(*written, "accuracy_quantized"));
    EXPECT_EQ(valueOf(*judged, "p_value"), valueOf(*written, "p_value"));
    EXPECT_THAT(judged->notes,
                testing::Contains("codes is in codes and judged in whole numbers alone."));
    const auto again = run({{"model", codes}});
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message, testing::HasSubstr("vision.evaluate judges it"));
}

} // namespace
} // namespace vitrine::quantization_plugin
