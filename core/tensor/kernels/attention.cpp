#include "core/tensor/kernels/attention.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/dot.h"
#include "core/tensor/kernels/edit_row.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/softmax_row.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace vitrine::kernels
{
namespace
{

constexpr std::int64_t kBlockRows = 64; // queries of one block of scores
constexpr std::int64_t kMostGroups =
    8; // of blocks, per head: what runs in parallel, each with its own sums
constexpr std::int64_t kVectorQueries = 3; // so few queries take the matrix-vector kernels

// Sums of one head over the blocks of one group.
struct Partial : MapSums {
    std::vector<float> columnMax;
    EditCount count;
};

struct Operands {
    const AttentionShape& shape;
    Heads<const float> q, k, v;
    Heads<float> out;
};

// Queries [row, row + rows) against keys [low, low + keys); the scores lie in rows of `stride`.
struct Block {
    std::int64_t row = 0, rows = 0, low = 0, keys = 0, stride = 0;
    float* scores = nullptr;

    float* scoreRow(std::int64_t r) const { return scores + r * stride; }
};

std::int64_t firstKey(const AttentionShape& shape, std::int64_t query)
{
    const std::int64_t position = shape.first + query;
    return shape.window > 0 ? std::max<std::int64_t>(0, position - shape.window + 1) : 0;
}

Block blockAt(const AttentionShape& shape, std::int64_t row)
{
    thread_local std::vector<float> scratch;
    Block block{
        .row = row, .rows = std::min(kBlockRows, shape.queries - row), .low = firstKey(shape, row)};
    block.keys = shape.first + row + block.rows - block.low;
    // Not a multiple of the page size, or all rows would meet in the same few lines of the cache.
    block.stride = (block.keys + 15) / 16 * 16 + kRowPadding + 16;
    const auto needed = static_cast<std::size_t>(kBlockRows * block.stride);
    if (scratch.size() < needed)
        scratch.resize(needed);
    block.scores = scratch.data();
    return block;
}

void computeScores(const Operands& in, std::int64_t head, std::int64_t keyHead, const Block& block)
{
    const std::int64_t size = in.shape.headSize;
    const float* keys = in.k.at(keyHead, block.low);
    if (block.rows <= kVectorQueries && in.k.token == size)
        for (std::int64_t r = 0; r < block.rows; ++r)
            dotRows(DType::f32, reinterpret_cast<const std::byte*>(keys), size, 0, block.keys,
                    in.q.at(head, block.row + r), block.scoreRow(r));
    else
        gemm(true, block.rows, block.keys, size, in.q.at(head, block.row), in.q.token, keys,
             in.k.token, false, block.scores, block.stride);
}

void mixValues(const Operands& in, std::int64_t head, std::int64_t keyHead, const Block& block)
{
    const std::int64_t size = in.shape.headSize;
    const float* values = in.v.at(keyHead, block.low);
    if (block.rows <= kVectorQueries)
        for (std::int64_t r = 0; r < block.rows; ++r)
            weightedSum(block.scoreRow(r), block.keys, values, in.v.token, size,
                        in.out.at(head, block.row + r));
    else
        gemm(false, block.rows, size, block.keys, block.scores, block.stride, values, in.v.token,
             false, in.out.at(head, block.row), in.out.token);
}

// The products gave a masked value that is not finite the weight 0, which makes NaN of it: such
// rows once more, over what they see.
void mixSeenValues(const Operands& in, std::int64_t head, std::int64_t keyHead, const Block& block)
{
    for (std::int64_t r = 0; r < block.rows; ++r) {
        float* out = in.out.at(head, block.row + r);
        const auto isFinite = [](float value) { return std::isfinite(value); };
        const std::int64_t low = firstKey(in.shape, block.row + r);
        const float* e = block.scoreRow(r) + (low - block.low);
        if (!std::isnan(e[0]) && !std::all_of(out, out + in.shape.headSize, isFinite))
            weightedSum(e, in.shape.first + block.row + r + 1 - low, in.v.at(keyHead, low),
                        in.v.token, in.shape.headSize, out);
    }
}

void addRow(const SoftmaxRow& row, const float* e, float inverse, std::int64_t low,
            std::int64_t position, Partial& partial)
{
    const double sum = row.sum;
    partial.entropy +=
        std::log(sum) - row.weighted / sum; // -sum p ln p with ln p = (x - m) - ln sum
    partial.distance += row.distance / sum;
    if (low == 0 && position >= 1)
        partial.firstMass += static_cast<double>(e[0]) * inverse;
}

// The same of a row that is changed by `edit` first.
void editAndAddRow(const WeightEdit& edit, const SoftmaxRow& row, float* e, float inverse,
                   std::int64_t low, std::int64_t position, Partial& partial)
{
    const EditedRow edited = editRow(edit, row, low, position, e);
    partial.count.rowsSkipped += edited.skipped;
    partial.count.rowsModified += edited.modified;
    partial.count.massMoved += edited.modified ? (1 - edit.beta) * edited.mass : 0;
    partial.entropy += edited.entropy;
    partial.distance += edited.distance;
    if (low == 0 && position >= 1)
        partial.firstMass += static_cast<double>(e[0]) * inverse;
}

// A row whose scores single precision cannot hold, once more in double: e of the keys low ..
// position, all NaN where the scores themselves are not finite.
SoftmaxRow wideSoftmaxRow(const float* query, const float* keys, std::int64_t token,
                          std::int64_t size, std::int64_t count, float scale, float* e)
{
    std::vector<double> x(static_cast<std::size_t>(count));
    double most = -std::numeric_limits<double>::infinity();
    for (std::int64_t j = 0; j < count; ++j) {
        double dot = 0;
        for (std::int64_t d = 0; d < size; ++d)
            dot += static_cast<double>(query[d]) * static_cast<double>(keys[j * token + d]);
        x[static_cast<std::size_t>(j)] = dot * static_cast<double>(scale);
        most = std::isnan(dot) ? dot : std::max(most, x[static_cast<std::size_t>(j)]);
    }
    double sum = 0, weighted = 0, distance = 0;
    for (std::int64_t j = 0; j < count; ++j) {
        const double below = x[static_cast<std::size_t>(j)] - most;
        const double weight = std::exp(below);
        sum += weight;
        weighted += weight > 0 ? weight * below : 0;
        distance += weight * static_cast<double>(count - 1 - j);
        e[j] = static_cast<float>(weight);
    }
    constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
    if (std::isnan(sum)) {
        std::fill_n(e, count, kNone);
        return {.maximum = kNone, .sum = kNone, .weighted = kNone, .distance = kNone};
    }
    return {.maximum = static_cast<float>(most),
            .sum = static_cast<float>(sum),
            .weighted = static_cast<float>(weighted),
            .distance = static_cast<float>(distance)};
}

// Scores to unnormalised weights, zero where masked. inverse[r] = 1 / sum of row r; 1 where the row
// is NaN, so that its masked entries stay zero.
void softmaxRows(const Operands& in, std::int64_t head, std::int64_t keyHead, const Block& block,
                 const HeadTap* tap, const WeightEdit* edit, Partial* partial, float* inverse)
{
    const AttentionShape& shape = in.shape;
    for (std::int64_t r = 0; r < block.rows; ++r) {
        float* row = block.scoreRow(r);
        const std::int64_t position = shape.first + block.row + r;
        const std::int64_t low = firstKey(shape, block.row + r);
        float* visible = row + (low - block.low);
        SoftmaxRow result =
            softmaxRow(visible, position + 1 - low, shape.scale, partial != nullptr);
        if (std::isnan(result.sum))
            result = wideSoftmaxRow(in.q.at(head, block.row + r), in.k.at(keyHead, low), in.k.token,
                                    shape.headSize, position + 1 - low, shape.scale, visible);
        std::fill(row, visible, 0.0f);
        std::fill(row + (position + 1 - block.low), row + block.stride, 0.0f);
        inverse[r] = std::isnan(result.sum) ? 1.0f : 1.0f / result.sum;
        if (edit)
            editAndAddRow(*edit, result, visible, inverse[r], low, position, *partial);
        else if (partial)
            addRow(result, visible, inverse[r], low, position, *partial);
        if (tap && tap->lse)
            tap->lse[block.row + r] =
                static_cast<float>(result.maximum + std::log(static_cast<double>(result.sum)));
    }
}

// Largest of each block of columns, into one row of the thumbnail.
void shrinkColumns(const Partial& partial, std::int64_t low, std::int64_t columns,
                   std::int64_t keys, std::int64_t side, float* cells)
{
    for (std::int64_t j = low; j < low + columns;) {
        const std::int64_t cell = j * side / keys;
        const std::int64_t end = std::min(low + columns, ((cell + 1) * keys + side - 1) / side);
        cells[cell] = std::max(cells[cell], largest(partial.columnMax.data() + (j - low), end - j));
        j = end;
    }
}

// The cells of a row that is NaN are, too: a maximum does not see it.
void markRow(const AttentionShape& shape, const Block& block, std::int64_t r, std::int64_t side,
             Partial& partial)
{
    const std::int64_t keys = shape.first + shape.queries, query = block.row + r;
    const std::int64_t low = firstKey(shape, query);
    if (!std::isnan(block.scoreRow(r)[low - block.low]))
        return;
    float* cells = partial.thumbnail.data() + query * side / shape.queries * side;
    for (std::int64_t j = low; j <= shape.first + query; ++j)
        cells[j * side / keys] = std::numeric_limits<float>::quiet_NaN();
}

// Column sums and the thumbnail, row by row of the thumbnail.
void summarise(const AttentionShape& shape, const Block& block, std::int64_t side,
               const float* inverse, Partial& partial)
{
    const std::int64_t keys = shape.first + shape.queries;
    float* columnSum = partial.columnSum.data() + block.low;
    if (side == 0)
        return addColumns(block.scores, block.rows, block.stride, block.keys, inverse, columnSum,
                          nullptr);
    for (std::int64_t r = 0; r < block.rows;) {
        const std::int64_t cell = (block.row + r) * side / shape.queries;
        const std::int64_t next = ((cell + 1) * shape.queries + side - 1) / side - block.row;
        const std::int64_t rows = std::min(next, block.rows) - r;
        const std::int64_t seen =
            std::min(block.keys, shape.first + block.row + r + rows - block.low);
        std::fill_n(partial.columnMax.begin(), seen + kRowPadding, 0.0f);
        addColumns(block.scoreRow(r), rows, block.stride, seen, inverse + r, columnSum,
                   partial.columnMax.data());
        shrinkColumns(partial, block.low, seen, keys, side, partial.thumbnail.data() + cell * side);
        r += rows;
    }
    for (std::int64_t r = 0; r < block.rows; ++r)
        markRow(shape, block, r, side, partial);
}

float largerOrNan(float a, float b)
{
    return std::isnan(a) || a >= b ? a : b;
}

void copyMap(const AttentionShape& shape, const Block& block, const float* inverse, float* map)
{
    const std::int64_t keys = shape.first + shape.queries;
    for (std::int64_t r = 0; r < block.rows; ++r)
        for (std::int64_t j = 0; j < block.keys; ++j)
            map[(block.row + r) * keys + block.low + j] = block.scoreRow(r)[j] * inverse[r];
}

// One block of a head; `edit` is null in the first pass, `partial` where nobody wants sums.
void attendBlock(const Operands& in, std::int64_t head, std::int64_t row, const HeadTap* tap,
                 const WeightEdit* edit, std::int64_t side, Partial* partial)
{
    const AttentionShape& shape = in.shape;
    const std::int64_t keyHead = head / (shape.heads / shape.kvHeads);
    const Block block = blockAt(shape, row);
    float inverse[kBlockRows];
    computeScores(in, head, keyHead, block);
    softmaxRows(in, head, keyHead, block, tap, edit, partial, inverse);
    mixValues(in, head, keyHead, block);
    mixSeenValues(in, head, keyHead, block);
    for (std::int64_t r = 0; r < block.rows; ++r)
        scaleBy(in.out.at(head, row + r), shape.headSize, inverse[r]);
    if (partial && !partial->columnSum.empty())
        summarise(shape, block, side, inverse, *partial);
    if (tap && tap->map)
        copyMap(shape, block, inverse, tap->map);
}

Partial emptyPartial(const AttentionShape& shape, std::int64_t side)
{
    const auto keys = static_cast<std::size_t>(shape.first + shape.queries + kRowPadding);
    Partial partial;
    partial.columnSum.resize(keys);
    if (side > 0)
        partial.columnMax.resize(keys);
    partial.thumbnail.resize(static_cast<std::size_t>(side * side));
    return partial;
}

void merge(const AttentionShape& shape, std::span<const Partial> partials, std::int64_t side,
           MapSums& sums)
{
    const auto keys = static_cast<std::size_t>(shape.first + shape.queries);
    sums.columnSum.assign(keys, 0.0f);
    sums.thumbnail.assign(static_cast<std::size_t>(side * side), 0.0f);
    for (const Partial& partial : partials) {
        for (std::size_t j = 0; j < keys; ++j)
            sums.columnSum[j] += partial.columnSum[j];
        for (std::size_t i = 0; i < sums.thumbnail.size(); ++i)
            sums.thumbnail[i] = largerOrNan(sums.thumbnail[i], partial.thumbnail[i]);
        sums.firstMass += partial.firstMass;
        sums.entropy += partial.entropy;
        sums.distance += partial.distance;
    }
}

std::int64_t sideOf(const HeadTap& tap)
{
    return tap.summary ? tap.thumbnailSide : 0;
}

// How the rows of a pass are parted: blocks of a head are dealt out to groups, whatever the
// threads.
struct Groups {
    std::int64_t blocks = 0, count = 0;

    explicit Groups(const AttentionShape& shape)
        : blocks((shape.queries + kBlockRows - 1) / kBlockRows),
          count(std::min(blocks, kMostGroups))
    {
    }
    std::span<const Partial> of(std::span<const Partial> partials, std::size_t head) const
    {
        const auto size = static_cast<std::size_t>(count);
        return partials.subspan(head * size, size);
    }
};

// Whether any row of the block gives weight to a column of the edit.
bool touches(const AttentionShape& shape, const WeightEdit& edit, std::int64_t row)
{
    const std::int64_t rows = std::min(kBlockRows, shape.queries - row);
    const auto first = std::ranges::lower_bound(edit.columns, firstKey(shape, row));
    return first != edit.columns.end() && *first < shape.first + row + rows;
}

// The second pass: rows of the edited heads once more, with their weights changed.
void attendEdited(const Operands& in, const Groups& groups, std::span<HeadTap> taps)
{
    std::vector<std::int64_t> heads;
    for (std::size_t h = 0; h < taps.size(); ++h)
        if (taps[h].edit && !taps[h].edited.changesNothing())
            heads.push_back(static_cast<std::int64_t>(h));
    std::vector<Partial> partials(heads.size() * static_cast<std::size_t>(groups.count));

    parallelFor(partials.size(), [&](std::size_t item) {
        const std::int64_t head = heads[item / static_cast<std::size_t>(groups.count)];
        const HeadTap& tap = taps[static_cast<std::size_t>(head)];
        assert(!(tap.summary && tap.edited.releasedSingleRow));
        if (tap.summary)
            partials[item] = emptyPartial(in.shape, sideOf(tap));
        const auto group = static_cast<std::int64_t>(item) % groups.count;
        for (std::int64_t block = group; block < groups.blocks; block += groups.count)
            if (tap.summary || touches(in.shape, tap.edited, block * kBlockRows))
                attendBlock(in, head, block * kBlockRows, &tap, &tap.edited, sideOf(tap),
                            &partials[item]);
    });

    for (std::size_t i = 0; i < heads.size(); ++i) {
        HeadTap& tap = taps[static_cast<std::size_t>(heads[i])];
        for (const Partial& partial : groups.of(partials, i))
            tap.editCount += partial.count;
        if (tap.summary)
            merge(in.shape, groups.of(partials, i), sideOf(tap), tap.after);
    }
}

} // namespace

void attend(const AttentionShape& shape, Heads<const float> q, Heads<const float> k,
            Heads<const float> v, Heads<float> out, std::span<HeadTap> taps)
{
    assert(taps.empty() || static_cast<std::int64_t>(taps.size()) == shape.heads);
    const Operands operands{shape, q, k, v, out};
    const Groups groups(shape);
    std::vector<Partial> partials(
        taps.empty() ? 0 : static_cast<std::size_t>(shape.heads * groups.count));

    parallelFor(static_cast<std::size_t>(shape.heads * groups.count), [&](std::size_t item) {
        const auto head = static_cast<std::int64_t>(item) / groups.count,
                   group = static_cast<std::int64_t>(item) % groups.count;
        HeadTap* tap = taps.empty() ? nullptr : &taps[static_cast<std::size_t>(head)];
        Partial* partial = tap && (tap->summary || tap->edit) ? &partials[item] : nullptr;
        const std::int64_t side = tap ? sideOf(*tap) : 0;
        if (partial)
            *partial = emptyPartial(shape, side);
        for (std::int64_t block = group; block < groups.blocks; block += groups.count)
            attendBlock(operands, head, block * kBlockRows, tap, nullptr, side, partial);
    });

    bool edited = false;
    for (std::size_t head = 0; head < taps.size(); ++head) {
        HeadTap& tap = taps[head];
        if (tap.summary || tap.edit)
            merge(shape, groups.of(partials, head), sideOf(tap), tap);
        if (!tap.edit)
            continue;
        tap.edited = tap.edit(tap.columnSum);
        edited = edited || !tap.edited.changesNothing();
    }
    if (edited)
        attendEdited(operands, groups, taps);
}

} // namespace vitrine::kernels
