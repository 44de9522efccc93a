#pragma once

#include "core/model/vision/token_hash.h"
#include "core/model/vision/vision_checkpoint.h"

namespace vitrine::model
{

// Which of ShiftAddViT's parts (shift_add_network.h) a plain ViT or DeiT is given.
struct ShiftAddForm {
    bool isBinary = true;                            // queries and keys of one bit
    bool shiftsMlp = false, shiftsAttention = false; // their linear layers
    int lowestExponent = -15;
    // With binary attention: of each of its blocks and of each head the functions that hash queries
    // and keys, all of one size. Empty: queries and keys are compared with their means.
    std::vector<std::vector<TokenHash>> hashes = {};
};

// The same checkpoint with these parts, nothing trained anew: linear weights become the nearest
// signed power of two, and the filters over neighbouring tokens, which a ViT does not have, are 0.
// Where tokens are hashed, queries and keys share one projection, the mean of both [ours]: products
// of what it gives hold those of queries with keys, either way round. The last block keeps softmax
// attention where there are several, as in the networks that are trained here. Argument error for
// hash functions that do not fit the network, input error for a network that is no ViT with one
// class token: Swin, one with registers, a distillation token or layer scales, one that is changed
// already.
Result<std::shared_ptr<const VisionCheckpoint>>
swapShiftAdd(std::shared_ptr<const VisionCheckpoint> checkpoint, const ShiftAddForm& form);

// How many blocks of a plain ViT get binary attention: all but the last of several.
Result<std::int64_t> binaryBlocksOf(const Network& network);

bool isPlainViT(const Network& network); // whether it can be

} // namespace vitrine::model
