#pragma once

#include "core/tensor/kernels/binary_tiles.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vitrine::kernels
{

// How a product with a vector is made of codes.
enum class BinaryFamily {
    decoded, // weights decoded, sums in double precision: slow, the judge of the others
    dots,    // integer dot products of code bits and inputs
    lookups, // sums of four inputs, looked up
};

// The family, and the bits of the whole numbers that inputs are rounded to: 8 or 16.
struct BinaryProduct {
    BinaryFamily family = BinaryFamily::dots;
    int inputBits = 16;

    friend bool operator==(const BinaryProduct&, const BinaryProduct&) = default;
};

// Inputs that are rounded with one step: tiles of 32 inputs, within a group of columns where scales
// are of rows.
struct InputPiece {
    std::int64_t tile = 0, tiles = 0, columnGroup = 0;
};

// How inputs are cut and rounded. A piece whose largest magnitude is m becomes the whole numbers
// q = round(v / step), to nearest and even, where
//   16 bits: step is a power of two, m / step < 2^14, of both families alike; 8 bits of dots: step
//   = m / 127; 8 bits of look-ups: step is a power of two, m / step < 2^12, and sums of four are
//   rounded again, to a 127th of the largest.
class InputPlan
{
public:
    InputPlan(const BinaryTiles& tiles, BinaryProduct product);

    BinaryProduct product() const { return product_; }
    const std::vector<InputPiece>& pieces() const { return pieces_; }
    // What a product reads of the inputs for each tile.
    std::int64_t tileBytes(BinaryFamily family) const;
    bool roundsTwice() const
    {
        return product_.family == BinaryFamily::lookups && product_.inputBits == 8;
    }
    int wholeBits() const { return roundsTwice() ? 12 : 14; }
    std::int64_t floats() const; // of QuantizedInputs

private:
    BinaryProduct product_;
    std::vector<InputPiece> pieces_;
    std::int64_t tiles_;
};

// The inputs times the scales of a plane and a group of rows (or as they are, where scales are of
// rows), as whole numbers. In a buffer of InputPlan::floats.
struct QuantizedInputs {
    struct Header {
        std::int32_t isWhole = 0; // 0: not finite, or too large or too small for whole numbers
        std::int32_t areDots = 0; // as dots read them: also where sums of four pass 16 bits
        float offset = 0;         // of a grid whose scales are of many rows: offsets times inputs
    };
    struct Piece {
        float step = 0;        // what a product's whole number is worth
        std::int32_t base = 0; // what is taken off a product's sum: see addDots, addLookups
        float total = 0;       // what the sum of the whole numbers is worth
    };

    QuantizedInputs(const InputPlan& plan, float* buffer)
        : header(reinterpret_cast<Header*>(buffer)),
          pieces(reinterpret_cast<Piece*>(header + 1)),
          bytes(reinterpret_cast<std::int8_t*>(pieces + plan.pieces().size()))
    {
        // Vectors that cross lines of the cache take twice as long to read.
        bytes += -reinterpret_cast<std::uintptr_t>(bytes) % kLine;
    }

    static constexpr std::uintptr_t kLine = 64;

    Header* header;
    Piece* pieces;
    // Of dots [tile][low bytes, high bytes][32 inputs], where q = 256 * high + low; of look-ups
    // [tile][inputs 0-15, 16-31][low bytes, high bytes][4 bytes of codes][16 sums], without signs.
    // 8 bits: no high bytes.
    std::int8_t* bytes;
};

// `rowGroup` and `plane` say whose scales; 0 where scales are of rows.
void quantizeInputs(const BinaryTiles& tiles, const InputPlan& plan, std::int64_t rowGroup,
                    int plane, const float* x, float* buffer);

// Adds a grid's offsets times the inputs to y[r - begin], where scales are of rows.
void addRowOffsets(const BinaryTiles& tiles, const InputPlan& plan, const QuantizedInputs& inputs,
                   std::int64_t begin, std::int64_t end, float* y);

// x times a power of two, by adding to the exponents: std::ldexp to the bit, of zeros, subnormals
// and what overflows too.
void shiftInputs(const float* x, std::int64_t count, PowerTerm term, float* out);

} // namespace vitrine::kernels
