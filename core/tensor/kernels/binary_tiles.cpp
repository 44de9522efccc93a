#include "core/tensor/kernels/binary_tiles.h"

#include "core/tensor/kernels/aligned_bytes.h"
#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace vitrine::kernels
{
namespace
{

constexpr std::int64_t kFewRows = 16;   // fewer in a group than this: scales of rows
constexpr std::size_t kReadBehind = 64; // elements that may be read behind the last scale

// Eight codes that follow each other where a tile's four bytes have them.
constexpr std::array<std::uint32_t, 256> kSpreadBytes = [] {
    std::array<std::uint32_t, 256> spread{};
    for (std::uint32_t byte = 0; byte < 256; ++byte)
        for (std::uint32_t k = 0; k < 8; ++k)
            spread[byte] |= (byte >> k & 1) << (8 * (k % 4) + k / 4);
    return spread;
}();

} // namespace

BinaryTiles::BinaryTiles(const BinaryCodes& codes)
    : outputs_(codes.outputs),
      inputs_(codes.inputs),
      groupRows_(codes.groupRows),
      groupColumns_(codes.groupColumns),
      planes_(codes.planes),
      hasScalesOfRows_(codes.groupRows < kFewRows && codes.groupRows < codes.outputs)
{
    packCodes(codes);
    packScales(codes);
}

void BinaryTiles::packCodes(const BinaryCodes& c)
{
    const auto size = static_cast<std::size_t>(planes_ * blocks() * tiles() * kBytes);
    codes_ = alignedBytes(size);
    std::memset(codes_.get(), 0, size);
    const std::uint8_t* from = c.codes.data();
    for (int plane = 0; plane < planes_; ++plane)
        for (std::int64_t row = 0; row < outputs_; ++row, from += c.codeBytes()) {
            std::uint8_t* to =
                codes_.get() + (row / kRows * planes_ + plane) * tiles() * kBytes + row % kRows * 4;
            for (std::int64_t tile = 0; tile < tiles(); ++tile, to += kBytes) {
                std::uint32_t word = 0;
                for (std::int64_t i = 4 * tile; i < std::min(4 * tile + 4, c.codeBytes()); ++i)
                    word |= kSpreadBytes[from[i]] << (2 * (i - 4 * tile));
                std::memcpy(to, &word, sizeof word);
            }
        }
}

void BinaryTiles::packScales(const BinaryCodes& c)
{
    BinaryScales& s = scales_;
    s.form = c.form, s.planes = c.planes, s.terms = c.termsPerScale;
    s.count = hasScalesOfRows_ ? columnGroups() * blocks() * kRows : c.groups();
    const bool isGrid = c.form == ScaleForm::grid, isPowers = c.form == ScaleForm::powers;
    const auto size = [&](std::int64_t each) {
        return static_cast<std::size_t>(each * s.count) + kReadBehind;
    };
    if (!isPowers)
        s.halves.resize(size(isGrid ? 1 : planes_));
    if (isPowers || !c.zeros.empty())
        s.bytes.resize(size(isGrid ? 1 : planes_ * s.terms));

    for (const PowerTerm term : c.terms)
        if (!term.isZero()) {
            s.leastExponent = std::min(s.leastExponent, term.exponent());
            s.mostExponent = std::max(s.mostExponent, term.exponent());
        }

    const auto copy = [&](std::int64_t row, std::int64_t columnGroup) {
        const std::int64_t to = scaleAt(row, columnGroup);
        const std::int64_t from = row / groupRows_ * columnGroups() + columnGroup;
        for (int plane = 0; plane < (isGrid ? 1 : planes_); ++plane) {
            const auto scale = static_cast<std::size_t>(plane * c.groups() + from);
            for (int t = 0; t < s.terms; ++t)
                s.bytes[static_cast<std::size_t>((t * planes_ + plane) * s.count + to)] =
                    c.terms[scale * static_cast<std::size_t>(s.terms) + static_cast<std::size_t>(t)]
                        .byte();
            const float step = isGrid ? std::ldexp(c.scales[scale], 2 - planes_) : c.scales[scale];
            if (!isPowers)
                s.halves[static_cast<std::size_t>(plane * s.count + to)] = toHalf(step);
        }
        if (!c.zeros.empty())
            s.bytes[static_cast<std::size_t>(to)] = c.zeros[static_cast<std::size_t>(from)];
    };
    for (std::int64_t row = 0; row < outputs_; row += hasScalesOfRows_ ? 1 : groupRows_)
        for (std::int64_t group = 0; group < columnGroups(); ++group)
            copy(row, group);
}

bool BinaryTiles::hasFastProducts() const
{
    return !hasScalesOfRows_ || groupColumns_ % kInputs == 0 || groupColumns_ >= inputs_;
}

std::int64_t BinaryTiles::bytes() const
{
    return planes_ * blocks() * tiles() * kBytes +
           static_cast<std::int64_t>(2 * scales_.halves.size() + scales_.bytes.size());
}

double BinaryTiles::storedBitsOfRow(int planes) const
{
    const double scaleBits = scales_.form == ScaleForm::powers ? planes * scales_.terms * 8
                             : scales_.form == ScaleForm::grid ? (scales_.bytes.empty() ? 16 : 24)
                                                               : planes * 16;
    return static_cast<double>(planes * tiles() * kInputs) +
           scaleBits * static_cast<double>(columnGroups()) /
               static_cast<double>(std::min(groupRows_, outputs_));
}

} // namespace vitrine::kernels
