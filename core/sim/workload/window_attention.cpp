#include "core/sim/workload/window_attention.h"

namespace vitrine::sim
{

std::vector<std::pair<std::string, model::LayerShape>> windowAttention(std::int64_t rows,
                                                                       std::int64_t channels,
                                                                       std::int64_t heads,
                                                                       std::int64_t windowPixels)
{
    using model::LayerKind;
    const std::int64_t windows = (rows + windowPixels - 1) / windowPixels;
    return {{".qkv", model::linearShape("", rows, channels, 3 * channels, true)},
            {".scores", model::productShape("", LayerKind::scores, windows * heads, windowPixels,
                                            windowPixels, channels / heads)},
            {".softmax", model::elementShape("", LayerKind::softmax, windowPixels, windowPixels,
                                             windows * heads)},
            {".values", model::productShape("", LayerKind::values, windows * heads, windowPixels,
                                            channels / heads, windowPixels)},
            {".proj", model::linearShape("", rows, channels, channels, true)},
            {".fc1", model::linearShape("", rows, channels, 2 * channels, true)},
            {".fc2", model::linearShape("", rows, 2 * channels, channels, true)}};
}

} // namespace vitrine::sim
