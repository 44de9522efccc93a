#include "core/sim/search/sweep.h"

#include "core/base/parallel.h"
#include "tests/core/sim/simulated.h"

namespace vitrine::sim
{
namespace
{

std::vector<SweepAxis> axes(const char* accelerator, const char* text)
{
    const auto parsed = parseSweep(*findAccelerator(accelerator), text);
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
    return parsed.value_or(std::vector<SweepAxis>{});
}

std::string refusal(const char* text)
{
    const auto parsed = parseSweep(*findAccelerator("systolic"), text);
    return parsed ? "accepted" : parsed.error().message;
}

TEST(Sweep, RangesAreListsStepsAndNames)
{
    const auto parsed = axes("systolic", "rows=8,16; cols=16:64:16 ;dataflow=os,is");
    ASSERT_EQ(parsed.size(), 3u);
    EXPECT_EQ(parsed[0].values, (std::vector<double>{8, 16}));
    EXPECT_EQ(parsed[1].values, (std::vector<double>{16, 32, 48, 64}));
    EXPECT_EQ(parsed[2].values, (std::vector<double>{0, 2}));
}

TEST(Sweep, WrongRangesAreNamed)
{
    EXPECT_EQ(refusal(""), "ranges: no parameter given, \"rows=8:64:8; cols=16,32\" would do");
    EXPECT_EQ(refusal("lanes=8"),
              "ranges: \"lanes\" is not a parameter of systolic with values behind \"=\"");
    EXPECT_EQ(refusal("rows=0"), "ranges: \"0\" is not a value of rows (1 to 4096)");
    EXPECT_EQ(refusal("rows=1.5"), "ranges: \"1.5\" is not a value of rows (1 to 4096)");
    EXPECT_EQ(refusal("rows=8;rows=9"), "ranges: rows occurs twice");
    EXPECT_EQ(refusal("rows=1:8:0"),
              "ranges: rows needs first:last:step with a step above 0 and at most 1000000 values");
    EXPECT_EQ(refusal("dataflow=xs"), "ranges: \"xs\" is not a value of dataflow (0 to 2)");
    EXPECT_NE(refusal("rows=1:4096:1;cols=1:4096:1").find("more than 1000000 points"),
              std::string::npos);
}

// The obvious way: one simulation after the other, every pair compared.
TEST(Sweep, EqualsSimulationsOneByOne)
{
    const Accelerator& machine = *findAccelerator("systolic");
    const Workload workload = namedWorkload("deit-tiny").value();
    const auto grid = axes("systolic", "rows=8,32;cols=8:32:8;dataflow=os,ws,is");
    const auto points = sweep(workload, machine, defaultSettings(machine.parameters), grid);
    ASSERT_TRUE(points) << points.error().message;
    ASSERT_EQ(points->size(), 24u);
    std::size_t at = 0;
    for (const double rows : {8, 32})
        for (const double columns : {8, 16, 24, 32})
            for (const double dataflow : {0, 1, 2}) {
                const SweepPoint& point = (*points)[at++];
                EXPECT_EQ(point.values, (std::vector<double>{rows, columns, dataflow}));
                const SimResult alone =
                    tests::simulated("systolic", workload,
                                     {{"rows", rows}, {"cols", columns}, {"dataflow", dataflow}});
                EXPECT_EQ(point.cycles, alone.cycles);
                EXPECT_EQ(point.energyMj, alone.joule() * 1e3);
            }
    for (const SweepPoint& a : *points) {
        const bool beaten = std::ranges::any_of(*points, [&](const SweepPoint& b) {
            return b.latencyMs <= a.latencyMs && b.energyMj <= a.energyMj &&
                   (b.latencyMs < a.latencyMs || b.energyMj < a.energyMj);
        });
        EXPECT_EQ(a.front, !beaten);
    }
}

TEST(Sweep, PointsDoNotDependOnThreads)
{
    const Accelerator& machine = *findAccelerator("p2vit");
    const Workload workload = namedWorkload("deit-tiny").value();
    const auto grid = axes("p2vit", "rows=1:32:1;depth=1:32:1");
    const int before = threadCount();
    const auto run = [&](int threads) {
        setThreadCount(threads);
        const auto points = sweep(workload, machine, defaultSettings(machine.parameters), grid);
        std::vector<double> cycles;
        for (const SweepPoint& point : points.value())
            cycles.push_back(point.cycles);
        return cycles;
    };
    EXPECT_EQ(run(1), run(2));
    setThreadCount(before);
}

TEST(Sweep, StopsWhenToldTo)
{
    const Accelerator& machine = *findAccelerator("systolic");
    const auto points =
        sweep(namedWorkload("deit-tiny").value(), machine, defaultSettings(machine.parameters),
              axes("systolic", "rows=1:64:1;cols=1:64:1"),
              [](std::size_t, std::size_t) { return false; });
    ASSERT_FALSE(points);
    EXPECT_EQ(points.error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::sim
