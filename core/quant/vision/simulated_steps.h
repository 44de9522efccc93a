#pragma once

#include "core/quant/matrix.h"
#include "core/quant/vision/simulated_vision.h"

// The layers of a network in codes, one by one, in double precision. A matrix holds the distance of
// each code from its grid's zero as a whole number; softmax as powers of two holds 2^(15 - L).
namespace vitrine::quant
{

struct SimulatedInput {
    const Matrix* codes = nullptr;
    const CodeGrid* grid = nullptr;
    const CodeGrid* second =
        nullptr; // of the second half of heads; nullptr: it has none of its own
};

struct SimulatedRounding {
    Rounding rounding = Rounding::halfUp;
    RoundingCount* count = nullptr;

    // The code for a sum, as its distance from the grid's zero.
    double code(double sum, const Rescale& by, const CodeGrid& grid) const;
    // The code for a number.
    double code(double value, const CodeGrid& grid, std::size_t channel) const;
    // The same of all sums, each with its column's bias added (or none), by one rescale for all or
    // one for each column; and of all numbers. Equal codes and counts, many times as fast.
    void codes(Matrix& sums, std::span<const Rescale> by, std::span<const double> biases,
               const CodeGrid& grid) const;
    void codes(Matrix& values, const CodeGrid& grid) const;

private:
    double whole(double sum, const Rescale& by) const;
};

// `layer` is the product's own; its activation, if one is fused, stands in `work`.
Matrix simulateProduct(const model::NetworkLayer& layer, const CodedProduct& work, SimulatedInput x,
                       const CodeGrid& output, const SimulatedRounding& to);
Matrix simulateTokens(const CodedTokens& work, SimulatedInput patches, const CodeGrid& output,
                      const SimulatedRounding& to);
Matrix simulateSum(const CodedSum& work, SimulatedInput a, SimulatedInput b, const CodeGrid& output,
                   const SimulatedRounding& to);
Matrix simulateNorm(const CodedNorm& work, SimulatedInput x, const CodeGrid& output,
                    const SimulatedRounding& to);
// Queries, keys and values lie side by side in the columns of one matrix.
Matrix simulateScores(const model::LayerShape& shape, const CodedScores& work, SimulatedInput qkv,
                      const CodeGrid& output, const SimulatedRounding& to);
Matrix simulateSoftmax(const CodedSoftmax& work, SimulatedInput scores, const CodeGrid& output,
                       const SimulatedRounding& to);
Matrix simulateValues(const model::LayerShape& shape, const CodedValues& work,
                      SimulatedInput weights, SimulatedInput qkv, const CodeGrid& output,
                      const SimulatedRounding& to);

} // namespace vitrine::quant
