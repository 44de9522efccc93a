#pragma once

// Private to this room: contexts of ITU-T H.265's arithmetic coding and how they begin.
#include "core/codec/arithmetic_decoder.h"

namespace vitrine::codec
{

// Where the contexts of a syntax element begin among all.
namespace context
{
inline constexpr int kSaoMerge = 0, kSaoType = 1, kSplitCu = 2, kTransquantBypass = 5, kSkip = 6,
                     kQpDelta = 9, kPredMode = 12, kPartMode = 13, kPrevIntra = 17,
                     kIntraChroma = 18, kMerge = 19, kMergeIndex = 20, kInterPred = 21,
                     kReference = 26, kMvdGreater0 = 28, kMvdGreater1 = 29, kMvp = 30,
                     kRootCbf = 31, kSplitTransform = 32, kCbfLuma = 35, kCbfChroma = 37,
                     kTransformSkip = 42, kLastX = 44, kLastY = 62, kGroup = 80, kSignificant = 84,
                     kGreater1 = 126, kGreater2 = 150, kCount = 156;
} // namespace context

using HevcContexts = std::array<ContextState, context::kCount>;

// 9.3.2.2: `initType` 0 for I, 1 and 2 for P and B, which cabac_init_flag swaps.
HevcContexts hevcContexts(int initType, int sliceQp);

} // namespace vitrine::codec
