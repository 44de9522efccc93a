#include "plugins/calibration/view/tuning_acts.h"

#include "core/jobs/experiment/read_run.h"

#include <gtest/gtest.h>

namespace vitrine::calibration_plugin
{
namespace
{

TunedSink sinkOf(std::int64_t position)
{
    TunedSink sink;
    sink.head = {2, 1};
    sink.position = position;
    return sink;
}

// Head 2.1 of the chosen 2.1 and 3.0 is shown; its token 7 is a sink that is calibrated.
Scene scene()
{
    TunedRun run;
    run.tokens =
        std::make_shared<const QStringList>(QStringList{"a", "b", "c", "d", "e", "f", "g", "h"});
    run.sinks = {sinkOf(7)};
    Scene scene;
    scene.runs = {run};
    scene.head = {2, 1};
    scene.chosen = {{2, 1}, {3, 0}};
    scene.wished.set("heads", std::string("2.1,3.0"));
    return scene;
}

std::string wished(const Wish& wish, const char* name)
{
    return parameterText(wish.params, name);
}

TEST(TuningActs, ALassoTakesItsHeadsAloneBesideTheOthersOrOut)
{
    const std::set<LayerHead> lasso = {{3, 0}, {4, 1}};

    EXPECT_EQ(wished(withLasso(scene(), lasso, Qt::NoModifier), "heads"), "3.0,4.1");
    EXPECT_EQ(wished(withLasso(scene(), lasso, Qt::ShiftModifier), "heads"), "2.1,3.0,4.1");
    EXPECT_EQ(wished(withLasso(scene(), lasso, Qt::ControlModifier), "heads"), "2.1");
    EXPECT_EQ(wished(withLasso(scene(), {{2, 1}, {3, 0}}, Qt::ControlModifier), "heads"), "none");
}

TEST(TuningActs, AHeadIsTakenInOrLeftOut)
{
    EXPECT_EQ(wished(withHeadToggled(scene(), {3, 0}), "heads"), "2.1");
    EXPECT_EQ(wished(withHeadToggled(scene(), {4, 1}), "heads"), "2.1,3.0,4.1");
}

TEST(TuningActs, RandomHeadsAreAsManyAsNowAndOthersEachTime)
{
    Scene shown = scene();
    const auto first = withRandomHeads(shown);
    ASSERT_TRUE(first);
    EXPECT_EQ(wished(*first, "heads"), "random:2");
    EXPECT_EQ(parameterNumber(first->params, "seed", -1), -1);

    shown.wished = first->params;
    EXPECT_EQ(parameterNumber(withRandomHeads(shown)->params, "seed", -1), 43);

    shown.chosen.clear();
    EXPECT_FALSE(withRandomHeads(shown));
}

TEST(TuningActs, ASinkIsLeftAndTakenBackAndATokenAddedAndTakenOut)
{
    Scene shown = scene();
    const Wish left = withSinkToggled(shown, 7);
    EXPECT_EQ(wished(left, "sinks_off"), "2.1:7");
    EXPECT_EQ(left.token, 7);

    shown.wished = left.params;
    shown.runs[0].sinks[0].applied = false;
    EXPECT_EQ(wished(withSinkToggled(shown, 7), "sinks_off"), "");

    const Wish added = withSinkToggled(shown, 3);
    EXPECT_EQ(wished(added, "sinks_on"), "2.1:3");
    EXPECT_EQ(wished(added, "sinks_off"), "2.1:7");
    shown.wished = added.params;
    shown.runs[0].sinks.push_back(sinkOf(3));
    EXPECT_EQ(wished(withSinkToggled(shown, 3), "sinks_on"), "");
}

} // namespace
} // namespace vitrine::calibration_plugin
