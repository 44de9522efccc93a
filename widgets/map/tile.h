#pragma once

#include "core/base/result.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace vitrine
{

// A part of a grid, in cells of the grid. With stride > 1 each value stands for a block of stride x
// stride cells.
struct MapTile {
    std::int64_t row = 0, column = 0, rows = 0, columns = 0, stride = 1;

    std::int64_t height() const { return (rows + stride - 1) / stride; } // values
    std::int64_t width() const { return (columns + stride - 1) / stride; }
    friend auto operator<=>(const MapTile&, const MapTile&) = default;
};

// height() * width() values of a tile, row-major, NaN where there is no cell (the causal future),
// figure::kNotFinite where there is one that is not finite (core/figure/not_finite.h). A block's
// value is the one that must not vanish: the largest, or for differences the one farthest
// from zero. Called on worker threads, several at once.
using TileSource = std::function<Result<std::vector<float>>(const MapTile&)>;

// Work on another thread, then `done` in the window's thread unless `owner` is gone
// (ViewContext::compute).
using MapCompute = std::function<void(QObject* owner, const QString& key,
                                      std::function<void()> work, std::function<void()> done)>;

// What a MapView shows: sizes, where the values come from, and what stands in the margins.
struct MapGrid {
    std::int64_t rows = 0, columns = 0;
    TileSource tile; // none: the preview is all there is
    std::vector<float>
        preview; // previewSide^2 values over the whole grid: shown until tiles arrive; may be empty
    std::int64_t previewSide = 0;
    std::shared_ptr<const QStringList> rowLabels, columnLabels; // one per row, column; may be null
};

} // namespace vitrine
