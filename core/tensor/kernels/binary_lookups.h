#pragma once

#include "core/tensor/kernels/binary_inputs.h"

namespace vitrine::kernels
{

// As addDots, by look-ups: four bits of codes choose among the 16 sums of four inputs. With 8 bits
// the exact sums of a piece are those of rounded ones (see InputPlan).
void addLookups(const BinaryTiles& tiles, const InputPlan& plan, int plane,
                const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y);

// The sums of four inputs of whole tiles, from their whole numbers; with 8 bits `step` becomes that
// of the rounded sums.
void makeLookups(const std::int16_t* whole, std::int64_t tiles, int inputBits, float& step,
                 std::int8_t* out);

} // namespace vitrine::kernels
