#include "core/tensor/kernels/binary_weights.h"

#include "core/tensor/kernels/binary_dots.h"
#include "core/tensor/kernels/binary_lookups.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace vitrine::kernels
{
namespace
{

// Inputs scaled for so many rows are prepared once for all threads, else where they are used.
constexpr std::int64_t kManyRows = 256;

} // namespace

BinaryWeights::BinaryWeights(std::shared_ptr<const BinaryTiles> tiles, int planes,
                             BinaryProduct product)
    : WeightMatrix(tiles->outputs(), tiles->inputs()),
      tiles_(std::move(tiles)),
      planes_(planes),
      plan_(*tiles_, product)
{
}

Result<SharedBinaryWeights> BinaryWeights::make(const BinaryCodes& codes, BinaryProduct product)
{
    VITRINE_CHECK(checkCodes(codes));
    if (product.inputBits != 8 && product.inputBits != 16)
        return inputError("inputs of {} bits; 8 or 16 expected", product.inputBits);
    return SharedBinaryWeights(
        new BinaryWeights(std::make_shared<const BinaryTiles>(codes), codes.planes, product));
}

SharedBinaryWeights BinaryWeights::withPlanes(int planes) const
{
    assert(planes >= 1 && planes <= storedPlanes());
    return SharedBinaryWeights(new BinaryWeights(tiles_, planes, product()));
}

SharedBinaryWeights BinaryWeights::withProduct(BinaryProduct product) const
{
    assert(product.inputBits == 8 || product.inputBits == 16);
    return SharedBinaryWeights(new BinaryWeights(tiles_, planes_, product));
}

std::int64_t BinaryWeights::rowBytes() const
{
    return static_cast<std::int64_t>(std::ceil(tiles_->storedBitsOfRow(planes_) / 8));
}

std::int64_t BinaryWeights::rowsTogether() const
{
    // Whole groups, so that inputs are scaled once for each.
    const bool isByGroup = !tiles_->hasScalesOfRows() && !hasTables();
    return isByGroup ? tiles_->groupRows() : 2 * BinaryTiles::kRows;
}

// Decoding all codes takes as long as about thirty products with one row, less where inputs are
// scaled anew for many groups of rows.
std::int64_t BinaryWeights::vectorRows() const
{
    constexpr std::int64_t kCodedRows = 24, kFewGroups = 16;
    const bool isQuick = !isDecoded() && (tiles_->hasScalesOfRows() ||
                                          outputs() <= kFewGroups * tiles_->groupRows());
    return isQuick ? kCodedRows : WeightMatrix::vectorRows();
}

void BinaryWeights::widen(std::int64_t begin, std::int64_t end, float* out) const
{
    decodeTiles(*tiles_, planes_, begin, end, out);
}

bool BinaryWeights::isDecoded() const
{
    return product().family == BinaryFamily::decoded || !tiles_->hasFastProducts();
}

bool BinaryWeights::hasTables() const
{
    return tiles_->hasScalesOfRows() || tiles_->groupRows() >= std::min(kManyRows, outputs());
}

std::int64_t BinaryWeights::variants() const
{
    return tiles_->hasScalesOfRows() ? 1 : planes_;
}

std::int64_t BinaryWeights::tableSize() const
{
    return isDecoded() || !hasTables() ? 0 : tableParts() * plan_.floats();
}

std::int64_t BinaryWeights::tableParts() const
{
    return (tiles_->hasScalesOfRows() ? 1 : tiles_->rowGroups()) * variants();
}

void BinaryWeights::makeTables(const float* x, std::int64_t part, float* tables) const
{
    quantizeInputs(*tiles_, plan_, part / variants(), static_cast<int>(part % variants()), x,
                   tables + part * plan_.floats());
}

const float* BinaryWeights::quantizeGroup(std::int64_t rowGroup, const float* x,
                                          const float* tables) const
{
    const std::int64_t size = plan_.floats();
    if (hasTables())
        return tables + (tiles_->hasScalesOfRows() ? 0 : rowGroup * variants() * size);
    thread_local std::vector<float> scratch;
    if (static_cast<std::int64_t>(scratch.size()) < variants() * size)
        scratch.resize(static_cast<std::size_t>(variants() * size));
    for (int plane = 0; plane < variants(); ++plane)
        quantizeInputs(*tiles_, plan_, rowGroup, plane, x, scratch.data() + plane * size);
    return scratch.data();
}

void BinaryWeights::dotRows(std::int64_t begin, std::int64_t end, const float* x,
                            const float* tables, float* y) const
{
    if (isDecoded())
        return dotDecoded(begin, end, x, y);
    const std::int64_t rows = tiles_->hasScalesOfRows() ? outputs() : tiles_->groupRows();
    for (std::int64_t row = begin, next = begin; row < end; row = next) {
        next = std::min(end, (row / rows + 1) * rows);
        dotGroup(row, next, x, quantizeGroup(row / rows, x, tables), y + (row - begin));
    }
}

void BinaryWeights::dotGroup(std::int64_t begin, std::int64_t end, const float* x,
                             const float* inputs, float* y) const
{
    const auto of = [&](int plane) {
        const std::int64_t variant = variants() == 1 ? 0 : plane;
        return QuantizedInputs(plan_, const_cast<float*>(inputs) + variant * plan_.floats());
    };
    for (int plane = 0; plane < planes_; ++plane)
        if (!of(plane).header->isWhole)
            return dotDecoded(begin, end, x, y);
    std::fill_n(y, end - begin, of(0).header->offset);
    if (tiles_->hasScalesOfRows() && tiles_->scales().hasOffsets())
        addRowOffsets(*tiles_, plan_, of(0), begin, end, y);
    // Rows whose codes are one stream; the sums of a row are in the order of the planes.
    constexpr std::int64_t rows = 2 * BinaryTiles::kRows;
    for (std::int64_t row = begin, next = begin; row < end; row = next) {
        next = std::min(end, (row / rows + 1) * rows);
        for (int plane = 0; plane < planes_; ++plane)
            (of(plane).header->areDots ? addDots : addLookups)(*tiles_, plan_, plane, of(plane),
                                                               row, next, y + (row - begin));
    }
}

void BinaryWeights::dotDecoded(std::int64_t begin, std::int64_t end, const float* x, float* y) const
{
    std::vector<float> row(static_cast<std::size_t>(inputs()));
    for (std::int64_t r = begin; r < end; ++r) {
        widen(r, r + 1, row.data());
        double sum = 0;
        for (std::size_t k = 0; k < row.size(); ++k)
            sum += static_cast<double>(row[k]) * static_cast<double>(x[k]);
        y[r - begin] = static_cast<float>(sum);
    }
}

} // namespace vitrine::kernels
