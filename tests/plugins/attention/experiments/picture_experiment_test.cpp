#include "plugins/attention/experiments/picture_experiment.h"

#include "plugins/attention/experiments/capture_experiment.h"
#include "plugins/attention/experiments/picture_tables.h"
#include "plugins/attention/figures/picture_figures.h"
#include "tests/support/picture_runs.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

using testing::HasSubstr;
using tests::SmallVision;
using tests::TemporaryFolder;

double valueOf(const RunRecord& run, const char* metric)
{
    const Metric* found = run.result.metric(metric);
    return found ? found->value : std::nan("");
}

double at(const Table& table, std::size_t row, const char* column)
{
    const Cell& cell = table.rows.at(row).at(static_cast<std::size_t>(table.column(column)));
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    return std::get<double>(cell);
}

TEST(PictureExperiment, TellsOfEveryHeadOfEveryLayerAndKeepsThePicture)
{
    const SmallVision small = tests::smallDino();
    const TemporaryFolder folder;
    const auto image = folder.path / "cat.png";
    tests::drawPicture(image, 50, 40, 1);
    const auto run = tests::pictureRun(small, image, folder.path / "run");
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_EQ(valueOf(*run, "tokens"), 19);
    EXPECT_EQ(valueOf(*run, "layers"), 3);
    EXPECT_EQ(valueOf(*run, "heads"), 3);
    EXPECT_EQ(valueOf(*run, "pictures"), 1);
    const Table& heads = *run->result.table("heads");
    ASSERT_EQ(heads.rows.size(), 9u);
    const auto opened = openPictureRun(*run);
    ASSERT_TRUE(opened) << opened.error().message;
    const attention::PictureCapture& capture = *opened->pictures.front();
    EXPECT_EQ(capture.name(), "cat.png");
    EXPECT_EQ(capture.picture().side, 32);
    // The table says of a head what its map says.
    const auto map = capture.map(1, 2, attention::Attending::softmax);
    double mass = 0, entropy = 0;
    for (std::int64_t query = 0; query < map.queries(); ++query) {
        const auto row = map.row(query);
        mass += query > 0 ? static_cast<double>(row[0]) / 18 : 0;
        for (const float weight : row)
            entropy -= static_cast<double>(weight) * std::log(static_cast<double>(weight)) / 19;
    }
    EXPECT_NEAR(at(heads, 5, "class_mass"), mass, 1e-6);
    EXPECT_NEAR(at(heads, 5, "entropy"), entropy, 1e-5);
    EXPECT_EQ(run->result.table("standins")->rows.size(), 18u); // two for each head
    EXPECT_EQ(run->result.table("answers"), nullptr);           // it has no head
}

TEST(PictureExperiment, AFolderIsABatchInTheOrderOfNamesAndItsHeadsAreMeans)
{
    const SmallVision small = tests::smallEfficientVit();
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder.path / "pictures");
    for (int i = 0; i < 3; ++i)
        tests::drawPicture(folder.path / "pictures" / fmt::format("{}.png", i), 64, 64,
                           static_cast<std::uint64_t>(i));
    const auto one = [&](const std::filesystem::path& image, const char* name,
                         std::map<std::string, std::string> more = {}) {
        return tests::pictureRun(small, image, folder.path / name, std::move(more)).value();
    };
    const RunRecord both = one(folder.path / "pictures", "both", {{"limit", "2"}});
    EXPECT_EQ(valueOf(both, "pictures"), 2);
    EXPECT_THAT(both.result.notes, testing::Contains(HasSubstr("first 2 of 3")));
    const RunRecord first = one(folder.path / "pictures" / "0.png", "first"),
                    second = one(folder.path / "pictures" / "1.png", "second");
    EXPECT_NEAR(at(*both.result.table("heads"), 3, "entropy"),
                (at(*first.result.table("heads"), 3, "entropy") +
                 at(*second.result.table("heads"), 3, "entropy")) /
                    2,
                1e-12);
    EXPECT_EQ(openPictureRun(both)->pictures.size(), 2u);
    EXPECT_EQ(both.result.table("answers")->rows.size(), 10u);
    EXPECT_THAT(first.result.notes, testing::Contains(HasSubstr("knows 6 classes")));
    EXPECT_EQ(first.result.metric("first_token_mass"), nullptr); // there is no class token
}

TEST(PictureExperiment, WindowsHaveNoStandInsAndSaySo)
{
    const SmallVision small = tests::smallSwin();
    const TemporaryFolder folder;
    const auto image = folder.path / "a.png";
    tests::drawPicture(image, 32, 32, 1);
    const RunRecord run = tests::pictureRun(small, image, folder.path / "run").value();
    EXPECT_TRUE(run.result.table("standins")->rows.empty());
    EXPECT_THAT(run.result.notes, testing::Contains(HasSubstr("windows")));
}

TEST(PictureExperiment, RefusesWhatIsNoPictureAndAFolderWithoutAny)
{
    const SmallVision small = tests::smallDino();
    const TemporaryFolder folder;
    std::ofstream(folder.path / "no.png") << "no picture";
    const auto run = tests::pictureRun(small, folder.path / "no.png", folder.path / "run");
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().kind, ErrorKind::input);
    std::filesystem::create_directory(folder.path / "empty");
    EXPECT_FALSE(tests::pictureRun(small, folder.path / "empty", folder.path / "run"));
}

TEST(PictureExperiment, CaptureHandsVisionTransformersOverAndPicturesTexts)
{
    const SmallVision small = tests::smallDino();
    const CaptureExperiment capture;
    const PictureExperiment picture;
    EXPECT_EQ(capture.insteadFor({{"model", small.folder.path.string()}}), "attention.picture");
    EXPECT_EQ(capture.insteadFor({{"image", "a.png"}}), "attention.picture");
    EXPECT_EQ(capture.insteadFor({{"prompt", "a"}}), "");
    EXPECT_EQ(picture.insteadFor({{"prompt", "a"}}), "attention.capture");
    EXPECT_EQ(picture.insteadFor({{"model", small.folder.path.string()}, {"image", ""}}), "");
    EXPECT_EQ(picture.insteadFor({{"model", "nowhere"}, {"image", ""}}), "");
}

TEST(PictureTables, ANormIsHighAboveSoManyMedians)
{
    const std::vector<float> norms = {900, 1, 2, 3, 4, 7.6f}; // the first is no patch
    const NormLook look = normLook(norms, 1, 2.5);
    EXPECT_EQ(look.median, 3);
    EXPECT_EQ(look.high, 1);
    EXPECT_NEAR(look.largest, 7.6, 1e-6);
    EXPECT_EQ(normLook(norms, 1, 2.6).high, 0);
    EXPECT_EQ(normLook(std::vector<float>{0, 1, 2}, 1, 3).median, 1.5);
}

} // namespace
} // namespace vitrine::attention_plugin
