#include "core/quant/vision/channel_factors.h"

#include <cassert>

namespace vitrine::quant
{

ChannelFactorSearch::ChannelFactorSearch(std::size_t channels, const CodeGrid& raw,
                                         const ChannelFactorSettings& settings)
    : channels_(channels), raw_(raw), settings_(settings)
{
    assert(channels > 0 && raw.isSigned && raw.zero == 0 && raw.shifts.empty());
    double least = raw.scale, largest = raw.scale;
    if (settings.isGlobalPowerOfTwo) {
        candidates_ = candidateExponents(raw.scale, settings.window);
        least = std::ldexp(1.0, candidates_.front());
        largest = std::ldexp(1.0, candidates_.back());
    }
    for (double scale = least / 8; scale <= largest; scale *= 2)
        scales_.push_back(scale);
    sums_.resize(scales_.size() * channels);
}

template <typename T>
void ChannelFactorSearch::addAll(std::span<const T> rows)
{
    assert(rows.size() % channels_ == 0);
    CodeGrid grid = raw_;
    for (std::size_t s = 0; s < scales_.size(); ++s) {
        grid.scale = scales_[s];
        const std::span sums = std::span(sums_).subspan(s * channels_, channels_);
        for (std::size_t first = 0; first < rows.size(); first += channels_)
            for (std::size_t channel = 0; channel < channels_; ++channel) {
                const auto x = static_cast<double>(rows[first + channel]);
                const double loss = x - grid.nearest(x, settings_.rounding);
                sums[channel] += loss * loss;
            }
    }
    rows_ += static_cast<std::int64_t>(rows.size() / channels_);
}

void ChannelFactorSearch::add(std::span<const float> rows)
{
    addAll(rows);
}

void ChannelFactorSearch::add(std::span<const double> rows)
{
    addAll(rows);
}

double ChannelFactorSearch::loss(std::size_t scale, std::size_t channel) const
{
    return sums_[scale * channels_ + channel] /
           static_cast<double>(std::max<std::int64_t>(rows_, 1));
}

std::vector<double> ChannelFactorSearch::tensorLosses() const
{
    std::vector<double> losses;
    for (const int exponent : candidates_) {
        // Smax itself stands three doublings above the S1 that follows from it.
        const auto scale = static_cast<std::size_t>(exponent - candidates_.front()) + 3;
        double sum = 0;
        for (std::size_t channel = 0; channel < channels_; ++channel)
            sum += loss(scale, channel);
        losses.push_back(sum / static_cast<double>(channels_));
    }
    return losses;
}

ChannelFactors ChannelFactorSearch::choose() const
{
    ChannelFactors factors{raw_, {{}, {}, raw_.scale}, {}};
    if (settings_.isGlobalPowerOfTwo)
        factors.global =
            choosePower(raw_.scale, PowerRounding::adaptive, settings_.window, tensorLosses());
    factors.grid.scale = factors.global.scale / 8;
    const auto first =
        static_cast<std::size_t>(std::ranges::find(scales_, factors.grid.scale) - scales_.begin());
    for (std::size_t channel = 0; channel < channels_; ++channel) {
        auto& losses = factors.losses.emplace_back();
        for (std::size_t k = 0; k < losses.size(); ++k)
            losses[k] = loss(first + k, channel);
        factors.grid.shifts.push_back(static_cast<std::uint8_t>(firstSmallest(losses)));
    }
    return factors;
}

} // namespace vitrine::quant
