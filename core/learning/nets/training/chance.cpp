#include "core/learning/nets/training/chance.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

namespace vitrine::learning
{
namespace
{

// splitmix64 (Steele et al. 2014): neighbouring steps get unrelated seeds.
uint64_t scattered(uint64_t x)
{
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

uint64_t seedOfStep(uint64_t seed, int64_t step)
{
    return scattered(scattered(seed) + static_cast<uint64_t>(step));
}

} // namespace

Chance::Chance(uint64_t seed, int64_t step)
    : numbers_(seedOfStep(seed, step)),
      tensors_(at::detail::createCPUGenerator(scattered(seedOfStep(seed, step))))
{
}

double Chance::uniform(double from, double to)
{
    return from + (to - from) * static_cast<double>(numbers_() >> 11) * 0x1p-53;
}

int64_t Chance::below(int64_t count)
{
    return static_cast<int64_t>(uniform() * static_cast<double>(count));
}

bool Chance::coin(double probability)
{
    return uniform() < probability;
}

double Chance::normal()
{
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * 3.14159265358979323846 * uniform());
}

torch::Tensor Chance::uniform(torch::IntArrayRef shape, double from, double to)
{
    return torch::rand(shape, tensors_).mul_(to - from).add_(from);
}

torch::Tensor Chance::normal(torch::IntArrayRef shape)
{
    return torch::randn(shape, tensors_);
}

} // namespace vitrine::learning
