#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <random>

namespace vitrine::learning
{

// All the chance of one training step. It is made from the seed of the recipe and the number of the
// step alone, so a resumed run draws what an uninterrupted one would have drawn.
class Chance
{
public:
    Chance(uint64_t seed, int64_t step);

    double uniform(double from = 0.0, double to = 1.0); // [from, to)
    int64_t below(int64_t count);                       // 0 .. count - 1; count at least 1
    bool coin(double probability = 0.5);
    double normal(); // mean 0, deviation 1

    torch::Tensor uniform(torch::IntArrayRef shape, double from = 0.0, double to = 1.0); // F32
    torch::Tensor normal(torch::IntArrayRef shape);                                      // F32

    // For library functions that draw themselves (dropout).
    torch::Generator& generator() { return tensors_; }

private:
    std::mt19937_64 numbers_;
    torch::Generator tensors_;
};

} // namespace vitrine::learning
