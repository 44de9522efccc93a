#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// What a config.json says of a vision transformer, in whichever of three ways it is written: that
// of Hugging Face's transformers ("model_type": "deit"), of timm on the hub ("architecture":
// "deit_tiny_patch16_224", "pretrained_cfg"), or our own and the one of timm's constructors
// ("embed_dim", "num_heads"). Sizes that the shapes of tensors say anyhow are read to be compared
// with them. Nothing: it does not say.
struct VisionConfig {
    std::string architecture; // "deit_tiny_patch16_224", "vit"
    std::optional<std::int64_t> side, channels, classes, patch, width, depth, mlp, window;
    std::vector<std::int64_t> heads;   // one, or of each stage
    std::vector<std::int64_t> strides; // of the stem and the stages
    std::optional<double> epsilon, divisorEpsilon;
    std::string activation; // as it is written: "gelu", "hard_swish"

    // What pictures become before they are seen; empty: not said.
    std::vector<double> mean, deviation;
    std::optional<double> crop;      // share of the resized side that is kept
    std::string interpolation;       // "bicubic", "bilinear"
    bool padded = false;             // to `side` with black, instead of resized
    std::vector<std::string> labels; // of the classes

    std::vector<std::string> notes; // keys that are not read
};

// Input error for what is no object, for sizes out of range, and for what is not supported, by
// name.
Result<VisionConfig> parseVisionConfig(std::string_view json, std::string_view name);
// Of preprocessor_config.json of transformers: what pictures become, into `config`.
Result<void> parsePreprocessorConfig(std::string_view json, std::string_view name,
                                     VisionConfig& config);

} // namespace vitrine::model
