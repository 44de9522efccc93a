#pragma once

#include "core/base/result.h"
#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/value_range.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// Trio-ViT's base quantizer (arXiv 2405.03882; section 2): its paper says symmetric, its released
// code is affine whatever it is told.
enum class GridKind {
    affine,    // codes 0 .. 2^bits - 1: step (high - low) / (2^bits - 1), zero round(-low / step)
    symmetric, // signed codes, zero 0: step max(|low|, |high|) / (2^(bits - 1) - 1)
};

// The grid over a range. A range of one value is stretched to 0; of 0 alone it has step 1.
CodeGrid gridOver(ValueRange range, GridKind kind, int bits);

// Of the ranges 1.00, 0.99, ... 0.21 times [low, high], the one whose grid has the smallest
// mean |x - x^|^2.4. Both ends shrink together, as in the released code. Which way halves are
// rounded makes no difference to a loss.
class ScaleSearch
{
public:
    static constexpr int kCandidates = 80;
    static constexpr double kPower = 2.4;

    // `range` is that of all values to come, from a first pass. Bits 2 .. 16. Input error where
    // there were no values, or NaN or infinity among them.
    static Result<ScaleSearch> over(ValueRange range, GridKind kind, int bits);

    // One picture after the other; losses are sums. Parallel over candidates, the same sums for
    // every thread count. Powers are interpolated: a mean is right to 8e-8 step^2.4, where evenly
    // spread errors have a mean of 0.056 step^2.4.
    void add(std::span<const float> values);

    const std::vector<CodeGrid>& candidates() const { return grids_; }
    double meanLoss(std::size_t candidate) const;
    std::size_t bestCandidate() const; // the widest of equals
    const CodeGrid& best() const { return grids_[bestCandidate()]; }

private:
    std::vector<CodeGrid> grids_;
    std::vector<double> sums_; // in steps^2.4
    std::int64_t count_ = 0;
};

// The grid of some values that are all there, for instance of a tensor of weights.
Result<CodeGrid> searchedGrid(std::span<const float> values, GridKind kind, int bits);

// A grid for each filter of weights [filters, weights of one], row-major; parallel over filters.
// Input error that names the filter.
Result<std::vector<CodeGrid>> searchedFilterGrids(std::span<const float> weights,
                                                  std::size_t filters, GridKind kind, int bits);

} // namespace vitrine::quant
