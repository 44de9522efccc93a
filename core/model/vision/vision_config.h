#pragma once

#include "core/base/result.h"
#include "core/model/vision/preprocessing.h"
#include "core/model/vision/shift_add_config.h"

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
    std::string modelType;    // of transformers: what is not said is as in its code
    bool isTimm = false;      // what is not said is as in timm's code
    std::optional<std::int64_t> side, channels, classes, patch, width, depth, mlp, window,
        registers;
    std::vector<std::int64_t> heads;                // one, or of each stage
    std::vector<std::int64_t> depths;               // of the stages
    std::vector<std::int64_t> strides;              // of the stem and the stages
    std::optional<double> epsilon, divisorEpsilon;  // of normalisations, of linear attention
    std::optional<bool> qkvBias, hasUnplacedTokens; // the class token has no position
    std::string activation;                         // as it is written: "gelu", "hard_swish"
    std::string pooling;                            // "token", "avg"
    std::string attention;   // "softmax", "taylor" (ViTALiTy's); empty: not said
    std::string family;      // ours: "deit", "shiftaddvit"
    ShiftAddConfig shiftAdd; // of that family

    // What pictures become before they are seen; empty: not said.
    std::vector<double> mean, deviation;
    std::optional<double> crop; // share of the resized side that is kept
    std::optional<Resampling> resampling;
    bool squashed = false;                  // the ratio of their sides is not kept
    bool padded = false;                    // to `side` with black, instead of resized
    std::optional<Preprocessing> processor; // all of it, of preprocessor_config.json
    std::vector<std::string> labels;        // of the classes

    std::vector<std::string> notes; // keys that are not read
};

// "format" of the config.json of a network in codes (core/quant/vision/coded_files.h), which has no
// numbers of a network to open.
inline constexpr const char* kCodedVisionFormat = "vitrine-vision-codes";

// Input error for what is no object, for sizes out of range, and for what is not supported, by
// name: a key that may change a pass is honoured or refused. Others that are not known make a note.
Result<VisionConfig> parseVisionConfig(std::string_view json, std::string_view name);
// Of preprocessor_config.json of transformers, into `config.processor`: as the image processor that
// it names (ViT, DeiT, Bit, CLIP, PVT) does it, or that of `config.modelType`. Its side is 0 where
// pictures stay as large as they are, its mean empty where they are not normalised.
Result<void> parsePreprocessorConfig(std::string_view json, std::string_view name,
                                     VisionConfig& config);

// Epsilon of the layer normalisations of a model type of transformers where its config.json does
// not say it; nothing for a type that is not known here.
std::optional<double> defaultEpsilon(std::string_view modelType);

} // namespace vitrine::model
