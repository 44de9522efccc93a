#include "core/sim/cost/accelerator.h"
#include "core/sim/workload/bit_map.h"
#include "core/sim/workload/workloads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace vitrine::sim
{
namespace
{

using testing::HasSubstr;

TEST(Occupancy, AProductOnThePlainArrayByHand)
{
    const Accelerator& array = *findAccelerator("systolic");
    const Settings settings = defaultSettings(array.parameters); // three buffers of 64 KB
    const Workload workload{"two",
                            "two",
                            {{.shape = model::linearShape("first", 100, 200, 300, false)},
                             {.shape = model::linearShape("second", 50, 300, 40, false)}}};
    const auto buffers = array.buffers(workload, settings);
    const SimResult result = simulate(workload, array, settings).value();
    const auto fillings = occupancy(workload, result, buffers);

    ASSERT_EQ(fillings.size(), 6u);
    // Inputs of both layers; weights of 60,000 bytes fill their half, the next 12,000 lie ready.
    EXPECT_EQ(fillings[0].needed, 100 * 200 + 50 * 300);
    EXPECT_EQ(fillings[0].resident, 100 * 200 + 50 * 300);
    EXPECT_EQ(fillings[1].needed, 200 * 300 + 300 * 40);
    EXPECT_EQ(fillings[1].resident, 32 * 1024 + 300 * 40);
    EXPECT_EQ(fillings[2].resident, 100 * 300);
    EXPECT_EQ(fillings[5].resident, 50 * 40 + 100 * 300); // what the first left drains
    EXPECT_EQ(fillings[3].start, fillings[0].end);
}

TEST(Occupancy, NothingOverflowsOnAnyMachine)
{
    for (const Accelerator& machine : accelerators()) {
        const Workload workload = namedWorkload(machine.workloads.front()).value();
        const Settings settings = defaultSettings(machine.parameters);
        const SimResult result = simulate(workload, machine, settings).value();
        const auto buffers = machine.buffers(workload, settings);
        ASSERT_FALSE(buffers.empty()) << machine.id;
        double before = 0;
        const auto fillings = occupancy(workload, result, buffers);
        EXPECT_EQ(fillings.empty(), machine.id == "nasa"); // operation mixes have no shapes
        for (const Filling& filling : fillings) {
            const Buffer& buffer = buffers[static_cast<std::size_t>(filling.buffer)];
            ASSERT_LE(filling.resident, buffer.bytes) << machine.id;
            ASSERT_LE(filling.resident, filling.needed) << machine.id;
            ASSERT_GE(filling.resident, 0) << machine.id;
            ASSERT_GE(filling.start, before) << machine.id;
            ASSERT_GT(filling.end, filling.start) << machine.id;
            before = filling.start;
        }
    }
}

TEST(Area, PartsAreCountedAndUnknownUnitAreasAreNotInvented)
{
    std::set<std::string> known;
    for (const Accelerator& machine : accelerators()) {
        const Settings settings = defaultSettings(machine.parameters);
        const SimResult result =
            simulate(namedWorkload(machine.workloads.front()).value(), machine, settings).value();
        for (const AreaPart& part : machine.area(settings, result)) {
            EXPECT_FALSE(part.note.empty()) << machine.id << ' ' << part.part;
            if (part.unitArea) {
                EXPECT_NE(part.mark, Mark::paper); // none was read
                known.insert(machine.id);
            }
        }
    }
    EXPECT_EQ(known, (std::set<std::string>{"systolic", "p2vit", "vitality", "nasa"}));
}

// NASA's chunks use exactly the area of their budget.
TEST(Area, NasasChunksFillTheBudget)
{
    const Accelerator& nasa = *findAccelerator("nasa");
    const Settings settings = defaultSettings(nasa.parameters);
    const SimResult result =
        simulate(namedWorkload("hybrid-all-b@cifar10").value(), nasa, settings).value();
    double sum = 0;
    for (const AreaPart& part : nasa.area(settings, result))
        sum += part.unitArea.value_or(0) * part.count;
    EXPECT_NEAR(sum, 168 * 419.0, 1e-6);
}

TEST(BitMap, SetsWidthsOfLayersAndModules)
{
    Workload workload = namedWorkload("deit-tiny").value();
    ASSERT_TRUE(applyBitMap(workload,
                            "layer,bits,activations\nblocks.3,4\n"
                            "blocks.3.attn.qkv.weight, 2, 6\r\n\nblocks.0.mlp.fc1,3,\n",
                            "bits.csv"));
    for (const Layer& layer : workload.layers) {
        const bool qkv = layer.shape.name == "blocks.3.attn.qkv";
        if (layer.shape.weights) {
            EXPECT_EQ(layer.bitsWeight, qkv                                      ? 2
                                        : layer.shape.module == "blocks.3"       ? 4
                                        : layer.shape.name == "blocks.0.mlp.fc1" ? 3
                                                                                 : 8)
                << layer.shape.name;
        }
        EXPECT_EQ(layer.bitsIn, qkv ? 6 : 8);
    }
}

TEST(BitMap, ErrorsNameRowAndColumn)
{
    const auto refusal = [](const char* csv) {
        Workload workload = namedWorkload("deit-tiny").value();
        const auto done = applyBitMap(workload, csv, "bits.csv");
        return done ? std::string("accepted") : done.error().message;
    };
    EXPECT_THAT(refusal("layer,bits\nblocks.3,0\n"), HasSubstr("row 2, column 2 (bits): \"0\""));
    EXPECT_THAT(refusal("layer,bits\nblocks.3,4,x\n"), HasSubstr("row 2, column 3"));
    EXPECT_THAT(refusal("layer,bits\nblocks.3,4\nblocks.77,4\n"),
                HasSubstr("row 3, column 1 (layer): deit-tiny has no layer \"blocks.77\""));
    // The first row would be a layer that nobody reads.
    EXPECT_THAT(refusal("blocks.3,4\nblocks.4,4\n"),
                HasSubstr("row 1 is \"blocks.3,4\", the header"));
    EXPECT_THAT(refusal("layer\nblocks.4,4\n"), HasSubstr("the header"));
    EXPECT_THAT(refusal("layer,activation bits,weight bits\nblocks.3,4,8\n"),
                HasSubstr("those of weights come before"));
    EXPECT_THAT(refusal("layer,weight bits\n\n"), HasSubstr("no layer behind the header"));
    EXPECT_THAT(refusal(""), HasSubstr("no layer behind the header"));
}

// The profile's table: 9,202 MACs per pixel.
TEST(Workloads, TheSmallCodecHasItsPrintedOperations)
{
    const Workload mini = namedWorkload("nvc-mini@640x384").value();
    EXPECT_EQ(mini.macs(), 9202ll * 640 * 384);
    EXPECT_TRUE(check(mini));
}

} // namespace
} // namespace vitrine::sim
