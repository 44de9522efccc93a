#pragma once

#include "core/tensor/kernels/binary_weights.h"

namespace vitrine::kernels
{

// Seconds of a product with one vector by each family, on this machine and with threadCount()
// threads; 0 where the weights have no fast products. Weights that fit in a cache are measured
// there.
struct FamilySeconds {
    double dots = 0, lookups = 0;

    // Dots, unless look-ups take less.
    BinaryFamily faster() const
    {
        return lookups < dots ? BinaryFamily::lookups : BinaryFamily::dots;
    }
};

// The least of `rounds` rounds, the families in turn, with the weights' planes and input bits.
FamilySeconds measureFamilies(const BinaryWeights& weights, int rounds = 5);

// The faster family with inputs of 16 bits, for which both give the same product to the bit.
// Measured at the first call on a part of a layer, in some milliseconds. Any thread.
BinaryFamily fasterFamily();

} // namespace vitrine::kernels
