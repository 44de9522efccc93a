#include "core/model/vision/shift_add_swap.h"

#include "core/model/network/shift_add_network.h"
#include "core/model/vision/wrapped_checkpoint.h"

#include <algorithm>
#include <map>

namespace vitrine::model
{
namespace
{

constexpr std::string_view kShiftPart = ".shift.";

// Under the new names: "blocks.0.mlp.fc1.shift.weight" is "blocks.0.mlp.fc1.weight".
std::string nameInViT(const std::string& name)
{
    const auto place = name.rfind(kShiftPart);
    return place == std::string::npos
               ? name
               : name.substr(0, place) + name.substr(place + kShiftPart.size() - 1);
}

class ShiftAddSwapped final : public WrappedCheckpoint
{
public:
    ShiftAddSwapped(std::shared_ptr<const VisionCheckpoint> original, Network network)
        : WrappedCheckpoint(std::move(original)), network_(std::move(network))
    {
        for (const NetworkTensor& tensor : tensorsOf(network_))
            if (!WrappedCheckpoint::has(nameInViT(tensor.name)))
                filters_[tensor.name] = {tensor.shape,
                                         std::vector<float>(static_cast<std::size_t>(
                                             elementCount(tensor.shape).value_or(0)))};
    }

    std::vector<std::string> tensorNames() const override
    {
        std::vector<std::string> names;
        for (const NetworkTensor& tensor : tensorsOf(network_))
            names.push_back(tensor.name);
        return names;
    }
    bool has(const std::string& name) const override
    {
        return filters_.contains(name) || WrappedCheckpoint::has(nameInViT(name));
    }
    Result<TensorView> tensor(const std::string& name) const override
    {
        const auto filter = filters_.find(name);
        if (filter == filters_.end())
            return WrappedCheckpoint::tensor(nameInViT(name));
        return TensorView{DType::f32, filter->second.shape,
                          std::as_bytes(std::span(filter->second.values))};
    }
    const Network& network() const override { return network_; }

private:
    struct Filter {
        std::vector<std::int64_t> shape;
        std::vector<float> values;
    };
    Network network_;
    std::map<std::string, Filter> filters_; // of neighbouring tokens: zeros
};

// Of a ViT as vitNetwork has it; of another something that gives another network.
VitSizes sizesOf(const Network& network)
{
    VitSizes v;
    const ConvShape& stem = network.layers.front().shape.conv;
    v.channels = stem.inChannels, v.side = stem.inHeight, v.width = stem.outChannels;
    v.patch = std::max<std::int64_t>(stem.kernelHeight, 1);
    v.depth = v.classes = 0;
    v.qkvBias = false;
    for (const NetworkLayer& layer : network.layers) {
        const LayerShape& s = layer.shape;
        v.depth += s.kind == LayerKind::scores;
        if (s.kind == LayerKind::scores)
            v.heads = s.batch;
        if (s.name.ends_with(".attn.qkv"))
            v.qkvBias = s.bias;
        if (s.name.ends_with(".mlp.fc1"))
            v.mlp = s.n;
        if (s.name == "head")
            v.classes = s.n;
        if (s.kind == LayerKind::norm)
            v.epsilon = layer.epsilon;
    }
    return v;
}

Result<VitSizes> plainSizes(const Network& network)
{
    const VitSizes sizes = sizesOf(network);
    const bool isChanged = std::ranges::any_of(network.layers, [](const NetworkLayer& layer) {
        return layer.isTaylor || !layer.method.empty();
    });
    if (isChanged || sizes.depth < 1 || sizes.classes < 1 || sizes.width % sizes.heads != 0 ||
        tensorsOf(vitNetwork(sizes)) != tensorsOf(network))
        return inputError("{} is no plain ViT with one class token, whose layers ShiftAddViT would "
                          "change",
                          network.name);
    return sizes;
}

} // namespace

bool isPlainViT(const Network& network)
{
    return plainSizes(network).has_value();
}

Result<std::shared_ptr<const VisionCheckpoint>>
swapShiftAdd(std::shared_ptr<const VisionCheckpoint> checkpoint, const ShiftAddForm& form)
{
    ShiftAddSizes sizes;
    VITRINE_TRY(sizes.vit, plainSizes(checkpoint->network()));
    const auto linear = [](bool shifts) {
        return shifts ? LinearForm::shift : LinearForm::multiply;
    };
    sizes.binaryBlocks = form.isBinary ? std::max<std::int64_t>(sizes.vit.depth - 1, 1) : 0;
    sizes.attentionLinears = linear(form.shiftsAttention);
    sizes.mlpLinears = linear(form.shiftsMlp);
    sizes.lowestExponent = form.lowestExponent;
    Network network = shiftAddNetwork(sizes);
    network.name = checkpoint->network().name;
    network.title = checkpoint->network().title;
    return std::make_shared<ShiftAddSwapped>(std::move(checkpoint), std::move(network));
}

} // namespace vitrine::model
