#pragma once

#include <cstdint>

namespace vitrine::sim
{

// A product (m x k) (k x n).
struct Product {
    std::int64_t m = 1, n = 1, k = 1;
};

// Which operand stays in the array: outputs, weights (the k x n side), inputs (the m x k side).
enum class Dataflow { os, ws, is };

// How fills and drains overlap. scalesim: not at all, as SCALE-Sim v2 counts; preload: the next
// fold's stationary operand is loaded behind the running one; ideal: macs / (rows * columns). ideal
// <= preload <= scalesim for all sizes.
enum class ArrayTime { scalesim, preload, ideal };

struct Array {
    std::int64_t rows = 32, columns = 32;
};

// What SCALE-Sim v2 reports for one product on one array. Counts
// are words.
struct ArrayCounts {
    std::int64_t cycles =
        0; // length of the demand trace; the tool reports the index of its last cycle: one less
    std::int64_t ifmapReads = 0, filterReads = 0, ofmapWrites = 0;
    std::int64_t foldWaste =
        0; // the tool counts rows + columns more writes per fold with `os`; not in ofmapWrites
    double mappingEfficiency = 0; // share of the array that has work, mean over folds
    double computeUtilisation = 0;

    std::int64_t reportedCycles() const { return cycles - 1; }
};

ArrayCounts arrayCounts(const Product& product, const Array& array, Dataflow dataflow);

// Cycles by the chosen model; fractional for ideal only. scalesim gives the length of the trace.
double arrayCycles(const Product& product, const Array& array, Dataflow dataflow, ArrayTime time);

} // namespace vitrine::sim
