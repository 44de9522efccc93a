#include "widgets/runs/runs_page.h"

#include <QApplication>
#include <QCheckBox>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "tests/support/many_runs.h"
#include "widgets/parallel/parallel_plot.h"
#include "widgets/plot/plot_view.h"
#include "widgets/runner/runner.h"
#include "widgets/runs/compare/run_diff.h"
#include "widgets/runs/find/runs_model.h"
#include "widgets/theme/palette.h"

namespace vitrine
{
namespace
{

using testing::Contains;
using testing::UnorderedElementsAre;

RunRecord run(double mass, const std::string& model = "vitrine-lm")
{
    RunRecord made;
    made.uid = newUid();
    made.experiment = "attention.capture";
    made.plugin = "attention";
    made.state = RunState::done;
    made.started = "2026-05-01T12:00:00.000Z";
    made.params.set("model", model);
    made.params.set("seed", std::int64_t{42});
    made.result.metrics = {{"first_token_mass", mass, "1", Origin::computed, ""},
                           {"seconds_prefill", 1.0 + mass, "s", Origin::measured, ""}};
    made.result.inputs = {
        {"model", "/models/" + model, std::string(64, model[0] == 'v' ? 'a' : 'b'), 5}};
    return made;
}

class Page : public testing::Test
{
protected:
    Page()
    {
        EXPECT_TRUE(runner.open(folder.filePath("w.vitrine").toStdString()));
        for (const RunRecord& each : {run(0.2), run(0.5, "stories260K"), run(0.3)})
            EXPECT_TRUE(runner.store().import(each));
    }

    void open()
    {
        page.openStore();
        page.resize(1300, 800);
        page.show();
        table = named<QTableView>("Runs");
        settle();
    }

    void settle()
    {
        EXPECT_TRUE(QTest::qWaitFor([&] { return page.isSettled(); }, 10'000));
    }

    template <typename W>
    W* named(const QString& name)
    {
        for (W* each : page.findChildren<W*>())
            if (each->accessibleName() == name)
                return each;
        return nullptr;
    }

    bool rows(int count)
    {
        return QTest::qWaitFor(
            [&] { return page.isSettled() && table->model()->rowCount() == count; }, 5000);
    }

    int column(const QString& head)
    {
        for (int i = 0; i < table->model()->columnCount(); ++i)
            if (table->model()->headerData(i, Qt::Horizontal).toString() == head)
                return i;
        return -1;
    }

    QTemporaryDir folder;
    Runner runner{"/bin/true"};
    RunsPage page{runner};
    QTableView* table = nullptr;
};

TEST_F(Page, FiltersByWordsAndTerms)
{
    open();
    ASSERT_EQ(table->model()->rowCount(), 3);

    QTest::keyClicks(named<QLineEdit>("Filter runs"), "stories");
    EXPECT_TRUE(rows(1));
    named<QLineEdit>("Filter runs")->clear();
    QTest::keyClicks(named<QLineEdit>("Filter runs"), "first_token_mass>0.25 state:done");

    EXPECT_TRUE(rows(2));
    EXPECT_EQ(named<QLabel>("How many runs match")->text(), "2 runs");
}

TEST_F(Page, ATermIsAChipThatCanBeTakenAway)
{
    open();
    QTest::keyClicks(named<QLineEdit>("Filter runs"), "first_token_mass>0.25 model:stories");
    ASSERT_TRUE(rows(1));

    QTest::mouseClick(named<QPushButton>("Take away model: stories"), Qt::LeftButton);

    EXPECT_EQ(named<QLineEdit>("Filter runs")->text(), "first_token_mass>0.25");
    EXPECT_TRUE(rows(2));
}

TEST_F(Page, SaysBesideTheFieldWhatItDoesNotUnderstand)
{
    open();
    auto* problem = named<QLabel>("What the filter does not say");
    EXPECT_FALSE(problem->isVisible());

    QTest::keyClicks(named<QLineEdit>("Filter runs"), "state:finished");
    EXPECT_TRUE(problem->isVisible());
    EXPECT_TRUE(problem->text().contains("never \"finished\""));
    named<QLineEdit>("Filter runs")->clear();
    QTest::keyClicks(named<QLineEdit>("Filter runs"), "first_token_mas>0.1");

    EXPECT_TRUE(
        QTest::qWaitFor([&] { return problem->text().contains("is first_token_mass meant?"); }));
}

TEST_F(Page, SortsByAMetricAndKeepsTheSelection)
{
    open();
    table->selectRow(0); // the newest
    const QStringList before = page.selected();
    const int mass = column("first token mass");
    ASSERT_GE(mass, 0);

    table->sortByColumn(mass, Qt::DescendingOrder);

    EXPECT_TRUE(
        QTest::qWaitFor([&] { return table->model()->index(0, mass).data().toString() == "0.5"; }));
    settle();
    EXPECT_EQ(page.selected(), before);
    EXPECT_EQ(table->selectionModel()->selectedRows().front().row(), 1);
}

TEST_F(Page, ColumnsAreChosenAmongMetricsAndParameters)
{
    open();
    QTest::mouseClick(named<QPushButton>("Columns"), Qt::LeftButton);
    auto* names = named<QListWidget>("Columns: names");
    ASSERT_NE(names, nullptr);
    QStringList all;
    for (int i = 0; i < names->count(); ++i)
        all << names->item(i)->text();
    EXPECT_EQ(all, (QStringList{"first_token_mass", "seconds_prefill", "model", "seed"}));

    names->item(2)->setCheckState(Qt::Checked);

    EXPECT_TRUE(QTest::qWaitFor([&] { return column("model") >= 0; }));
    EXPECT_EQ(column("first token mass"), -1);
    EXPECT_EQ(table->model()->index(0, column("model")).data().toString(), "vitrine-lm");
    EXPECT_EQ(page.state()["columns"].toArray(), QJsonArray{"model"});
}

TEST_F(Page, SelectedRunsAreComparedAndOpened)
{
    open();
    table->selectRow(0);
    EXPECT_FALSE(named<QPushButton>("Compare")->isEnabled());
    table->selectionModel()->select(table->model()->index(1, 0),
                                    QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QSignalSpy opened(&page, &RunsPage::openRequested);

    ASSERT_TRUE(named<QPushButton>("Compare")->isEnabled());
    QTest::mouseClick(named<QPushButton>("Compare"), Qt::LeftButton);

    ASSERT_EQ(opened.count(), 1);
    EXPECT_EQ(opened[0][0].toStringList().size(), 2);
    auto* diff = page.findChild<RunDiff*>();
    EXPECT_TRUE(diff->isVisible());
    const int all = diff->rowCount();
    named<QCheckBox>("Only what differs")->setChecked(true);
    EXPECT_LT(diff->rowCount(), all);
}

TEST_F(Page, TagsOfOneRunAreKept)
{
    open();
    table->selectRow(0);
    auto* tags = named<QLineEdit>("Tags");
    ASSERT_NE(tags, nullptr);

    tags->setFocus();
    QTest::keyClicks(tags, "figure 3, good");
    QTest::keyClick(tags, Qt::Key_Return);

    const auto stored = runner.store().loadUid(page.selected().first().toStdString());
    ASSERT_TRUE(stored);
    EXPECT_THAT(stored->tags, UnorderedElementsAre("figure 3", "good"));
}

TEST_F(Page, TagsAndNotesAreToldAsTheyWereAndAreForUndo)
{
    open();
    QSignalSpy edited(&page, &RunsPage::edited);
    table->selectRow(0);
    const std::string uid = page.selected().first().toStdString();

    auto* tags = named<QLineEdit>("Tags");
    tags->setFocus();
    QTest::keyClicks(tags, "good");
    QTest::keyClick(tags, Qt::Key_Return);
    ASSERT_EQ(edited.count(), 1);
    settle();
    table->selectRow(0);
    QTest::keyClicks(named<QPlainTextEdit>("Note"), "odd");
    table->selectRow(1); // before the typing has rested
    ASSERT_EQ(edited.count(), 2);
    EXPECT_EQ(runner.store().loadUid(uid)->note, "odd");

    page.applyEdit(edited[1][1].toJsonObject());
    page.applyEdit(edited[0][1].toJsonObject());
    EXPECT_TRUE(QTest::qWaitFor([&] {
        const auto stored = runner.store().loadUid(uid);
        return stored->note.empty() && stored->tags.empty();
    }));
}

TEST_F(Page, ManyRunsAreTaggedAtOnceAndFoundByIt)
{
    open();
    table->selectAll();

    QTest::mouseClick(named<QPushButton>("Tags of the selected runs"), Qt::LeftButton);
    QTest::keyClicks(named<QLineEdit>("New tag"), "for the paper");
    QTest::keyClick(named<QLineEdit>("New tag"), Qt::Key_Return);
    const QModelIndex last = table->model()->index(2, RunsModel::tags);
    ASSERT_TRUE(QTest::qWaitFor([&] { return last.data().toString() == "for the paper"; }));
    EXPECT_EQ(runner.store().vocabulary().tags, std::vector<std::string>{"for the paper"});
    QTest::mouseClick(named<QPushButton>("Tags of the selected runs"), Qt::LeftButton);
    auto* known = named<QListWidget>("Tags of the workspace");

    ASSERT_TRUE(QTest::qWaitFor([&] { return known->count() == 1; }));
    EXPECT_EQ(known->item(0)->checkState(), Qt::Checked);
    known->item(0)->setCheckState(Qt::Unchecked);
    EXPECT_TRUE(QTest::qWaitFor([&] { return runner.store().vocabulary().tags.empty(); }));
}

TEST_F(Page, ASearchIsSavedAndTakenAgain)
{
    open();
    page.setState({{"filter", "model:stories"},
                   {"saved", QJsonArray{QJsonObject{{"name", "mine"}, {"filter", "seed=42"}}}}});
    ASSERT_TRUE(rows(1));

    EXPECT_EQ(page.state()["saved"].toArray().size(), 1);
    EXPECT_EQ(page.state()["filter"].toString(), "model:stories");
}

TEST_F(Page, ABrushOnAParallelAxisNarrowsTheTable)
{
    open();
    named<QTabBar>("How the runs are shown")->setCurrentIndex(2);
    auto* plot = page.findChild<parallel::ParallelPlot*>();
    ASSERT_TRUE(QTest::qWaitFor([&] { return plot->data().rows() == 3; }));

    parallel::State state = plot->state();
    state.brushes["first_token_mass"] = {0.25, 0.6};
    emit plot->stateWished(state, "Brush", {});

    EXPECT_TRUE(rows(2));
    named<QTabBar>("How the runs are shown")->setCurrentIndex(1);
    EXPECT_EQ(table->model()->rowCount(), 2); // the same selection in every tab
    EXPECT_FALSE(
        page.state()["parallel"].toObject()["plot"].toObject()["brushes"].toObject().isEmpty());
}

// With the mouse, as a person does it: every run lies inside, or only the lower two of the three.
TEST_F(Page, ARectangleDrawnInTheScatterPlotNarrowsTheTable)
{
    open();
    named<QTabBar>("How the runs are shown")->setCurrentIndex(1);
    auto* plot = page.findChild<plot::PlotView*>();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !plot->figure().series.empty(); }));
    QCoreApplication::processEvents(); // the new layout
    QWidget* canvas = plot->childAt(plot->rect().center());
    ASSERT_NE(canvas, nullptr);
    const auto at = [&](double x, double y) {
        return canvas->mapFrom(plot, plot->pixelOf(x, y).toPoint());
    };

    // Up: first_token_mass 0.2, 0.5, 0.3; across: seconds_prefill, one more.
    QTest::mousePress(canvas, Qt::LeftButton, {}, at(1.21, 0.21) - QPoint(30, -30));
    QTest::mouseMove(canvas, at(1.25, 0.25));
    QTest::mouseMove(canvas, at(1.4, 0.4));
    QTest::mouseRelease(canvas, Qt::LeftButton, {}, at(1.4, 0.4));

    EXPECT_TRUE(rows(2));
}

TEST_F(Page, ARepetitionShowsItsOutcomeAndItsLineage)
{
    RunRecord again = run(0.2);
    again.parent = runner.store().load(1)->uid;
    ASSERT_TRUE(runner.store().import(again));
    RunRecord other = run(0.25);
    other.parent = runner.store().load(1)->uid;
    ASSERT_TRUE(runner.store().import(other));
    open();

    page.select({QString::fromStdString(again.uid)});
    EXPECT_TRUE(named<QLabel>("Outcome of the repetition")->text().contains("to the last bit"));
    page.select({QString::fromStdString(other.uid)});
    EXPECT_TRUE(named<QLabel>("Outcome of the repetition")->text().contains("1 computed value"));
    QSignalSpy opened(&page, &RunsPage::openRequested);
    QTest::mouseClick(named<QPushButton>("Repeats run 1 · attention · capture"), Qt::LeftButton);
    EXPECT_EQ(opened.count(), 1);

    QTest::mouseClick(named<QPushButton>("vitrine-lm: read by 3 other runs"), Qt::LeftButton);
    EXPECT_TRUE(rows(4));
}

TEST_F(Page, ADragCarriesTheUids)
{
    open();
    table->selectAll();

    const std::unique_ptr<QMimeData> data(
        table->model()->mimeData(table->selectionModel()->selectedIndexes()));

    EXPECT_EQ(draggedRuns(*data), page.selected());
    EXPECT_EQ(draggedRuns(*data).size(), 3);
}

TEST_F(Page, ManyRunsAreListedByPages)
{
    ASSERT_TRUE(tests::makeManyRuns(runner.store(), 400));
    open();

    EXPECT_EQ(table->model()->rowCount(), 403);
    EXPECT_EQ(table->model()->index(402, 0).data().toString(), "1");
    table->selectAll();
    EXPECT_EQ(page.selectedNumbers().size(), 403u);
    EXPECT_FALSE(named<QPushButton>("Compare")->isEnabled());
}

TEST_F(Page, FitsIntoANarrowWindowWhateverItSays)
{
    theme::setTheme(theme::ThemeName::highContrast);
    for (int i = 0; i < 2; ++i) {
        RunRecord wordy = run(0.4);
        for (int name = 0; name < 6; ++name)
            wordy.params.set("a_parameter_of_many_words_" + std::to_string(name), "equal");
        ASSERT_TRUE(runner.store().import(wordy));
    }
    open();
    QStringList axes{"first_token_mass"};
    for (int name = 0; name < 6; ++name)
        axes << QString("a_parameter_of_many_words_%1").arg(name);
    page.setState({{"parallel", QJsonObject{{"axes", QJsonArray::fromStringList(axes)}}}});
    for (const int tab : {1, 2, 0}) {
        named<QTabBar>("How the runs are shown")->setCurrentIndex(tab);
        QCoreApplication::processEvents(); // the layout
    }
    table->selectRow(0);
    QCoreApplication::processEvents();

    EXPECT_LE(page.minimumSizeHint().width(), 1024 - 48); // beside the bar of rooms
    theme::setTheme(theme::ThemeName::light);
}

TEST_F(Page, RemovingAsksOnceMore)
{
    open();
    table->selectRow(0);
    QTest::mouseClick(named<QPushButton>("Remove"), Qt::LeftButton);
    EXPECT_EQ(runner.store().count({}).value(), 3);

    QTest::mouseClick(named<QPushButton>("Remove"), Qt::LeftButton);

    EXPECT_TRUE(rows(2));
}

} // namespace
} // namespace vitrine
