#include "core/sim/machine/nvca_chains.h"

#include <cmath>

namespace vitrine::sim
{

namespace
{

// Pixels that a layer's output needs beside its own place.
double haloOf(const Layer& layer)
{
    const model::ConvShape& conv = layer.shape.conv;
    return conv.inChannels > 0 ? static_cast<double>(conv.kernelWidth - 1) / 2 : 0;
}

} // namespace

Chains::Chains(const Workload& workload, const ChainOptions& options)
    : workload_(workload),
      options_(options),
      again_(workload.layers.size(), 1),
      held_(workload.layers.size())
{
    std::size_t first = 0;
    for (std::size_t i = 0; i < workload_.layers.size(); ++i)
        if (!staysBehind(i)) {
            if (i > first)
                setStripes(first, i + 1);
            else
                held_[i] = rowBytes(workload_.layers[i]);
            first = i + 1;
        }
}

// Whether what the layer hands to the next one stays on chip.
bool Chains::staysBehind(std::size_t i) const
{
    if (i + 1 >= workload_.layers.size())
        return false;
    const Layer& layer = workload_.layers[i];
    const Layer& next = workload_.layers[i + 1];
    if (layer.unit > 0 && layer.unit == next.unit)
        return true;
    if (layer.chain == 0 || next.chain == 0 || options_.chaining == Chaining::off)
        return false;
    return options_.chaining == Chaining::group ? layer.chain == next.chain : !layer.toOutside;
}

Traffic Chains::traffic(std::size_t i) const
{
    const Layer& layer = workload_.layers[i];
    const bool inStays = i > 0 && staysBehind(i - 1) &&
                         !(options_.chaining == Chaining::longest && layer.fromOutside);
    const std::int64_t in =
        inStays ? 0 : bytesOf(layer.shape.inputElements(), options_.activationBits);
    return {static_cast<std::int64_t>(static_cast<double>(in) * again_[i]),
            bytesOf(layer.shape.weightElements(), options_.weightBits),
            staysBehind(i) ? 0 : bytesOf(layer.shape.outputElements(), options_.activationBits)};
}

// Rows of a layer's input that a chain keeps: 2 new and 2 old for a tile of 4 rows, one more for a
// deconvolution.
double Chains::rowBytes(const Layer& layer) const
{
    const model::LayerShape& s = layer.shape;
    if (s.conv.inChannels == 0)
        return 0;
    const double rows = s.kind == LayerKind::deconv ? 5 : s.kind == LayerKind::linear ? 12 : 4;
    return rows * static_cast<double>(s.conv.inWidth * s.conv.inChannels) *
           options_.activationBits / 8;
}

// The fewest stripes with which the rows fit; a stripe's edge costs half a kernel of every layer
// behind it.
void Chains::setStripes(std::size_t first, std::size_t end)
{
    double bytes = 0, halo = 0, width = 0;
    for (std::size_t i = first; i < end; ++i) {
        bytes += rowBytes(workload_.layers[i]);
        halo += haloOf(workload_.layers[i]);
        width = std::max(width, static_cast<double>(workload_.layers[i].shape.conv.inWidth));
    }
    lineBytes_ = std::max(lineBytes_, bytes);
    for (std::size_t i = first; i < end; ++i)
        held_[i] = bytes;
    const auto room = static_cast<double>(options_.sramBytes);
    if (options_.lines == LineBuffers::unlimited || bytes <= room || width == 0)
        return;
    const double stripes = std::min(std::ceil(bytes / room), width);
    stripes_ = std::max(stripes_, static_cast<std::int64_t>(stripes));
    for (std::size_t i = first; i < end; ++i) {
        held_[i] = bytes / stripes;
        again_[i] = 1 + 2 * (stripes - 1) * halo / width;
        halo -= haloOf(workload_.layers[i]);
    }
}

} // namespace vitrine::sim
