#pragma once

#include "core/quant/vision/code_grid.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// How much a tensor loses on each of several grids: the mean squared difference between it and its
// quantised self, over any number of pictures that are seen one after the other and not kept. For
// candidates of a power-of-two scale, for float scales, for the shrunk ranges of the OMSE observer.
// One thread at a time.
class GridLosses
{
public:
    // Grids without shifts of channels.
    explicit GridLosses(std::vector<CodeGrid> grids, Rounding rounding = Rounding::halfEven);

    void add(std::span<const float> values);
    void add(std::span<const double> values);

    const std::vector<CodeGrid>& grids() const { return grids_; }
    std::int64_t count() const { return count_; }
    std::vector<double> means() const; // of each grid; 0's before the first value

private:
    template <typename T>
    void addAll(std::span<const T> values);

    std::vector<CodeGrid> grids_;
    Rounding rounding_;
    std::vector<double> sums_;
    std::int64_t count_ = 0;
};

} // namespace vitrine::quant
