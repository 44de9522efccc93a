#include "plugins/quantization/experiments/vision_experiment.h"

#include "core/base/file.h"
#include "core/base/statistics.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/network/shift_add_network.h"
#include "core/quant/vision/coded_files.h"
#include "core/quant/vision/simulated_vision.h"
#include "tests/support/small_classifier.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>

namespace vitrine::quantization_plugin
{
namespace
{

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

TEST_F(VisionExperimentTest, TaylorAttentionIsJudgedInFloatingPoint)
{
    const auto result = run({{"method", "vitality"}, {"steps", "none"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_GE(valueOf(*result, "accuracy_quantized"), 0);
    for (const char* codes : {"integer_match", "seconds_integer", "seconds_simulated"})
        EXPECT_EQ(result->metric(codes), nullptr) << codes;
    EXPECT_GT(valueOf(*result, "seconds_changed"), 0);
    EXPECT_EQ(result->table("in_float")->rows.size(), 1u);
    EXPECT_EQ(result->table("sparse_density"), nullptr);
    // 5 tokens and heads of 64 channels: Taylor costs more, and it is said.
    const Table* cost = result->table("attention_cost");
    ASSERT_EQ(cost->rows.size(), 1u);
    EXPECT_LT(std::get<double>(cost->rows[0][6]), 1);
    EXPECT_THAT(result->notes, testing::Contains(testing::HasSubstr("costs more than softmax")));
    EXPECT_LT(valueOf(*result, "energy_ratio"), 1);
}

TEST_F(VisionExperimentTest, DensityFallsWithTheThreshold)
{
    const auto density = [&](const char* threshold) {
        const auto result = run({{"method", "vitality"}, {"sparse_threshold", threshold}});
        EXPECT_TRUE(result) << (result ? "" : result.error().message);
        return std::get<double>(result->table("sparse_density")->rows.at(0)[2]);
    };
    EXPECT_GT(density("0"), 0.99);
    EXPECT_LT(density("0.3"), 0.9);
    EXPECT_EQ(density("1"), 0);
}

TEST_F(VisionExperimentTest, ShiftAddNeedsNoCodes)
{
    const auto result = run({{"method", "shiftaddvit"}, {"steps", "shift_mlp"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_GT(valueOf(*result, "energy_ratio"), 1);
    EXPECT_GT(valueOf(*result, "size_ratio"), 1);
    EXPECT_THAT(result->notes, testing::Contains(testing::HasSubstr("not fine-tuned")));
    for (const char* name : {"mixed", "out"}) {
        const auto refused =
            run({{"method", "shiftaddvit"}, {name, name[0] == 'm' ? "budget" : "folder"}});
        ASSERT_FALSE(refused) << name;
        EXPECT_THAT(refused.error().message, testing::HasSubstr("gives no codes"));
    }
}

// Its pictures have 5 tokens, fewer than the anchors of hash functions: whoever asks for these is
// refused, `all` leaves them out.
TEST_F(VisionExperimentTest, HashedShiftAddIsNotAmongAllSteps)
{
    const auto all = run({{"method", "shiftaddvit"}});
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_THAT(all->notes, testing::Contains(testing::HasSubstr("vanilla binarisation")));
    EXPECT_EQ(all->table("in_float")->rows.size(), 1u);
    const auto hashed = run({{"method", "shiftaddvit"}, {"steps", "hashing"}}),
               both = run({{"method", "shiftaddvit"}, {"steps", "binary, hashing"}});
    ASSERT_FALSE(hashed);
    EXPECT_THAT(hashed.error().message, testing::HasSubstr("too few for 25 anchors"));
    ASSERT_FALSE(both);
    EXPECT_THAT(both.error().message, testing::HasSubstr("exclude each other"));
}

// A token for each pixel: enough of them.
TEST_F(VisionExperimentTest, HashedShiftAddSaysWhatStaysInFloat)
{
    const model::VitSizes sizes{.width = 16,
                                .depth = 2,
                                .heads = 2,
                                .mlp = 16,
                                .patch = 1,
                                .side = tests::kSide,
                                .channels = 1,
                                .classes = tests::kClasses};
    const auto folder = folder_.path / "pixels";
    std::filesystem::create_directories(folder);
    tests::RandomVision(model::vitNetwork(sizes), 7)
        .write(folder, R"({"img_size": 8, "in_chans": 1, "num_heads": 2, "mean": [0.5],
                           "std": [0.5], "crop_pct": 1.0, "interpolation": "bicubic"})");

    const auto result =
        run({{"model", folder.string()}, {"method", "shiftaddvit"}, {"steps", "hashing"}});

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_THAT(result->notes, testing::Contains(testing::HasSubstr("mean of both")));
    ASSERT_EQ(result->table("in_float")->rows.size(), 2u);
    EXPECT_THAT(std::get<std::string>(result->table("in_float")->rows[1][0]),
                testing::StartsWith("hash functions"));
    const Table& layers = *result->table("layers");
    const auto codes = std::ranges::find(layers.rows, Cell{std::string("blocks.0.attn.codes")},
                                         [](const auto& row) { return row[0]; });
    ASSERT_NE(codes, layers.rows.end());
    EXPECT_EQ((*codes)[2], Cell{std::int64_t{32}}) << "of anchors and weights";
    EXPECT_EQ((*codes)[4], Cell{std::int64_t{1}}) << "of a code's bit";
}

TEST_F(VisionExperimentTest, AnotherOriginalMayBeNamed)
{
    tests::writeSmallModel(folder_.path / "other", 2);
    const std::string other = (folder_.path / "other").string();
    const auto own = run({{"method", "vitality"}}),
               named = run({{"method", "vitality"}, {"original", other}});
    ASSERT_TRUE(own && named) << (named ? "" : named.error().message);
    EXPECT_EQ(valueOf(*own, "accuracy_quantized"), valueOf(*named, "accuracy_quantized"));
    EXPECT_NE(valueOf(*own, "changed"), valueOf(*named, "changed"));
    EXPECT_FALSE(run({{"original", other}})) << "codes are of the model itself";
}

// The same weights either way: what was swapped in one run is what the file says in the other.
TEST_F(VisionExperimentTest, ANetworkTrainedForTaylorAttentionIsJudgedAsItIs)
{
    const auto swapped = run({{"method", "vitality"}, {"steps", "none"}});
    std::ofstream(folder_.path / "model" / "config.json")
        << R"({"img_size": 8, "in_chans": 1, "num_heads": 1, "mean": [0.5], "std": [0.5],
               "crop_pct": 1.0, "interpolation": "bicubic", "attention": "taylor"})";
    const auto trained = run({{"method", "vitality"}, {"steps", "none"}});
    ASSERT_TRUE(swapped && trained) << (trained ? "" : trained.error().message);
    for (const char* name : {"accuracy_original", "accuracy_quantized", "energy_ratio"})
        EXPECT_EQ(valueOf(*swapped, name), valueOf(*trained, name)) << name;
    EXPECT_THAT(trained->notes,
                testing::Contains(testing::HasSubstr("taken for trained with Taylor attention")));
    const auto codes = run({});
    ASSERT_FALSE(codes);
    EXPECT_THAT(codes.error().message, testing::HasSubstr("is no ViT or DeiT"));
}

TEST_F(VisionExperimentTest, AShiftAddViTIsComparedWithTheModelItWasMadeFrom)
{
    const model::ShiftAddSizes sizes{.vit = {.width = 64,
                                             .depth = 2,
                                             .heads = 2,
                                             .mlp = 64,
                                             .patch = 4,
                                             .side = tests::kSide,
                                             .channels = 1,
                                             .classes = tests::kClasses},
                                     .binaryBlocks = 1};
    const auto folder = folder_.path / "shiftadd";
    std::filesystem::create_directories(folder);
    tests::RandomVision weights(model::shiftAddNetwork(sizes), 7);
    const auto sendAll = [&](const std::string& mixture, std::vector<float> bias) {
        std::ranges::fill(weights.tensors.at(mixture + ".router.weight").values, 0);
        weights.tensors.at(mixture + ".router.bias").values = std::move(bias);
    };
    sendAll("blocks.0.mlp.fc1", {1, 0});
    sendAll("blocks.1.mlp.fc2", {0, 1});
    weights.write(folder, R"({"family": "shiftaddvit", "attention": "binary", "num_heads": 2,
                              "code_threshold": "picture mean", "softmax_blocks": 1, "img_size": 8,
                              "mean": [0.5], "std": [0.5], "crop_pct": 1.0,
                              "interpolation": "bicubic"})");
    const std::string original = (folder_.path / "model").string();
    const auto alone = run({{"model", folder.string()}, {"method", "shiftaddvit"}});
    ASSERT_FALSE(alone);
    EXPECT_THAT(alone.error().message, testing::HasSubstr("name the model that it was made from"));

    const auto result =
        run({{"model", folder.string()}, {"method", "shiftaddvit"}, {"original", original}});

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(valueOf(*result, "accuracy_original"),
              valueOf(*run({{"method", "vitality"}}), "accuracy_original"));
    const Table* experts = result->table("experts");
    ASSERT_EQ(experts->rows.size(), 4u) << "both layers of two MLPs";
    for (const auto& row : experts->rows)
        EXPECT_NEAR(std::get<double>(row[1]) + std::get<double>(row[2]), 1, 1e-12);
    EXPECT_THAT(result->notes, testing::Contains(testing::StartsWith("Compared with ")));

    // Three pictures of 2 x 2 patches.
    EXPECT_EQ(result->table("experts_pictures")->rows.size(), 3u);
    for (const char* file : {"experts-1.png", "experts-2.png", "experts-3.png"})
        EXPECT_TRUE(result->artifact(file) &&
                    std::filesystem::exists(result->artifact(file)->path));
    const Table* patches = result->table("experts_picture");
    ASSERT_EQ(patches->rows.size(), 3u * 4 * 4);
    std::map<std::string, std::set<std::int64_t>> taken;
    for (std::size_t i = 0; i < patches->rows.size(); ++i) {
        const RowReader row(*patches, i);
        taken[row.text("layer")].insert(row.whole("expert"));
        EXPECT_EQ(row.whole("row") * 2 + row.whole("column"), static_cast<std::int64_t>(i % 4));
    }
    EXPECT_THAT(taken["blocks.0.mlp.fc1"], testing::ElementsAre(0));
    EXPECT_THAT(taken["blocks.1.mlp.fc2"], testing::ElementsAre(1));
    EXPECT_EQ(run({{"method", "shiftaddvit"}})->table("experts_picture"), nullptr);
}

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
    const auto kept = runTrio({{"out", (folder_.path / "codes").string()}});
    ASSERT_FALSE(kept);
    EXPECT_THAT(kept.error().message, testing::HasSubstr("not kept in files of codes"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path / "codes" / "model.safetensors"));
}

} // namespace
} // namespace vitrine::quantization_plugin
