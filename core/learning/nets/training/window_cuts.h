#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// Square windows of size x size out of pictures, batch x height x width x channels with sides that
// are multiples of size, rolled cyclically up and left by `roll` pixels before: (batch * windows) x
// size^2 x channels.
torch::Tensor cutWindows(const torch::Tensor& picture, int64_t size, int64_t roll);

// And back: batch, height and width are those of `like`, the roll is undone; any channels.
torch::Tensor joinWindows(const torch::Tensor& windows, const torch::Tensor& like, int64_t size,
                          int64_t roll);

} // namespace vitrine::learning
