#include "core/superres/tfjs/tfjs_topology.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{

std::int64_t TfjsTopology::inChannels(const TfjsLayer& layer) const
{
    return layer.from.empty() ? 0 : layers[layer.from.front()].channels;
}

std::int64_t TfjsTopology::reach() const
{
    // In shares of a pixel: half a kernel at four times the size is a quarter of it.
    std::vector<double> reaches;
    for (const TfjsLayer& layer : layers) {
        double reach = 0;
        for (const std::size_t from : layer.from)
            reach = std::max(reach, reaches[from]);
        const std::int64_t half = std::max(layer.kernelHeight, layer.kernelWidth) / 2;
        reaches.push_back(reach + static_cast<double>(half) / static_cast<double>(layer.factor));
    }
    constexpr double kRounding = 1e-9; // three thirds may be a little more than one
    return static_cast<std::int64_t>(std::ceil(reaches.back() - kRounding));
}

std::vector<std::size_t> TfjsTopology::lastReaders() const
{
    std::vector<std::size_t> last(layers.size(), layers.size());
    for (std::size_t reader = 0; reader < layers.size(); ++reader)
        for (const std::size_t from : layers[reader].from)
            last[from] = reader;
    return last;
}

std::int64_t TfjsTopology::peakNumbers() const
{
    const auto numbers = [&](std::size_t i) {
        return layers[i].channels * layers[i].factor * layers[i].factor;
    };
    const auto last = lastReaders();
    std::int64_t held = 0, peak = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        held += numbers(i);
        peak = std::max(peak, held);
        for (std::size_t from = 0; from < i; ++from)
            held -= last[from] == i ? numbers(from) : 0;
    }
    return peak;
}

std::int64_t TfjsTopology::macsPerPixel() const
{
    std::int64_t macs = 0;
    for (const TfjsLayer& layer : layers)
        if (layer.kind == TfjsKind::convolution)
            macs += layer.kernelHeight * layer.kernelWidth * inChannels(layer) * layer.channels *
                    layer.factor * layer.factor;
    return macs;
}

} // namespace vitrine::superres
