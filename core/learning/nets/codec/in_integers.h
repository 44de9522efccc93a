#pragma once

#include "core/learning/nets/codec/hyperprior.h"
#include "core/learning/nets/codec/integer_hyper.h"

#include <vector>

namespace vitrine::learning::codec
{

// Weights to the nearest int8 with a power of two of their own for each output. The fraction bits
// between the layers come from what hyper latents drawn from `tables` need, with a factor of 8 of
// room.
IntegerHyper inIntegers(HyperpriorImpl& hyper, const std::vector<Table>& tables);

} // namespace vitrine::learning::codec
