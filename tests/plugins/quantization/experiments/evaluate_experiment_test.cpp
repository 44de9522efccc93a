#include "plugins/quantization/experiments/evaluate_experiment.h"

#include "core/base/file.h"
#include "core/model/network/vit_network.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kPictures = 150, kSide = 8, kClasses = 3;

// A small network with random weights, another for another seed.
void writeSmallModel(const std::filesystem::path& folder, std::uint64_t seed)
{
    std::filesystem::create_directories(folder);
    const model::VitSizes sizes{.width = 64,
                                .depth = 1,
                                .heads = 1,
                                .mlp = 64,
                                .patch = 4,
                                .side = kSide,
                                .channels = 1,
                                .classes = kClasses};
    tests::RandomVision weights(model::vitNetwork(sizes), seed);
    weights.write(folder,
                  R"({"img_size": 8, "in_chans": 1, "num_heads": 1, "mean": [0.5], "std": [0.5],
                              "crop_pct": 1.0, "interpolation": "bicubic"})");
}

void writeIdx(const std::filesystem::path& folder)
{
    const auto head = [](std::ofstream& out, std::initializer_list<std::int64_t> sizes) {
        out << std::string("\0\0\x08", 3) << static_cast<char>(sizes.size());
        for (const std::int64_t size : sizes)
            for (const int shift : {24, 16, 8, 0})
                out << static_cast<char>(size >> shift & 0xff);
    };
    Random random(3);
    std::ofstream pictures(folder / "t10k-images-idx3-ubyte", std::ios::binary),
        labels(folder / "t10k-labels-idx1-ubyte", std::ios::binary);
    head(pictures, {kPictures, kSide, kSide});
    head(labels, {kPictures});
    for (std::int64_t i = 0; i < kPictures; ++i) {
        labels << static_cast<char>(i % kClasses);
        for (std::int64_t pixel = 0; pixel < kSide * kSide; ++pixel)
            pictures << static_cast<char>(random.below(256));
    }
}

class EvaluateExperimentTest : public testing::Test
{
protected:
    void SetUp() override
    {
        writeSmallModel(folder_.path / "first", 1);
        writeSmallModel(folder_.path / "second", 2);
        writeIdx(folder_.path);
    }

    Result<RunResult> run(std::map<std::string, std::string> given)
    {
        given.emplace("model", (folder_.path / "first").string());
        given.emplace("data", folder_.path.string());
        const EvaluateExperiment experiment;
        VITRINE_TRY(const Params params, resolveParams(experiment, given));
        std::filesystem::create_directories(folder_.path / "artifacts");
        QuietProgress progress(folder_.path / "artifacts");
        return experiment.run(params, progress);
    }
    static double value(const RunResult& result, const char* name)
    {
        const Metric* metric = result.metric(name);
        return metric ? metric->value : NAN;
    }

    tests::TemporaryFolder folder_;
};

TEST_F(EvaluateExperimentTest, AccuracyIsTheShareOfRightItems)
{
    const auto result = run({});
    ASSERT_TRUE(result) << result.error().message;
    const Table& items = *result->table("items");
    ASSERT_EQ(items.rows.size(), static_cast<std::size_t>(kPictures));
    std::int64_t right = 0;
    for (const auto& row : items.rows) {
        EXPECT_EQ(std::get<std::string>(row[1]) == std::get<std::string>(row[2]),
                  std::get<std::int64_t>(row[3]) == 1);
        right += std::get<std::int64_t>(row[3]);
    }
    EXPECT_DOUBLE_EQ(value(*result, "accuracy"), static_cast<double>(right) / kPictures);
    EXPECT_LT(value(*result, "accuracy_low"), value(*result, "accuracy"));
    EXPECT_GT(value(*result, "accuracy_high"), value(*result, "accuracy"));
    std::int64_t counted = 0;
    for (const auto& row : result->table("confusion")->rows)
        counted += std::get<std::int64_t>(row[2]);
    EXPECT_EQ(counted, kPictures);
    EXPECT_EQ(result->inputs.size(), 4u); // config.json, model.safetensors, pictures, labels
    EXPECT_TRUE(std::filesystem::exists(result->artifact("worst-01.png")->path));
}

TEST_F(EvaluateExperimentTest, TwoModelsAreComparedPictureByPicture)
{
    const auto same = run({{"second", (folder_.path / "first").string()}});
    ASSERT_TRUE(same) << same.error().message;
    EXPECT_EQ(value(*same, "accuracy"), value(*same, "accuracy_second"));
    EXPECT_EQ(value(*same, "p_value"), 1);

    const auto other = run({{"second", (folder_.path / "second").string()}});
    ASSERT_TRUE(other) << other.error().message;
    EXPECT_NEAR(value(*other, "difference"),
                value(*other, "accuracy_second") - value(*other, "accuracy"), 1e-12);
    EXPECT_EQ(other->table("items")->columns.size(), 9u);
}

TEST_F(EvaluateExperimentTest, TheFirstPicturesAreTakenWhereThereIsALimit)
{
    const auto result = run({{"limit", "10"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->table("items")->rows.size(), 10u);
    EXPECT_EQ(value(*result, "pictures"), 10);
}

TEST_F(EvaluateExperimentTest, MoreClassesThanTheModelKnowsAreRefused)
{
    std::ofstream labels(folder_.path / "t10k-labels-idx1-ubyte", std::ios::binary);
    labels << std::string("\0\0\x08\1\0\0\0\x96", 8) << std::string(kPictures, '\7');
    labels.close();
    const auto result = run({});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("8 classes"), std::string::npos)
        << result.error().message;
}

TEST_F(EvaluateExperimentTest, WhatIsLeftOutAndWhatIsAssumedIsSaidOnce)
{
    const auto pictures = tests::goldenData("pictures");
    if (!pictures)
        GTEST_SKIP() << "set VITRINE_GOLDEN to tests/golden";
    const auto folder = folder_.path / "classes";
    for (const char* name : {"a", "b"})
        std::filesystem::create_directories(folder / name);
    std::filesystem::copy(*pictures / "rgba.png", folder / "a" / "1.png");
    std::filesystem::copy(*pictures / "turned.jpg", folder / "b" / "1.jpg");
    std::ofstream(folder_.path / "first" / "config.json")
        << R"({"img_size": 8, "num_heads": 1, "crop_pct": 1, "twist": 1})";
    const auto result = run({{"data", folder.string()}});
    ASSERT_TRUE(result) << result.error().message;
    const std::string notes = fmt::format("{}", fmt::join(result->notes, "\n"));
    for (const char* said :
         {"1 of 2 pictures are transparent", "1 of 2 pictures are to be turned", "\"twist\"",
          "1e-06 is assumed", "the mean and deviation of pixels (0.5", "the filter (bicubic)"})
        EXPECT_NE(notes.find(said), std::string::npos) << said << " in:\n" << notes;
}

TEST_F(EvaluateExperimentTest, PicturesThatAreNotThereAreNamed)
{
    const auto result = run({{"data", (folder_.path / "absent").string()}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::input);
    EXPECT_NE(result.error().message.find("absent"), std::string::npos);
}

TEST_F(EvaluateExperimentTest, AnswersDoNotDependOnThreads)
{
    const auto one = run({{"threads", "1"}}), two = run({{"threads", "2"}});
    EXPECT_EQ(one->table("items")->rows, two->table("items")->rows);
}

} // namespace
} // namespace vitrine::quantization_plugin
