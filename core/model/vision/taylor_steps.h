#pragma once

#include "core/model/vision/vision_steps.h"

namespace vitrine::model
{

// Bits of queries and keys in the prediction of the sparse part. Their ranges are those of the
// picture, over all heads of a layer.
inline constexpr int kPredictionBits = 4;

// The steps of ViTALiTy's attention (attention_form.h), for layers with `isTaylor`. Products are
// fp32, sums over tokens double. Bit-identical for every thread count.
Result<std::unique_ptr<VisionStep>> makeTaylorStep(const NetworkLayer& layer);

} // namespace vitrine::model
