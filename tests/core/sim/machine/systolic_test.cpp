#include "core/base/file.h"
#include "core/sim/cost/array_model.h"
#include "core/sim/workload/topology.h"
#include "tests/core/sim/simulated.h"
#include "tests/support/golden.h"

#include <cmath>
#include <sstream>

namespace vitrine::sim
{
namespace
{

using tests::simulated;

using Record = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& line)
{
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');)
        cells.push_back(cell);
    return cells;
}

std::vector<Record> records(const std::filesystem::path& path)
{
    const auto text = readFile(path, 1 << 22);
    EXPECT_TRUE(text) << path;
    std::istringstream in(text.value_or(""));
    std::string line;
    std::getline(in, line);
    const auto header = split(line);
    std::vector<Record> rows;
    while (std::getline(in, line)) {
        const auto cells = split(line);
        Record row;
        for (std::size_t i = 0; i < std::min(cells.size(), header.size()); ++i)
            row[header[i]] = cells[i];
        rows.push_back(std::move(row));
    }
    return rows;
}

Workload topology(const std::filesystem::path& folder, const std::string& name)
{
    const auto text = readFile(folder / "topologies" / (name + ".csv"), 1 << 20);
    EXPECT_TRUE(text) << name;
    const auto workload = parseTopology(text.value_or(""), name + ".csv");
    EXPECT_TRUE(workload) << (workload ? "" : workload.error().message);
    return workload.value_or(Workload{});
}

double dataflowIndex(const std::string& name)
{
    return name == "os" ? 0 : name == "ws" ? 1 : 2;
}

class Golden : public testing::Test
{
protected:
    void SetUp() override
    {
        const auto folder = vitrine::tests::goldenData("scalesim");
        if (!folder)
            GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
        folder_ = *folder;
    }

    // The layer of a golden row, simulated; results of a topology and array are kept.
    const LayerResult& ours(const Record& row, double sramKB)
    {
        const std::string key = row.at("topology") + row.at("dataflow") + row.at("rows") + "x" +
                                row.at("cols") + "/" + std::to_string(sramKB);
        auto found = results_.find(key);
        if (found == results_.end()) {
            const Workload workload = topology(folder_, row.at("topology"));
            found = results_
                        .emplace(key, simulated("systolic", workload,
                                                {{"dataflow", dataflowIndex(row.at("dataflow"))},
                                                 {"rows", std::stod(row.at("rows"))},
                                                 {"cols", std::stod(row.at("cols"))},
                                                 {"ifmap_kb", sramKB},
                                                 {"filter_kb", sramKB},
                                                 {"ofmap_kb", sramKB}}))
                        .first;
        }
        return found->second.layers.at(std::stoul(row.at("layer_id")));
    }

    static void expectCounts(const Record& row, const LayerResult& layer, const char* cycles,
                             const char* reads, const char* filters, const char* writes)
    {
        EXPECT_EQ(layer.cycles, std::stod(row.at(cycles)));
        EXPECT_EQ(layer.sram.in, std::stoll(row.at(reads)));
        EXPECT_EQ(layer.sram.weights, std::stoll(row.at(filters)));
        EXPECT_EQ(layer.sram.out, std::stoll(row.at(writes)));
    }

    static void expectPercent(const Record& row, const char* column, double share)
    {
        EXPECT_NEAR(100 * share, std::stod(row.at(column)), 1e-9) << column;
    }

    std::filesystem::path folder_;
    std::map<std::string, SimResult> results_;
};

Product productOf(const Workload& workload, const Record& row)
{
    const auto& shape = workload.layers.at(std::stoul(row.at("layer_id"))).shape;
    return {shape.m, shape.n, shape.k};
}

TEST_F(Golden, FullRunsOfScaleSimAreReproduced)
{
    int rows = 0;
    for (const Record& row : records(folder_ / "full_runs.csv")) {
        SCOPED_TRACE(row.at("topology") + " " + row.at("dataflow") + " " + row.at("rows") + "x" +
                     row.at("cols") + " " + row.at("layer"));
        const LayerResult& layer = ours(row, std::stod(row.at("sram_kB")));
        expectCounts(row, layer, "Total Cycles", "SRAM IFMAP Reads", "SRAM Filter Reads",
                     "SRAM OFMAP Writes");
        expectPercent(row, "Overall Util %", layer.utilisation);
        expectPercent(row, "Mapping Efficiency %", layer.mapping);
        const Array array{std::stoll(row.at("rows")), std::stoll(row.at("cols"))};
        const auto dataflow = static_cast<Dataflow>(dataflowIndex(row.at("dataflow")));
        expectPercent(
            row, "Compute Util %",
            arrayCounts(productOf(topology(folder_, row.at("topology")), row), array, dataflow)
                .computeUtilisation);
        // Words per cycle.
        EXPECT_NEAR(static_cast<double>(layer.sram.in) / layer.cycles,
                    std::stod(row.at("Avg IFMAP SRAM BW")), 1e-9);
        EXPECT_NEAR(static_cast<double>(layer.sram.weights) / layer.cycles,
                    std::stod(row.at("Avg FILTER SRAM BW")), 1e-9);
        EXPECT_NEAR(static_cast<double>(layer.sram.out) / layer.cycles,
                    std::stod(row.at("Avg OFMAP SRAM BW")), 1e-9);
        ++rows;
    }
    EXPECT_GE(rows, 200);
    RecordProperty("rows", rows);
}

TEST_F(Golden, DemandMatricesOfScaleSimAreReproduced)
{
    int rows = 0;
    for (const Record& row : records(folder_ / "compute_only.csv")) {
        SCOPED_TRACE(row.at("topology") + " " + row.at("dataflow") + " " + row.at("rows") + "x" +
                     row.at("cols") + " " + row.at("layer"));
        const LayerResult& layer = ours(row, 64);
        expectCounts(row, layer, "total_cycles", "sram_ifmap_reads", "sram_filter_reads",
                     "sram_ofmap_writes");
        EXPECT_EQ(layer.cycles + 1, std::stod(row.at("demand_rows")));
        expectPercent(row, "overall_util_pct", layer.utilisation);
        expectPercent(row, "mapping_eff_pct", layer.mapping);
        const Product product = productOf(topology(folder_, row.at("topology")), row);
        EXPECT_EQ(product.m, std::stoll(row.at("M")));
        EXPECT_EQ(product.n, std::stoll(row.at("N")));
        EXPECT_EQ(product.k, std::stoll(row.at("K")));
        const Array array{std::stoll(row.at("rows")), std::stoll(row.at("cols"))};
        expectPercent(
            row, "compute_util_pct",
            arrayCounts(product, array, static_cast<Dataflow>(dataflowIndex(row.at("dataflow"))))
                .computeUtilisation);
        ++rows;
    }
    EXPECT_GE(rows, 30);
    RecordProperty("rows", rows);
}

Workload alexNet()
{
    return parseTopology("Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, "
                         "Channels, Num Filter, Strides,\n"
                         "Conv1,224,224,11,11,3,96,4,\nConv2,27,27,5,5,96,256,1,\nConv3,13,13,3,3,"
                         "256,384,1,\n"
                         "Conv4,13,13,3,3,384,384,1,\nConv5,13,13,3,3,384,256,1,\n",
                         "alexnet.csv")
        .value();
}

// Sums of the five layers.
TEST(Systolic, SumsOfAlexNet)
{
    const struct {
        double rows, columns, os, ws, is;
    } kSums[] = {{32, 32, 850960, 1136239, 1158205},
                 {12, 14, 5274076, 5780416, 5678423},
                 {64, 64, 238675, 382979, 386383},
                 {128, 128, 67567, 139901, 146717}};
    EXPECT_EQ(alexNet().macs(), 805118496);
    for (const auto& sum : kSums) {
        const auto cycles = [&](double dataflow) {
            return simulated("systolic", alexNet(),
                             {{"rows", sum.rows}, {"cols", sum.columns}, {"dataflow", dataflow}})
                .cycles;
        };
        EXPECT_EQ(cycles(0), sum.os);
        EXPECT_EQ(cycles(1), sum.ws);
        EXPECT_EQ(cycles(2), sum.is);
    }
}

// The repository's own trace of Conv1 with ws.
TEST(Systolic, Conv1EqualsTheRepositorysTrace)
{
    const SimResult result = simulated("systolic", alexNet(), {{"dataflow", 1}});
    const LayerResult& conv1 = result.layers[0];
    EXPECT_NEAR(100 * conv1.utilisation, 91.68309650614964, 1e-9);
    EXPECT_NEAR(100 * conv1.mapping, 94.53125, 1e-9);
    EXPECT_EQ(conv1.sram, (Traffic{3294225, 34848, 3484800}));
    EXPECT_NEAR(3294225 / conv1.cycles, 29.338590881967885, 1e-9);
}

TEST(Systolic, WithoutTheToolsArtefactWritesAreOutputs)
{
    const SimResult result = simulated("systolic", alexNet(), {{"scalesim_compat", 0}});
    EXPECT_EQ(result.layers[0].sram.out, 3025 * 96);
}

TEST(Systolic, ADepthwiseLayerIsOneProductPerChannel)
{
    const Workload dp =
        parseTopology("Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter "
                      "Width, Channels, Num Filter, Strides,\n"
                      "DP1,10,10,3,3,8,1,1,\n",
                      "dp.csv")
            .value();
    const SimResult result = simulated("systolic", dp);
    EXPECT_EQ(result.macs, 8 * 64 * 9);
    EXPECT_EQ(result.cycles, 8.0 * static_cast<double>(
                                       arrayCounts({64, 1, 9}, {}, Dataflow::os).reportedCycles()));
}

} // namespace
} // namespace vitrine::sim
