#include "app/generic_view.h"

#include <QApplication>
#include <QComboBox>
#include <QJsonObject>
#include <QTest>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "tests/support/fake_context.h"
#include "widgets/runs/data_table.h"

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

    tests::FakeContext context;
    GenericView view{context, nullptr};
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
