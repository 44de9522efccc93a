#include "core/model/network/network_builder.h"

#include <cassert>

namespace vitrine::model
{
namespace
{

// As checkpoints store it: filters first.
std::vector<std::int64_t> weightShape(const LayerShape& s)
{
    if (s.conv.inChannels > 0)
        return {s.conv.outChannels, s.conv.inChannels / s.conv.groups, s.conv.kernelHeight,
                s.conv.kernelWidth};
    return {s.n, s.k};
}

} // namespace

void NetworkBuilder::begin(std::string module, Part part)
{
    module_ = std::move(module);
    part_ = part;
}

std::size_t NetworkBuilder::add(LayerShape shape, Inputs inputs)
{
    for ([[maybe_unused]] const std::size_t input : inputs)
        assert(input < network_.layers.size());
    shape.module = module_;
    shape.part = part_;
    network_.layers.push_back({.shape = std::move(shape), .inputs = std::move(inputs)});
    const LayerShape& s = layer().shape;
    if (s.kind == LayerKind::norm) {
        layer().epsilon = epsilon_;
        tensor(s.name + ".weight", {s.n});
        tensor(s.name + ".bias", {s.n});
    }
    if (s.weights)
        tensor(s.name + ".weight", weightShape(s));
    if (s.bias)
        tensor(s.name + ".bias", {weightShape(s)[0]});
    return last();
}

std::size_t NetworkBuilder::step(std::string name, LayerKind kind, std::int64_t rows,
                                 std::int64_t columns, Inputs inputs)
{
    add(elementShape(std::move(name), kind, rows, columns), std::move(inputs));
    layer().isInTable = false;
    return last();
}

void NetworkBuilder::tensor(std::string name, std::vector<std::int64_t> shape, TensorUse use)
{
    layer().tensors.push_back({std::move(name), std::move(shape), use});
}

void NetworkBuilder::batchNorm(const std::string& name, std::int64_t channels, float epsilon)
{
    layer().batchNorm = name;
    layer().batchNormEpsilon = epsilon;
    tensor(name + ".weight", {channels});
    tensor(name + ".bias", {channels});
    tensor(name + ".running_mean", {channels}, TensorUse::statistic);
    tensor(name + ".running_var", {channels}, TensorUse::statistic);
    tensor(name + ".num_batches_tracked", {}, TensorUse::unused);
}

void NetworkBuilder::factor(const std::string& name, std::int64_t channels)
{
    layer().factor = name;
    tensor(name, {channels});
}

} // namespace vitrine::model
