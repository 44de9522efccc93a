#include "core/learning/nets/vision/shift_add_deit.h"

#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/vision/binary_attention.h"

#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

namespace vitrine::learning
{

using torch::Tensor;

// What stands in the place of a DeiT's own layers, and how the forward at work uses it.
struct ShiftAddDeit::Converted {
    std::vector<BinaryAttention> attention; // of the first blocks
    std::map<std::string, MixtureLinear> mixtures;
    Chance* chance = nullptr;
    bool mixes = false;
    Split split;

    Tensor attend(int64_t block, const Tensor& q, const Tensor& k, const Tensor& v);
    Tensor multiply(const std::string& layer, const Tensor& x, const Tensor& weight,
                    const Tensor& bias);
};

namespace
{

std::shared_ptr<torch::nn::Module> moduleAt(torch::nn::Module& root, const std::string& name)
{
    for (const auto& item : root.named_modules("", /*include_self=*/false))
        if (item.key() == name)
            return item.value();
    throw std::logic_error("there is no module " + name);
}

Tensor softmaxAttention(const Tensor& q, const Tensor& k, const Tensor& v)
{
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
    return torch::matmul(torch::softmax(torch::matmul(q, k.mT()) * scale, -1), v);
}

BinaryAttention binaryAttentionIn(torch::nn::Module& block, int64_t heads)
{
    BinaryAttention made(heads);
    const torch::NoGradGuard guard;
    made->named_parameters()["dconv.weight"].zero_();
    moduleAt(block, "attn")->register_module("dconv", made->named_children()["dconv"]);
    return made;
}

// In the place of a linear layer of `parent`.
MixtureLinear mixtureIn(torch::nn::Module& parent, const std::string& name,
                        const MixtureOptions& options)
{
    const auto plain = parent.named_children()[name]->named_parameters();
    MixtureLinear made(plain["weight"], plain["bias"], options);
    parent.unregister_module(name);
    return parent.register_module(name, made);
}

} // namespace

Tensor ShiftAddDeit::Converted::attend(int64_t block, const Tensor& q, const Tensor& k,
                                       const Tensor& v)
{
    const auto place = static_cast<size_t>(block);
    return place < attention.size() ? attention[place]->forward(q, k, v)
                                    : softmaxAttention(q, k, v);
}

Tensor ShiftAddDeit::Converted::multiply(const std::string& layer, const Tensor& x,
                                         const Tensor& weight, const Tensor& bias)
{
    const auto found = mixtures.find(layer);
    if (found == mixtures.end())
        return torch::linear(x, weight, bias);
    MixtureLinear& mixture = found->second;
    if (!mixes)
        return mixture->multiplied(x);
    const Tensor y = mixture->forward(x, chance);
    if (!chance) {
        const auto shifted = mixture->chosen().sum().item<int64_t>();
        split.shift += shifted;
        split.mult += x.size(0) - shifted;
    }
    return y;
}

ShiftAddDeit::ShiftAddDeit(const DeitConfig& config, const ShiftAddOptions& options, uint64_t seed)
    : deit_(config, seed), network_(deit_.ptr()), converted_(std::make_shared<Converted>())
{
    if (options.softmaxBlocks < 0 || options.softmaxBlocks > config.depth)
        throw std::runtime_error("ShiftAddViT: " + std::to_string(options.softmaxBlocks) +
                                 " blocks of " + std::to_string(config.depth) +
                                 " cannot keep softmax attention");
    for (int64_t i = 0; i < config.depth; ++i) {
        const std::string name = "blocks." + std::to_string(i);
        const auto block = moduleAt(*deit_, name);
        if (i < config.depth - options.softmaxBlocks)
            converted_->attention.push_back(binaryAttentionIn(*block, config.heads));
        for (const char* layer : {"fc1", "fc2"})
            converted_->mixtures.emplace(name + ".mlp." + layer, mixtureIn(*moduleAt(*block, "mlp"),
                                                                           layer, options.mixture));
    }
    deit_->hooks = {
        .attention = [c = converted_](int64_t block, const Tensor& q, const Tensor& k,
                                      const Tensor& v) { return c->attend(block, q, k, v); },
        .linear =
            [c = converted_](const std::string& layer, const Tensor& x, const Tensor& weight,
                             const Tensor& bias) { return c->multiply(layer, x, weight, bias); }};
}

void ShiftAddDeit::startFrom(const TensorFile& deit, const std::string& where)
{
    TensorFile converted;
    for (const auto& [name, tensor] : deit.tensors) {
        const auto dot = name.rfind('.');
        if (dot != std::string::npos && converted_->mixtures.count(name.substr(0, dot)) != 0)
            for (const char* expert : {".mult", ".shift"})
                converted.tensors.emplace_back(name.substr(0, dot) + expert + name.substr(dot),
                                               tensor);
        else
            converted.tensors.emplace_back(name, tensor);
    }
    for (const auto& [name, tensor] : namedTensors(*network_)) // that a DeiT does not have
        if (name.find(".router.") != std::string::npos || name.find(".dconv.") != std::string::npos)
            converted.tensors.emplace_back(name, tensor.detach().clone());
    fillTensors(*network_, converted, "", where);
}

Tensor ShiftAddDeit::forward(const Tensor& pictures, Chance* chance, bool mixes)
{
    converted_->chance = chance;
    converted_->mixes = mixes;
    return deit_->forward(pictures, chance);
}

Tensor ShiftAddDeit::balance() const
{
    Tensor sum = torch::zeros({});
    if (converted_->mixes && converted_->chance)
        for (const auto& [name, mixture] : converted_->mixtures)
            sum = sum + mixture->balance();
    return sum;
}

void ShiftAddDeit::shiftFollowsMult()
{
    for (auto& [name, mixture] : converted_->mixtures)
        mixture->shiftFollowsMult();
}

ShiftAddDeit::Split ShiftAddDeit::takeSplit()
{
    return std::exchange(converted_->split, {});
}

std::map<std::string, Tensor> ShiftAddDeit::chosen() const
{
    std::map<std::string, Tensor> all;
    for (const auto& [name, mixture] : converted_->mixtures)
        all.emplace(name, mixture->chosen());
    return all;
}

std::string shiftAddConfigJson(const DeitConfig& config, const ShiftAddOptions& options,
                               const std::string& name)
{
    return deitConfigText(config, name, "shiftaddvit")
        .text("attention", "binary")
        .text("code_threshold", "picture mean")
        .number("softmax_blocks", static_cast<double>(options.softmaxBlocks))
        .text("attention_linears", "multiply")
        .text("mlp_linears", "mixture")
        .number("lowest_exponent", -15)
        .numbers("expert_latencies", {options.mixture.latencyMult, options.mixture.latencyShift})
        .done();
}

} // namespace vitrine::learning
