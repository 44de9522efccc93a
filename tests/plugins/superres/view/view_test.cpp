#include "plugins/superres/view/view.h"

#include "core/jobs/experiment/experiment.h"
#include "core/picture/picture.h"
#include "plugins/superres/experiments/upscale_experiment.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/view_fixture.h"
#include "widgets/picture/linked_picture_maps.h"
#include "widgets/plot/plot_view.h"

#include <gmock/gmock.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QJsonArray>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>

#include <cmath>

namespace vitrine::superres_plugin
{
namespace
{

using testing::HasSubstr;

// Two pictures of stripes, which are fine in one place alone.
void drawStripes(const std::filesystem::path& path, double fineness)
{
    Picture picture{128, 96, 3, {}};
    for (std::int64_t y = 0; y < 96; ++y)
        for (std::int64_t x = 0; x < 128; ++x)
            for (int c = 0; c < 3; ++c)
                picture.values.push_back(static_cast<std::uint8_t>(
                    128 +
                    100 * std::sin((x > 80 && y > 50 ? fineness : 0.1) * static_cast<double>(x))));
    ASSERT_TRUE(writePicture(picture, path));
}

class SuperresViewTest : public tests::ViewFixture<SuperresView>
{
protected:
    SuperresViewTest() : ViewFixture({1250, 900})
    {
        std::filesystem::create_directories(pictures_.path / "in");
        drawStripes(pictures_.path / "in" / "coarse.png", 0.5);
        drawStripes(pictures_.path / "in" / "fine.png", 1.2);
    }

    // A run as the experiment makes it.
    RunHandle run(int number, const std::string& method, const std::string& scale = "2",
                  bool degrade = true)
    {
        const auto kept = pictures_.path / std::to_string(number);
        std::filesystem::create_directories(kept);
        const UpscaleExperiment experiment;
        const auto params = resolveParams(experiment, {{"input", (pictures_.path / "in").string()},
                                                       {"degrade", degrade ? "true" : "false"},
                                                       {"method", method},
                                                       {"scale", scale}});
        EXPECT_TRUE(params) << params.error().message;
        QuietProgress progress(kept);
        const auto result = experiment.run(*params, progress);
        EXPECT_TRUE(result) << result.error().message;
        RunRecord record;
        record.number = number;
        record.uid = std::string(31, '0') + std::to_string(number);
        record.experiment = "superres.upscale";
        record.params = *params;
        record.state = RunState::done;
        record.result = *result;
        return std::make_shared<const RunRecord>(record);
    }

    std::vector<PictureMap*> maps()
    {
        settle();
        return view_.findChild<LinkedPictureMaps*>()->maps();
    }
    QStringList captions()
    {
        QStringList all;
        for (PictureMap* map : maps())
            all << map->data().caption;
        return all;
    }
    void press(const QString& word)
    {
        for (auto* button : view_.findChildren<QAbstractButton*>())
            if (button->text() == word && button->isVisibleTo(&view_))
                return QTest::mouseClick(button, Qt::LeftButton);
        ADD_FAILURE() << word.toStdString();
    }

    tests::TemporaryFolder pictures_;
};

TEST_F(SuperresViewTest, EmptyEnlargesAShippedPhotographAndFailuresAreSaid)
{
    EXPECT_EQ(page(), 0);
    press("Enlarge a photograph with S2R fast");
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "superres.upscale");
    EXPECT_TRUE(std::filesystem::exists(context_.starts[0].params.at("input")));
    view_.setLoading("pictures", 0.5);
    EXPECT_EQ(page(), 1);
    view_.setLoading({}, -1);
    RunRecord failed;
    failed.experiment = "superres.upscale";
    failed.state = RunState::failed;
    failed.error = "there is no ground truth for a.png";
    view_.setRuns({std::make_shared<const RunRecord>(failed)});
    EXPECT_EQ(page(), 2);
}

TEST_F(SuperresViewTest, RivalsStandBesideTheTruth)
{
    show({run(1, "lanczos"), run(2, "s2r-live")});
    EXPECT_EQ(page(), 3);
    const QStringList shown = captions();
    ASSERT_EQ(shown.size(), 6); // where, truth, small, bicubic, two runs
    EXPECT_EQ(shown[0], "Where");
    EXPECT_EQ(shown[1], "Ground truth");
    EXPECT_THAT(shown[5].toStdString(), HasSubstr("S2R live x2 #2, "));
    EXPECT_EQ(named<QTableView>("What each run came to")->model()->rowCount(), 2);
    EXPECT_EQ(view_.figures().size(), 2u);
    // The fine stripes lie below at the right: there enlargements differ.
    const auto* where = maps().front();
    EXPECT_GT(*where->data().selected % where->data().columns, where->data().columns / 2);
    EXPECT_GT(*where->data().selected / where->data().columns, where->data().rows / 2 - 1);
}

TEST_F(SuperresViewTest, AClickMovesTheDetailAndUndoBringsItBack)
{
    show({run(1, "bicubic")});
    const QImage before = maps()[1]->data().picture;
    PictureMap* where = maps().front();
    QTest::mouseClick(where, Qt::LeftButton, {}, where->patchRect(0).center().toPoint());
    ASSERT_EQ(context_.changes.size(), 1u);
    EXPECT_NE(maps()[1]->data().picture, before);
    view_.setState(context_.changes.back().before);
    EXPECT_EQ(maps()[1]->data().picture, before);

    press("Whole");
    EXPECT_EQ(captions().size(), 3); // no place is pointed at; the run is bicubic itself
    EXPECT_EQ(maps()[0]->data().picture.width(), 128);
}

TEST_F(SuperresViewTest, AnotherPictureIsChosen)
{
    show({run(1, "bicubic"), run(2, "lanczos", "4", true)});
    auto* choice = named<QComboBox>("Picture");
    ASSERT_EQ(choice->count(), 2);
    const QImage first = maps()[1]->data().picture;
    choice->setFocus();
    QTest::keyClick(choice, Qt::Key_Down);
    ASSERT_FALSE(context_.changes.empty());
    EXPECT_NE(maps()[1]->data().picture, first);
    EXPECT_EQ(view_.state()["picture"].toString(), "fine");
}

TEST_F(SuperresViewTest, WithoutTruthPicturesAreShownAndARunOfAnotherScaleIsNamed)
{
    show({run(1, "bicubic", "2", false), run(2, "lanczos", "4", false)});
    EXPECT_EQ(captions().filter("Ground truth").size(), 0);
    EXPECT_THAT(named<QLabel>("Runs without this picture")->text().toStdString(),
                HasSubstr("Lanczos"));
    EXPECT_TRUE(view_.figures().empty());
}

} // namespace
} // namespace vitrine::superres_plugin
