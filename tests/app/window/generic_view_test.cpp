#include "app/window/generic_view.h"

#include <QApplication>
#include <QComboBox>
#include <QJsonObject>
#include <QLabel>
#include <QTest>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "tests/support/fake_context.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/data_table.h"

namespace vitrine
{
namespace
{

Table table(const std::string& name, std::int64_t value)
{
    return {name, {{"value", "1", Origin::computed, ""}}, {{value}}};
}

RunHandle runWith(std::vector<Table> tables)
{
    RunRecord run;
    run.uid = newUid();
    run.state = RunState::done;
    run.result.tables = std::move(tables);
    return std::make_shared<const RunRecord>(std::move(run));
}

class Generic : public testing::Test
{
protected:
    QComboBox* chooser()
    {
        for (QComboBox* each : view.findChildren<QComboBox*>())
            if (each->accessibleName() == "Table")
                return each;
        return nullptr;
    }
    QString shown() { return view.findChild<DataTable*>()->model()->index(0, 0).data().toString(); }
    void open(const std::vector<RunHandle>& runs)
    {
        view.setRuns(runs);
        view.resize(800, 600);
        view.show();
    }

    std::vector<figure::Figure> drawn(const std::vector<RunRecord>& runs) const
    {
        return runs.size() == 1 ? figures : std::vector<figure::Figure>{};
    }

    std::vector<figure::Figure> figures; // of one run
    tests::FakeContext context;
    GenericView view{context, [this](const auto& runs) { return drawn(runs); }, nullptr};
};

TEST_F(Generic, TheChosenTableIsPartOfTheStateAndCanBeUndone)
{
    open({runWith({table("heads", 1), table("layers", 2)})});

    chooser()->setFocus();
    QTest::keyClick(chooser(), Qt::Key_Down);

    EXPECT_EQ(view.state()["table"].toString(), "layers");
    EXPECT_EQ(shown(), "2");
    ASSERT_EQ(context.changes.size(), 1u);
    view.setState(context.changes[0].before);
    EXPECT_EQ(shown(), "1");
}

RunHandle mapped()
{
    RunRecord run;
    run.uid = newUid();
    run.state = RunState::done;
    run.result.metrics = {
        {"energy_mj", 4.20136, "mJ", Origin::computed, "Of the mapping found"},
        {"exhaustive", 1, "1", Origin::computed, "1: every mapping was evaluated"},
        {"gain", -0.1705887499020347, "1", Origin::computed, "Less than before"}};
    return std::make_shared<const RunRecord>(std::move(run));
}

TEST_F(Generic, CardsHaveTitlesUnitsAndAnswersThatPeopleRead)
{
    open({mapped()});

    QStringList texts, hovers;
    for (const QFrame* card : view.findChildren<QFrame*>())
        if (card->property("role") == "card" && !card->findChildren<QLabel*>().isEmpty()) {
            QStringList words;
            for (const QLabel* label : card->findChildren<QLabel*>())
                words << label->text();
            texts << words.join(": ");
            hovers << card->toolTip();
        }
    EXPECT_EQ(texts, (QStringList{QString::fromUtf8("Energy: 4.201\u2009mJ"), "Exhaustive: yes",
                                  QString::fromUtf8("Gain: −0.1706")}));
    EXPECT_EQ(hovers[0], "Of the mapping found\n4.20136 (computed)");
    EXPECT_EQ(hovers[2], QString::fromUtf8("Less than before\n−0.170589 (computed)"));
}

TEST_F(Generic, ShowsTheFiguresOfTheRun)
{
    figures = {{.name = "gain", .title = "Energy and latency"}, {.name = "empty"}};
    figures[0].series = {{.name = "found", .x = {1, 2}, .y = {3, 4}}};
    open({mapped()});

    ASSERT_TRUE(QTest::qWaitFor([&] { return view.findChild<plot::PlotView*>() != nullptr; }));
    const auto plots = view.findChildren<plot::PlotView*>();
    ASSERT_EQ(plots.size(), 1) << "what is empty is not shown";
    EXPECT_TRUE(QTest::qWaitFor([&] { return plots[0]->isVisible(); }));
    EXPECT_EQ(plots[0]->figure().name, "gain");

    view.setRuns({mapped(), mapped()}); // of two the test draws none
    EXPECT_TRUE(QTest::qWaitFor([&] { return view.findChild<plot::PlotView*>() == nullptr; }));
}

TEST_F(Generic, ARestoredChoiceHoldsForOtherRunsAndForComparisons)
{
    view.setState({{"table", "layers"}});
    open({runWith({table("heads", 1), table("layers", 2)})});
    EXPECT_EQ(shown(), "2");

    view.setRuns({runWith({table("other", 3)})});
    EXPECT_EQ(shown(), "3");
    EXPECT_EQ(view.state()["table"].toString(), "layers");

    view.setRuns({runWith({table("heads", 1), table("layers", 2)}),
                  runWith({table("heads", 1), table("layers", 2)})});
    EXPECT_EQ(chooser()->currentText(), "layers");
}

} // namespace
} // namespace vitrine
