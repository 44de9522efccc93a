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

// A tensor that the ViT does not have.
struct AddedTensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};
using AddedTensors = std::map<std::string, AddedTensor>; // by name

class ShiftAddSwapped final : public WrappedCheckpoint
{
public:
    ShiftAddSwapped(std::shared_ptr<const VisionCheckpoint> original, Network network,
                    AddedTensors added)
        : WrappedCheckpoint(std::move(original)),
          network_(std::move(network)),
          added_(std::move(added))
    {
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
        return added_.contains(name) || WrappedCheckpoint::has(nameInViT(name));
    }
    Result<TensorView> tensor(const std::string& name) const override
    {
        const auto added = added_.find(name);
        if (added == added_.end())
            return WrappedCheckpoint::tensor(nameInViT(name));
        return TensorView{DType::f32, added->second.shape,
                          std::as_bytes(std::span(added->second.values))};
    }
    const Network& network() const override { return network_; }

private:
    Network network_;
    AddedTensors added_;
};

// Of "blocks.3.attn.codes.anchors": the numbers of all heads, one head after the other.
std::vector<float> hashValues(const std::string& name,
                              const std::vector<std::vector<TokenHash>>& hashes)
{
    const auto block = static_cast<std::size_t>(std::stoll(name.substr(name.find('.') + 1)));
    std::vector<float> values;
    for (const TokenHash& hash : hashes[block]) {
        const auto& part = name.ends_with(".anchors") ? hash.anchorRows
                           : name.ends_with(".means") ? hash.means
                                                      : hash.weights;
        values.insert(values.end(), part.begin(), part.end());
    }
    return values;
}

// Of the ViT's rows for queries, keys and values: the mean of the first two, then the values.
Result<std::vector<float>> sharedProjection(const std::string& name,
                                            const VisionCheckpoint& original)
{
    std::string whole = nameInViT(name);
    whole.replace(whole.rfind("qk_v"), 4, "qkv");
    VITRINE_TRY(const TensorView view, original.tensor(whole));
    std::vector<float> values = toFloat(view);
    const auto third = std::ssize(values) / 3;
    const auto keys = values.begin() + third;
    std::transform(values.begin(), keys, keys, values.begin(),
                   [](float q, float k) { return 0.5f * (q + k); });
    values.erase(keys, keys + third);
    return values;
}

Result<AddedTensors> addedTensors(const Network& network, const VisionCheckpoint& original,
                                  const ShiftAddForm& form)
{
    AddedTensors added;
    for (const NetworkTensor& tensor : tensorsOf(network)) {
        const std::string& name = tensor.name;
        if (original.has(nameInViT(name)))
            continue;
        std::vector<float> values(static_cast<std::size_t>(elementCount(tensor.shape).value_or(0)));
        if (name.find(".attn.codes.") != std::string::npos) {
            values = hashValues(name, form.hashes);
        } else if (name.find(".attn.qk_v.") != std::string::npos) {
            VITRINE_TRY(values, sharedProjection(name, original));
        }
        added[name] = {tensor.shape, std::move(values)}; // else filters over neighbours: zeros
    }
    return added;
}

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

bool isWhole(const TokenHash& hash)
{
    return hash.bits >= 1 && hash.anchors >= 1 &&
           std::ssize(hash.anchorRows) == hash.anchors * hash.channels &&
           std::ssize(hash.means) == hash.anchors &&
           std::ssize(hash.weights) == hash.bits * hash.anchors;
}

Result<void> checkHashes(const ShiftAddForm& form, const ShiftAddSizes& sizes)
{
    const auto& heads = form.hashes.front();
    const TokenHash first = heads.empty() ? TokenHash() : heads.front();
    const auto fits = [&](const TokenHash& hash) {
        return isWhole(hash) && hash.channels == sizes.vit.width / sizes.vit.heads &&
               hash.bits == first.bits && hash.anchors == first.anchors;
    };
    const bool fitsAll = std::ranges::all_of(form.hashes, [&](const auto& block) {
        return std::ssize(block) == sizes.vit.heads && std::ranges::all_of(block, fits);
    });
    if (!fitsAll || std::ssize(form.hashes) != sizes.binaryBlocks)
        return argumentError("hash functions are needed for {} blocks of {} heads with {} channels",
                             sizes.binaryBlocks, sizes.vit.heads,
                             sizes.vit.width / sizes.vit.heads);
    return {};
}

std::int64_t binaryBlocks(const VitSizes& sizes)
{
    return std::max<std::int64_t>(sizes.depth - 1, 1);
}

} // namespace

bool isPlainViT(const Network& network)
{
    return plainSizes(network).has_value();
}

Result<std::int64_t> binaryBlocksOf(const Network& network)
{
    VITRINE_TRY(const VitSizes sizes, plainSizes(network));
    return binaryBlocks(sizes);
}

Result<std::shared_ptr<const VisionCheckpoint>>
swapShiftAdd(std::shared_ptr<const VisionCheckpoint> checkpoint, const ShiftAddForm& form)
{
    ShiftAddSizes sizes;
    VITRINE_TRY(sizes.vit, plainSizes(checkpoint->network()));
    const auto linear = [](bool shifts) {
        return shifts ? LinearForm::shift : LinearForm::multiply;
    };
    sizes.binaryBlocks = form.isBinary ? binaryBlocks(sizes.vit) : 0;
    if (!form.hashes.empty()) {
        VITRINE_CHECK(checkHashes(form, sizes));
        const TokenHash& first = form.hashes.front().front();
        sizes.hashing = {.bits = first.bits, .anchors = first.anchors};
    }
    sizes.attentionLinears = linear(form.shiftsAttention);
    sizes.mlpLinears = linear(form.shiftsMlp);
    sizes.lowestExponent = form.lowestExponent;
    Network network = shiftAddNetwork(sizes);
    network.name = checkpoint->network().name;
    network.title = checkpoint->network().title;
    VITRINE_TRY(AddedTensors added, addedTensors(network, *checkpoint, form));
    return std::make_shared<ShiftAddSwapped>(std::move(checkpoint), std::move(network),
                                             std::move(added));
}

} // namespace vitrine::model
