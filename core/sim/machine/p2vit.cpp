// P²-ViT's chunk accelerator (arXiv 2405.19915): an array of precision-scalable MACs, a shifter
// array for attention times values (the attention codes are powers of two), and processors for
// LayerNorm, softmax and requantisation. Only the block diagram and result tables were published:
// the sizes are our defaults.
#include "core/base/registry.h"
#include "core/sim/cost/accelerator.h"
#include "core/sim/cost/memory.h"
#include "core/sim/machine/p2vit_config.h"

#include <cmath>

namespace vitrine::sim
{

namespace
{

class P2VitRun
{
    enum Unit { kNorm, kArray, kShifter, kSoftmax, kRequant, kDram };

public:
    P2VitRun(const Workload& workload, const P2Vit& config)
        : workload_(workload),
          c_(config),
          result_(startResult(
              workload, config, peak(workload, config),
              {"LayerNorm", "MAC array", "Shifter array", "Softmax", "Requantise", "DRAM"})),
          dram_(result_.bytesPerCycle, static_cast<double>(config.weightKB * 512)),
          ends_(endsOf(workload))
    {
    }

    SimResult go()
    {
        for (std::size_t i = 0; i < workload_.layers.size(); ++i)
            run(static_cast<int>(i));
        finish(result_, c_);
        return std::move(result_);
    }

private:
    // MACs or shifts per cycle: the two arrays take turns.
    static double peak(const Workload& workload, const P2Vit& c)
    {
        const auto narrow = [&](const Layer& layer) {
            return layer.shape.weights && (c.weightBits > 0 ? c.weightBits : layer.bitsWeight) <= 4;
        };
        const bool pairs = std::ranges::any_of(workload.layers, narrow);
        return static_cast<double>(
            std::max(c.rows * c.depth * (pairs ? 2 : 1), c.shifterRows * c.shifterDepth));
    }

    const Layer& layerAt(int i) const { return workload_.layers[static_cast<std::size_t>(i)]; }

    void run(int i)
    {
        const Layer& layer = layerAt(i);
        LayerResult& r = result_.layers[static_cast<std::size_t>(i)];
        const double elements = static_cast<double>(layer.shape.outputElements());
        double unitCycles = 0;
        int unit = kArray;
        switch (layer.shape.kind) {
        case LayerKind::norm:
            unit = kNorm;
            unitCycles = std::ceil(elements / static_cast<double>(c_.normLanes));
            r.computeCycles = c_.interLayer ? 0 : exposed(i, unitCycles);
            r.energy = energyOf({.multiplies = elements, .adds = 3 * elements, .shifts = elements},
                                {}, {}, c_);
            break;
        case LayerKind::softmax:
            unit = kSoftmax;
            unitCycles = std::ceil(elements / static_cast<double>(c_.softmaxLanes));
            r.computeCycles = c_.intraLayer ? hiddenSoftmax(i, unitCycles) : exposed(i, unitCycles);
            r.energy = energyOf({.specials = elements}, {}, {}, c_);
            break;
        case LayerKind::activation:
        case LayerKind::add:
        case LayerKind::pool:
        case LayerKind::mix:
            return;
        default:
            product(i, r);
            unit = layer.shape.kind == LayerKind::values ? kShifter : kArray;
            unitCycles = productCycles(layer);
        }
        // A hidden processor works behind the product before it; an array works in its own time.
        const double begin = result_.cycles;
        placeLayer(r, result_, dram_, c_);
        const bool side = unit == kNorm || unit == kSoftmax;
        const double start =
            side && r.computeCycles == 0 ? std::max(0.0, begin - unitCycles) : begin;
        result_.schedule.push_back({i, unit, start, start + unitCycles});
        if (!side)
            requantise(i, begin, r);
    }

    void product(int i, LayerResult& r)
    {
        const Layer& layer = layerAt(i);
        const bool shifter = layer.shape.kind == LayerKind::values;
        r.macs = layer.shape.macs();
        r.computeCycles = productCycles(layer);
        if (!c_.interLayer && c_.exposure == Exposure::lanes && layer.shape.weights)
            r.computeCycles += requantCycles(layer);
        if (layer.shape.kind == LayerKind::scores)
            r.computeCycles += c_.blockOverhead;
        r.sram = onChipTraffic(layer);
        r.dram = offChipTraffic(i);
        Operations operations = operationsOf(withWidth(layer));
        if (shifter) // attention codes are exponents: out += v >> code
            operations = {.adds = static_cast<double>(r.macs),
                          .shifts = static_cast<double>(r.macs)};
        const double requantised = static_cast<double>(layer.shape.outputElements());
        operations.shifts += requantised;
        operations.adds += requantised;
        r.energy = energyOf(operations, r.sram, r.dram, c_);
    }

    // c = ceil(m / rows) ceil(k / depth) n, n halved for 4-bit weights.
    double productCycles(const Layer& layer) const
    {
        const model::LayerShape& s = layer.shape;
        const bool shifter = s.kind == LayerKind::values;
        const bool pairs = s.weights && bitsOf(layer) <= 4;
        const std::int64_t columns = pairs ? ceilDivide(s.n, 2) : s.n;
        const std::int64_t rows = shifter ? c_.shifterRows : c_.rows,
                           depth = shifter ? c_.shifterDepth : c_.depth;
        return static_cast<double>(s.batch * ceilDivide(s.m, rows) * ceilDivide(s.k, depth)) *
               static_cast<double>(columns);
    }

    int bitsOf(const Layer& layer) const
    {
        return c_.weightBits > 0 && layer.shape.weights ? static_cast<int>(c_.weightBits)
                                                        : layer.bitsWeight;
    }

    Layer withWidth(const Layer& layer) const
    {
        Layer same;
        same.shape.batch = layer.shape.batch;
        same.shape.m = layer.shape.m;
        same.shape.n = layer.shape.n;
        same.shape.k = layer.shape.k;
        same.primitive = layer.primitive;
        same.bitsIn = layer.bitsIn;
        same.bitsWeight = bitsOf(layer);
        return same;
    }

    double requantCycles(const Layer& layer) const
    {
        return std::ceil(static_cast<double>(layer.shape.outputElements()) /
                         static_cast<double>(c_.requantLanes));
    }

    void requantise(int i, double begin, const LayerResult& r)
    {
        const double cycles = requantCycles(layerAt(i)), end = begin + r.computeCycles;
        result_.schedule.push_back(
            {i, kRequant, std::max(begin, end - cycles), std::max(end, begin + cycles)});
        if (r.dramCycles > 0)
            result_.schedule.push_back({i, kDram, begin, begin + std::min(r.dramCycles, r.cycles)});
    }

    // Without the pipeline a side processor is waited for: by its own cycles, or by the paper's
    // share of the module.
    double exposed(int i, double unitCycles) const
    {
        if (c_.exposure == Exposure::lanes)
            return unitCycles;
        const bool softmax = layerAt(i).shape.kind == LayerKind::softmax;
        double attention = 0, mlp = 0;
        bool inAttention = softmax;
        for (int j = i; j >= 0 && layerAt(j).shape.module == layerAt(i).shape.module; --j)
            addBase(j, attention, mlp);
        for (int j = i + 1; j < static_cast<int>(workload_.layers.size()) &&
                            layerAt(j).shape.module == layerAt(i).shape.module;
             ++j) {
            addBase(j, attention, mlp);
            inAttention = inAttention || layerAt(j).shape.kind == LayerKind::scores;
        }
        return softmax ? 0.45 * attention : inAttention ? 0.34 * attention : 0.15 * mlp;
    }

    void addBase(int j, double& attention, double& mlp) const
    {
        const Layer& layer = layerAt(j);
        if (layer.shape.k == 0)
            return;
        (layer.shape.part == model::Part::mlp ? mlp : attention) += productCycles(layer);
    }

    // Rows flow from scores through softmax to values: the three take as long as the slowest part.
    double hiddenSoftmax(int i, double unitCycles) const
    {
        double products = 0;
        if (i > 0 && layerAt(i - 1).shape.kind == LayerKind::scores)
            products += productCycles(layerAt(i - 1));
        if (i + 1 < static_cast<int>(workload_.layers.size()) &&
            layerAt(i + 1).shape.kind == LayerKind::values)
            products += productCycles(layerAt(i + 1));
        return std::max(0.0, unitCycles - products);
    }

    // A row tile stays while all columns pass: weights are read once per tile, partial sums (32
    // bit) once per depth tile.
    Traffic onChipTraffic(const Layer& layer) const
    {
        const model::LayerShape& s = layer.shape;
        const std::int64_t tiles = ceilDivide(s.m, c_.rows), parts = ceilDivide(s.k, c_.depth);
        return {bytesOf(s.batch * s.m * s.k, layer.bitsIn),
                tiles * bytesOf(s.batch * s.k * s.n, bitsOf(layer)),
                bytesOf(s.batch * s.m * s.n, layer.bitsOut) +
                    (parts - 1) * 8 * s.batch * s.m * s.n};
    }

    Traffic offChipTraffic(int i) const
    {
        const Layer& layer = layerAt(i);
        const model::LayerShape& s = layer.shape;
        const OnChip buffers{c_.activationKB * 512, c_.weightKB * 512};
        const std::int64_t in = bytesOf(s.inputElements(), layer.bitsIn),
                           out = bytesOf(s.outputElements(), layer.bitsOut);
        // With the pipeline inside attention a row of scores goes to softmax and on at once.
        const bool inside =
            c_.intraLayer && (s.kind == LayerKind::scores || s.kind == LayerKind::values);
        const bool inStays = i != ends_.first &&
                             (in <= buffers.activations || (inside && s.kind == LayerKind::values));
        const bool outStays = i != ends_.last && (out <= buffers.activations ||
                                                  (inside && s.kind == LayerKind::scores));
        return dramTraffic(in, bytesOf(s.weightElements(), bitsOf(layer)), out, inStays, outStays,
                           buffers);
    }

    const Workload& workload_;
    const P2Vit& c_;
    SimResult result_;
    FetchAhead dram_;
    const Ends ends_;
};

Result<SimResult> runP2Vit(const Workload& workload, const Settings& settings)
{
    const P2Vit config = configOf(p2vitFields(), settings);
    return P2VitRun(workload, config).go();
}

std::vector<Buffer> p2vitBuffers(const Workload&, const Settings& settings)
{
    const P2Vit c = configOf(p2vitFields(), settings);
    const int weightBits = static_cast<int>(c.weightBits);
    return {
        {"Activations", c.activationKB * 1024, Holds::in, Holds::out},
        {"Weights", c.weightKB * 1024, Holds::weights, Holds::nextWeights, false, 0, weightBits}};
}

std::vector<AreaPart> p2vitArea(const Settings& settings, const SimResult&)
{
    const P2Vit c = configOf(p2vitFields(), settings);
    const auto macs = static_cast<double>(c.rows * c.depth),
               shifts = static_cast<double>(c.shifterRows * c.shifterDepth);
    return {multipliers(macs), adders("adders", macs), shifters(shifts),
            adders("shifter adders", shifts),
            memory("buffers", static_cast<double>(c.activationKB + c.weightKB))};
}

Accelerator p2Vit()
{
    return {"p2vit",
            "P²-ViT",
            "Shi et al., P²-ViT, IEEE TVLSI 2024",
            "Chunks for LayerNorm, products, softmax and requantisation; power-of-two scales let "
            "rows flow between them",
            parametersOf(p2vitFields()),
            {"deit-tiny", "deit-small", "deit-base"},
            runP2Vit,
            p2vitBuffers,
            p2vitArea};
}

const Registry<Accelerator>::Adds kAddsP2Vit(20, p2Vit);

} // namespace

} // namespace vitrine::sim
