#include "core/model/network/network.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace vitrine::model
{
namespace
{

bool canBeRead(DType type)
{
    return type == DType::f32 || type == DType::f16 || type == DType::bf16 || type == DType::f64;
}

} // namespace

std::int64_t Network::macs() const
{
    std::int64_t sum = 0;
    for (const NetworkLayer& layer : layers)
        sum += layer.shape.macs();
    return sum;
}

std::int64_t Network::parameters() const
{
    std::int64_t sum = 0;
    for (const NetworkTensor& tensor : tensorsOf(*this))
        if (tensor.use == TensorUse::parameter)
            sum += *elementCount(tensor.shape); // limits of the configurations: no overflow
    return sum;
}

std::vector<NetworkTensor> tensorsOf(const Network& network)
{
    std::vector<NetworkTensor> tensors;
    std::set<std::string_view> seen;
    for (const NetworkLayer& layer : network.layers)
        for (const NetworkTensor& tensor : layer.tensors)
            if (seen.insert(tensor.name).second)
                tensors.push_back(tensor);
    return tensors;
}

std::vector<LayerShape> layerTable(const Network& network)
{
    std::vector<LayerShape> table;
    for (const NetworkLayer& layer : network.layers)
        if (layer.isInTable)
            table.push_back(layer.shape);
    return table;
}

std::vector<Step> forwardPlan(const Network& network)
{
    std::vector<Step> steps;
    std::vector<std::size_t> lastReader;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        steps.push_back({i, network.layers[i].inputs, {}});
        lastReader.push_back(i);
        for (const std::size_t input : network.layers[i].inputs)
            lastReader[input] = i;
    }
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (lastReader[i] != i)
            steps[lastReader[i]].released.push_back(i);
    return steps;
}

std::int64_t classesOf(const Network& network)
{
    const LayerShape& last = network.layers.back().shape;
    return last.kind == LayerKind::linear ? last.n : 0;
}

std::optional<std::size_t> activationBehind(const Network& network, std::size_t layer)
{
    const LayerKind kind = network.layers[layer].shape.kind;
    const bool isProduct = kind == LayerKind::conv || kind == LayerKind::depthwise ||
                           kind == LayerKind::grouped || kind == LayerKind::linear;
    if (!isProduct || layer + 1 == network.layers.size() ||
        network.layers[layer + 1].shape.kind != LayerKind::activation)
        return {};
    for (std::size_t other = layer + 2; other < network.layers.size(); ++other)
        if (std::ranges::find(network.layers[other].inputs, layer) !=
            network.layers[other].inputs.end())
            return {};
    return layer + 1;
}

Result<TensorCheck> checkTensors(const Network& network, const Checkpoint& checkpoint,
                                 std::string_view place)
{
    TensorCheck check;
    std::set<std::string> known;
    for (const auto& [name, shape, use] : tensorsOf(network)) {
        known.insert(name);
        if (use == TensorUse::unused)
            continue;
        if (const kernels::BinaryCodes* codes = checkpoint.codes(name)) {
            if (shape != std::vector{codes->outputs, codes->inputs})
                return inputError("the packed matrix \"{}\" of {} is {} x {}, config.json needs "
                                  "[{}]",
                                  name, place, codes->outputs, codes->inputs,
                                  fmt::join(shape, ", "));
            continue;
        }
        VITRINE_TRY(const TensorView view, checkpoint.tensor(name));
        if (view.shape != shape)
            return inputError("tensor \"{}\" of {} has the shape [{}], config.json needs [{}]",
                              name, place, fmt::join(view.shape, ", "), fmt::join(shape, ", "));
        if (!canBeRead(view.type))
            return inputError(
                "tensor \"{}\" of {} is stored as {}; F32, F16, BF16 and F64 can be opened", name,
                place, dtypeName(view.type));
        check.doubles += view.type == DType::f64;
    }
    for (std::string& name : checkpoint.tensorNames())
        if (!known.contains(name))
            check.unexpected.push_back(std::move(name));
    return check;
}

} // namespace vitrine::model
