#include "plugins/quantization/experiments/evaluate_experiment.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/resources.h"
#include "plugins/quantization/experiments/vision_input.h"
#include "tests/support/golden.h"
#include "tests/support/small_classifier.h"
#include "tests/support/temporary_folder.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

namespace vitrine::quantization_plugin
{
namespace
{

using tests::kClasses;
using tests::kPictures;
using tests::kSide;
using tests::writeIdx;
using tests::writeSmallModel;

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

TEST_F(EvaluateExperimentTest, AFewPicturesOfEachKindOfErrorAreKept)
{
    const auto result = run({{"second", (folder_.path / "second").string()}});
    ASSERT_TRUE(result) << result.error().message;
    std::map<std::pair<std::string, std::string>, std::int64_t> cells;
    for (const auto& row : result->table("confusion")->rows)
        if (std::get<std::string>(row[0]) != std::get<std::string>(row[1]))
            cells[{std::get<std::string>(row[0]), std::get<std::string>(row[1])}] =
                std::get<std::int64_t>(row[2]);
    ASSERT_FALSE(cells.empty());
    std::map<std::pair<std::string, std::string>, std::int64_t> kept;
    for (const char* name : {"worst", "examples", "differing"})
        for (const auto& row : result->table(name)->rows) {
            const Artifact* file = result->artifact(std::get<std::string>(row[0]));
            ASSERT_TRUE(file);
            EXPECT_TRUE(std::filesystem::exists(file->path));
            if (std::string_view(name) == "examples")
                ++kept[{std::get<std::string>(row[2]), std::get<std::string>(row[3])}];
        }
    for (const auto& [cell, count] : cells)
        EXPECT_EQ(kept[cell], std::min<std::int64_t>(count, 4)) << cell.first << cell.second;
    EXPECT_EQ(kept.size(), cells.size());
    std::set<std::string> names; // no picture is kept twice
    for (const Artifact& artifact : result->artifacts)
        EXPECT_TRUE(names.insert(readFile(artifact.path, 1 << 20).value()).second);
}

TEST_F(EvaluateExperimentTest, ClassesHaveTheNamesOfTheModelAndOfTwoOfOneNameTheNumberToo)
{
    const auto config = folder_.path / "first/config.json";
    std::string text = readFile(config, 1 << 20).value();
    text.insert(text.rfind('}'), R"(, "label_names": ["crane", "heron", "crane"])");
    ASSERT_TRUE(writeFileAtomically(config, text));

    const auto result = run({});

    ASSERT_TRUE(result) << result.error().message;
    std::set<std::string> names;
    for (const auto& row : result->table("classes")->rows)
        names.insert(std::get<std::string>(row[0]));
    EXPECT_EQ(names, (std::set<std::string>{"crane (0)", "heron", "crane (2)"}));
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

// Packages as packaging/fetch unpacks them: Fashion-MNIST of one garment of each class, and the
// photographs of recipes/pictures.json, each of another grey.
class ScenesTest : public testing::Test
{
protected:
    void SetUp() override
    {
        const auto fashion =
            packages_.path / "dataset-fashion-mnist/usr/share/datasets/fashion-mnist";
        std::filesystem::create_directories(fashion);
        std::string pictures("\0\0\x08\x03\0\0\0\x0a\0\0\0\x1c\0\0\0\x1c", 16),
            labels("\0\0\x08\x01\0\0\0\x0a", 8);
        for (char label = 0; label < 10; ++label) {
            pictures += std::string(28 * 28, static_cast<char>(20 * label));
            labels += label;
        }
        ASSERT_TRUE(writeFileAtomically(fashion / "t10k-images-idx3-ubyte", pictures));
        ASSERT_TRUE(writeFileAtomically(fashion / "t10k-labels-idx1-ubyte", labels));
        const auto list = findResource("recipes/pictures.json");
        ASSERT_TRUE(list);
        const auto json = parseJson(*readFile(*list, 1 << 20), "pictures.json");
        ASSERT_TRUE(json);
        std::uint8_t grey = 100;
        for (const Json& one : json->at("held_out")) {
            if (one.at("use") != "vt10")
                continue;
            const std::filesystem::path path = packages_.path /
                                               one.at("package").get<std::string>() /
                                               one.at("file").get<std::string>();
            std::filesystem::create_directories(path.parent_path());
            Picture picture{1200, 1000, 3, {}};
            picture.values.assign(1200 * 1000 * 3, grey++);
            ASSERT_TRUE(writePicture(picture, path));
        }
    }

    Result<OpenPictures> open(std::map<std::string, std::string> given = {})
    {
        given.emplace("data", "scenes");
        given.emplace("packages", packages_.path.string());
        VITRINE_TRY(const Params params, resolveParams(EvaluateExperiment(), given));
        return openPictures(params);
    }

    tests::TemporaryFolder packages_;
};

TEST_F(ScenesTest, AreMadeOfPackages)
{
    const auto scenes = open();
    ASSERT_TRUE(scenes) << scenes.error().message;
    EXPECT_EQ(scenes->count, 10);
    EXPECT_EQ(scenes->inputs.size(), 12u); // two files of garments, ten photographs
    EXPECT_EQ(scenes->notes.size(), 10u);  // these are not the photographs of the trainer
    const auto one = scenes->pictures->picture(9);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->width, 96);
    EXPECT_EQ(one->channels, 3);
    EXPECT_EQ(scenes->pictures->exact(9).size(), 96u * 96 * 3);
    EXPECT_NE(scenes->pictures->exact(9), scenes->pictures->exact(8));
    EXPECT_EQ(scenes->pictures->exact(9), open()->pictures->exact(9));
}

TEST_F(ScenesTest, SayWhichPackagesAreMissing)
{
    std::filesystem::remove_all(packages_.path / "gnome-taquin");
    std::filesystem::remove_all(packages_.path / "mate-backgrounds");
    const auto scenes = open();
    ASSERT_FALSE(scenes);
    EXPECT_EQ(scenes.error().kind, ErrorKind::input);
    EXPECT_NE(scenes.error().message.find("`apt install gnome-taquin mate-backgrounds`"),
              std::string::npos)
        << scenes.error().message;
    EXPECT_EQ(scenes.error().message.find('\n'), std::string::npos);

    const auto training = open({{"split", "training"}});
    ASSERT_FALSE(training);
    EXPECT_NE(training.error().message.find("split=test"), std::string::npos);
}

TEST_F(ScenesTest, NameThePhotographThatIsTooSmall)
{
    const auto path =
        packages_.path / "gnome-taquin/usr/share/gnome-taquin/themes/cats/1-Tortoiseshell.jpg";
    ASSERT_TRUE(writePicture({40, 30, 3, std::vector<std::uint8_t>(40 * 30 * 3)}, path));
    const auto small = open();
    ASSERT_FALSE(small);
    EXPECT_NE(small.error().message.find("1-Tortoiseshell.jpg"), std::string::npos);

    ASSERT_TRUE(writeFileAtomically(path, "no picture"));
    EXPECT_NE(open().error().message.find("1-Tortoiseshell.jpg"), std::string::npos);
}

TEST_F(ScenesTest, AreSeenExactlyByTheModelThatWasTrainedOnThem)
{
    const auto scenes = open();
    ASSERT_TRUE(scenes) << scenes.error().message;
    const auto opened = [](const char* name) {
        return openClassifier(*resolveParams(EvaluateExperiment(), {{"model", name}}), "model");
    };
    const auto own = opened("vitrine-deit-scenes"), other = opened("vitrine-deit");
    ASSERT_TRUE(own && other);

    LeftOut leftOut;
    const auto seen = seenBy(own->model.checkpoint(), *scenes->pictures, 3, leftOut);
    ASSERT_TRUE(seen);
    EXPECT_EQ(*seen,
              *model::prepare(scenes->pictures->exact(3), own->model.checkpoint().preprocessing()));
    EXPECT_EQ(seenBy(other->model.checkpoint(), *scenes->pictures, 3, leftOut)->size(), 28u * 28);

    std::vector<std::string> notes;
    ASSERT_TRUE(noteRounding(own->model.checkpoint(), *scenes->pictures, notes));
    EXPECT_TRUE(notes.empty());
    ASSERT_TRUE(noteRounding(other->model.checkpoint(), *scenes->pictures, notes));
    EXPECT_EQ(notes.size(), 1u);
}

TEST(FashionMnist, IsFoundInPackagesOrSaysWhatBringsIt)
{
    const tests::TemporaryFolder empty;
    const auto params = resolveParams(EvaluateExperiment(), {{"packages", empty.path.string()}});
    ASSERT_TRUE(params);
    const auto none = openPictures(*params);
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().message.find("`apt install dataset-fashion-mnist`"), std::string::npos)
        << none.error().message;
}

} // namespace
} // namespace vitrine::quantization_plugin
