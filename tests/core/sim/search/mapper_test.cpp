#include "core/sim/search/mapper.h"

#include "core/base/random.h"
#include "core/sim/workload/workloads.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace vitrine::sim
{
namespace
{

Layer product(const std::string& name, std::int64_t m, std::int64_t n, std::int64_t k)
{
    return {.shape = model::linearShape(name, m, k, n, false)};
}

Systolic smallArray()
{
    Systolic c;
    c.rows = c.columns = 4;
    c.ifmapKB = c.filterKB = c.ofmapKB = 1;
    return c;
}

// The judge of traffic: walks through the loops tile by tile and fetches whatever is not there.
Traffic walked(const Layer& layer, const Mapping& mapping)
{
    const Product p{layer.shape.m, layer.shape.n, layer.shape.k};
    const auto size = [](const Product& q, Loop loop) {
        return loop == Loop::m ? q.m : loop == Loop::n ? q.n : q.k;
    };
    std::array<std::int64_t, 3> trips{};
    for (std::size_t i = 0; i < 3; ++i)
        trips[i] = ceilDivide(size(p, mapping.order[i]), size(mapping.tile, mapping.order[i]));
    Traffic traffic;
    std::map<Loop, std::int64_t> at;
    std::array<std::pair<std::int64_t, std::int64_t>, 3> held{{{-1, -1}, {-1, -1}, {-1, -1}}};
    std::set<std::pair<std::int64_t, std::int64_t>> begun;
    const auto side = [&](Loop loop) {
        const std::int64_t tile = size(mapping.tile, loop);
        return std::min(tile, size(p, loop) - at[loop] * tile);
    };
    for (std::int64_t a = 0; a < trips[0]; ++a)
        for (std::int64_t b = 0; b < trips[1]; ++b)
            for (std::int64_t c = 0; c < trips[2]; ++c) {
                at[mapping.order[0]] = a;
                at[mapping.order[1]] = b;
                at[mapping.order[2]] = c;
                const std::pair in{at[Loop::m], at[Loop::k]}, weights{at[Loop::k], at[Loop::n]},
                    out{at[Loop::m], at[Loop::n]};
                if (held[0] != in)
                    traffic.in += side(Loop::m) * side(Loop::k);
                if (held[1] != weights)
                    traffic.weights += side(Loop::k) * side(Loop::n);
                if (held[2] != out) // written when it is left; read where it was begun before
                    traffic.out +=
                        (begun.insert(out).second ? 1 : 2) * side(Loop::m) * side(Loop::n);
                held = {in, weights, out};
            }
    return traffic;
}

TEST(Mapping, TrafficIsThatOfTheLoopsWalkedThrough)
{
    const Layer layer = product("layer", 10, 12, 20);
    const MappingSpace space({10, 12, 20}, {4, 4});
    int fitting = 0;
    for (std::int64_t i = 0; i < space.size(); ++i) {
        const Mapping mapping = space.at(i);
        const auto cost = mappingCost(layer, mapping, smallArray());
        if (!cost)
            continue;
        ++fitting;
        ASSERT_EQ(cost->dram, walked(layer, mapping))
            << i << ": tile " << mapping.tile.m << ' ' << mapping.tile.n << ' ' << mapping.tile.k;
    }
    EXPECT_EQ(fitting, space.size()); // all of it is small
}

// Worked by hand: 4 x 4 x 4 in tiles of 2, n outermost: the inputs come twice, weights once, each
// output tile is left once and comes back once.
TEST(Mapping, ATinyCaseByHand)
{
    Layer layer = product("layer", 4, 4, 4);
    const Mapping mapping{Dataflow::os, {2, 2, 2}, {Loop::n, Loop::k, Loop::m}};

    const auto cost = mappingCost(layer, mapping, smallArray());

    ASSERT_TRUE(cost);
    EXPECT_EQ(cost->dram, (Traffic{32, 16, 48}));
}

TEST(Mapping, TheWholeAsOneTileCostsWhatTheSimulatorSays)
{
    for (const char* dataflow : {"os", "ws", "is"})
        for (const char* memory : {"ideal", "stalls"}) {
            const Accelerator& array = *findAccelerator("systolic");
            const Parameter& flows = array.parameters[static_cast<std::size_t>(
                parameterIndex(array.parameters, "dataflow"))];
            const auto flow = std::ranges::find(flows.choices, dataflow) - flows.choices.begin();
            const auto settings =
                settingsWith(array.parameters,
                             {{"dataflow", static_cast<double>(flow)},
                              {"memory", std::string_view(memory) == "stalls" ? 1.0 : 0.0},
                              {"ifmap_kb", 1024},
                              {"filter_kb", 1024},
                              {"ofmap_kb", 1024}})
                    .value();
            Workload workload{"one", "one", {product("layer", 100, 70, 130)}};
            const SimResult result = simulate(workload, array, settings).value();
            const auto cost = mappingCost(
                workload.layers[0],
                {static_cast<Dataflow>(flow), {100, 70, 130}, {Loop::m, Loop::n, Loop::k}},
                configOf(systolicFields(), settings));

            ASSERT_TRUE(cost);
            EXPECT_EQ(cost->computeCycles, result.computeCycles);
            EXPECT_EQ(cost->cycles, result.cycles);
            EXPECT_EQ(cost->dram, result.dram);
            EXPECT_EQ(cost->sram, result.sram);
            EXPECT_NEAR(cost->picojoule, result.joule() * 1e12, 1e-9 * cost->picojoule);
        }
}

TEST(Mapping, ATileThatDoesNotFitIsRefused)
{
    const Layer layer = product("layer", 100, 100, 100);
    EXPECT_FALSE(mappingCost(layer, {Dataflow::os, {100, 8, 8}, {}}, smallArray())); // 800 bytes
    EXPECT_TRUE(
        mappingCost(layer, {Dataflow::os, {32, 8, 8}, {Loop::m, Loop::n, Loop::k}}, smallArray()));
}

// Every combination of three lists, against the hull.
TEST(ChooseBest, EqualsTryingEveryCombination)
{
    Random random(5);
    for (int round = 0; round < 300; ++round) {
        std::vector<std::vector<Candidate>> lists(3);
        for (auto& list : lists)
            for (std::uint64_t i = 0; i < 1 + random.below(7); ++i)
                list.push_back(
                    {1 + std::floor(random.uniform() * 30), 1 + std::floor(random.uniform() * 30)});
        for (const MapObjective objective :
             {MapObjective::latency, MapObjective::energy, MapObjective::edp}) {
            const auto score = [&](const std::vector<std::size_t>& chosen) {
                double cycles = 0, energy = 0;
                for (std::size_t l = 0; l < lists.size(); ++l) {
                    cycles += lists[l][chosen[l]].cycles;
                    energy += lists[l][chosen[l]].picojoule;
                }
                return objective == MapObjective::latency  ? cycles
                       : objective == MapObjective::energy ? energy
                                                           : cycles * energy;
            };
            double least = INFINITY;
            for (std::size_t a = 0; a < lists[0].size(); ++a)
                for (std::size_t b = 0; b < lists[1].size(); ++b)
                    for (std::size_t c = 0; c < lists[2].size(); ++c)
                        least = std::min(least, score({a, b, c}));
            ASSERT_DOUBLE_EQ(score(chooseBest(lists, objective)), least) << round;
        }
    }
}

MapResult mapped(const char* machine, const char* workload, const MapOptions& options,
                 const std::map<std::string, double>& changes = {})
{
    const Accelerator& accelerator = *findAccelerator(machine);
    return findMapping(namedWorkload(workload).value(), accelerator,
                       settingsWith(accelerator.parameters, changes).value(), options)
        .value();
}

TEST(FindMapping, NoObjectiveGetsWorseAndTheSumsAreThoseOfTheLayers)
{
    for (const MapObjective objective :
         {MapObjective::latency, MapObjective::energy, MapObjective::edp}) {
        const MapResult found = mapped("systolic", "deit-tiny", {objective, 20'000, 1});
        double cycles = 0, energy = 0;
        for (const MappedLayer& layer : found.layers) {
            cycles += layer.cycles;
            energy += layer.picojoule;
        }
        EXPECT_NEAR(found.seconds * 500e6, cycles, 1e-6 * cycles);
        EXPECT_NEAR(found.joule * 1e12, energy, 1e-6 * energy);
        if (objective == MapObjective::latency) {
            EXPECT_LE(found.seconds, found.secondsBefore);
        } else if (objective == MapObjective::energy) {
            EXPECT_LT(found.joule, found.jouleBefore);
        } else {
            EXPECT_GT(found.edpGain(), 1);
        }
    }
}

// One small product: the mapper's choice is the best of all there are.
TEST(FindMapping, EqualsExhaustiveSearchOnASmallCase)
{
    const Accelerator& array = *findAccelerator("systolic");
    const std::map<std::string, double> small{{"rows", 4},      {"cols", 4},     {"ifmap_kb", 1},
                                              {"filter_kb", 1}, {"ofmap_kb", 1}, {"static_w", 0.1}};
    const auto settings = settingsWith(array.parameters, small).value();
    const Systolic config = configOf(systolicFields(), settings);
    const Workload workload{"small", "small", {product("layer", 40, 24, 60)}};
    const MappingSpace space({40, 24, 60}, {4, 4});
    const SimResult before = simulate(workload, array, settings).value();
    double least = before.cycles * before.joule() * 1e12;
    for (std::int64_t i = 0; i < space.size(); ++i)
        if (const auto cost = mappingCost(workload.layers[0], space.at(i), config))
            least = std::min(least, cost->cycles * cost->picojoule);

    const MapResult found =
        findMapping(workload, array, settings, {MapObjective::edp, space.size(), 0}).value();

    EXPECT_TRUE(found.exhaustive);
    EXPECT_EQ(found.evaluated, space.size());
    EXPECT_NEAR(found.layers[0].cycles * found.layers[0].picojoule, least, 1e-9 * least);
}

TEST(FindMapping, TheSameSeedGivesTheSameMappingAndABudgetIsKept)
{
    const MapOptions options{MapObjective::edp, 500, 3};
    const MapResult a = mapped("systolic", "deit-tiny", options),
                    b = mapped("systolic", "deit-tiny", options);

    EXPECT_LE(a.evaluated, 500);
    EXPECT_FALSE(a.exhaustive);
    EXPECT_EQ(a.joule, b.joule);
    ASSERT_EQ(a.layers.size(), b.layers.size());
    for (std::size_t i = 0; i < a.layers.size(); ++i)
        EXPECT_EQ(a.layers[i].mapping, b.layers[i].mapping);
}

TEST(FindMapping, ScheduleChoicesAreTriedAll)
{
    const MapResult found = mapped("nvca", "ctvc-ref@720p", {MapObjective::energy, 1000, 0});

    EXPECT_EQ(found.evaluated, 9); // three ways to chain, three places for deformable layers
    EXPECT_TRUE(found.exhaustive);
    EXPECT_LT(found.joule, found.jouleBefore); // more is chained than by default
    ASSERT_EQ(found.choices.size(), 2u);
    EXPECT_EQ(found.choices[0].found, "max");
}

TEST(FindMapping, CanBeCancelled)
{
    const Accelerator& array = *findAccelerator("systolic");
    const auto found =
        findMapping(namedWorkload("deit-tiny").value(), array, defaultSettings(array.parameters),
                    {MapObjective::edp, 1000, 0}, [](double) { return false; });
    ASSERT_FALSE(found);
}

} // namespace
} // namespace vitrine::sim
