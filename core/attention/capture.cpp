#include "core/attention/capture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/attention/capture_data.h"
#include "core/base/parallel.h"

namespace vitrine::attention
{

namespace
{

constexpr std::int64_t kTileBlock = 256;

std::span<const float> part(const std::vector<float>& values, std::size_t index,
                            std::int64_t length)
{
    return std::span(values).subspan(index * static_cast<std::size_t>(length),
                                     static_cast<std::size_t>(length));
}

// Rows [row, row + rows) of a two-dimensional tensor as floats.
std::vector<float> rowsOf(const TensorView& tensor, std::int64_t row, std::int64_t rows)
{
    const std::int64_t width = tensor.shape[1];
    const auto bytes = static_cast<std::size_t>(width) * dtypeSize(tensor.type);
    return toFloat(TensorView{tensor.type,
                              {rows, width},
                              tensor.bytes.subspan(static_cast<std::size_t>(row) * bytes,
                                                   static_cast<std::size_t>(rows) * bytes)});
}

// Weights of a block of at most kTileBlock x kTileBlock entries, masked ones NaN.
std::vector<float> blockWeights(const CaptureData& data, const CaptureData::Head& head,
                                const Capture::Tile& block)
{
    std::vector<float> weights(static_cast<std::size_t>(block.rows * block.columns));
    if (head.map.shape.empty()) {
        weightTile(
            data.scores, block.row, block.rows, block.column, block.columns,
            rowsOf(head.q, block.row, block.rows), rowsOf(head.k, block.column, block.columns),
            std::span(head.lse).subspan(static_cast<std::size_t>(block.row)), weights.data());
        if (head.edit)
            applyEdit(*head.edit, block.row, block.rows, block.column, block.columns,
                      weights.data());
        return weights;
    }
    const std::vector<float> rows = rowsOf(head.map, block.row, block.rows);
    for (std::int64_t r = 0; r < block.rows; ++r) {
        const KeyRange seen = keysSeen(block.row + r, data.scores.window);
        for (std::int64_t c = 0; c < block.columns; ++c) {
            const std::int64_t key = block.column + c;
            weights[static_cast<std::size_t>(r * block.columns + c)] =
                key >= seen.first && key < seen.end
                    ? rows[static_cast<std::size_t>(r * data.scores.tokens + key)]
                    : std::numeric_limits<float>::quiet_NaN();
        }
    }
    return weights;
}

bool isSeenWithin(const Capture::Tile& block, std::int64_t window)
{
    const std::int64_t lastRow = block.row + block.rows - 1;
    return block.column <= lastRow &&
           keysSeen(block.row, window).first < block.column + block.columns;
}

// Cells begin as kUnseen; a weight that is NaN stays, whatever else its cell sees.
struct Pool {
    static constexpr float kUnseen = -std::numeric_limits<float>::infinity();
    const Capture::Tile& tile;
    std::int64_t window;
    std::int64_t columns; // of the result
    std::vector<float>& cells;

    void add(const Capture::Tile& block, const std::vector<float>& weights) const
    {
        for (std::int64_t r = 0; r < block.rows; ++r) {
            const std::int64_t row = (block.row + r - tile.row) / tile.stride;
            const KeyRange seen = keysSeen(block.row + r, window);
            const std::int64_t first = std::max<std::int64_t>(seen.first - block.column, 0),
                               end = std::min(seen.end - block.column, block.columns);
            for (std::int64_t c = first; c < end; ++c) {
                const std::int64_t column = (block.column + c - tile.column) / tile.stride;
                float& cell = cells[static_cast<std::size_t>(row * columns + column)];
                const float weight = weights[static_cast<std::size_t>(r * block.columns + c)];
                if (std::isnan(weight) || weight > cell)
                    cell = weight;
            }
        }
    }
};

std::int64_t roundedUp(std::int64_t size, std::int64_t step)
{
    return (size + step - 1) / step;
}

} // namespace

std::int64_t Capture::tokens() const
{
    return d_->scores.tokens;
}
std::int64_t Capture::layers() const
{
    return d_->layers();
}
std::int64_t Capture::heads() const
{
    return d_->heads;
}
std::int64_t Capture::window() const
{
    return d_->scores.window;
}
const std::string& Capture::model() const
{
    return d_->model;
}
const std::vector<int>& Capture::layerIds() const
{
    return d_->layerIds;
}
const std::vector<std::string>& Capture::tokenTexts() const
{
    return d_->texts;
}
const std::vector<std::int64_t>& Capture::tokenIds() const
{
    return d_->ids;
}
std::span<const std::int32_t> Capture::columnRows() const
{
    return d_->columnRows;
}
std::int64_t Capture::thumbnailSide() const
{
    return d_->side;
}

std::span<const float> Capture::columnScore(std::int64_t layer, std::int64_t head) const
{
    return part(d_->columnScore, d_->index(layer, head), tokens());
}
std::span<const float> Capture::thumbnail(std::int64_t layer, std::int64_t head) const
{
    return part(d_->thumbnail, d_->index(layer, head), d_->side * d_->side);
}
double Capture::firstTokenMass(std::int64_t layer, std::int64_t head) const
{
    return d_->firstTokenMass[d_->index(layer, head)];
}
double Capture::entropy(std::int64_t layer, std::int64_t head) const
{
    return d_->entropy[d_->index(layer, head)];
}
double Capture::distance(std::int64_t layer, std::int64_t head) const
{
    return d_->distance[d_->index(layer, head)];
}
bool Capture::keeps(std::int64_t layer, std::int64_t head) const
{
    return d_->kept.contains({layer, head});
}

const KeptEdit* Capture::edit(std::int64_t layer, std::int64_t head) const
{
    const auto found = d_->kept.find({layer, head});
    return found != d_->kept.end() && found->second.edit ? &*found->second.edit : nullptr;
}

bool Capture::isSeen(const Tile& tile) const
{
    return isSeenWithin(tile, window());
}

Result<std::vector<float>> Capture::tile(std::int64_t layer, std::int64_t head,
                                         const Tile& tile) const
{
    const std::int64_t size = tokens();
    const auto inside = [size](std::int64_t first, std::int64_t count) {
        return first >= 0 && count >= 0 && first <= size && count <= size - first;
    };
    if (!inside(tile.row, tile.rows) || !inside(tile.column, tile.columns) || tile.stride < 1)
        return argumentError(
            "rows {} + {}, columns {} + {}, stride {}: no tile of a map of {} tokens", tile.row,
            tile.rows, tile.column, tile.columns, tile.stride, size);
    const auto found = d_->kept.find({layer, head});
    if (found == d_->kept.end())
        return argumentError("head {} of captured layer {} was not kept: run again with keep=all",
                             head, layer);

    const std::int64_t rows = roundedUp(tile.rows, tile.stride),
                       columns = roundedUp(tile.columns, tile.stride);
    std::vector<float> cells(static_cast<std::size_t>(rows * columns), Pool::kUnseen);
    const Pool pool{tile, window(), columns, cells};

    // Strips of whole result rows, so that threads write to different cells.
    const std::int64_t strip = std::max<std::int64_t>(1, kTileBlock / tile.stride) * tile.stride;
    parallelFor(static_cast<std::size_t>(roundedUp(tile.rows, strip)), [&](std::size_t index) {
        const std::int64_t start = tile.row + static_cast<std::int64_t>(index) * strip;
        const std::int64_t end = std::min(start + strip, tile.row + tile.rows);
        for (std::int64_t row = start; row < end; row += kTileBlock) {
            for (std::int64_t column = tile.column; column < tile.column + tile.columns;
                 column += kTileBlock) {
                const Tile block = {row, column, std::min(kTileBlock, end - row),
                                    std::min(kTileBlock, tile.column + tile.columns - column), 1};
                if (isSeen(block))
                    pool.add(block, blockWeights(*d_, found->second, block));
            }
        }
    });
    VITRINE_CHECK(d_->file->unchanged());
    std::ranges::replace(cells, Pool::kUnseen, std::numeric_limits<float>::quiet_NaN());
    return cells;
}

} // namespace vitrine::attention
