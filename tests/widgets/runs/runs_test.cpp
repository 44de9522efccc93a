#include "widgets/runs/runs_page.h"

#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "widgets/runner/runner.h"
#include "widgets/runs/data_table.h"
#include "widgets/runs/run_diff.h"
#include "widgets/runs/run_text.h"

namespace vitrine
{
namespace
{

QApplication& application()
{
    return *qApp;
}

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
    return made;
}

const DiffRow* rowNamed(const std::vector<DiffRow>& rows, const QString& name)
{
    const auto found = std::ranges::find(rows, name, &DiffRow::name);
    return found == rows.end() ? nullptr : &*found;
}

TEST(DiffRuns, MarksWhatDiffersAndNotWhatWasMeasured)
{
    const RunRecord a = run(0.2), b = run(0.5, "stories260K");

    const auto rows = diffRuns({&a, &b});

    EXPECT_TRUE(rowNamed(rows, "model")->differs);
    EXPECT_FALSE(rowNamed(rows, "seed")->differs);
    EXPECT_TRUE(rowNamed(rows, "first token mass")->differs);
    EXPECT_EQ(rowNamed(rows, "first token mass")->difference, "+0.3");
    EXPECT_FALSE(rowNamed(rows, "seconds prefill (measured)")->differs);
}

TEST(DiffRuns, ShowsAValueThatOnlyOneRunHas)
{
    const RunRecord a = run(0.2);
    RunRecord b = run(0.2);
    b.params.set("tau", 0.1);

    const auto rows = diffRuns({&a, &b});

    ASSERT_NE(rowNamed(rows, "tau"), nullptr);
    EXPECT_EQ(rowNamed(rows, "tau")->values[0], "–");
    EXPECT_TRUE(rowNamed(rows, "tau")->differs);
}

TEST(DataTable, SortsNumbersAsNumbersAndCopiesEveryDigit)
{
    application();
    DataTable table;
    table.setTable({"t",
                    {{"name", "", {}, ""}, {"value", "1", {}, ""}},
                    {{std::string("ten"), 10.0},
                     {std::string("two"), 2.123456789},
                     {std::string("none"), Cell{}}}});

    table.sortByColumn(1, Qt::DescendingOrder);
    table.selectRow(1);

    EXPECT_EQ(table.model()->index(0, 0).data().toString(), "ten");
    EXPECT_EQ(table.selectedText(), "two\t2.123456789");
}

class Page : public testing::Test
{
protected:
    Page()
    {
        EXPECT_TRUE(runner.open(folder.filePath("w.vitrine").toStdString()));
        for (const RunRecord& each : {run(0.2), run(0.5, "stories260K"), run(0.3)})
            EXPECT_TRUE(runner.store().import(each));
        page.openStore();
        page.resize(1200, 700);
        page.show();
        table = page.findChild<QTableView*>({}, Qt::FindChildrenRecursively);
        for (QTableView* each : page.findChildren<QTableView*>()) {
            if (each->accessibleName() == "Runs")
                table = each;
        }
    }

    QPushButton* button(const QString& name)
    {
        for (QPushButton* each : page.findChildren<QPushButton*>()) {
            if (each->accessibleName() == name)
                return each;
        }
        return nullptr;
    }

    QApplication& first = application(); // before any widget
    QTemporaryDir folder;
    Runner runner{"/bin/true"};
    RunsPage page{runner};
    QTableView* table = nullptr;
};

TEST_F(Page, FiltersByWords)
{
    ASSERT_EQ(table->model()->rowCount(), 3);

    QLineEdit* filter = nullptr;
    for (QLineEdit* each : page.findChildren<QLineEdit*>()) {
        if (each->accessibleName() == "Filter runs")
            filter = each;
    }
    QTest::keyClicks(filter, "stories");

    EXPECT_TRUE(QTest::qWaitFor([&] { return table->model()->rowCount() == 1; }));
}

TEST_F(Page, SortsByAMetric)
{
    int column = -1;
    for (int i = 0; i < table->model()->columnCount(); ++i) {
        if (table->model()->headerData(i, Qt::Horizontal).toString() == "first token mass")
            column = i;
    }
    ASSERT_GE(column, 0);

    table->sortByColumn(column, Qt::DescendingOrder);

    EXPECT_EQ(table->model()->index(0, column).data().toString(), "0.5");
}

TEST_F(Page, TwoSelectedRunsAreComparedAndOpened)
{
    table->selectRow(0);
    EXPECT_FALSE(button("Compare")->isEnabled());
    table->selectionModel()->select(table->model()->index(1, 0),
                                    QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QSignalSpy opened(&page, &RunsPage::openRequested);

    ASSERT_TRUE(button("Compare")->isEnabled());
    QTest::mouseClick(button("Compare"), Qt::LeftButton);

    ASSERT_EQ(opened.count(), 1);
    EXPECT_EQ(opened[0][0].toStringList().size(), 2);
    EXPECT_TRUE(page.findChild<RunDiff*>()->isVisible());
}

TEST_F(Page, TagsAreKept)
{
    table->selectRow(0);
    QLineEdit* tags = nullptr;
    for (QLineEdit* each : page.findChildren<QLineEdit*>()) {
        if (each->accessibleName() == "Tags" && each->isVisible())
            tags = each;
    }
    ASSERT_NE(tags, nullptr);

    tags->setFocus();
    QTest::keyClicks(tags, "figure 3, good");
    QTest::keyClick(tags, Qt::Key_Return);

    const auto stored = runner.store().loadUid(page.selected().first().toStdString());
    ASSERT_TRUE(stored);
    EXPECT_THAT(stored->tags, testing::UnorderedElementsAre("figure 3", "good"));
}

} // namespace
} // namespace vitrine
