#include "plugins/attention/view/picture_view.h"

#include "plugins/attention/view/picture_map_panel.h"
#include "tests/support/picture_runs.h"
#include "tests/support/view_fixture.h"
#include "widgets/matrix/item_grid.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/picture/linked_picture_maps.h"
#include "widgets/plot/plot_view.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QJsonArray>
#include <QLabel>
#include <QPushButton>

namespace vitrine::attention_plugin
{
namespace
{

class PictureViewTest : public tests::ViewFixture<PictureView>
{
protected:
    PictureViewTest() : ViewFixture({1250, 900}) {}

    RunHandle makeRun(const tests::SmallVision& small, int pictures = 1)
    {
        const auto folder = newFolder();
        std::filesystem::create_directories(folder / "pictures");
        for (int i = 0; i < pictures; ++i)
            tests::drawPicture(folder / "pictures" / fmt::format("{}.png", i), 64, 64,
                               static_cast<std::uint64_t>(i + made_));
        return numbered(tests::pictureRun(small, folder / "pictures", folder / "run"));
    }
    std::vector<PictureMap*> maps() { return view_.findChild<PictureMapPanel*>()->maps()->maps(); }
    ItemGrid* heads() { return view_.findChild<ItemGrid*>(); }
    void press(const QString& word)
    {
        for (QAbstractButton* button : view_.findChildren<QAbstractButton*>())
            if (button->accessibleName() == word || button->text() == word) {
                QTest::mouseClick(button, Qt::LeftButton);
                return settle();
            }
        FAIL() << "no button " << word.toStdString();
    }
    QString reading() { return named<QLabel>("What the pointer reads")->text(); }
};

TEST_F(PictureViewTest, IsEmptyWithAButtonThatRunsTheStudy)
{
    EXPECT_EQ(page(), 0);
    for (QPushButton* button : view_.findChildren<QPushButton*>())
        if (button->text() == "See with a transformer")
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "attention.picture");
    EXPECT_EQ(context_.starts[0].params.at("model"), "vitrine-deit-scenes");
}

TEST_F(PictureViewTest, ShowsTheMapOfTheHeadThatIsChosen)
{
    const RunHandle run = makeRun(tests::smallDino());
    show({run});
    ASSERT_EQ(maps().size(), 1u);
    const auto opened = openPictureRun(*run).value();
    const auto row = [&](std::size_t layer, std::int64_t head, std::int64_t query) {
        return opened.pictures[0]->map(layer, head, attention::Attending::softmax).row(query);
    };
    EXPECT_EQ(maps()[0]->data().values[4], row(2, 0, 0)[3 + 4]); // the last layer's first
    QTest::mouseClick(heads(), Qt::LeftButton, {}, heads()->cellOf({1, 2}).center());
    settle();
    EXPECT_EQ(maps()[0]->data().values[4], row(1, 2, 0)[3 + 4]);
    EXPECT_TRUE(view_.title().endsWith("layer 1, head 2")) << view_.title().toStdString();

    QTest::mouseClick(maps()[0], Qt::LeftButton, {}, maps()[0]->patchRect(9).center().toPoint());
    settle();
    EXPECT_EQ(maps()[0]->data().values[4], row(1, 2, 3 + 9)[3 + 4]);
    EXPECT_EQ(maps()[0]->data().selected, 9);

    press("Mean");
    const double mean =
        (static_cast<double>(row(1, 0, 12)[7]) + static_cast<double>(row(1, 1, 12)[7]) +
         static_cast<double>(row(1, 2, 12)[7])) /
        3;
    EXPECT_NEAR(static_cast<double>(maps()[0]->data().values[4]), mean, 1e-7);
}

TEST_F(PictureViewTest, StandInsStandSideBySideAndOnePointReadsAll)
{
    show({makeRun(tests::smallDino())});
    press("Stand-ins");
    ASSERT_EQ(maps().size(), 3u);
    EXPECT_EQ(maps()[0]->data().scale, maps()[2]->data().scale);
    QTest::mouseMove(maps()[1], maps()[1]->patchRect(6).center().toPoint());
    settle();
    EXPECT_TRUE(reading().contains("Row 1, column 2")) << reading().toStdString();
    EXPECT_TRUE(reading().contains("first-order Taylor")) << reading().toStdString();
}

TEST_F(PictureViewTest, HidesPatchesOfHighNormWhereThatIsWished)
{
    show({makeRun(tests::smallDino())});
    view_.setState({{"norm_factor", 1.0}});
    settle();
    EXPECT_FALSE(maps()[0]->data().marks.empty());
    press("Hidden");
    const auto& data = maps()[0]->data();
    EXPECT_TRUE(std::isnan(data.values[static_cast<std::size_t>(data.marks.front())]));
    press("Shown");
    EXPECT_FALSE(std::isnan(
        maps()[0]->data().values[static_cast<std::size_t>(maps()[0]->data().marks.front())]));
}

TEST_F(PictureViewTest, ChoosesAmongThePicturesOfABatch)
{
    show({makeRun(tests::smallPvt(), 3)});
    auto* choice = named<QComboBox>("Picture");
    ASSERT_EQ(choice->count(), 3);
    const QImage first = maps()[0]->data().picture;
    choice->setCurrentIndex(2);
    emit choice->activated(2);
    settle();
    EXPECT_NE(maps()[0]->data().picture, first);
    press("Rollout");
    EXPECT_TRUE(maps()[0]->data().notice.contains("rollout")) << "PVTv2 has none, and says so";
}

TEST_F(PictureViewTest, TwoModelsStandSideBySideWithOneScale)
{
    show({makeRun(tests::smallDino()), makeRun(tests::smallEfficientVit())});
    ASSERT_EQ(maps().size(), 2u);
    EXPECT_EQ(maps()[0]->data().scale, maps()[1]->data().scale);
    EXPECT_FALSE(maps()[0]->data().caption.isEmpty());
    const auto figures = view_.figures();
    ASSERT_FALSE(figures.empty());
    EXPECT_EQ(figures.front().images.size(), 2u);
}

// A model without head calls a picture nothing: its card has the notes alone.
TEST_F(PictureViewTest, NotesAreShownWithAnswersAndWithout)
{
    show({makeRun(tests::smallDino())});
    const auto* notes = named<QLabel>("What the run says of itself");
    EXPECT_TRUE(notes->isVisibleTo(&view_));
    EXPECT_TRUE(notes->text().contains("no head")) << notes->text().toStdString();
    for (auto* plot : view_.findChildren<plot::PlotView*>())
        EXPECT_FALSE(plot->isVisibleTo(&view_) && plot->figure().name == "picture-answers");

    show({makeRun(tests::smallDino()), makeRun(tests::smallSwin())});
    EXPECT_TRUE(notes->text().contains("no head"));
    EXPECT_TRUE(notes->text().contains("windows")) << "those of the second run too";
}

TEST_F(PictureViewTest, ARunWithoutItsPictureIsSaidToHaveNone)
{
    RunRecord broken = *makeRun(tests::smallDino());
    broken.result.artifacts.clear();
    show({std::make_shared<const RunRecord>(broken)});
    EXPECT_EQ(page(), 2);
}

} // namespace
} // namespace vitrine::attention_plugin
