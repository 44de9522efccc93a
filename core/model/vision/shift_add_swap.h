#pragma once

#include "core/model/vision/vision_checkpoint.h"

namespace vitrine::model
{

// Which of ShiftAddViT's parts (shift_add_network.h) a plain ViT or DeiT is given.
struct ShiftAddForm {
    bool isBinary = true;                            // queries and keys of one bit
    bool shiftsMlp = false, shiftsAttention = false; // their linear layers
    int lowestExponent = -15;
};

// The same checkpoint with these parts, nothing trained anew: linear weights become the nearest
// signed power of two, and the filters over neighbouring tokens, which a ViT does not have, are 0.
// The last block keeps softmax attention where there are several, as in the networks that are
// trained here. Input error for a network that is no ViT with one class token: Swin, one with
// registers, a distillation token or layer scales, one that is changed already.
Result<std::shared_ptr<const VisionCheckpoint>>
swapShiftAdd(std::shared_ptr<const VisionCheckpoint> checkpoint, const ShiftAddForm& form);

bool isPlainViT(const Network& network); // whether it can be

} // namespace vitrine::model
