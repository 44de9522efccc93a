#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace vitrine
{

// Equidistant codes between a least and a largest value (asymmetric uniform quantisation), as a
// low-bit prediction of attention sees queries and keys (Sanger, ViTALiTy). In the order of
// operations of ViTALiTy's released code: with Real = float equal to it bit for bit.
template <typename Real>
struct FewBitGrid {
    Real least = 0, range = 0; // largest minus least
    int bits = 4;              // 1 .. 16

    Real lastCode() const { return static_cast<Real>((1 << bits) - 1); }
    Real scale() const { return std::max(range / lastCode(), static_cast<Real>(1e-8)); }
    // 0 .. lastCode(); halves go to the even code.
    Real code(Real x) const
    {
        return std::clamp(std::nearbyint((x - least) / scale()), Real{0}, lastCode());
    }
    Real nearest(Real x) const { return code(x) * scale() + least; }

    friend bool operator==(const FewBitGrid&, const FewBitGrid&) = default;
};

// From the least to the largest of `values`, of which there is at least one.
template <typename Real>
FewBitGrid<Real> fewBitGrid(std::span<const Real> values, int bits)
{
    const auto [least, most] = std::ranges::minmax(values);
    return {least, most - least, bits};
}

} // namespace vitrine
