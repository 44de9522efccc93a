// ViTALiTy (arXiv 2211.05109): linear Taylor attention on a systolic array with accumulator, adder
// and divider arrays, and Sanger, its rival in equal area: a 4-bit prediction array and a sparse
// array a quarter as wide. Softmax attention in the workload is
// replaced: K^T V and Q G of the centred keys. A workload that has Taylor attention already counts
// as the softmax attention that it stands for, layer by layer.
#include "core/base/registry.h"
#include "core/sim/cost/accelerator.h"
#include "core/sim/cost/array_model.h"
#include "core/sim/cost/memory.h"
#include "core/sim/machine/vitality_config.h"

#include <cmath>

namespace vitrine::sim
{

namespace
{

bool hasTaylor(const Workload& workload)
{
    return std::ranges::any_of(workload.layers, &Layer::isTaylor);
}

// A product of Taylor attention as the one of softmax attention in whose place it stands: queries,
// keys and head dimension are told apart there. Other layers as they are.
model::LayerShape asOfSoftmax(const Layer& layer)
{
    model::LayerShape s = layer.shape;
    if (layer.isTaylor && s.kind == LayerKind::context) { // dim x dim from all tokens
        const std::int64_t dim = s.m, tokens = s.k;
        s.kind = LayerKind::scores;
        s.m = s.n = tokens;
        s.k = dim;
    } else if (layer.isTaylor && s.kind == LayerKind::lookup) {
        s.kind = LayerKind::values;
        s.k = s.m; // as many keys as queries
    }
    return s;
}

class VitalityRun
{
    enum Unit { kArray, kDiagonal, kAccumulators, kAdders, kDividers, kDram };

public:
    VitalityRun(const Workload& workload, const Vitality& config)
        : workload_(workload),
          c_(config),
          array_{config.rows, isSanger() ? config.sangerColumns : config.columns},
          result_(startResult(
              workload, config,
              static_cast<double>(array_.rows * array_.columns + (isSanger() ? 0 : array_.rows)),
              {isSanger() ? "Sparse array" : "SA-General", isSanger() ? "Prediction" : "SA-Diag",
               "Accumulators", "Adders", "Dividers", "DRAM"})),
          dram_(result_.bytesPerCycle, static_cast<double>(config.sramKB * 256)),
          ends_(endsOf(workload))
    {
        for (const Layer& layer : workload.layers)
            shapes_.push_back(asOfSoftmax(layer));
    }

    SimResult go()
    {
        for (std::size_t i = 0; i < workload_.layers.size(); ++i)
            run(i);
        const auto extra = [&](const char* name, double value, const char* unit, const char* help) {
            result_.extras.push_back({name, value, unit, help});
        };
        extra("attention_cycles", attention_, "cycle", "Cycles of attention");
        extra("linear_cycles", result_.computeCycles - attention_, "cycle",
              "Cycles of everything else");
        extra("additions", additions_, "1", "Of the accumulator and adder arrays");
        extra("divisions", divisions_, "1", "Of the divider array");
        extra("exponentials", exponentials_, "1", "Of softmax");
        if (!isSanger() && attention_ > 0 && !hasTaylor(workload_))
            result_.notes.push_back("Softmax attention is replaced by linear Taylor attention: "
                                    "MACs are those that are done.");
        finish(result_, c_);
        return std::move(result_);
    }

private:
    bool isSanger() const { return c_.design == Design::sanger; }
    const model::LayerShape& shape(std::size_t i) const { return shapes_[i]; }

    void run(std::size_t i)
    {
        const model::LayerShape& s = shape(i);
        LayerResult& r = result_.layers[i];
        if (s.kind == LayerKind::mix || (s.k == 0 && s.kind != LayerKind::softmax))
            return;
        const double start = result_.cycles;
        heads_ = static_cast<double>(s.batch);
        switch (s.kind) {
        case LayerKind::scores:
            isSanger() ? sangerScores(r, s) : taylorContext(r, s);
            break;
        case LayerKind::softmax:
            if (!isSanger())
                return;
            exponentials_ += c_.kept * static_cast<double>(s.outputElements());
            divisions_ += static_cast<double>(s.batch * s.m);
            r.energy = energyOf({.specials = c_.kept * static_cast<double>(s.outputElements())}, {},
                                {}, c_);
            break;
        case LayerKind::values:
            isSanger() ? sangerValues(r, s) : taylorLookup(r, s, i);
            break;
        case LayerKind::divisor:
            if (workload_.layers[i].isTaylor)
                return taylorDenominators(r, s);
            [[fallthrough]];
        default:
            linear(r, i);
        }
        if (s.kind == LayerKind::scores || s.kind == LayerKind::values) {
            attention_ += r.computeCycles;
            r.dram = attentionTraffic(i);
            addEnergy(r, {}, r.dram);
        }
        placeLayer(r, result_, dram_, c_);
        show(i, start);
    }

    // Steps 1-3 for all heads: centre the keys, G = Khat^T V. m queries, n keys, k = head
    // dimension.
    void taylorContext(LayerResult& r, const model::LayerShape& s)
    {
        const double keys = static_cast<double>(s.n), dim = static_cast<double>(s.k);
        r.macs = s.batch * s.n * s.k * s.k;
        r.computeCycles = heads_ * contextCycles(s);
        if (c_.pipeline == Pipeline::full)
            r.computeCycles += preparation(s); // of the first head
        // K over tokens, Khat, sums of Khat and V.
        const double adds = heads_ * (4 * keys * dim);
        additions_ += adds;
        divisions_ += heads_ * dim;
        const std::int64_t square = s.k * s.k, map = s.n * s.k;
        r.sram = {s.batch * 2 * map, 0,
                  s.batch * (map + (c_.context == ContextData::forwarded ? 4 * square : 0))};
        r.energy = energyOf({.multiplies = static_cast<double>(r.macs),
                             .adds = static_cast<double>(r.macs) + adds,
                             .specials = heads_ * dim},
                            r.sram, {}, c_);
    }

    // Steps 4-6: Q G on the array, Q khat on its extra column, numerator, division. m queries, n =
    // head dimension.
    void taylorLookup(LayerResult& r, const model::LayerShape& s, std::size_t i)
    {
        const double queries = static_cast<double>(s.m), dim = static_cast<double>(s.n);
        const bool denominators = !c_.skipDenominator && !workload_.layers[i].isTaylor;
        r.macs = s.batch * s.m * s.n * (s.n + (denominators ? 1 : 0));
        const model::LayerShape* scores = scoresOf(i);
        const double onArray = lookupCycles(s) + (scores ? contextCycles(*scores) : 0);
        // The arrays beside it work behind the systolic one, unless they are slower.
        const double slowest =
            c_.pipeline == Pipeline::array
                ? onArray
                : std::max({onArray, scores ? preparation(*scores) : 0, queries * laneRounds(s.n)});
        r.computeCycles = heads_ * (slowest - (scores ? contextCycles(*scores) : 0));
        if (c_.pipeline == Pipeline::full)
            r.computeCycles += static_cast<double>(c_.dividerLatency + array_.columns);
        const double adds = heads_ * (queries * dim + (c_.skipDenominator ? 0 : queries));
        additions_ += adds;
        divisions_ += heads_ * queries * dim;
        const std::int64_t map = s.m * s.n, square = s.n * s.n;
        r.sram = {s.batch * (map + (c_.context == ContextData::forwarded ? 4 * square : 0)), 0,
                  s.batch * map};
        r.energy = energyOf({.multiplies = static_cast<double>(r.macs),
                             .adds = static_cast<double>(r.macs) + adds,
                             .specials = heads_ * queries * dim},
                            r.sram, {}, c_);
    }

    // Q khat where it is a layer of its own: on the extra column, while the array looks up.
    void taylorDenominators(LayerResult& r, const model::LayerShape& s)
    {
        if (c_.skipDenominator)
            return;
        r.macs = s.macs();
        r.energy = energyOf(
            {.multiplies = static_cast<double>(r.macs), .adds = static_cast<double>(r.macs)}, {},
            {}, c_);
    }

    const model::LayerShape* scoresOf(std::size_t values) const
    {
        for (std::size_t j = values; j-- > 0 && shape(j).module == shape(values).module;)
            if (shape(j).kind == LayerKind::scores)
                return &shape(j);
        return nullptr;
    }

    double laneRounds(std::int64_t dim) const
    {
        return static_cast<double>(ceilDivide(dim, c_.lanes));
    }

    // Per head: accumulate K, divide, subtract.
    double preparation(const model::LayerShape& s) const
    {
        return (2 * static_cast<double>(s.n) + 1) * laneRounds(s.k);
    }

    // G: V stays; loading the next fold is behind the running one, the drain is the next product's
    // fill.
    double contextCycles(const model::LayerShape& s) const
    {
        const std::int64_t dim = s.k;
        if (c_.time != ArrayTime::preload)
            return arrayCycles({dim, dim, s.n}, array_, Dataflow::ws, c_.time);
        const std::int64_t folds = ceilDivide(s.n, array_.rows) * ceilDivide(dim, array_.columns);
        return static_cast<double>(folds * std::max(dim, array_.rows) + array_.rows);
    }

    double lookupCycles(const model::LayerShape& s) const
    {
        const std::int64_t dim = s.n;
        const double diagonal = static_cast<double>(s.m * dim) / static_cast<double>(array_.rows);
        if (c_.time == ArrayTime::preload)
            return static_cast<double>(ceilDivide(dim, array_.rows) *
                                           ceilDivide(dim, array_.columns) * s.m +
                                       array_.rows + array_.columns - 2);
        return std::max(arrayCycles({s.m, dim, dim}, array_, Dataflow::ws, c_.time), diagonal);
    }

    // Sanger: a 4-bit prediction of all scores, then the kept ones on the sparse array, pipelined.
    void sangerScores(LayerResult& r, const model::LayerShape& s)
    {
        const double all = static_cast<double>(s.macs());
        r.macs = static_cast<std::int64_t>(all * c_.kept);
        r.computeCycles = heads_ * (sangerHead(s) / 2);
        r.sram = {bytesOf(s.inputElements(), 8), 0, bytesOf(s.outputElements(), 8)};
        r.energy =
            energyOf({.multiplies = all / 4 + all * c_.kept, .adds = all / 2 + all * c_.kept},
                     r.sram, {}, c_);
    }

    void sangerValues(LayerResult& r, const model::LayerShape& s)
    {
        r.macs = static_cast<std::int64_t>(static_cast<double>(s.macs()) * c_.kept);
        model::LayerShape scores = s; // same head, seen from its scores
        std::swap(scores.n, scores.k);
        r.computeCycles = heads_ * (sangerHead(scores) / 2);
        r.sram = {bytesOf(s.inputElements(), 8), 0, bytesOf(s.outputElements(), 8)};
        r.energy = energyOf(
            {.multiplies = static_cast<double>(r.macs), .adds = static_cast<double>(r.macs)},
            r.sram, {}, c_);
    }

    // Of one head; m queries, n keys, k = head dimension.
    double sangerHead(const model::LayerShape& s) const
    {
        const double macs =
            static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
        const double whole =
            static_cast<double>(ceilDivide(s.m, c_.rows) * ceilDivide(s.n, c_.columns)) *
            static_cast<double>(std::max(s.k, c_.rows));
        const double predict =
            c_.time == ArrayTime::ideal ? macs / static_cast<double>(c_.rows * c_.columns) : whole;
        const double sparse =
            2 * macs * c_.kept / (static_cast<double>(array_.rows * array_.columns) * c_.balance);
        return std::max(predict, sparse);
    }

    void linear(LayerResult& r, std::size_t i)
    {
        const Layer& layer = workload_.layers[i];
        const model::LayerShape& s = layer.shape;
        const Product p{s.m, s.n, s.k};
        r.macs = s.macs();
        r.computeCycles = heads_ * arrayCycles(p, array_, Dataflow::ws, c_.time);
        const std::int64_t down = ceilDivide(s.k, array_.rows),
                           across = ceilDivide(s.n, array_.columns);
        r.sram = {bytesOf(s.batch * s.m * s.k, layer.bitsIn) * across,
                  bytesOf(s.batch * s.k * s.n, layer.bitsWeight),
                  bytesOf(s.batch * s.m * s.n, layer.bitsOut) +
                      (down - 1) * 8 * s.batch * s.m * s.n};
        r.dram = offChip(i, s.inputElements(), s.outputElements(), s.weightElements());
        r.energy = energyOf(operationsOf(layer), r.sram, r.dram, c_);
    }

    // Q, K, V in and Z out; what lies between stays.
    Traffic attentionTraffic(std::size_t i) const
    {
        const model::LayerShape& s = shape(i);
        const bool scores = s.kind == LayerKind::scores;
        const std::int64_t keys = s.batch * (scores ? s.n * s.k : 0),
                           queries = s.batch * s.m * (scores ? s.k : s.n);
        return offChip(i, scores ? 2 * keys : queries, scores ? 0 : queries, 0);
    }

    Traffic offChip(std::size_t i, std::int64_t in, std::int64_t out, std::int64_t weights) const
    {
        const Layer& layer = workload_.layers[i];
        const OnChip room{c_.sramKB * 512, c_.sramKB * 256};
        const std::int64_t inBytes = bytesOf(in, layer.bitsIn),
                           outBytes = bytesOf(out, layer.bitsOut);
        const auto at = static_cast<std::ptrdiff_t>(i);
        return dramTraffic(inBytes, bytesOf(weights, layer.bitsWeight), outBytes,
                           at != ends_.first && inBytes <= room.activations,
                           at != ends_.last && outBytes <= room.activations, room);
    }

    void addEnergy(LayerResult& r, const Traffic& sram, const Traffic& dram)
    {
        const EnergyParts more = energyOf({}, sram, dram, c_);
        for (std::size_t part = 0; part < kEnergyParts; ++part)
            r.energy[part] += more[part];
    }

    // Preparation of a layer runs ahead of it, division behind; heads are drawn as one.
    void show(std::size_t i, double start)
    {
        const LayerResult& r = result_.layers[i];
        const model::LayerShape& s = shape(i);
        const int layer = static_cast<int>(i);
        const double end = start + r.computeCycles;
        if (r.computeCycles > 0)
            result_.schedule.push_back({layer, kArray, start, end});
        if (isSanger() && s.kind == LayerKind::scores)
            result_.schedule.push_back({layer, kDiagonal, start, end});
        if (!isSanger() && s.kind == LayerKind::scores) {
            const double work =
                std::min(heads_ * static_cast<double>(s.n) * laneRounds(s.k), r.computeCycles);
            result_.schedule.push_back({layer, kAccumulators, start, start + work});
            result_.schedule.push_back({layer, kAdders, start, start + work});
        }
        if (!isSanger() && s.kind == LayerKind::values) {
            const double work =
                std::min(heads_ * static_cast<double>(s.m) * laneRounds(s.n), r.computeCycles);
            if (!c_.skipDenominator)
                result_.schedule.push_back({layer, kDiagonal, start, end});
            result_.schedule.push_back({layer, kAdders, end - work, end});
            result_.schedule.push_back({layer, kDividers, end - work, end});
        }
        if (r.dramCycles > 0)
            result_.schedule.push_back(
                {layer, kDram, start, start + std::min(r.dramCycles, r.cycles)});
    }

    const Workload& workload_;
    const Vitality& c_;
    std::vector<model::LayerShape> shapes_; // of the layers, with softmax attention
    const Array array_;
    SimResult result_;
    FetchAhead dram_;
    const Ends ends_;
    double heads_ = 1, attention_ = 0, additions_ = 0, divisions_ = 0, exponentials_ = 0;
};

Result<SimResult> runVitality(const Workload& workload, const Settings& settings)
{
    const Vitality config = configOf(vitalityFields(), settings);
    if (hasTaylor(workload) && config.design == Design::sanger)
        return argumentError(
            "{} has Taylor attention, and Sanger predicts which weights of softmax "
            "attention matter: give it a network with softmax attention",
            workload.name);
    for (const Layer& layer : workload.layers)
        if (layer.isTaylor && layer.shape.kind == LayerKind::scores)
            return argumentError(
                "{} of {} is the sparse part of Taylor attention, which ViTALiTy's "
                "machine leaves to training",
                layer.shape.name, workload.name);
    return VitalityRun(workload, config).go();
}

std::vector<Buffer> vitalityBuffers(const Workload&, const Settings& settings)
{
    const Vitality c = configOf(vitalityFields(), settings);
    return {{"SRAM, activations", c.sramKB * 512, Holds::in},
            {"SRAM, weights", c.sramKB * 512, Holds::weights, Holds::nextWeights}};
}

std::vector<AreaPart> vitalityArea(const Settings& settings, const SimResult&)
{
    const Vitality c = configOf(vitalityFields(), settings);
    const auto sram = memory("SRAM", static_cast<double>(c.sramKB));
    const auto lanes = static_cast<double>(c.lanes);
    if (c.design == Design::sanger) {
        const auto elements = static_cast<double>(c.rows * c.sangerColumns);
        return {multipliers(elements),
                adders("adders", elements),
                {"4-bit prediction elements", static_cast<double>(c.rows * c.columns), std::nullopt,
                 Mark::unverified, "No unit area for 4-bit multipliers in our sources"},
                sram};
    }
    const auto elements = static_cast<double>(c.rows * (c.columns + 1));
    return {multipliers(elements),
            adders("adders", elements),
            adders("accumulator lanes", lanes),
            adders("adder lanes", lanes),
            {"divider lanes", lanes, std::nullopt, Mark::unverified,
             "No unit area for dividers in our sources"},
            sram};
}

Accelerator vitality()
{
    return {"vitality",
            "ViTALiTy",
            "Dass et al., ViTALiTy, HPCA 2023",
            "Systolic array with an extra column, accumulators, adders and dividers for linear "
            "Taylor attention; Sanger as "
            "rival",
            parametersOf(vitalityFields()),
            {"deit-tiny", "deit-small", "deit-base"},
            runVitality,
            vitalityBuffers,
            vitalityArea,
            true,
            true};
}

const Registry<Accelerator>::Adds kAddsVitality(60, vitality);

} // namespace

} // namespace vitrine::sim
