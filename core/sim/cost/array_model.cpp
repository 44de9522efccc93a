#include "core/sim/cost/array_model.h"

#include "core/sim/workload/layer.h"

namespace vitrine::sim
{

namespace
{

// The operands as the array sees them: along its rows, along its columns, in time.
struct Spread {
    std::int64_t rows, columns, time;
};

Spread spread(const Product& p, Dataflow dataflow)
{
    switch (dataflow) {
    case Dataflow::os:
        return {p.m, p.n, p.k};
    case Dataflow::ws:
        return {p.k, p.n, p.m};
    case Dataflow::is:
        return {p.k, p.m, p.n};
    }
    return {};
}

struct Folds {
    Spread spread;
    std::int64_t down, across;
};

Folds foldsOf(const Product& product, const Array& array, Dataflow dataflow)
{
    const Spread s = spread(product, dataflow);
    return {s, ceilDivide(s.rows, array.rows), ceilDivide(s.columns, array.columns)};
}

// One fold without overlap: the stationary operand is loaded row by row, data runs through, the
// skew drains.
std::int64_t foldCycles(const Folds& folds, const Array& array, Dataflow dataflow)
{
    return (dataflow == Dataflow::os ? 1 : 2) * array.rows + array.columns + folds.spread.time - 2;
}

} // namespace

ArrayCounts arrayCounts(const Product& p, const Array& array, Dataflow dataflow)
{
    const Folds folds = foldsOf(p, array, dataflow);
    const auto [spread, down, across] = folds;
    const std::int64_t perFold = foldCycles(folds, array, dataflow);
    ArrayCounts counts;
    counts.cycles = down * across * perFold;
    switch (dataflow) {
    case Dataflow::os:
        counts.ifmapReads = p.k * p.m * across;
        counts.filterReads = p.k * p.n * down;
        counts.ofmapWrites = p.m * p.n;
        counts.foldWaste = down * across * (array.rows + array.columns);
        break;
    case Dataflow::ws:
        counts.ifmapReads = p.m * p.k * across;
        counts.filterReads = p.k * p.n;
        counts.ofmapWrites = p.m * p.n * down;
        break;
    case Dataflow::is:
        counts.ifmapReads = p.m * p.k;
        counts.filterReads = p.k * p.n * across;
        counts.ofmapWrites = p.m * p.n * down;
        break;
    }
    const double given = static_cast<double>(spread.rows) * static_cast<double>(spread.columns);
    const double offered =
        static_cast<double>(array.rows * array.columns) * static_cast<double>(down * across);
    // The tool counts the skew of a stationary operand once more.
    const std::int64_t counted = perFold + (dataflow == Dataflow::os ? 0 : array.columns - 1);
    counts.mappingEfficiency = given / offered;
    counts.computeUtilisation =
        given * static_cast<double>(spread.time) / (offered * static_cast<double>(counted));
    return counts;
}

double arrayCycles(const Product& p, const Array& array, Dataflow dataflow, ArrayTime time)
{
    const Folds folds = foldsOf(p, array, dataflow);
    const std::int64_t count = folds.down * folds.across, run = folds.spread.time;
    switch (time) {
    case ArrayTime::ideal:
        return static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k) /
               static_cast<double>(array.rows * array.columns);
    case ArrayTime::preload: {
        const std::int64_t fill = dataflow == Dataflow::os ? 0 : array.rows;
        return static_cast<double>(fill + (count - 1) * std::max(run, array.rows) + run +
                                   array.rows + array.columns - 2);
    }
    case ArrayTime::scalesim:
        break;
    }
    return static_cast<double>(count * foldCycles(folds, array, dataflow));
}

} // namespace vitrine::sim
