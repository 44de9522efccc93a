#pragma once

#include "core/figure/figure.h"
#include "widgets/runs/find/run_finder.h"

#include <QPolygonF>

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine
{

// How two quantities of runs are drawn against each other.
struct ScatterData {
    const RunColumn *x = nullptr, *y = nullptr;
    std::vector<std::int64_t> kept;     // sorted numbers that a brush keeps
    bool brushed = false;               // else all are kept
    std::vector<std::int64_t> selected; // in the table
    std::span<const std::int64_t> numbers;
};

// From here on a cloud of points says less than how many lie where.
inline constexpr std::size_t kMostPoints = 2000;

// Positive values over more than two decades are shown by their logarithm.
bool isLogarithmic(const RunColumn& column);

// Single points up to kMostPoints runs, else their density (log scale), with the brushed ones on it
// as points where they are few enough.
figure::Figure scatterFigure(const ScatterData& data);

// The runs inside a region of that figure, sorted.
std::vector<std::int64_t> runsInside(const ScatterData& data, const QPolygonF& region);

} // namespace vitrine
