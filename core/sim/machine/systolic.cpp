#include "core/sim/machine/systolic.h"

#include "core/base/registry.h"
#include "core/sim/cost/accelerator.h"
#include "core/sim/cost/memory.h"

namespace vitrine::sim
{

const std::vector<Field<Systolic>>& systolicFields()
{
    static const std::vector<Field<Systolic>> kFields = [] {
        std::vector<Field<Systolic>> list{
            field<Systolic, &Systolic::dataflow>(
                {"dataflow",
                 "Dataflow",
                 "",
                 0,
                 0,
                 Mark::ours,
                 "What stays in the array: outputs, weights or inputs",
                 "Array",
                 {"os", "ws", "is"}}),
            field<Systolic, &Systolic::rows>(
                {"rows", "Rows", "", 1, 4096, Mark::ours, "Processing elements down", "Array"}),
            field<Systolic, &Systolic::columns>({"cols", "Columns", "", 1, 4096, Mark::ours,
                                                 "Processing elements across", "Array"}),
            field<Systolic, &Systolic::time>(
                {"overlap",
                 "Overlap of folds",
                 "",
                 0,
                 0,
                 Mark::ours,
                 "scalesim: none; preload: the stationary operand is loaded ahead; ideal: MACs "
                 "over elements",
                 "Array",
                 {"scalesim", "preload", "ideal"}}),
            field<Systolic, &Systolic::toolWrites>(
                {"scalesim_compat", "Count writes as SCALE-Sim", "", 0, 1, Mark::code,
                 "With os the tool counts rows + columns more ofmap writes per fold than "
                 "there are outputs",
                 "Array"}),
            field<Systolic, &Systolic::ifmapKB>({"ifmap_kb", "Input buffer", "KB", 1, 1 << 20,
                                                 Mark::ours, "Half of it is in use at a time",
                                                 "Memory"}),
            field<Systolic, &Systolic::filterKB>({"filter_kb", "Weight buffer", "KB", 1, 1 << 20,
                                                  Mark::ours, "Half of it is in use at a time",
                                                  "Memory"}),
            field<Systolic, &Systolic::ofmapKB>({"ofmap_kb", "Output buffer", "KB", 1, 1 << 20,
                                                 Mark::ours, "Half of it is in use at a time",
                                                 "Memory"}),
        };
        addCommonFields(list, Mark::ours, Mark::ours);
        return list;
    }();
    return kFields;
}

namespace
{

// Two-level traffic: weights once; inputs once where they fit, else once per column fold; outputs
// once where partial sums fit, else written and read again per row fold.
Traffic dramOf(const Layer& layer, const Product& p, const Array& array, const Systolic& c)
{
    const auto half = [](std::int64_t kilobytes) { return kilobytes * 512; };
    const std::int64_t batch = layer.shape.batch;
    const std::int64_t inBytes = bytesOf(p.m * p.k, layer.bitsIn),
                       outBytes = bytesOf(p.m * p.n, layer.bitsOut);
    const std::int64_t across = ceilDivide(p.n, array.columns), down = ceilDivide(p.k, array.rows);
    return {batch * inBytes * (inBytes <= half(c.ifmapKB) ? 1 : across),
            batch * bytesOf(p.k * p.n, layer.bitsWeight),
            batch * outBytes *
                (outBytes <= half(c.ofmapKB) || c.dataflow == Dataflow::os ? 1 : 2 * down - 1)};
}

Result<SimResult> runSystolic(const Workload& workload, const Settings& settings)
{
    const Systolic c = configOf(systolicFields(), settings);
    const Array array{c.rows, c.columns};
    SimResult result =
        startResult(workload, c, static_cast<double>(c.rows * c.columns), {"Array", "DRAM"});
    FetchAhead dram(result.bytesPerCycle, static_cast<double>(c.filterKB * 512));
    for (std::size_t i = 0; i < workload.layers.size(); ++i) {
        const Layer& layer = workload.layers[i];
        LayerResult& r = result.layers[i];
        if (layer.shape.k == 0 || layer.shape.kind == LayerKind::mix)
            continue;
        const Product p{layer.shape.m, layer.shape.n, layer.shape.k};
        const ArrayCounts counts = arrayCounts(p, array, c.dataflow);
        const double batch = static_cast<double>(layer.shape.batch);
        r.macs = layer.shape.macs();
        r.computeCycles =
            batch * (c.time == ArrayTime::scalesim ? static_cast<double>(counts.reportedCycles())
                                                   : arrayCycles(p, array, c.dataflow, c.time));
        r.mapping = counts.mappingEfficiency;
        r.sram = {layer.shape.batch * counts.ifmapReads, layer.shape.batch * counts.filterReads,
                  layer.shape.batch * (counts.ofmapWrites + (c.toolWrites ? counts.foldWaste : 0))};
        r.dram = dramOf(layer, p, array, c);
        r.energy = energyOf(operationsOf(layer), r.sram, r.dram, c);
        const double start = result.cycles;
        placeLayer(r, result, dram, c);
        result.schedule.push_back({static_cast<int>(i), 0, start, start + r.computeCycles});
        result.schedule.push_back(
            {static_cast<int>(i), 1, start, start + std::min(r.dramCycles, r.cycles)});
    }
    finish(result, c);
    return result;
}

std::vector<Buffer> systolicBuffers(const Workload&, const Settings& settings)
{
    const Systolic c = configOf(systolicFields(), settings);
    return {{"Input buffer", c.ifmapKB * 1024, Holds::in, Holds::nextIn, true},
            {"Weight buffer", c.filterKB * 1024, Holds::weights, Holds::nextWeights, true},
            {"Output buffer", c.ofmapKB * 1024, Holds::out, Holds::before, true}};
}

std::vector<AreaPart> systolicArea(const Settings& settings, const SimResult&)
{
    const Systolic c = configOf(systolicFields(), settings);
    const auto elements = static_cast<double>(c.rows * c.columns);
    return {multipliers(elements), adders("adders", elements),
            memory("buffers", static_cast<double>(c.ifmapKB + c.filterKB + c.ofmapKB))};
}

Accelerator systolicArray()
{
    return {"systolic",
            "Systolic array",
            "Samajdar et al., SCALE-Sim, ISPASS 2020",
            "A plain array of multiply-accumulate elements that counts as SCALE-Sim v2 does",
            parametersOf(systolicFields()),
            {"deit-tiny", "deit-small", "deit-base", "efficientvit-b1@224", "alexnet"},
            runSystolic,
            systolicBuffers,
            systolicArea};
}

const Registry<Accelerator>::Adds kAddsSystolicArray(10, systolicArray);

} // namespace

} // namespace vitrine::sim
