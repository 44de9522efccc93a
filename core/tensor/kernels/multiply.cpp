#include "core/tensor/kernels/multiply.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace vitrine::kernels
{
namespace
{

constexpr std::int64_t kMostTileRows = 256, kMostTileColumns = 256, kLeastTile = 64;
constexpr std::int64_t kTilesWanted =
    8; // per product, so that a few threads have something to share

// One rectangle of one product's result.
struct Tile {
    const Product* product = nullptr;
    std::int64_t row = 0, rows = 0, column = 0, columns = 0;
};

std::int64_t pieces(std::int64_t whole, std::int64_t piece)
{
    return (whole + piece - 1) / piece;
}

void addTiles(const Product& product, std::int64_t rows, std::vector<Tile>& tiles)
{
    const std::int64_t outputs = product.weights->outputs();
    std::int64_t height = kMostTileRows, width = kMostTileColumns;
    const auto tooFew = [&] {
        return pieces(rows, height) * pieces(outputs, width) < kTilesWanted;
    };
    while (tooFew() && height > kLeastTile && rows > height / 2)
        height /= 2;
    while (tooFew() && width > kLeastTile)
        width /= 2;
    for (std::int64_t column = 0; column < outputs; column += width)
        for (std::int64_t row = 0; row < rows; row += height)
            tiles.push_back({&product, row, std::min(height, rows - row), column,
                             std::min(width, outputs - column)});
}

// The tile's weights as floats: in place where they are, else widened into the thread's scratch.
const float* tileWeights(const WeightMatrix& weights, std::int64_t column, std::int64_t columns)
{
    if (const float* floats = weights.floats(column))
        return floats;
    thread_local std::vector<float> scratch;
    const std::int64_t count = columns * weights.inputs();
    if (static_cast<std::int64_t>(scratch.size()) < count)
        scratch.resize(static_cast<std::size_t>(count));
    weights.widen(column, column + columns, scratch.data());
    return scratch.data();
}

void addBias(const Tile& tile)
{
    const Product& p = *tile.product;
    if (!p.bias)
        return;
    for (std::int64_t r = tile.row; r < tile.row + tile.rows; ++r)
        for (std::int64_t c = tile.column; c < tile.column + tile.columns; ++c)
            p.y[r * p.stride + c] += p.bias[c];
}

void multiplyTile(const float* x, std::int64_t stride, const Tile& tile)
{
    const Product& p = *tile.product;
    const float* weights = tileWeights(*p.weights, tile.column, tile.columns);
    gemm(true, tile.rows, tile.columns, p.weights->inputs(), x + tile.row * stride, stride, weights,
         p.weights->inputs(), p.add, p.y + tile.row * p.stride + tile.column, p.stride);
    addBias(tile);
}

// What the layouts of the products look up, for each row of x.
class Tables
{
public:
    Tables(const float* x, std::int64_t rows, std::int64_t stride,
           std::span<const Product> products)
        : products_(products)
    {
        std::int64_t size = 0;
        for (const Product& product : products) {
            begins_.push_back(size);
            size += rows * product.weights->tableSize();
        }
        values_ = std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(size));
        std::vector<Part> parts;
        for (const Product& product : products)
            for (std::int64_t r = 0; r < rows && product.weights->tableSize() > 0; ++r)
                for (std::int64_t i = 0; i < product.weights->tableParts(); ++i)
                    parts.push_back({&product, r, i});
        parallelFor(parts.size(), [&](std::size_t i) {
            const Part& part = parts[i];
            part.product->weights->makeTables(x + part.row * stride, part.index,
                                              of(*part.product, part.row));
        });
    }
    float* of(const Product& product, std::int64_t row)
    {
        const auto index = static_cast<std::size_t>(&product - products_.data());
        return values_.get() + begins_[index] + row * product.weights->tableSize();
    }

private:
    struct Part {
        const Product* product = nullptr;
        std::int64_t row = 0, index = 0;
    };

    std::span<const Product> products_;
    std::vector<std::int64_t> begins_;
    std::unique_ptr<float[]> values_;
};

void multiplyVectors(const float* x, std::int64_t rows, std::int64_t stride, Tables& tables,
                     const Tile& tile)
{
    const Product& p = *tile.product;
    const std::int64_t end = tile.column + tile.columns;
    float sums[kMostTileColumns];
    for (std::int64_t r = 0; r < rows; ++r) {
        p.weights->dotRows(tile.column, end, x + r * stride, tables.of(p, r), sums);
        for (std::int64_t c = tile.column; c < end; ++c) {
            float& y = p.y[r * p.stride + c];
            const float value = sums[c - tile.column] + (p.bias ? p.bias[c] : 0.0f);
            y = p.add ? y + value : value;
        }
    }
}

// About 128 KiB of weights per item: long enough to hide the hand-over, short enough to end
// together.
void addBands(const Product& product, std::vector<Tile>& bands)
{
    constexpr std::int64_t kBandBytes = 128 << 10;
    const std::int64_t wanted = kBandBytes / std::max<std::int64_t>(1, product.weights->rowBytes());
    const std::int64_t together = std::min(product.weights->rowsTogether(), kMostTileColumns);
    const std::int64_t width = std::clamp(std::min(wanted, kMostTileColumns) / together * together,
                                          std::max<std::int64_t>(together, 8), kMostTileColumns);
    const std::int64_t outputs = product.weights->outputs();
    for (std::int64_t column = 0; column < outputs; column += width)
        bands.push_back({&product, 0, 0, column, std::min(width, outputs - column)});
}

} // namespace

void multiply(const float* x, std::int64_t rows, std::int64_t stride,
              std::span<const Product> products)
{
    std::vector<Tile> tiles;
    const bool vectors = std::ranges::all_of(
        products, [rows](const Product& product) { return rows < product.weights->vectorRows(); });
    for (const Product& product : products)
        vectors ? addBands(product, tiles) : addTiles(product, rows, tiles);
    Tables tables(x, vectors ? rows : 0, stride, products);
    parallelFor(tiles.size(), [&](std::size_t i) {
        vectors ? multiplyVectors(x, rows, stride, tables, tiles[i])
                : multiplyTile(x, stride, tiles[i]);
    });
}

} // namespace vitrine::kernels
