#include "core/learning/nets/training/chance.h"

#include <ATen/CPUGeneratorImpl.h>

namespace vitrine::learning
{

Chance::Chance(uint64_t seed, int64_t step)
    : Draws(seed, step), tensors_(at::detail::createCPUGenerator(otherSeed(seed, step)))
{
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
