#include "plugins/quantization/view/vision_view.h"

#include "tests/plugins/quantization/evaluation_runs.h"
#include "tests/support/fake_context.h"
#include "tests/support/temporary_folder.h"
#include "tests/widgets/plot/application.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/data_table.h"

#include <gmock/gmock.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTest>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;

RunHandle evaluationHandle(const RunRecord& run)
{
    return std::make_shared<const RunRecord>(run);
}

class VisionViewTest : public testing::Test
{
protected:
    static void SetUpTestSuite() { needApplication(); }
    VisionViewTest() : view_(context_, nullptr)
    {
        view_.resize(1250, 900);
        view_.show();
    }

    template <typename Widget>
    Widget* named(const QString& accessibleName)
    {
        for (Widget* widget : view_.findChildren<Widget*>())
            if (widget->accessibleName() == accessibleName)
                return widget;
        ADD_FAILURE() << accessibleName.toStdString();
        return nullptr;
    }
    plot::PlotView* plot(const char* figure)
    {
        for (auto* each : view_.findChildren<plot::PlotView*>())
            if (each->isVisibleTo(&view_) && each->figure().name == figure)
                return each;
        return nullptr;
    }
    void press(const QString& word)
    {
        for (auto* button : view_.findChildren<QAbstractButton*>())
            if (button->text() == word && button->isVisibleTo(&view_))
                return QTest::mouseClick(button, Qt::LeftButton);
        ADD_FAILURE() << word.toStdString();
    }
    // A click with the mouse on the middle of a cell.
    void clickCell(double answer, double label)
    {
        QCoreApplication::processEvents(); // what was shown or hidden has its place
        plot::PlotView* matrix = plot("vision-confusion");
        ASSERT_TRUE(matrix);
        QWidget* canvas = matrix->childAt(matrix->pixelOf(answer, label).toPoint());
        QWidget* hit = canvas ? canvas : matrix;
        const QPoint at = hit->mapFrom(matrix, matrix->pixelOf(answer, label).toPoint());
        QTest::mouseClick(hit, Qt::LeftButton, {}, at);
    }
    int rows(const QString& table) { return named<QTableView>(table)->model()->rowCount(); }
    int page() { return view_.findChild<QStackedWidget*>()->currentIndex(); }
    void undo() { view_.setState(context_.changes.back().before); }

    tests::FakeContext context_;
    tests::TemporaryFolder folder_;
    VisionView view_;
};

TEST_F(VisionViewTest, EmptyOffersARunAndLoadingAndFailureAreShown)
{
    EXPECT_EQ(page(), 0);
    for (auto* button : view_.findChildren<QPushButton*>())
        if (button->text().startsWith("Compare vitrine-deit"))
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "vision.evaluate");
    EXPECT_EQ(context_.starts[0].params.at("second"), "vitrine-efficientvit");

    view_.setLoading("pictures", 0.5);
    EXPECT_EQ(page(), 1);
    view_.setLoading({}, -1);
    RunRecord failed = storedEvaluation(1, folder_.path, false);
    failed.state = RunState::failed;
    failed.error = "the pictures of Fashion-MNIST are not here";
    view_.setRuns({evaluationHandle(failed)});
    EXPECT_EQ(page(), 2);
    view_.setRuns({evaluationHandle(storedEvaluation(1, folder_.path, false))});
    EXPECT_EQ(page(), 3);
    EXPECT_THAT(named<QLabel>("What the runs show")->text().toStdString(),
                HasSubstr("vitrine-deit names 62.5"));
}

TEST_F(VisionViewTest, AClickOnACellShowsItsPicturesAndASecondOneLetsItGo)
{
    view_.setRuns({evaluationHandle(storedEvaluation(1, folder_.path, false))});
    EXPECT_EQ(rows("Pictures of the cell"), 3);
    EXPECT_EQ(plot("vision-cell"), nullptr);

    clickCell(1, 0); // shirts called coats
    EXPECT_EQ(view_.state()["label"].toString(), "Shirt");
    EXPECT_EQ(view_.state()["answer"].toString(), "Coat");
    EXPECT_EQ(rows("Pictures of the cell"), 1);
    ASSERT_TRUE(plot("vision-cell"));
    EXPECT_EQ(plot("vision-cell")->figure().images.size(), 1u);
    EXPECT_EQ(named<QComboBox>("Cell of the matrix")->currentText(), "Shirt called Coat (1)");
    EXPECT_EQ(plot("vision-confusion")->figure().series.size(), 1u);

    undo();
    EXPECT_EQ(plot("vision-cell"), nullptr);
    clickCell(1, 0);
    EXPECT_EQ(rows("Pictures of the cell"), 1);
    clickCell(1, 0);
    EXPECT_EQ(rows("Pictures of the cell"), 3);

    clickCell(1, 1); // rightly named: nothing is kept
    EXPECT_EQ(rows("Pictures of the cell"), 2);
    EXPECT_THAT(named<QLabel>("Why no pictures are shown")->text().toStdString(),
                HasSubstr("not kept"));
}

TEST_F(VisionViewTest, CellsAreChosenFromAListToo)
{
    view_.setRuns({evaluationHandle(storedEvaluation(1, folder_.path, false))});
    auto* choice = named<QComboBox>("Cell of the matrix");
    EXPECT_EQ(choice->count(), 4);
    emit choice->activated(choice->findText("Coat called Shirt (1)"));
    EXPECT_EQ(view_.state()["label"].toString(), "Coat");
    emit named<QComboBox>("Cell of the matrix")->activated(0);
    EXPECT_TRUE(view_.state()["label"].toString().isEmpty());
}

TEST_F(VisionViewTest, PagesAndSharesAreKeptAndCanBeUndone)
{
    view_.setRuns({evaluationHandle(storedEvaluation(1, folder_.path, false))});
    press("Shares");
    EXPECT_EQ(plot("vision-confusion")->figure().grids[0].maximum, 100);
    undo();
    EXPECT_EQ(plot("vision-confusion")->figure().grids[0].scale, figure::Scale::logarithmic);

    press("Worst");
    EXPECT_TRUE(plot("vision-worst"));
    EXPECT_EQ(plot("vision-confusion"), nullptr);
    EXPECT_EQ(view_.state()["page"].toString(), "worst");
    press("Two models");
    EXPECT_EQ(plot("vision-paired"), nullptr);
    EXPECT_EQ(view_.state()["page"].toString(), "both");
    press("Probabilities");
    EXPECT_TRUE(plot("vision-calibration"));
    EXPECT_TRUE(plot("vision-classes"));
}

TEST_F(VisionViewTest, TwoModelsStandBesideEachOther)
{
    view_.setRuns({evaluationHandle(storedEvaluation(2, folder_.path, true))});
    press("Two models");
    EXPECT_TRUE(plot("vision-paired"));
    EXPECT_TRUE(plot("vision-differing"));
    EXPECT_EQ(rows("How often both, one and none are right"), 2);
    EXPECT_EQ(view_.title(), "#2 vitrine-deit and vitrine-efficientvit on fashion-mnist");
}

TEST_F(VisionViewTest, OfSeveralRunsOneIsShown)
{
    view_.setRuns({evaluationHandle(storedEvaluation(1, folder_.path, false)),
                   evaluationHandle(storedEvaluation(2, folder_.path, true))});
    auto* choice = named<QComboBox>("Whose answers are shown");
    EXPECT_TRUE(choice->isVisibleTo(&view_));
    emit choice->activated(1);
    press("Two models");
    EXPECT_TRUE(plot("vision-paired"));
    EXPECT_THAT(named<QLabel>("What the runs show")->text().toStdString(), HasSubstr("#2: "));
}

} // namespace
} // namespace vitrine::quantization_plugin
