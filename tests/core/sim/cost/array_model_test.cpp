#include "core/sim/cost/array_model.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine::sim
{
namespace
{

// The slow, obvious array: every element of every fold is visited in the cycle in which it works.
struct Visited {
    std::int64_t cycles = 0, ifmap = 0, filter = 0, ofmap = 0;
};

// Outputs stay: element (r, c) meets k in cycle r + c + k; empty elements wait as well.
void visitOutputs(const Product& p, const Array& a, std::int64_t m0, std::int64_t n0, Visited& seen)
{
    std::int64_t last = 0;
    for (std::int64_t r = 0; r < a.rows; ++r)
        for (std::int64_t c = 0; c < a.columns; ++c)
            for (std::int64_t k = 0; k < p.k; ++k) {
                const bool row = m0 + r < p.m, column = n0 + c < p.n;
                seen.ifmap += row && c == 0;     // enters at the left edge
                seen.filter += column && r == 0; // enters at the top edge
                seen.ofmap += row && column && k == p.k - 1;
                last = std::max(last, r + c + k);
            }
    seen.cycles += last + 1;
}

// A k x columns operand stays; it is loaded in `rows` cycles, then `time` vectors run through.
void visitStationary(std::int64_t depth, std::int64_t columns, std::int64_t time, const Array& a,
                     std::int64_t k0, std::int64_t c0, std::int64_t& stationaryReads,
                     std::int64_t& movingReads, Visited& seen)
{
    std::int64_t last = 0;
    for (std::int64_t r = 0; r < a.rows; ++r)
        for (std::int64_t c = 0; c < a.columns; ++c) {
            const bool row = k0 + r < depth, column = c0 + c < columns;
            stationaryReads += row && column;
            for (std::int64_t t = 0; t < time; ++t) {
                movingReads += row && c == 0;
                seen.ofmap += column && r == a.rows - 1; // leaves at the bottom edge
                last = std::max(last, a.rows + t + r + c);
            }
        }
    seen.cycles += last + 1;
}

Visited visited(const Product& p, const Array& a, Dataflow dataflow)
{
    Visited seen;
    switch (dataflow) {
    case Dataflow::os:
        for (std::int64_t m = 0; m < p.m; m += a.rows)
            for (std::int64_t n = 0; n < p.n; n += a.columns)
                visitOutputs(p, a, m, n, seen);
        break;
    case Dataflow::ws:
        for (std::int64_t k = 0; k < p.k; k += a.rows)
            for (std::int64_t n = 0; n < p.n; n += a.columns)
                visitStationary(p.k, p.n, p.m, a, k, n, seen.filter, seen.ifmap, seen);
        break;
    case Dataflow::is:
        for (std::int64_t k = 0; k < p.k; k += a.rows)
            for (std::int64_t m = 0; m < p.m; m += a.columns)
                visitStationary(p.k, p.m, p.n, a, k, m, seen.ifmap, seen.filter, seen);
        break;
    }
    return seen;
}

TEST(ArrayModel, EqualsTheObviousArrayForAllSmallSizes)
{
    for (const Array array : {Array{1, 1}, {2, 3}, {3, 2}, {4, 4}})
        for (std::int64_t m = 1; m <= 6; ++m)
            for (std::int64_t n = 1; n <= 6; ++n)
                for (std::int64_t k = 1; k <= 6; ++k)
                    for (const Dataflow dataflow : {Dataflow::os, Dataflow::ws, Dataflow::is}) {
                        const Visited slow = visited({m, n, k}, array, dataflow);
                        const ArrayCounts fast = arrayCounts({m, n, k}, array, dataflow);
                        ASSERT_EQ(fast.cycles, slow.cycles) << m << " " << n << " " << k;
                        ASSERT_EQ(fast.ifmapReads, slow.ifmap) << m << " " << n << " " << k;
                        ASSERT_EQ(fast.filterReads, slow.filter) << m << " " << n << " " << k;
                        ASSERT_EQ(fast.ofmapWrites, slow.ofmap) << m << " " << n << " " << k;
                    }
}

struct Row {
    const char* name;
    Product product;
    std::int64_t os, ws, is;
};

// 32 x 32, from the tool's own output.
TEST(ArrayModel, ReportsTheToolsCyclesOn32x32)
{
    const Row rows[] = {{"Conv1", {3025, 96, 363}, 121124, 112283, 216599},
                        {"Conv2", {529, 256, 2400}, 334831, 373799, 446249},
                        {"Conv3", {121, 384, 2304}, 113567, 185759, 137663},
                        {"Conv4", {121, 384, 3456}, 168863, 278639, 206495},
                        {"Conv5", {121, 256, 3456}, 112575, 185759, 151199},
                        {"Inc5b_3x3", {25, 384, 1728}, 21479, 77111, 25811},
                        {"GEMM", {128, 64, 256}, 2543, 3551, 5055},
                        {"qkv", {197, 576, 192}, 32003, 31427, 28139},
                        {"QK^T", {197, 197, 64}, 6173, 4073, 4073},
                        {"SV", {197, 64, 197}, 3625, 4073, 7741},
                        {"K^T V", {64, 64, 197}, 1035, 2211, 2211},
                        {"Q G", {197, 64, 64}, 1763, 1163, 2211},
                        {"proj", {197, 192, 192}, 10667, 10475, 12011},
                        {"fc1", {197, 768, 192}, 42671, 41903, 36203},
                        {"fc2", {197, 192, 768}, 34859, 41903, 48047},
                        {"t0", {128, 512, 1536}, 102271, 170495, 116351},
                        {"t1", {128, 64, 128}, 1519, 1775, 2527},
                        {"t3", {128, 512, 512}, 36735, 56831, 38783},
                        {"t4", {128, 512, 2048}, 135039, 227327, 155135},
                        {"t5", {128, 2048, 2048}, 540159, 909311, 548351}};
    for (const Row& row : rows) {
        EXPECT_EQ(arrayCounts(row.product, {}, Dataflow::os).reportedCycles(), row.os) << row.name;
        EXPECT_EQ(arrayCounts(row.product, {}, Dataflow::ws).reportedCycles(), row.ws) << row.name;
        EXPECT_EQ(arrayCounts(row.product, {}, Dataflow::is).reportedCycles(), row.is) << row.name;
    }
}

// One layer in detail, from the tool's own output.
TEST(ArrayModel, CountsTheQkvLayerAsTheTool)
{
    const Product qkv{197, 576, 192};
    const ArrayCounts os = arrayCounts(qkv, {}, Dataflow::os),
                      ws = arrayCounts(qkv, {}, Dataflow::ws);
    EXPECT_EQ(os.ifmapReads, 680832);
    EXPECT_EQ(os.filterReads, 774144);
    EXPECT_EQ(os.ofmapWrites, 113472);
    EXPECT_EQ(os.foldWaste, 126 * 64);
    EXPECT_EQ(ws.ifmapReads, 680832);
    EXPECT_EQ(ws.filterReads, 110592);
    EXPECT_EQ(ws.ofmapWrites, 680832);
    EXPECT_DOUBLE_EQ(ws.mappingEfficiency, 1);
    EXPECT_NEAR(100 * ws.computeUtilisation, 61.180124223602604, 1e-9);
}

// What remains of the tool's bandwidth-limited runs when the stalls are taken away.
TEST(ArrayModel, LimitedRunsAreStallsOnTop)
{
    const Product p{256, 128, 256};
    EXPECT_EQ(arrayCounts(p, {}, Dataflow::os).reportedCycles(), 52447 - 42272);
    EXPECT_EQ(arrayCounts(p, {}, Dataflow::ws).reportedCycles(), 52447 - 41248);
    EXPECT_EQ(arrayCounts(p, {}, Dataflow::is).reportedCycles(), 19984 - 5777);
}

} // namespace
} // namespace vitrine::sim
