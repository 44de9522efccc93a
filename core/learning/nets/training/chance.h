#pragma once

#include "core/picture/draws.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// All the chance of one training step. It is made from the seed of the recipe and the number of the
// step alone, so a resumed run draws what an uninterrupted one would have drawn.
class Chance : public Draws
{
public:
    Chance(uint64_t seed, int64_t step);

    using Draws::normal;
    using Draws::uniform;
    torch::Tensor uniform(torch::IntArrayRef shape, double from = 0.0, double to = 1.0); // F32
    torch::Tensor normal(torch::IntArrayRef shape);                                      // F32

    // For library functions that draw themselves (dropout).
    torch::Generator& generator() { return tensors_; }

private:
    torch::Generator tensors_;
};

} // namespace vitrine::learning
