// NASA (arXiv 2210.13361): processors for convolution, shift and adder layers share one area in
// proportion to their work; each runs all layers of its kind, on successive pictures. NASA+: one
// pool of reconfigurable elements.
#include "core/base/registry.h"
#include "core/sim/cost/accelerator.h"
#include "core/sim/cost/memory.h"

#include <array>
#include <cmath>

namespace vitrine::sim
{

namespace
{

enum class Allocation { ideal, integer };
enum class Pool { chunks, reconfigurable };

struct Nasa : Common {
    std::int64_t budget = 168; // of MAC elements, in area
    double macArea = 419, shiftArea = 171, adderArea = 173;
    Allocation allocation = Allocation::ideal;
    Pool pool = Pool::chunks;
    double reconfigurableFactor = 1.15; // area of a reconfigurable element over a MAC's
    std::int64_t bufferKB = 108;

    Nasa()
    {
        clockMHz = 250;
        nodeScale = 1; // the paper's 45 nm
        specialPicojoule = 0.03;
    }
};

const std::vector<Field<Nasa>>& nasaFields()
{
    static const std::vector<Field<Nasa>> kFields = [] {
        using N = Nasa;
        const auto area = [](const char* name, const char* label, const char* help) {
            return Parameter{name, label, "um^2", 1, 1e6, Mark::unverified, help, "Area"};
        };
        std::vector<Field<N>> list{
            field<N, &N::budget>({"budget", "Area budget", "MAC element", 3, 1 << 20, Mark::ours,
                                  "12 x 14 as Eyeriss; shared by the chunks", "Area"}),
            field<N, &N::macArea>(
                area("mac_area", "MAC element", "8-bit multiplier and 32-bit adder, 45 nm")),
            field<N, &N::shiftArea>(
                area("shift_area", "Shift element", "8-bit shifter and 32-bit adder, 45 nm")),
            field<N, &N::adderArea>(
                area("adder_area", "Adder element", "8-bit and 32-bit adder, 45 nm")),
            field<N, &N::allocation>(
                {"allocation",
                 "Elements",
                 "",
                 0,
                 0,
                 Mark::ours,
                 "ideal: fractions, the closed form; integer: whole elements by the largest load",
                 "Area",
                 {"ideal", "integer"}}),
            field<N, &N::pool>(
                {"pool",
                 "Elements shared",
                 "",
                 0,
                 0,
                 Mark::abstract,
                 "chunks: one processor per kind of layer; reconfigurable: NASA+, one pool for all",
                 "Area",
                 {"chunks", "reconfigurable"}}),
            field<N, &N::reconfigurableFactor>({"reconfigurable_area", "Reconfigurable element", "",
                                                1, 10, Mark::ours,
                                                "Area over that of a MAC element", "Area"}),
            field<N, &N::bufferKB>({"buffer_kb", "Global buffer", "KB", 1, 1 << 20,
                                    Mark::unverified, "Half for activations", "Memory"}),
        };
        addCommonFields(list, Mark::paper, Mark::ours);
        for (Field<N>& one : list)
            if (one.parameter.name == "e_special") {
                one.parameter.label = "8-bit addition";
                one.parameter.mark = Mark::paper;
                one.parameter.help =
                    "45 nm (Horowitz; ShiftAddNet, table 1); the subtraction of an adder layer";
            }
        return list;
    }();
    return kFields;
}

constexpr std::size_t kChunks = 3;
using PerChunk = std::array<double, kChunks>; // convolution, shift, adder

std::size_t chunkOf(Primitive primitive)
{
    return primitive == Primitive::multiply ? 0 : primitive == Primitive::shift ? 1 : 2;
}

// N_i = x O_i with x = A / sum(O_i a_i). Whole elements: floor, then the area left goes to the
// chunk with the largest load O_i / N_i that still fits; at least one where there is work.
PerChunk allocate(const PerChunk& work, const Nasa& c)
{
    const PerChunk areas{c.macArea, c.shiftArea, c.adderArea};
    const double budget = static_cast<double>(c.budget) * c.macArea;
    double weighted = 0;
    for (std::size_t i = 0; i < kChunks; ++i)
        weighted += work[i] * areas[i];
    PerChunk elements{};
    double left = budget;
    for (std::size_t i = 0; i < kChunks; ++i) {
        if (work[i] == 0)
            continue;
        elements[i] = budget * work[i] / weighted;
        if (c.allocation == Allocation::integer)
            elements[i] = std::max(1.0, std::floor(elements[i]));
        left -= elements[i] * areas[i];
    }
    while (c.allocation == Allocation::integer) {
        std::size_t best = kChunks;
        for (std::size_t i = 0; i < kChunks; ++i)
            if (work[i] > 0 && areas[i] <= left &&
                (best == kChunks || work[i] / elements[i] > work[best] / elements[best]))
                best = i;
        if (best == kChunks)
            break;
        elements[best] += 1;
        left -= areas[best];
    }
    return elements;
}

Result<SimResult> runNasa(const Workload& workload, const Settings& settings)
{
    const Nasa c = configOf(nasaFields(), settings);
    PerChunk work{};
    for (const Layer& layer : workload.layers)
        work[chunkOf(layer.primitive)] += static_cast<double>(layer.shape.macs());
    const bool pooled = c.pool == Pool::reconfigurable;
    PerChunk elements = allocate(work, c);
    if (pooled) {
        const double pool = static_cast<double>(c.budget) / c.reconfigurableFactor;
        elements.fill(c.allocation == Allocation::integer ? std::max(1.0, std::floor(pool)) : pool);
    }
    const double peak = pooled ? elements[0] : elements[0] + elements[1] + elements[2];
    SimResult result = startResult(workload, c, std::max(peak, 1e-9),
                                   {"Convolutions", "Shifts", "Adders", "DRAM"});
    FetchAhead dram(result.bytesPerCycle, static_cast<double>(c.bufferKB * 512));

    // Steady state: every chunk is at another picture, the slowest sets the pace. Its layers show
    // their cycles; those of the others are hidden behind it.
    PerChunk busy{};
    for (std::size_t i = 0; i < kChunks; ++i)
        busy[i] = elements[i] > 0 ? work[i] / elements[i] : 0;
    std::size_t slowest = 0;
    for (std::size_t i = 1; i < kChunks; ++i)
        if (work[i] > 0 && (work[slowest] == 0 || busy[i] > busy[slowest]))
            slowest = i;
    const Ends ends = endsOf(workload);
    PerChunk clock{};
    int turns = 0;
    std::size_t before = kChunks;
    for (std::size_t i = 0; i < workload.layers.size(); ++i) {
        const Layer& layer = workload.layers[i];
        const model::LayerShape& s = layer.shape;
        LayerResult& r = result.layers[i];
        if (s.k == 0)
            continue;
        const std::size_t chunk = chunkOf(layer.primitive);
        turns += chunk != before;
        before = chunk;
        r.macs = s.macs();
        const double cycles = static_cast<double>(r.macs) / elements[chunk];
        r.computeCycles = pooled || chunk == slowest ? cycles : 0;
        if (s.kind != LayerKind::mix) {
            const OnChip room{c.bufferKB * 512, c.bufferKB * 512};
            const std::int64_t in = bytesOf(s.inputElements(), layer.bitsIn),
                               out = bytesOf(s.outputElements(), layer.bitsOut);
            const auto at = static_cast<std::ptrdiff_t>(i);
            r.dram = dramTraffic(in, bytesOf(s.weightElements(), layer.bitsWeight), out,
                                 at != ends.first && in <= room.activations,
                                 at != ends.last && out <= room.activations, room);
            r.sram = {in, bytesOf(s.weightElements(), layer.bitsWeight), out};
        }
        Operations operations = operationsOf(layer);
        if (layer.primitive == Primitive::adder) // |x - w| is 8 bit, its sum 32
            operations = {.adds = static_cast<double>(r.macs),
                          .specials = static_cast<double>(r.macs)};
        r.energy = energyOf(operations, r.sram, r.dram, c);
        const double start = pooled ? result.cycles : clock[chunk];
        clock[chunk] += cycles;
        result.schedule.push_back(
            {static_cast<int>(i), static_cast<int>(chunk), start, start + cycles});
        placeLayer(r, result, dram, c);
        r.utilisation = r.computeCycles > 0 ? utilisationOf(r.macs, peak, r.cycles) : 0;
    }
    const auto extra = [&](const char* name, double value, const char* unit, const char* help) {
        result.extras.push_back({name, value, unit, help});
    };
    extra("convolution_elements", elements[0], "1", "MAC elements");
    extra("shift_elements", pooled ? 0 : elements[1], "1", "Shift elements");
    extra("adder_elements", pooled ? 0 : elements[2], "1", "Adder elements");
    extra("one_picture_cycles", pooled ? result.cycles : result.cycles * turns, "cycle",
          "From a picture's first layer to its last: a period for every change of processor");
    if (!pooled && turns > 1)
        result.notes.push_back("Cycles are the steady state's, with one picture per processor.");
    finish(result, c);
    return result;
}

std::vector<Buffer> nasaBuffers(const Workload&, const Settings& settings)
{
    const Nasa c = configOf(nasaFields(), settings);
    return {{"Activations", c.bufferKB * 512, Holds::in},
            {"Weights", c.bufferKB * 512, Holds::weights}};
}

std::vector<AreaPart> nasaArea(const Settings& settings, const SimResult& result)
{
    const Nasa c = configOf(nasaFields(), settings);
    const auto count = [&](std::string_view name) {
        for (const Extra& extra : result.extras)
            if (name == extra.name)
                return extra.value;
        return 0.0;
    };
    const bool pooled = c.pool == Pool::reconfigurable;
    const char* note = "Operator and 32-bit adder, 45 nm";
    std::vector<AreaPart> parts{
        {pooled ? "reconfigurable elements" : "convolution chunk", count("convolution_elements"),
         c.macArea * (pooled ? c.reconfigurableFactor : 1), Mark::unverified, note}};
    if (!pooled) {
        parts.push_back(
            {"shift chunk", count("shift_elements"), c.shiftArea, Mark::unverified, note});
        parts.push_back(
            {"adder chunk", count("adder_elements"), c.adderArea, Mark::unverified, note});
    }
    parts.push_back(memory("buffer", static_cast<double>(c.bufferKB)));
    return parts;
}

Accelerator nasa()
{
    Accelerator made{"nasa",
                     "NASA",
                     "Shi et al., NASA, ICCAD 2022",
                     "Processors for convolution, shift and adder layers that share one area",
                     parametersOf(nasaFields()),
                     {"hybrid-shift-a@cifar10", "hybrid-shift-b@cifar10", "hybrid-shift-c@cifar10",
                      "hybrid-adder-a@cifar10", "hybrid-all-a@cifar10", "hybrid-all-b@cifar10",
                      "hybrid-all-c@cifar10", "fbnet@cifar10", "hybrid-shift-a@cifar100",
                      "hybrid-adder-a@cifar100", "hybrid-all-b@cifar100", "fbnet@cifar100"},
                     runNasa,
                     nasaBuffers,
                     nasaArea};
    return made;
}

const Registry<Accelerator>::Adds kAddsNasa(70, nasa);

} // namespace

} // namespace vitrine::sim
