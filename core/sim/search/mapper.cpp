#include "core/sim/search/mapper.h"

#include "core/base/format.h"
#include "core/base/random.h"
#include "core/sim/cost/memory.h"
#include "core/sim/search/sweep.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace vitrine::sim
{

namespace
{

// Layers of one size share their candidates.
using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, int, int, int, int>;

Key keyOf(const Layer& layer)
{
    const model::LayerShape& s = layer.shape;
    return {s.batch,       s.m,
            s.n,           s.k,
            layer.bitsIn,  layer.bitsWeight,
            layer.bitsOut, static_cast<int>(layer.primitive)};
}

struct Found {
    std::vector<Mapping> mappings;
    std::vector<MappingCost> costs;
};

// All of a space, or as many as the share allows, drawn without repetition.
std::vector<std::int64_t> drawn(std::int64_t size, std::int64_t share, Random& random)
{
    std::vector<std::int64_t> indices(static_cast<std::size_t>(size));
    std::iota(indices.begin(), indices.end(), std::int64_t{0});
    if (share >= size)
        return indices;
    for (std::int64_t i = 0; i < share; ++i)
        std::swap(
            indices[static_cast<std::size_t>(i)],
            indices[static_cast<std::size_t>(i + static_cast<std::int64_t>(random.below(
                                                     static_cast<std::uint64_t>(size - i))))]);
    indices.resize(static_cast<std::size_t>(share));
    return indices;
}

Candidate candidateOf(const MappingCost& cost)
{
    return {cost.cycles, cost.picojoule};
}

// Cycles of the whole, with DRAM fetched ahead as simulate() does it.
void total(MapResult& result, const Workload& workload, const Systolic& c,
           const std::vector<LayerResult>& before, const std::vector<const MappingCost*>& chosen)
{
    SimResult sum = startResult(workload, c, static_cast<double>(c.rows * c.columns), {});
    sum.layers = before;
    FetchAhead dram(sum.bytesPerCycle, static_cast<double>(c.filterKB * 512));
    for (std::size_t i = 0; i < sum.layers.size(); ++i) {
        LayerResult& r = sum.layers[i];
        if (chosen[i]) {
            r.computeCycles = chosen[i]->computeCycles;
            r.dram = chosen[i]->dram;
            r.sram = chosen[i]->sram;
            r.energy = chosen[i]->parts;
        }
        if (r.macs > 0)
            placeLayer(r, sum, dram, c);
    }
    finish(sum, c);
    result.seconds = sum.seconds();
    result.joule = sum.joule();
}

class ArrayMapper
{
public:
    ArrayMapper(const Workload& workload, const Systolic& config, const SimResult& before,
                const MapOptions& options)
        : workload_(workload), c_(config), before_(before), options_(options), random_(options.seed)
    {
        for (std::size_t i = 0; i < workload.layers.size(); ++i)
            if (before.layers[i].macs > 0) {
                rows_.push_back(i);
                spaces_.emplace(keyOf(workload.layers[i]), Found{});
            }
    }

    Result<MapResult> go(const std::function<bool(double)>& goOn)
    {
        if (!search(goOn))
            return cancelled();
        std::vector<std::vector<Candidate>> lists;
        for (const std::size_t i : rows_) {
            const LayerResult& r = before_.layers[i];
            auto& list = lists.emplace_back();
            list.push_back({r.cycles, energyOfDefault(r)}); // the default is the first
            for (const MappingCost& cost : foundOf(i).costs)
                list.push_back(candidateOf(cost));
        }
        return report(chooseBest(lists, options_.objective));
    }

private:
    const Found& foundOf(std::size_t i) const
    {
        return spaces_.find(keyOf(workload_.layers[i]))->second;
    }

    static double energyOfDefault(const LayerResult& r)
    {
        return std::accumulate(r.energy.begin(), r.energy.end(), 0.0);
    }

    bool search(const std::function<bool(double)>& goOn)
    {
        const auto kinds = static_cast<std::int64_t>(spaces_.size());
        std::int64_t left = std::max(options_.budget, kinds), todo = kinds;
        std::map<Key, bool> seen;
        for (const std::size_t i : rows_) {
            const Layer& layer = workload_.layers[i];
            if (!seen.emplace(keyOf(layer), true).second)
                continue;
            if (goOn && !goOn(1 - static_cast<double>(todo) / static_cast<double>(kinds)))
                return false;
            const MappingSpace space({layer.shape.m, layer.shape.n, layer.shape.k},
                                     {c_.rows, c_.columns});
            const std::int64_t share = left / todo;
            result_.exhaustive = result_.exhaustive && share >= space.size();
            const auto indices = drawn(space.size(), share, random_);
            Found& found = spaces_.find(keyOf(layer))->second;
            for (const std::int64_t index : indices) {
                const Mapping mapping = space.at(index);
                if (const auto cost = mappingCost(layer, mapping, c_)) {
                    found.mappings.push_back(mapping);
                    found.costs.push_back(*cost);
                }
            }
            result_.evaluated += static_cast<std::int64_t>(indices.size());
            left -= static_cast<std::int64_t>(indices.size());
            --todo;
        }
        return true;
    }

    MapResult report(const std::vector<std::size_t>& chosen)
    {
        std::vector<const MappingCost*> costs(workload_.layers.size(), nullptr);
        for (std::size_t row = 0; row < rows_.size(); ++row) {
            const std::size_t i = rows_[row];
            const LayerResult& r = before_.layers[i];
            MappedLayer layer{.layer = static_cast<int>(i),
                              .mapping = std::nullopt,
                              .cycles = r.cycles,
                              .picojoule = energyOfDefault(r),
                              .cyclesBefore = r.cycles,
                              .picojouleBefore = energyOfDefault(r),
                              .dramBytes = r.dram.total(),
                              .dramBytesBefore = r.dram.total()};
            if (chosen[row] > 0) {
                const Found& found = foundOf(i);
                const MappingCost& cost = found.costs[chosen[row] - 1];
                costs[i] = &cost;
                layer.mapping = found.mappings[chosen[row] - 1];
                layer.cycles = cost.cycles;
                layer.picojoule = cost.picojoule;
                layer.dramBytes = cost.dram.total();
            }
            result_.layers.push_back(layer);
        }
        result_.secondsBefore = before_.seconds();
        result_.jouleBefore = before_.joule();
        total(result_, workload_, c_, before_.layers, costs);
        return std::move(result_);
    }

    const Workload& workload_;
    const Systolic& c_;
    const SimResult& before_;
    const MapOptions& options_;
    Random random_;
    std::vector<std::size_t> rows_; // layers with a product
    std::map<Key, Found> spaces_;
    MapResult result_;
};

std::string textOf(const Parameter& parameter, double value)
{
    if (parameter.kind == ParameterKind::choice)
        return parameter.choices[static_cast<std::size_t>(value)];
    return value != 0 ? "on" : "off";
}

double scoreOf(const SimResult& result, MapObjective objective)
{
    return objective == MapObjective::latency  ? result.seconds()
           : objective == MapObjective::energy ? result.joule()
                                               : result.edp();
}

// All combinations of the schedule's choices; they are few.
Result<MapResult> mapChoices(const Workload& workload, const Accelerator& accelerator,
                             const Settings& settings, const MapOptions& options,
                             const SimResult& before, const std::function<bool(double)>& goOn)
{
    const auto choices = mappingParameters(accelerator);
    const auto countOf = [&](std::size_t choice) {
        const Parameter& p = accelerator.parameters[choice];
        return static_cast<std::int64_t>(p.maximum - p.minimum) + 1;
    };
    std::int64_t size = 1;
    for (const std::size_t choice : choices)
        size *= countOf(choice);
    Random random(options.seed);
    const auto indices = drawn(size, std::max<std::int64_t>(options.budget, 1), random);
    MapResult result;
    result.exhaustive = static_cast<std::int64_t>(indices.size()) == size;
    result.seconds = result.secondsBefore = before.seconds();
    result.joule = result.jouleBefore = before.joule();
    Settings best = settings;
    double least = scoreOf(before, options.objective);
    for (const std::int64_t index : indices) {
        if (goOn &&
            !goOn(static_cast<double>(result.evaluated) / static_cast<double>(indices.size())))
            return cancelled();
        Settings tried = settings;
        std::int64_t rest = index;
        for (const std::size_t choice : choices) {
            tried[choice] = accelerator.parameters[choice].minimum +
                            static_cast<double>(rest % countOf(choice));
            rest /= countOf(choice);
        }
        VITRINE_TRY(const SimResult simulated, simulate(workload, accelerator, tried));
        ++result.evaluated;
        if (scoreOf(simulated, options.objective) < least) {
            least = scoreOf(simulated, options.objective);
            best = tried;
            result.seconds = simulated.seconds();
            result.joule = simulated.joule();
        }
    }
    for (const std::size_t choice : choices) {
        const Parameter& p = accelerator.parameters[choice];
        result.choices.push_back({p.name, textOf(p, settings[choice]), textOf(p, best[choice])});
    }
    return result;
}

} // namespace

// Not idealisations (l_mode=ideal, line_buffers=unlimited): those are not ways to run a layer.
std::vector<std::size_t> mappingParameters(const Accelerator& accelerator)
{
    static const std::map<std::string, std::vector<const char*>> kChoices{
        {"p2vit", {"inter_layer", "intra_layer"}},
        {"trio-vit", {"msa", "overlap", "fusion"}},
        {"efficientvit", {"overlap", "fusion"}},
        {"nvca", {"chaining", "deformable_core"}},
        {"vitality", {"context"}}};
    std::vector<std::size_t> indices;
    const auto found = kChoices.find(accelerator.id);
    if (found != kChoices.end())
        for (const char* name : found->second)
            if (const int index = parameterIndex(accelerator.parameters, name); index >= 0)
                indices.push_back(static_cast<std::size_t>(index));
    return indices;
}

Result<MapResult> findMapping(const Workload& workload, const Accelerator& accelerator,
                              const Settings& settings, const MapOptions& options,
                              const std::function<bool(double)>& goOn)
{
    VITRINE_TRY(const SimResult before, simulate(workload, accelerator, settings));
    if (accelerator.id == "systolic") {
        const Systolic config = configOf(systolicFields(), settings);
        return ArrayMapper(workload, config, before, options).go(goOn);
    }
    return mapChoices(workload, accelerator, settings, options, before, goOn);
}

} // namespace vitrine::sim
