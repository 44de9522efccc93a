#pragma once

#include "core/tensor/kernels/binary_inputs.h"

namespace vitrine::kernels
{

// As addDots, by look-ups: four bits of codes choose among the 16 sums of four inputs. With 16 bits
// a sum is that of the magnitudes of those inputs whose sign is their code's, twice all of which
// less all magnitudes is the exact sum of +-q: equal to addDots to the bit. With 8 bits sums are
// rounded ones (see InputPlan), plus 128.
void addLookups(const BinaryTiles& tiles, const InputPlan& plan, int plane,
                const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y);

// The sums of four inputs of whole tiles, from their whole numbers, and what is taken off what a
// product adds up of them. Magnitudes of four inputs have a sum below 2^16; with 8 bits `step`
// becomes that of the rounded sums.
std::int32_t makeLookups(const std::int16_t* whole, std::int64_t tiles, int inputBits, float& step,
                         std::int8_t* out);

} // namespace vitrine::kernels
