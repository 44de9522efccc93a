#include "core/tensor/kernels/int8_scores.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/int8_band.h"

#include <algorithm>
#include <vector>

namespace vitrine::kernels
{
namespace
{

constexpr std::int64_t kScoreRows = 48; // of one thread's share

} // namespace

void int8Scores(const Int8HeadsShape& shape, Int8Heads q, Int8Heads k, const SumRequantizer& by,
                std::int8_t* scores, std::int64_t stride)
{
    thread_local std::vector<Int8Tiles> keyTiles;
    keyTiles.resize(std::max(keyTiles.size(), static_cast<std::size_t>(shape.heads)));
    Int8Tiles* tiles = keyTiles.data(); // of the calling thread
    parallelFor(static_cast<std::size_t>(shape.heads), [&](std::size_t head) {
        tiles[head].packRows(k.codes + static_cast<std::int64_t>(head) * shape.headSize, shape.keys,
                             shape.headSize, k.stride);
    });
    const std::int64_t shares = (shape.queries + kScoreRows - 1) / kScoreRows;
    parallelFor(static_cast<std::size_t>(shape.heads * shares), [&](std::size_t item) {
        const std::int64_t head = static_cast<std::int64_t>(item) / shares,
                           row = static_cast<std::int64_t>(item) % shares * kScoreRows;
        multiplyBand({.tiles = tiles + head, .requantizer = &by},
                     Int8Band<std::int8_t>{.x = q.codes + row * q.stride + head * shape.headSize,
                                           .rows = std::min(kScoreRows, shape.queries - row),
                                           .stride = q.stride,
                                           .y = scores + (head * shape.queries + row) * stride,
                                           .yStride = stride,
                                           .blocks = tiles[head].blocks()});
    });
}

} // namespace vitrine::kernels
