#include "core/jobs/experiment/read_run.h"
#include "core/model/network/shift_add_network.h"
#include "tests/plugins/quantization/experiments/vision_runs.h"
#include "tests/support/small_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

namespace vitrine::quantization_plugin
{
namespace
{

// Methods that change the network instead of its numbers: ViTALiTy, ShiftAddViT.
class ReworkExperimentTest : public VisionExperimentTest
{
};

TEST_F(ReworkExperimentTest, TaylorAttentionIsJudgedInFloatingPoint)
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

TEST_F(ReworkExperimentTest, DensityFallsWithTheThreshold)
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

TEST_F(ReworkExperimentTest, ShiftAddNeedsNoCodes)
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
TEST_F(ReworkExperimentTest, HashedShiftAddIsNotAmongAllSteps)
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
TEST_F(ReworkExperimentTest, HashedShiftAddSaysWhatStaysInFloat)
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

TEST_F(ReworkExperimentTest, AnotherOriginalMayBeNamed)
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
TEST_F(ReworkExperimentTest, ANetworkTrainedForTaylorAttentionIsJudgedAsItIs)
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

TEST_F(ReworkExperimentTest, AShiftAddViTIsComparedWithTheModelItWasMadeFrom)
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

} // namespace
} // namespace vitrine::quantization_plugin
