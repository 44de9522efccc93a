#include "core/base/file.h"
#include "core/base/statistics.h"
#include "core/quant/vision/coded_files.h"
#include "core/quant/vision/simulated_vision.h"
#include "tests/plugins/quantization/experiments/vision_runs.h"
#include "tests/support/small_classifier.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

TEST_F(VisionExperimentTest, WholeNumbersAgreeWithTheSimulation)
{
    const auto result = run({});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(valueOf(*result, "integer_match"), 1);
    EXPECT_GT(valueOf(*result, "seconds_integer"), 0);
    // Shifts by few places meet half-way sums all the time.
    EXPECT_GT(valueOf(*result, "half_even_differs"), 0.001);
    EXPECT_LT(valueOf(*result, "half_even_differs"), 0.5);
    EXPECT_TRUE(result->table("in_float")->rows.empty());
    EXPECT_THAT(
        result->notes,
        testing::Contains("Nothing is computed in floating point but the picture's codes."));
}

TEST_F(VisionExperimentTest, AccuraciesAreSharesOfTheItems)
{
    const auto result = run({{"weight_bits", "3"}});
    ASSERT_TRUE(result) << result.error().message;
    PairedCounts pairs;
    for (const auto& row : result->table("items")->rows) {
        const bool before = std::get<std::int64_t>(row[4]) == 1,
                   after = std::get<std::int64_t>(row[5]) == 1;
        EXPECT_EQ(std::get<std::string>(row[1]) == std::get<std::string>(row[3]), after);
        ++(before ? (after ? pairs.bothRight : pairs.lost)
                  : (after ? pairs.gained : pairs.bothWrong));
    }
    ASSERT_EQ(pairs.items(), tests::kPictures);
    const auto count = static_cast<double>(tests::kPictures);
    EXPECT_DOUBLE_EQ(valueOf(*result, "accuracy_original"),
                     static_cast<double>(pairs.bothRight + pairs.lost) / count);
    EXPECT_DOUBLE_EQ(valueOf(*result, "accuracy_quantized"),
                     static_cast<double>(pairs.bothRight + pairs.gained) / count);
    EXPECT_DOUBLE_EQ(valueOf(*result, "p_value"), mcnemarExact(pairs));
}

TEST_F(VisionExperimentTest, FewerBitsAreSmallerAndLoseMore)
{
    const auto eight = run({}), three = run({{"weight_bits", "3"}});
    ASSERT_TRUE(eight && three);
    EXPECT_LT(valueOf(*three, "size_bytes"), valueOf(*eight, "size_bytes"));
    const auto errorOfHead = [](const RunResult& result) {
        return std::get<double>(result.table("layers")->rows.back()[7]);
    };
    EXPECT_GT(errorOfHead(*three), errorOfHead(*eight));
}

// The number that the table of operations explains.
TEST_F(VisionExperimentTest, EnergyIsTheSumOfItsOperations)
{
    const auto result = run({{"energy_multiply", "0.5"}});
    ASSERT_TRUE(result) << result.error().message;
    double before = 0, after = 0;
    for (const auto& row : result->table("operations")->rows) {
        before += std::get<double>(row[3]);
        after += std::get<double>(row[4]);
    }
    EXPECT_NEAR(valueOf(*result, "energy_ratio"), before / after, 1e-9);
    EXPECT_NE(valueOf(*run({}), "energy_ratio"), valueOf(*result, "energy_ratio"));
}

// Neither silently at 8 bits' price nor under one name.
TEST_F(VisionExperimentTest, EnergyFollowsTheBitsOfActivations)
{
    const auto eight = run({{"count_traffic", "false"}}),
               four = run({{"activation_bits", "4"}, {"count_traffic", "false"}});
    ASSERT_TRUE(eight && four);
    EXPECT_GT(valueOf(*four, "energy_ratio"), valueOf(*eight, "energy_ratio"));
    const auto names = [](const RunResult& result) {
        std::vector<std::string> all;
        for (const auto& row : result.table("operations")->rows)
            all.push_back(std::get<std::string>(row[0]));
        return all;
    };
    EXPECT_THAT(names(*eight), testing::Contains("multiply codes, 8 x 8 bits"));
    EXPECT_THAT(names(*four), testing::Contains("multiply codes, 4 x 8 bits"));
}

TEST_F(VisionExperimentTest, MethodsThatKeepFloatsHaveNoPassInWholeNumbers)
{
    const auto result = run({{"method", "fq-vit"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->metric("integer_match"), nullptr);
    EXPECT_EQ(result->metric("seconds_integer"), nullptr);
    EXPECT_EQ(result->table("in_float")->rows.size(), 5u);
}

TEST_F(VisionExperimentTest, ABitMapForTheSimulatorsIsKept)
{
    const auto result = run({{"weight_bits", "4"}});
    ASSERT_TRUE(result) << result.error().message;
    const auto text = readFile(result->artifact("bits.csv")->path, 1 << 20);
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, testing::StartsWith("layer, weight bits, activation bits\n"));
    EXPECT_THAT(*text, testing::HasSubstr("blocks.0.mlp.fc1, 4, 8\n"));
}

// Each picture that one version alone answers rightly is kept once, in its direction, as a file.
TEST_F(VisionExperimentTest, PicturesWhoseAnswerFlipsAreKept)
{
    const auto result = run({{"weight_bits", "2"}, {"method", "minmax"}, {"steps", "none"}});
    ASSERT_TRUE(result) << result.error().message;
    std::map<std::string, std::string> expected;
    for (const auto& row : result->table("items")->rows) {
        const bool before = std::get<std::int64_t>(row[4]) == 1,
                   after = std::get<std::int64_t>(row[5]) == 1;
        if (before != after)
            expected[std::get<std::string>(row[0])] = before ? "lost" : "gained";
    }
    ASSERT_FALSE(expected.empty());
    std::map<std::string, std::string> kept;
    double last = INFINITY;
    for (const auto& row : result->table("flips")->rows) {
        kept[std::get<std::string>(row[1])] = std::get<std::string>(row[2]);
        const Artifact* file = result->artifact(std::get<std::string>(row[0]));
        ASSERT_TRUE(file);
        EXPECT_TRUE(std::filesystem::exists(file->path));
        if (std::get<std::string>(row[2]) == "lost") {
            EXPECT_LE(std::get<double>(row[6]), last); // the surest first
            last = std::get<double>(row[6]);
        }
    }
    EXPECT_EQ(kept, expected);
}

// Whole codes are shifts of whole places, one for each output with a scale of its own.
TEST_F(VisionExperimentTest, RescalesAreCountedByPlaces)
{
    const auto whole = run({}), real = run({{"method", "minmax"}, {"steps", "none"}});
    ASSERT_TRUE(whole && real);
    const Table* shifts = whole->table("rescales");
    ASSERT_FALSE(shifts->rows.empty());
    for (const auto& row : shifts->rows) {
        EXPECT_EQ(std::get<std::string>(row[1]), "shift");
        EXPECT_GT(std::get<std::int64_t>(row[3]), 0);
    }
    for (const auto& row : real->table("rescales")->rows)
        EXPECT_EQ(std::get<std::string>(row[1]), "floating point");
}

// A factor is a power of two of at most 8, so no channel is more than that smaller after it;
// without the tricks nothing is kept.
TEST_F(VisionExperimentTest, ChannelsAreKeptWhereATrickActs)
{
    const auto with = run({{"method", "fq-vit"}, {"steps", "ptf"}}),
               without = run({{"method", "fq-vit"}, {"steps", "none"}});
    ASSERT_TRUE(with && without);
    const Table* channels = with->table("channels");
    ASSERT_FALSE(channels->rows.empty());
    for (const auto& row : channels->rows) {
        const double before = std::get<double>(row[3]), after = std::get<double>(row[4]);
        EXPECT_EQ(std::get<std::string>(row[1]), "factors");
        EXPECT_LE(after, before);
        EXPECT_GE(8 * after, before);
    }
    EXPECT_TRUE(without->table("channels")->rows.empty());
}

// Weights of a token sum to less than 1 over the patches, as it looks at itself too; weights that
// are powers of two sum to about that.
TEST_F(VisionExperimentTest, AttentionOfOnePictureIsKeptBeforeAndAfter)
{
    const auto result = run({});
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_TRUE(result->artifact("attention.png"));
    const Table* attention = result->table("attention");
    ASSERT_TRUE(attention);
    std::map<std::string, std::pair<double, double>> sums;
    for (const auto& row : attention->rows) {
        auto& [before, after] = sums[std::get<std::string>(row[0])];
        before += std::get<double>(row[3]);
        after += std::get<double>(row[4]);
    }
    ASSERT_FALSE(sums.empty());
    for (const auto& [layer, sum] : sums) {
        EXPECT_THAT(layer, testing::HasSubstr("softmax"));
        EXPECT_GT(sum.first, 0.1);
        EXPECT_LT(sum.first, 1);
        EXPECT_NEAR(sum.second, sum.first, 0.4);
    }
}

TEST_F(VisionExperimentTest, WhatJudgesIsNeverCalibratedOn)
{
    const auto same = run({{"split", "training"}});
    ASSERT_FALSE(same);
    EXPECT_THAT(same.error().message, testing::HasSubstr("calibration_data"));
    tests::writeIdx(folder_.path, "t10k", 9); // other pictures judge, scales stay as they are
    const auto first = run({});
    tests::writeIdx(folder_.path, "t10k", 10);
    const auto second = run({});
    ASSERT_TRUE(first && second);
    const auto scales = [](const RunResult& result) {
        std::vector<Cell> all;
        for (const auto& row : result.table("layers")->rows)
            all.push_back(row[5]);
        return all;
    };
    EXPECT_EQ(scales(*first), scales(*second));
}

// The bits found are those of the network that is judged, and of the file that simulators read.
TEST_F(VisionExperimentTest, MixedPrecisionFindsBitsWithinItsBudget)
{
    const auto result = run({{"mixed", "budget"},
                             {"mixed_budget", "1.5"},
                             {"mixed_generations", "1"},
                             {"calibration", "10"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(valueOf(*result, "integer_match"), 1);
    std::map<std::string, std::int64_t> inLayers;
    for (const auto& row : result->table("layers")->rows)
        if (const auto* bits = std::get_if<std::int64_t>(&row[2]))
            inLayers[std::get<std::string>(row[0])] = *bits;
    const auto text = readFile(result->artifact("bits.csv")->path, 1 << 20);
    ASSERT_TRUE(text);
    const Table* bits = result->table("bits");
    ASSERT_EQ(bits->rows.size(), 6u);
    std::int64_t cost = 0, macs = 0;
    for (const auto& row : bits->rows) {
        const auto name = std::get<std::string>(row[0]);
        const auto width = std::get<std::int64_t>(row[1]);
        EXPECT_EQ(width, inLayers[name]) << name;
        EXPECT_THAT(*text, testing::HasSubstr(fmt::format("{}, {}, 8\n", name, width)));
        cost += std::get<std::int64_t>(row[4]) * width;
        macs += std::get<std::int64_t>(row[4]);
    }
    EXPECT_LE(static_cast<double>(cost), 1.5 * 4 * static_cast<double>(macs));
    EXPECT_EQ(std::get<std::int64_t>(bits->rows[0][1]), 8) << "the first layer";
    std::int64_t chosen = 0;
    for (const auto& row : result->table("candidates")->rows) {
        EXPECT_LE(std::get<double>(row[1]), 1.5);
        chosen += std::get<std::int64_t>(row[4]);
    }
    EXPECT_EQ(chosen, 1);
    EXPECT_THAT(result->notes, testing::Contains(testing::HasSubstr("seed 42, on 10 training")));
}

TEST_F(VisionExperimentTest, TheCodesAreKeptWhereOutSays)
{
    const auto folder = folder_.path / "codes";
    const auto result = run({{"out", folder.string()}});
    ASSERT_TRUE(result) << result.error().message;
    const auto opened = quant::openCodedVision(folder);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(quant::floatParts(*opened).empty());
    const auto refused = run({{"out", (folder_.path / "model").string()}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("not written over"));
}

TEST_F(VisionExperimentTest, ABudgetThatNothingKeepsIsRefused)
{
    const auto result = run({{"mixed", "budget"}, {"mixed_budget", "1"}});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, testing::HasSubstr("no choice of bits"));
}

TEST_F(VisionExperimentTest, BitsOfEachLayerAreRefusedByNameWhereTheyAreNotChosen)
{
    tests::writeSmallEfficientVit(folder_.path / "efficient", 1);
    const auto refused = run({{"model", (folder_.path / "efficient").string()},
                              {"method", "trio-vit"},
                              {"mixed", "budget"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::argument);
    EXPECT_THAT(refused.error().message, testing::StartsWith("mixed: "));
}

TEST_F(VisionExperimentTest, OptionalStepsAreNamedBesideAll)
{
    const auto learned = [&](const char* steps) {
        const auto result = run({{"weight_bits", "4"}, {"steps", steps}, {"learning_steps", "20"}});
        EXPECT_TRUE(result) << (result ? "" : result.error().message);
        return std::ranges::any_of(result->notes, [](const std::string& note) {
            return note.find("AdaRound") != std::string::npos;
        });
    };
    EXPECT_FALSE(learned("all"));
    EXPECT_TRUE(learned("all,ada_round"));
}

TEST_F(VisionExperimentTest, StepsAreALadder)
{
    const auto none = run({{"steps", "none"}});
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_EQ(none->table("in_float")->rows.size(), 5u);
    const auto unknown = run({{"steps", "adaptive, magic"}});
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message, testing::HasSubstr("\"magic\""));
}

} // namespace
} // namespace vitrine::quantization_plugin
