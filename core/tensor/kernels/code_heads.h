#pragma once

#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>

namespace vitrine::kernels
{

// The two products of linear attention, of one head, from codes to codes. Sums have 32 bits and are
// exact: the larger of tokens and dim, times 255 * 255, is below 2^31.
struct LinearHeadShape {
    std::int64_t tokens = 0, dim = 0, columns = 0;
};

// Row t lies at codes + t * stride; `zero`, -256 .. 255, is the code of 0.
struct CodeRows {
    const std::int8_t* codes = nullptr;
    std::int64_t stride = 0;
    std::int32_t zero = 0;
};

// y [dim, columns]: the sums over the tokens of max(k - zero, 0)^T (v - zero); k [tokens, dim], v
// [tokens, columns].
void codeContext(const LinearHeadShape& shape, CodeRows k, CodeRows v, const SumRequantizer& by,
                 std::int8_t* y);

// Row t of y, at y + t * yStride: max(q - zero, 0) (context - zero); q [tokens, dim], context
// [dim, columns].
void codeLookup(const LinearHeadShape& shape, CodeRows q, CodeRows context,
                const SumRequantizer& by, std::int8_t* y, std::int64_t yStride);

// Both: `by` has `columns` outputs and a range of 8 bits; on the calling thread; equal results
// whatever the processor.

} // namespace vitrine::kernels
