#pragma once

#include "core/quant/vision/power_scale.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// Power-of-two factors of channels (FQ-ViT's PTF; P²-ViT, section III-B): the scale of channel c is
// 2^k_c S1 with k_c in 0 .. 3 and S1 = Smax / 8.
struct ChannelFactorSettings {
    // Smax is rounded by the adaptive rule over the whole tensor first, so that S1 is a power of
    // two, as the paper's scheme needs [D]. The release leaves Smax as it is [R].
    bool isGlobalPowerOfTwo = true;
    ExponentWindow window = {};
    Rounding rounding = Rounding::halfEven;
};

struct ChannelFactors {
    static constexpr std::size_t kFactors = 4;

    CodeGrid grid;      // with S1 and the channels' shifts
    PowerChoice global; // of Smax; without losses in the release's mode
    std::vector<std::array<double, kFactors>> losses; // [channel][k], mean squared
};

// Sees rows of all channels one after the other and keeps losses only: one pass chooses Smax and
// the factors. The first k with the smallest loss wins. One thread at a time.
class ChannelFactorSearch
{
public:
    // `raw` is symmetric and of the whole tensor: its scale is Smax.
    ChannelFactorSearch(std::size_t channels, const CodeGrid& raw,
                        const ChannelFactorSettings& settings = {});

    void add(std::span<const float> rows); // [rows, channels]
    void add(std::span<const double> rows);
    ChannelFactors choose() const;

private:
    template <typename T>
    void addAll(std::span<const T> rows);
    double loss(std::size_t scale, std::size_t channel) const; // mean squared
    std::vector<double> tensorLosses() const;                  // of the candidates of Smax

    std::size_t channels_;
    CodeGrid raw_;
    ChannelFactorSettings settings_;
    std::vector<int> candidates_; // exponents of Smax; empty in the release's mode
    std::vector<double> scales_;  // doubling, from the smallest S1
    std::vector<double> sums_;    // squares [scale][channel]
    std::int64_t rows_ = 0;
};

} // namespace vitrine::quant
