#include "core/sim/search/mapping.h"

#include "core/sim/cost/memory.h"

#include <algorithm>

namespace vitrine::sim
{

namespace
{

constexpr std::array<LoopOrder, 6> kOrders{{{Loop::m, Loop::n, Loop::k},
                                            {Loop::m, Loop::k, Loop::n},
                                            {Loop::n, Loop::m, Loop::k},
                                            {Loop::n, Loop::k, Loop::m},
                                            {Loop::k, Loop::m, Loop::n},
                                            {Loop::k, Loop::n, Loop::m}}};

std::int64_t productSize(const Product& p, Loop loop)
{
    return loop == Loop::m ? p.m : loop == Loop::n ? p.n : p.k;
}

// How often everything of a tensor comes by: the trips of the loop that does not index it where a
// loop that does is nested inside; loops of one trip are none.
std::int64_t visits(const LoopOrder& order, const Product& trips, Loop foreign)
{
    bool inside = false;
    for (auto loop = order.rbegin(); loop != order.rend(); ++loop) {
        if (*loop == foreign)
            return inside ? productSize(trips, foreign) : 1;
        inside = inside || productSize(trips, *loop) > 1;
    }
    return 1;
}

// Full tiles and the one at the edge, along one side.
struct Cut {
    std::int64_t size, count;
};
std::array<Cut, 2> cutsOf(std::int64_t whole, std::int64_t tile)
{
    return {Cut{tile, whole / tile}, Cut{whole % tile, whole % tile > 0 ? 1 : 0}};
}

struct OnArray {
    double cycles = 0;
    Traffic sram;
};

OnArray runTiles(const Product& p, const Mapping& mapping, const Systolic& c)
{
    const Array array{c.rows, c.columns};
    OnArray all;
    for (const Cut m : cutsOf(p.m, mapping.tile.m))
        for (const Cut n : cutsOf(p.n, mapping.tile.n))
            for (const Cut k : cutsOf(p.k, mapping.tile.k)) {
                const std::int64_t count = m.count * n.count * k.count;
                if (count == 0)
                    continue;
                const Product tile{m.size, n.size, k.size};
                const ArrayCounts counts = arrayCounts(tile, array, mapping.dataflow);
                all.cycles +=
                    static_cast<double>(count) * arrayCycles(tile, array, mapping.dataflow, c.time);
                all.sram += {count * counts.ifmapReads, count * counts.filterReads,
                             count * (counts.ofmapWrites + (c.toolWrites ? counts.foldWaste : 0))};
            }
    if (c.time == ArrayTime::scalesim)
        all.cycles -= 1; // the index of the last cycle, as the tool reports it
    return all;
}

} // namespace

std::optional<MappingCost> mappingCost(const Layer& layer, const Mapping& mapping,
                                       const Systolic& c)
{
    const Product p{layer.shape.m, layer.shape.n, layer.shape.k};
    const Product& tile = mapping.tile;
    const auto half = [](std::int64_t kilobytes) { return kilobytes * 512; };
    if (bytesOf(tile.m * tile.k, layer.bitsIn) > half(c.ifmapKB) ||
        bytesOf(tile.k * tile.n, layer.bitsWeight) > half(c.filterKB) ||
        bytesOf(tile.m * tile.n, layer.bitsOut) > half(c.ofmapKB))
        return std::nullopt;
    const Product trips{ceilDivide(p.m, tile.m), ceilDivide(p.n, tile.n), ceilDivide(p.k, tile.k)};
    const std::int64_t batch = layer.shape.batch;
    const OnArray run = runTiles(p, mapping, c);
    MappingCost cost;
    cost.computeCycles = static_cast<double>(batch) * run.cycles;
    cost.sram = {batch * run.sram.in, batch * run.sram.weights, batch * run.sram.out};
    cost.dram = {batch * bytesOf(p.m * p.k, layer.bitsIn) * visits(mapping.order, trips, Loop::n),
                 batch * bytesOf(p.k * p.n, layer.bitsWeight) *
                     visits(mapping.order, trips, Loop::m),
                 batch * bytesOf(p.m * p.n, layer.bitsOut) *
                     (2 * visits(mapping.order, trips, Loop::k) - 1)};
    const double dramCycles = static_cast<double>(cost.dram.total()) / c.bytesPerCycle();
    cost.cycles = c.memory == MemoryTime::stalls ? std::max(cost.computeCycles, dramCycles)
                                                 : cost.computeCycles;
    cost.parts = energyOf(operationsOf(layer), cost.sram, cost.dram, c);
    for (const double part : cost.parts)
        cost.picojoule += part;
    cost.picojoule += c.staticWatt / c.clockHz() * 1e12 * cost.cycles;
    return cost;
}

MappingSpace::MappingSpace(const Product& product, const Array& array)
{
    for (std::size_t side = 0; side < 3; ++side) {
        const std::int64_t whole = side == 0 ? product.m : side == 1 ? product.n : product.k;
        std::vector<std::int64_t>& tiles = tiles_[side];
        for (const std::int64_t unit : {array.rows, array.columns})
            for (std::int64_t tile = unit; tile < whole; tile *= 2)
                tiles.push_back(tile);
        tiles.push_back(whole);
        std::ranges::sort(tiles);
        tiles.erase(std::unique(tiles.begin(), tiles.end()), tiles.end());
    }
}

std::int64_t MappingSpace::size() const
{
    std::int64_t size = 3 * static_cast<std::int64_t>(kOrders.size());
    for (const auto& tiles : tiles_)
        size *= static_cast<std::int64_t>(tiles.size());
    return size;
}

Mapping MappingSpace::at(std::int64_t index) const
{
    const auto digit = [&](std::int64_t base) {
        const std::int64_t value = index % base;
        index /= base;
        return static_cast<std::size_t>(value);
    };
    const auto tile = [&](std::size_t side) {
        return tiles_[side][digit(static_cast<std::int64_t>(tiles_[side].size()))];
    };
    Mapping mapping;
    mapping.dataflow = static_cast<Dataflow>(digit(3));
    mapping.order = kOrders[digit(static_cast<std::int64_t>(kOrders.size()))];
    mapping.tile.m = tile(0);
    mapping.tile.n = tile(1);
    mapping.tile.k = tile(2);
    return mapping;
}

} // namespace vitrine::sim
