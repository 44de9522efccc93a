#pragma once

#include "core/model/vision/shift_add_swap.h"
#include "core/quant/vision/ksh_hasher.h"

namespace vitrine::quant
{

// Hash functions for binary attention of a plain ViT that gets `form`: for each of its blocks and
// each head, from what the shared projection gives of prepared training pictures. Block by block,
// those before it with the functions that were found for them: the tokens are those that the
// changed network has. Heads of one block get different seeds. Errors are those of swapShiftAdd, of
// VisionModel and of KshHasher::fit.
Result<std::vector<std::vector<model::TokenHash>>>
fittedHashes(const std::shared_ptr<const model::VisionCheckpoint>& checkpoint,
             model::ShiftAddForm form, std::span<const std::vector<float>> pictures,
             const KshOptions& options = {});

} // namespace vitrine::quant
