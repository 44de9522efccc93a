#include "core/model/network/layer_shape.h"

#include <array>

namespace vitrine::model
{

const char* kindName(LayerKind kind)
{
    static constexpr std::array kNames{
        "conv",    "depthwise", "grouped", "deconv",    "deformable",   "linear", "scores",
        "softmax", "values",    "context", "lookup",    "divisor",      "norm",   "activation",
        "add",     "pool",      "mix",     "embedding", "tokens",       "rotary", "concat",
        "divide",  "centre",    "sums",    "windows",   "join windows", "merge",  "select",
        "shift",   "gate",      "shuffle"};
    static_assert(kNames.size() == static_cast<std::size_t>(LayerKind::shuffle) + 1);
    return kNames[static_cast<std::size_t>(kind)];
}

std::int64_t LayerShape::inputElements() const
{
    if (conv.inChannels > 0)
        return conv.inChannels * conv.inHeight * conv.inWidth;
    if (k == 0)
        return batch * m * n;
    return batch * m * k + (weights ? 0 : batch * k * n);
}

std::int64_t LayerShape::outputElements() const
{
    if (conv.outChannels > 0)
        return conv.outChannels * conv.outHeight * conv.outWidth;
    return kind == LayerKind::pool ? n : batch * m * n;
}

std::int64_t LayerShape::weightElements() const
{
    if (!weights)
        return 0;
    if (conv.inChannels > 0)
        return conv.outChannels * (conv.inChannels / conv.groups) * conv.kernelHeight *
               conv.kernelWidth;
    return k * n;
}

LayerShape linearShape(std::string name, std::int64_t rows, std::int64_t in, std::int64_t out,
                       bool bias)
{
    LayerShape layer;
    layer.name = std::move(name);
    layer.kind = LayerKind::linear;
    layer.m = rows;
    layer.n = out;
    layer.k = in;
    layer.weights = true;
    layer.bias = bias;
    return layer;
}

LayerShape convShape(std::string name, std::int64_t in, std::int64_t out, std::int64_t inSide,
                     std::int64_t outSide, std::int64_t kernel, std::int64_t stride,
                     std::int64_t groups)
{
    LayerShape layer;
    layer.name = std::move(name);
    layer.kind = groups == 1                     ? LayerKind::conv
                 : groups == in && groups == out ? LayerKind::depthwise
                                                 : LayerKind::grouped;
    layer.batch = groups;
    layer.m = outSide * outSide;
    layer.n = out / groups;
    layer.k = kernel * kernel * (in / groups);
    layer.conv = {in,     inSide, inSide, out,    outSide, outSide,
                  kernel, kernel, stride, stride, groups};
    layer.weights = true;
    return layer;
}

LayerShape productShape(std::string name, LayerKind kind, std::int64_t batch, std::int64_t m,
                        std::int64_t n, std::int64_t k)
{
    LayerShape layer;
    layer.name = std::move(name);
    layer.kind = kind;
    layer.batch = batch;
    layer.m = m;
    layer.n = n;
    layer.k = k;
    return layer;
}

LayerShape elementShape(std::string name, LayerKind kind, std::int64_t rows, std::int64_t columns,
                        std::int64_t batch)
{
    return productShape(std::move(name), kind, batch, rows, columns, 0);
}

} // namespace vitrine::model
