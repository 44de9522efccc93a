#include "core/learning/nets/superres/window_attention.h"

#include "core/learning/nets/training/window_cuts.h"

namespace vitrine::learning::plain
{
namespace
{

using torch::Tensor;

int64_t rollOf(const Windows& windows, size_t third)
{
    return windows.rolled ? windows.sizes[third] / 2 : 0;
}

} // namespace

Attended attendInWindows(const Tensor& qv, const Windows& windows)
{
    const auto thirds = qv.chunk(3, 3);
    Attended result;
    std::vector<Tensor> parts;
    for (size_t i = 0; i < 3; ++i) {
        const int64_t size = windows.sizes[i], roll = rollOf(windows, i);
        const auto cut = cutWindows(thirds[i], size, roll).chunk(2, 2);
        result.maps.push_back(torch::softmax(cut[0].matmul(cut[0].transpose(1, 2)), -1));
        parts.push_back(joinWindows(result.maps.back().matmul(cut[1]), qv, size, roll));
    }
    result.y = torch::cat(parts, 3);
    return result;
}

Tensor mixInWindows(const Tensor& v, const WindowMaps& maps, const Windows& windows)
{
    const auto thirds = v.chunk(3, 3);
    std::vector<Tensor> parts;
    for (size_t i = 0; i < 3; ++i) {
        const int64_t size = windows.sizes[i], roll = rollOf(windows, i);
        parts.push_back(
            joinWindows(maps[i].matmul(cutWindows(thirds[i], size, roll)), v, size, roll));
    }
    return torch::cat(parts, 3);
}

} // namespace vitrine::learning::plain
