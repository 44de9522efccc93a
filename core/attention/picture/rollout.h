#pragma once

#include "core/attention/picture/picture_file.h"

namespace vitrine::attention
{

enum class HeadFusion { mean, maximum, minimum };

// Attention rollout (Abnar & Zuidema 2020): how much of each token of the input reaches token
// `query` behind layer `last`, if every block passes on half of what its attention gathers and half
// of the token itself: the row of the product of (A + I) / 2, rows over their sums, where A is the
// fusion of the heads. [tokens]. Input error where layers do not all have the same tokens (Swin,
// PVTv2, EfficientViT): weights of one layer then cannot be followed through the next.
Result<std::vector<float>> rollout(const PictureCapture& capture, std::size_t last,
                                   std::int64_t query, HeadFusion fusion = HeadFusion::mean);
// Empty where a rollout is possible, else the sentence that says why not.
std::string whyNoRollout(const PictureCapture& capture);

} // namespace vitrine::attention
