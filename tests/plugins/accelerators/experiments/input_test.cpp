#include "plugins/accelerators/experiments/input.h"

#include "core/base/resources.h"
#include "core/model/network/named_networks.h"
#include "core/sim/workload/workloads.h"
#include "plugins/accelerators/experiments/map_experiment.h"
#include "plugins/accelerators/experiments/simulate_experiment.h"
#include "plugins/accelerators/experiments/sweep_experiment.h"
#include "tests/core/model/vision/empty_vision.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace vitrine::accelerators_plugin
{
namespace
{

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using Given = std::map<std::string, std::string>;

Result<RunResult> runOf(const Experiment& experiment, const Given& given)
{
    VITRINE_TRY(const Params params, resolveParams(experiment, given));
    QuietProgress progress;
    return experiment.run(params, progress);
}

RunResult simulationOf(const std::string& machine, const std::string& workload, Given given = {})
{
    given["accelerator"] = machine;
    given["workload"] = workload;
    const auto result = runOf(SimulateExperiment(), given);
    EXPECT_TRUE(result) << machine << ", " << workload << ": "
                        << (result ? "" : result.error().message);
    return result.value_or(RunResult{});
}

std::string refusalOf(const std::string& workload)
{
    const auto result = runOf(SimulateExperiment(), {{"workload", workload}});
    return result ? "accepted" : result.error().message;
}

// A checkpoint of zeros, named as its network.
class VisionWorkload : public testing::Test
{
protected:
    std::string checkpointOf(const std::string& name) const
    {
        const auto path = folder_.path / (name + ".safetensors");
        tests::writeEmptyCheckpoint(*model::namedNetwork(name), path);
        return path.string();
    }
    std::filesystem::path folder() const { return folder_.path; }

private:
    const tests::TemporaryFolder folder_;
};

TEST_F(VisionWorkload, ACheckpointOfEachFamilyRunsAsItsNameDoesOnEveryMachine)
{
    for (const char* name : {"deit-tiny", "swin-tiny", "efficientvit-b0", "pvtv2-b0"}) {
        const std::string checkpoint = checkpointOf(name);
        for (const sim::Accelerator& machine : sim::accelerators()) {
            const RunResult named = simulationOf(machine.id, name),
                            opened = simulationOf(machine.id, checkpoint);
            EXPECT_EQ(opened.metrics, named.metrics) << machine.id << ", " << name;
            for (const char* table : {"layers", "schedule", "units", "buffers"})
                EXPECT_EQ(opened.table(table)->rows, named.table(table)->rows)
                    << machine.id << ", " << name << ", " << table;
            ASSERT_EQ(opened.inputs.size(), 1u);
            EXPECT_EQ(opened.inputs[0].path, checkpoint);
        }
    }
}

TEST_F(VisionWorkload, MapsAndSweepsTakeCheckpointsToo)
{
    const std::string checkpoint = checkpointOf("efficientvit-b0");
    const auto values = [](const Experiment& experiment, Given given, const std::string& workload) {
        given["workload"] = workload;
        const auto result = runOf(experiment, given);
        EXPECT_TRUE(result) << (result ? "" : result.error().message);
        std::vector<std::vector<Cell>> rows;
        if (result)
            rows = result->tables[0].rows;
        return rows;
    };
    const Given map = {{"accelerator", "systolic"}, {"budget", "1000"}},
                sweep = {{"accelerator", "p2vit"}, {"ranges", "rows=8:32:8"}};
    EXPECT_EQ(values(MapExperiment(), map, checkpoint),
              values(MapExperiment(), map, "efficientvit-b0"));
    EXPECT_EQ(values(SweepExperiment(), sweep, checkpoint),
              values(SweepExperiment(), sweep, "efficientvit-b0"));
}

TEST(ShippedWorkload, EveryShippedVisionModelRunsOnEveryMachine)
{
    ASSERT_GE(shippedVisionModels().size(), 2u);
    for (const std::string& name : shippedVisionModels())
        for (const sim::Accelerator& machine : sim::accelerators()) {
            const RunResult result = simulationOf(machine.id, name);
            ASSERT_NE(result.metric("cycles"), nullptr) << machine.id << ", " << name;
            EXPECT_GT(result.metric("cycles")->value, 0) << machine.id << ", " << name;
            EXPECT_FALSE(result.inputs.empty());
        }
}

// A machine models some kinds of layers; of the others it says how many there are.
TEST(ShippedWorkload, WhatAMachineDoesNotModelIsSaid)
{
    EXPECT_THAT(simulationOf("systolic", "deit-tiny").notes,
                Contains("Layers that are not modelled, and add no cycles, traffic or energy here: "
                         "softmax (12), norm (25), activation (12), add (24)."));
    EXPECT_THAT(simulationOf("p2vit", "pvtv2-b0").notes,
                Contains(AllOf(HasSubstr("not modelled"), HasSubstr("activation (8)"),
                               HasSubstr("add (16)"), HasSubstr("pool (1)"))));
    for (const char* machine : {"trio-vit", "efficientvit", "nvca", "vitality", "nasa"})
        EXPECT_THAT(simulationOf(machine, "swin-tiny").notes,
                    Contains(AllOf(HasSubstr("not modelled"), HasSubstr("norm ("))))
            << machine;
    const auto map = runOf(MapExperiment(), {{"accelerator", "systolic"}, {"budget", "100"}});
    ASSERT_TRUE(map) << map.error().message;
    EXPECT_THAT(map->notes, Contains(HasSubstr("not modelled")));
}

TEST_F(VisionWorkload, WhatIsAssumedOfACheckpointIsSaid)
{
    EXPECT_THAT(simulationOf("p2vit", checkpointOf("deit-tiny")).notes,
                Contains(HasSubstr("Heads of 64 channels are assumed")));
    EXPECT_THAT(simulationOf("p2vit", checkpointOf("pvtv2-b0")).notes,
                Contains("Pictures of 224 x 224 are assumed."));
}

TEST_F(VisionWorkload, ADamagedCheckpointIsRefusedByTheTensor)
{
    model::Network network = *model::namedNetwork("deit-tiny");
    std::erase_if(network.layers,
                  [](const auto& layer) { return layer.shape.name == "blocks.3.attn.qkv"; });
    for (auto& layer : network.layers)
        layer.inputs.clear();
    const auto path = folder() / "damaged.safetensors";
    tests::writeEmptyCheckpoint(network, path);
    EXPECT_THAT(refusalOf(path.string()),
                AllOf(HasSubstr("blocks.3.attn.qkv.weight"), HasSubstr("damaged.safetensors")));
}

// A configuration without tensors says too little, and a folder of neither kind is told for both.
TEST_F(VisionWorkload, WhatIsNoNetworkIsRefusedForBothReasons)
{
    std::ofstream(folder() / "config.json") << R"({"model_type": "vit", "hidden_size": 192})";
    EXPECT_THAT(refusalOf(folder().string()),
                AllOf(HasSubstr("as a language model: "), HasSubstr("as a vision transformer: ")));
    EXPECT_THAT(refusalOf((folder() / "none").string()), HasSubstr("none"));
    EXPECT_THAT(refusalOf("deit-tinny"), HasSubstr("there is no workload \"deit-tinny\""));
}

TEST(Workload, NamesArePathsOnlyWhereTheyAreOnDisk)
{
    const auto workload = [](const std::string& text) {
        return resolveParams(SimulateExperiment(), {{"workload", text}})->text("workload");
    };
    for (const char* name : {"deit-tiny", "efficientvit-b1@256", "vitrine-deit", "vitrine-lm"})
        EXPECT_EQ(workload(name), name);
    EXPECT_EQ(workload("/a/b/../deit-tiny"), "/a/deit-tiny");
}

// What the form offers beside a path.
TEST(Workload, TheMachinesOwnWorkloadsAreOfferedFirst)
{
    const auto specs = SimulateExperiment().params({});
    const auto& choices = specs[1].choices;
    ASSERT_EQ(specs[1].name, "workload");
    EXPECT_EQ(choices.front().value, sim::accelerators().front().workloads.front());
    EXPECT_EQ(choices.size(), sim::workloadNames().size());
}

} // namespace
} // namespace vitrine::accelerators_plugin
