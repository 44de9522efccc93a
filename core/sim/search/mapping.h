#pragma once

#include "core/sim/cost/result.h"
#include "core/sim/machine/systolic.h"

#include <array>
#include <optional>
#include <vector>

namespace vitrine::sim
{

// How one product is cut for the plain array: tiles that the three buffers hold, the order in which
// the loops over them are nested, and the dataflow inside a tile.
enum class Loop { m, n, k };
using LoopOrder = std::array<Loop, 3>; // outermost first
struct Mapping {
    Dataflow dataflow = Dataflow::os;
    Product tile; // at most the product
    LoopOrder order{Loop::m, Loop::n, Loop::k};

    friend bool operator==(const Mapping& a, const Mapping& b)
    {
        return a.dataflow == b.dataflow && a.tile.m == b.tile.m && a.tile.n == b.tile.n &&
               a.tile.k == b.tile.k && a.order == b.order;
    }
};

struct MappingCost {
    double computeCycles = 0, cycles = 0; // cycles: waiting for DRAM where that is counted
    double picojoule = 0;                 // fixed power included
    EnergyParts parts{};                  // without it
    Traffic dram, sram;
};

// Traffic by the nested-loop analysis: a tile of a tensor is fetched again for every iteration of
// a loop that does not index it, unless all loops inside that one do not index it either; a partial
// sum that is left is written, and read when its tile comes back. None where a tile does not fit
// half of its buffer. The product must have k > 0; sizes are checked (layer.h).
std::optional<MappingCost> mappingCost(const Layer& layer, const Mapping& mapping,
                                       const Systolic& machine);

// All mappings with tiles that are the array's sides times a power of two, or the whole: by index,
// any order of magnitude.
class MappingSpace
{
public:
    MappingSpace(const Product& product, const Array& array);
    std::int64_t size() const;
    Mapping at(std::int64_t index) const;

private:
    std::array<std::vector<std::int64_t>, 3> tiles_; // m, n, k
};

} // namespace vitrine::sim
