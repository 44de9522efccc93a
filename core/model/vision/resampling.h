#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// The filters of Pillow, by its numbers 0 to 5 (Image.Resampling).
enum class Resampling { nearest = 0, lanczos = 1, bilinear = 2, bicubic = 3, box = 4, hamming = 5 };
std::string_view resamplingName(Resampling resampling); // "nearest", "lanczos" ...
std::optional<Resampling> parseResampling(std::string_view name);

// A picture as files have it: 8 bits, `channels` (1 grey or 3 red, green, blue) side by side.
struct PictureView {
    std::int64_t width = 0, height = 0, channels = 3;
    std::span<const std::uint8_t> values; // height * width * channels
};

// Which inputs one output is made of: neighbours from `first` on, weights of sum 1.
struct FilterTaps {
    std::int64_t first = 0;
    std::vector<double> weights;
};
// Of each of `to` outputs that `from` inputs become; the filter is widened by the scale where they
// shrink (bicubic: Keys 1981 with a = -0.5). Not for nearest, which is no filter.
std::vector<FilterTaps> filterTaps(std::int64_t from, std::int64_t to, Resampling resampling);

// Resized as Pillow does it, 8 bits: first across, then down, each pass rounded to 8 bits; nearest
// takes the pixel under the middle of the new one.
std::vector<std::uint8_t> resized(const PictureView& picture, std::int64_t width,
                                  std::int64_t height, Resampling resampling);

} // namespace vitrine::model
