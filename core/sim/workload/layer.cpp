#include "core/sim/workload/layer.h"

#include <algorithm>

namespace vitrine::sim
{

namespace
{

// a * b, or more than the largest count.
std::int64_t cappedProduct(std::int64_t a, std::int64_t b)
{
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? kLargestCount + 1
                                                  : std::min(product, kLargestCount + 1);
}

bool inRange(std::int64_t size)
{
    return size >= 1 && size <= kLargestSize;
}

bool fits(const model::LayerShape& s)
{
    const std::int64_t rows = cappedProduct(s.batch, s.m);
    for (const std::int64_t product :
         {cappedProduct(cappedProduct(rows, s.n), std::max<std::int64_t>(s.k, 1)),
          cappedProduct(cappedProduct(s.conv.inChannels, s.conv.inHeight), s.conv.inWidth),
          cappedProduct(cappedProduct(s.conv.outChannels, s.conv.inChannels),
                        cappedProduct(s.conv.kernelHeight, s.conv.kernelWidth))})
        if (product > kLargestCount)
            return false;
    return true;
}

Primitive primitiveOf(model::Arithmetic arithmetic)
{
    switch (arithmetic) {
    case model::Arithmetic::shift:
        return Primitive::shift;
    case model::Arithmetic::mask:
        return Primitive::mask;
    case model::Arithmetic::multiply:
        break;
    }
    return Primitive::multiply;
}

bool sound(const model::ConvShape& c)
{
    if (c.inChannels == 0)
        return true;
    for (const std::int64_t size :
         {c.inChannels, c.inHeight, c.inWidth, c.outChannels, c.outHeight, c.outWidth,
          c.kernelHeight, c.kernelWidth, c.strideHeight, c.strideWidth, c.groups})
        if (!inRange(size))
            return false;
    return true;
}

} // namespace

std::int64_t Workload::macs() const
{
    std::int64_t sum = 0;
    for (const Layer& layer : layers)
        sum += layer.shape.macs();
    return sum;
}

Result<void> check(const Workload& workload)
{
    if (workload.layers.empty())
        return argumentError("{} has no layers", workload.name);
    std::int64_t macs = 0;
    for (const Layer& layer : workload.layers) {
        const model::LayerShape& s = layer.shape;
        if (s.kind > LayerKind::mix)
            return argumentError("layer {} of {} is of the kind \"{}\", which no accelerator here "
                                 "can be given",
                                 s.name, workload.name, model::kindName(s.kind));
        if (!inRange(s.batch) || !inRange(s.m) || !inRange(s.n) || s.k < 0 || s.k > kLargestSize ||
            !sound(s.conv))
            return argumentError(
                "layer {} of {} has a size below 1 or above {}: {} x ({} x {}) ({} x {})", s.name,
                workload.name, kLargestSize, s.batch, s.m, s.k, s.k, s.n);
        if (!fits(s))
            return argumentError("layer {} of {} is too large: more than {} operations or elements",
                                 s.name, workload.name, kLargestCount);
        if (layer.bitsIn < 1 || layer.bitsIn > 64 || layer.bitsWeight < 1 ||
            layer.bitsWeight > 64 || layer.bitsOut < 1 || layer.bitsOut > 64)
            return argumentError("layer {} of {} has a word width outside 1 .. 64 bits", s.name,
                                 workload.name);
        if (!(layer.densityWeight > 0) || layer.densityWeight > 1)
            return argumentError("layer {} of {} has a density outside (0, 1]", s.name,
                                 workload.name);
        macs += s.macs();
        if (macs > 4 * kLargestCount)
            return argumentError("{} is too large: more than {} multiply-accumulates",
                                 workload.name, 4 * kLargestCount);
    }
    return {};
}

Workload workloadOf(const model::Network& network)
{
    Workload workload{network.name, network.title, {}};
    for (const model::NetworkLayer& layer : network.layers)
        if (layer.isInTable)
            workload.layers.push_back({.shape = layer.shape,
                                       .primitive = primitiveOf(layer.shape.arithmetic),
                                       .isTaylor = layer.isTaylor});
    return workload;
}

Workload withBits(Workload workload, int weightBits, int activationBits)
{
    for (Layer& layer : workload.layers) {
        layer.bitsIn = layer.bitsOut = activationBits;
        layer.bitsWeight = layer.shape.weights ? weightBits : activationBits;
    }
    return workload;
}

} // namespace vitrine::sim
