#include "core/sim/machine/dual_engine.h"

#include "core/model/network/named_networks.h"
#include "core/sim/machine/dual_engine_timing.h"

#include <cmath>
#include <utility>

namespace vitrine::sim
{

namespace
{

// Goes through the layers in order, a depthwise and the pointwise layer behind it as a pair.
class Engine
{
    enum Unit { kMat, kReconfigurable, kDram };

public:
    Engine(const Workload& workload, const DualEngine& config)
        : workload_(workload),
          c_(config),
          timing_(config),
          result_(startResult(
              workload, config,
              static_cast<double>(2 * config.lanes * config.multipliers * config.replicas),
              {"MAT", "Reconfigurable", "DRAM"})),
          dram_(result_.bytesPerCycle, static_cast<double>(config.weightKB * 512))
    {
    }

    SimResult go(double macPicojoule)
    {
        costs_ = c_;
        costs_.multiplyPicojoule = macPicojoule;
        for (std::size_t i = 0; i < workload_.layers.size(); ++i) {
            const Layer& layer = workload_.layers[i];
            if (layer.shape.part == model::Part::head && !c_.head) {
                left_ = true;
                continue;
            }
            if (layer.shape.kind == LayerKind::softmax)
                softmax_ = true;
            if (layer.shape.kind == LayerKind::divisor)
                divide(result_.layers[i], layer);
            if (layer.shape.k == 0 || layer.shape.kind == LayerKind::mix ||
                layer.shape.kind == LayerKind::divisor)
                continue;
            const std::size_t next = pointwiseBehind(i);
            if (next > 0) {
                pair(i, next);
                i = next;
            } else {
                alone(i);
            }
        }
        if (c_.replicaMode == ReplicaMode::ideal)
            result_.extras.push_back(
                {"unit_cycles",
                 std::round(result_.computeCycles * static_cast<double>(c_.replicas)), "cycle",
                 "Cycles of one replica, before dividing by the number of replicas"});
        if (left_)
            result_.notes.push_back(
                "The classifier is left out, as in the paper's figures; parameter head counts it.");
        if (softmax_)
            result_.notes.push_back(
                "Softmax runs in post-processing, whose cycles are not modelled.");
        if (c_.cycleMode == CycleMode::a)
            result_.notes.push_back("Mode a is the authors' script: MACs of grouped convolutions "
                                    "and of the divisors are "
                                    "not counted.");
        finish(result_, costs_);
        return std::move(result_);
    }

private:
    const model::LayerShape& shape(std::size_t i) const { return workload_.layers[i].shape; }

    // The pointwise layer that reads the depthwise layer i; 0 where there is none.
    std::size_t pointwiseBehind(std::size_t i) const
    {
        if (shape(i).kind != LayerKind::depthwise)
            return 0;
        std::size_t next = i + 1;
        while (next < workload_.layers.size() && shape(next).k == 0)
            ++next;
        if (next == workload_.layers.size())
            return 0;
        const model::LayerShape& dw = shape(i);
        const model::LayerShape& pw = shape(next);
        const bool conv = (pw.kind == LayerKind::conv || pw.kind == LayerKind::grouped) &&
                          pw.conv.kernelHeight == 1 && pw.conv.kernelWidth == 1 &&
                          pw.conv.strideHeight == 1 && pw.conv.strideWidth == 1 &&
                          pw.conv.inChannels == dw.conv.outChannels && pw.m == dw.m;
        const bool linear =
            pw.kind == LayerKind::linear && pw.k == dw.conv.outChannels && pw.m == dw.m;
        return conv || linear ? next : 0;
    }

    void alone(std::size_t i)
    {
        const model::LayerShape& s = shape(i);
        LayerResult& r = result_.layers[i];
        const double start = result_.cycles;
        r.macs = s.macs();
        const bool perHead = s.kind == LayerKind::scores || s.kind == LayerKind::values ||
                             s.kind == LayerKind::context || s.kind == LayerKind::lookup;
        r.computeCycles = s.kind == LayerKind::depthwise ? timing_.depthwise(s)
                          : perHead                      ? timing_.product(s)
                                                         : timing_.dense(s, 2);
        bool first = true, second = true; // engines at work
        if (s.kind == LayerKind::depthwise) {
            (c_.reconfigurable ? first : second) = false;
        } else if (c_.msa != MsaMode::split &&
                   (s.kind == LayerKind::context || s.kind == LayerKind::lookup)) {
            first = s.kind == LayerKind::lookup;
            second = !first;
            if (c_.msa == MsaMode::headPipeline && second)
                r.computeCycles = pipelinedContext(i);
            if (c_.msa == MsaMode::headPipeline && first && pipelinedLookup_ > 0)
                r.computeCycles = std::exchange(pipelinedLookup_, 0);
        }
        r.dram = traffic(i, false, false);
        charge(i);
        place(i, start, first, second);
    }

    // Head by head: while one engine makes the context of a head the other looks up the head
    // before. The pair takes the longer of the two and one head more to fill; each gets its share
    // by MACs, see pair().
    double pipelinedContext(std::size_t i)
    {
        for (std::size_t j = i + 1;
             j < workload_.layers.size() && shape(j).module == shape(i).module; ++j)
            if (shape(j).kind == LayerKind::lookup) {
                const double context = timing_.product(shape(i)),
                             lookup = timing_.product(shape(j));
                const double total =
                    std::max(context, lookup) + context / static_cast<double>(shape(i).batch);
                const double macs = static_cast<double>(shape(i).macs()),
                             others = static_cast<double>(shape(j).macs());
                const double share = total * macs / (macs + others);
                pipelinedLookup_ = total - share;
                return share;
            }
        return timing_.product(shape(i));
    }

    void pair(std::size_t i, std::size_t next)
    {
        const model::LayerShape& dw = shape(i);
        const model::LayerShape& pw = shape(next);
        const double d = timing_.depthwise(dw), wait = timing_.setUp(dw);
        const double total = timing_.pair(dw, pw);
        LayerResult& first = result_.layers[i];
        LayerResult& second = result_.layers[next];
        first.macs = dw.macs();
        second.macs = pw.kind == LayerKind::grouped && c_.cycleMode == CycleMode::a ? 0 : pw.macs();
        // Two layers in one stretch of time: each gets its share by MACs, so that both show the
        // pair's utilisation.
        const double share =
            static_cast<double>(first.macs) / static_cast<double>(first.macs + second.macs);
        first.computeCycles = total * share;
        second.computeCycles = total - first.computeCycles;
        first.dram = traffic(i, false, c_.fusion);
        second.dram = traffic(next, c_.fusion, false);
        charge(i);
        charge(next);
        const double start = result_.cycles;
        placeLayer(first, result_, dram_, c_);
        placeLayer(second, result_, dram_, c_);
        const int dwLayer = static_cast<int>(i), pwLayer = static_cast<int>(next);
        const bool beside = c_.overlap && c_.reconfigurable;
        result_.schedule.push_back({dwLayer, c_.reconfigurable ? kReconfigurable : kMat, start,
                                    start + std::min(d, total)});
        if (beside && total > wait)
            result_.schedule.push_back({pwLayer, kMat, start + wait, start + total});
        if (!beside)
            result_.schedule.push_back({pwLayer, kMat, start + d, start + total});
        if (total > d)
            result_.schedule.push_back({pwLayer, kReconfigurable, start + d, start + total});
        fetch(dwLayer, first, start);
        fetch(pwLayer, second, start + first.cycles);
    }

    // Layers go through DRAM; fused, what lies between a pair and the context of attention stay on
    // chip.
    Traffic traffic(std::size_t i, bool inStays, bool outStays) const
    {
        const Layer& layer = workload_.layers[i];
        const model::LayerShape& s = layer.shape;
        std::int64_t in = s.inputElements(), out = s.outputElements();
        if (s.kind == LayerKind::context) { // with the row of sums
            out = c_.fusion ? 0 : s.batch * (s.m + 1) * s.n;
        } else if (s.kind == LayerKind::lookup) {
            in = s.batch * s.m * s.k + (c_.fusion ? 0 : s.batch * (s.n + 1) * s.k);
        }
        return dramTraffic(bytesOf(in, layer.bitsIn), bytesOf(s.weightElements(), layer.bitsWeight),
                           bytesOf(out, layer.bitsOut), inStays, outStays,
                           {c_.activationKB * 512, c_.weightKB * 512});
    }

    // Three BRAM bytes per multiply-accumulate, each used eight times.
    void charge(std::size_t i)
    {
        LayerResult& r = result_.layers[i];
        const std::int64_t bytes = r.macs / 8;
        r.sram = {bytes, bytes, bytes};
        r.energy =
            energyOf(operationsOf(withMacs(workload_.layers[i], r.macs)), r.sram, r.dram, costs_);
    }

    static Layer withMacs(const Layer& layer, std::int64_t macs)
    {
        Layer same;
        same.shape.m = macs;
        same.shape.n = same.shape.k = 1;
        same.primitive = layer.primitive;
        same.bitsIn = layer.bitsIn;
        same.bitsWeight = layer.bitsWeight;
        return same;
    }

    // Row sums and division ride along; the quotients cost energy.
    void divide(LayerResult& r, const Layer& layer)
    {
        const double quotients = static_cast<double>(layer.shape.batch * layer.shape.m);
        r.energy = energyOf(c_.divider == Divider::shifter ? Operations{.shifts = quotients}
                                                           : Operations{.specials = quotients},
                            {}, {}, costs_);
    }

    void place(std::size_t i, double start, bool mat, bool other)
    {
        LayerResult& r = result_.layers[i];
        placeLayer(r, result_, dram_, c_);
        const int layer = static_cast<int>(i);
        if (mat)
            result_.schedule.push_back({layer, kMat, start, start + r.computeCycles});
        if (other)
            result_.schedule.push_back({layer, kReconfigurable, start, start + r.computeCycles});
        fetch(layer, r, start);
    }

    void fetch(int layer, const LayerResult& r, double start)
    {
        if (r.dramCycles > 0)
            result_.schedule.push_back(
                {layer, kDram, start, start + std::min(r.dramCycles, r.cycles)});
    }

    const Workload& workload_;
    const DualEngine& c_;
    const DualTiming timing_;
    SimResult result_;
    FetchAhead dram_;
    Common costs_;
    double pipelinedLookup_ = 0; // cycles of the lookup that belongs to the context before
    bool left_ = false, softmax_ = false;
};

double solveMacPicojoule(CycleMode cycles, ReplicaMode replicas)
{
    constexpr double kWatt = 780.2 / 105.1; // GOPS over GOPS/W, as published
    const Workload b1 = workloadOf(*model::namedNetwork("efficientvit-b1@224"));
    DualEngine config;
    config.cycleMode = cycles;
    config.replicaMode = replicas;
    const SimResult free = Engine(b1, config).go(0);
    return (kWatt * free.seconds() - free.joule()) / static_cast<double>(free.macs) * 1e12;
}

} // namespace

double calibratedMacPicojoule(CycleMode cycles, ReplicaMode replicas)
{
    static const auto kSolved = [] {
        std::array<double, 6> solved{};
        for (std::size_t i = 0; i < solved.size(); ++i)
            solved[i] =
                solveMacPicojoule(static_cast<CycleMode>(i / 3), static_cast<ReplicaMode>(i % 3));
        return solved;
    }();
    return kSolved[static_cast<std::size_t>(cycles) * 3 + static_cast<std::size_t>(replicas)];
}

std::vector<Buffer> dualEngineBuffers(const DualEngine& c)
{
    return {{"Activations", c.activationKB * 1024, Holds::in, Holds::out},
            {"Weights", c.weightKB * 1024, Holds::weights, Holds::nextWeights}};
}

std::vector<AreaPart> dualEngineArea(const DualEngine& c)
{
    return fpgaParts(static_cast<double>(2 * c.lanes * c.multipliers * c.replicas),
                     static_cast<double>(c.activationKB + c.weightKB));
}

Result<SimResult> runDualEngine(const Workload& workload, const DualEngine& config)
{
    const double mac = config.multiplyPicojoule > 0
                           ? config.multiplyPicojoule
                           : calibratedMacPicojoule(config.cycleMode, config.replicaMode);
    return Engine(workload, config).go(mac);
}

} // namespace vitrine::sim
