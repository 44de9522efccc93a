#pragma once

#include "core/base/result.h"
#include "core/model/vision/resampling.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vitrine::model
{

struct VisionConfig;

// What a picture becomes before a network sees it. The shorter side is resized to side / crop, the
// middle square of `side` pixels is kept (black around it where there is less), and each channel
// becomes (value / divisor - mean) / deviation, each step in single precision as torchvision has
// it.
struct Preprocessing {
    std::int64_t side = 224;
    std::vector<double> mean{0.485, 0.456, 0.406}, deviation{0.229, 0.224, 0.225}; // of channels
    double crop = 0.875;
    Resampling resampling = Resampling::bicubic;
    // Not resized: it lies in the middle of a black square.
    bool padded = false;
    // Of the resized side: to the next whole number instead of the one below.
    bool roundsUp = false;
    bool squashed = false;      // both sides are resized alike, the ratio of sides is not kept
    std::int64_t resizedTo = 0; // instead of side / crop; 0: that
    bool resizes = true;        // else it stays as large as it is
    bool crops = true;          // else it is to be `side` pixels wide and high by then
    // Where what is cut off is odd, the middle begins at the whole number below (transformers)
    // instead of the even one (torchvision).
    bool cutsDown = false;
    double divisor = 255;

    std::int64_t channels() const { return static_cast<std::int64_t>(mean.size()); }
    std::int64_t resizedSide() const;
    // Whether a picture of this size goes in pixel by pixel.
    bool keeps(std::int64_t width, std::int64_t height, std::int64_t channels) const;
};

// [side * side, channels], pixels row by row. Grey becomes three equal channels and colour becomes
// grey (ITU-R 601) where the network asks for it. Resampling is that of Pillow (resampling.h).
// Argument error for a picture without pixels, one that does not fit where it is padded or
// neither resized nor cut, and one so narrow that it would become larger than any picture.
Result<std::vector<float>> prepare(const PictureView& picture, const Preprocessing& how);

// The same of a picture that `how` keeps, with values that are no bytes: 0..1, [side * side,
// channels]. Argument error for another number of them.
Result<std::vector<float>> prepare(std::span<const float> values, const Preprocessing& how);

// What a family does unless `config` says otherwise, for a network that sees family.side pixels of
// `channels` values. `assumed` is told what it does not say. Input error where it says what such a
// network cannot see.
Result<Preprocessing> preprocessingOf(const VisionConfig& config, Preprocessing family,
                                      std::int64_t channels, std::vector<std::string>& assumed);

} // namespace vitrine::model
