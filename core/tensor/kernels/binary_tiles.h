#pragma once

#include "core/tensor/kernels/binary_codes.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace vitrine::kernels
{

// Scales in the form in which they are stored: half-precision numbers, powers of two, or steps and
// zero points. Element i of a plane is where BinaryTiles::scaleAt says; what lies behind the last
// one may be read.
struct BinaryScales {
    ScaleForm form = ScaleForm::floats;
    int planes = 0, terms = 0;
    std::int64_t count = 0;                  // of each plane
    std::vector<std::uint16_t> halves = {};  // [plane][count]; of a grid its steps: [count]
    std::vector<std::uint8_t> bytes = {};    // powers: [term][plane][count]; zero points: [count]
    int leastExponent = 0, mostExponent = 0; // of powers, 0 among them

    bool hasOffsets() const { return form == ScaleForm::grid; }
};

// Codes as products with vectors read them: sixteen rows side by side, so that a vector of sums
// holds a row in each place. A tile is 16 rows x 32 inputs in 64 bytes: four bytes for each row,
// with input k of the tile as bit k / 4 of byte k % 4, so that one bit of the four bytes is four
// inputs that follow each other. Rows are filled up to whole tiles, inputs too.
class BinaryTiles
{
public:
    static constexpr std::int64_t kRows = 16, kInputs = 32, kBytes = 64;

    explicit BinaryTiles(const BinaryCodes& codes); // that checkCodes accepts

    std::int64_t outputs() const { return outputs_; }
    std::int64_t inputs() const { return inputs_; }
    int planes() const { return planes_; }
    std::int64_t groupRows() const { return groupRows_; }
    std::int64_t groupColumns() const { return groupColumns_; }
    std::int64_t columnGroups() const { return (inputs_ + groupColumns_ - 1) / groupColumns_; }
    std::int64_t rowGroups() const { return (outputs_ + groupRows_ - 1) / groupRows_; }
    std::int64_t blocks() const { return (outputs_ + kRows - 1) / kRows; }
    std::int64_t tiles() const { return (inputs_ + kInputs - 1) / kInputs; } // of a row

    // The tiles of sixteen rows from 16 * block on, one after the other; the planes of the same
    // rows follow each other, so that a product reads one stream.
    const std::uint8_t* codes(int plane, std::int64_t block) const
    {
        return codes_.get() + (block * planes_ + plane) * tiles() * kBytes;
    }

    // Scales of few rows are applied to sums of their columns, those of many rows to the inputs.
    // The first lie for sixteen rows side by side, group of columns after group of columns, the
    // others as in BinaryCodes.
    bool hasScalesOfRows() const { return hasScalesOfRows_; }
    const BinaryScales& scales() const { return scales_; }
    std::int64_t scaleAt(std::int64_t row, std::int64_t columnGroup) const
    {
        return hasScalesOfRows_ ? (row / kRows * columnGroups() + columnGroup) * kRows + row % kRows
                                : row / groupRows_ * columnGroups() + columnGroup;
    }
    // Whether products with quantized inputs exist: not for groups of few rows and few columns.
    bool hasFastProducts() const;

    std::int64_t bytes() const; // codes and scales as they lie in memory
    double storedBitsOfRow(int planes) const;

private:
    void packCodes(const BinaryCodes& codes);
    void packScales(const BinaryCodes& codes);

    std::int64_t outputs_, inputs_, groupRows_, groupColumns_;
    int planes_;
    bool hasScalesOfRows_;
    std::shared_ptr<std::uint8_t[]> codes_;
    BinaryScales scales_;
};

// Rows begin <= r < end as floats, equal to decodeRows to the bit.
void decodeTiles(const BinaryTiles& tiles, int planes, std::int64_t begin, std::int64_t end,
                 float* out);

} // namespace vitrine::kernels
