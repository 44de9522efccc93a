#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <vector>

namespace vitrine::learning
{

// Attention of ELAN inside windows of three sizes, each for a third of the channels. Pictures are
// batch x height x width x channels, height and width multiples of every window; the windows of a
// rolled block are cut from the picture rolled cyclically by half a window up and left, without a
// mask.
struct Windows {
    std::array<int64_t, 3> sizes;
    bool rolled;
};

// The maps of the three thirds, (batch * windows) x pixels x pixels; rows sum to 1.
using WindowMaps = std::vector<torch::Tensor>;

struct Attended {
    torch::Tensor y; // batch x height x width x channels
    WindowMaps maps;
};

// qv: batch x height x width x 2 channels; a third of it holds its q, then its v. maps = softmax(q
// q^T): the keys are the queries, not scaled.
Attended attendInWindows(const torch::Tensor& qv, const Windows& windows);

// The same maps once more on another v of as many channels.
torch::Tensor mixInWindows(const torch::Tensor& v, const WindowMaps& maps, const Windows& windows);

// On the CPU in F32 both run as fused loops; for other types, and as the judge in the tests, as
// plain tensor expressions.
namespace plain
{
Attended attendInWindows(const torch::Tensor& qv, const Windows& windows);
torch::Tensor mixInWindows(const torch::Tensor& v, const WindowMaps& maps, const Windows& windows);
} // namespace plain

} // namespace vitrine::learning
