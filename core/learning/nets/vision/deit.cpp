#include "core/learning/nets/vision/deit.h"

#include "core/learning/nets/vision/attention.h"
#include "core/learning/nets/vision/garment_source.h"
#include "core/learning/nets/vision/position_waves.h"

#include <stdexcept>

namespace vitrine::learning
{

using torch::Tensor;

namespace
{

constexpr double kDeitEpsilon = 1e-6;
constexpr double kWaveAmplitude = 0.5; // about that of embedded patches

torch::nn::LayerNorm deitNorm(int64_t width)
{
    return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}).eps(kDeitEpsilon));
}

void checkDeit(const DeitConfig& c)
{
    if (c.patch < 1 || c.side < 1 || c.side % c.patch != 0)
        throw std::runtime_error("vision transformer: a side of " + std::to_string(c.side) +
                                 " pixels is no multiple of the patch of " +
                                 std::to_string(c.patch));
    if (c.width % 4 != 0)
        throw std::runtime_error("vision transformer: a width of " + std::to_string(c.width) +
                                 " is no multiple of 4");
    if (c.heads < 1 || c.width % c.heads != 0)
        throw std::runtime_error("vision transformer: a width of " + std::to_string(c.width) +
                                 " is no multiple of its " + std::to_string(c.heads) + " heads");
}

std::string attentionName(int64_t block)
{
    return "blocks." + std::to_string(block) + ".attn.";
}

// batch x channels x side x side to (batch * patches) x (channels * patch * patch): a convolution
// whose stride is its kernel is one product.
Tensor patchRows(const Tensor& pictures, int64_t patch)
{
    const int64_t batch = pictures.size(0), channels = pictures.size(1),
                  across = pictures.size(2) / patch;
    return pictures.reshape({batch, channels, across, patch, across, patch})
        .permute({0, 2, 4, 1, 3, 5})
        .reshape({batch * across * across, channels * patch * patch});
}

// Stochastic depth (Huang et al. 2016): of each picture the whole branch, the others scaled up.
Tensor dropBranch(const Tensor& rows, int64_t batch, double probability, Chance* chance)
{
    if (!chance || probability <= 0.0)
        return rows;
    const Tensor kept = (chance->uniform({batch, 1, 1}) >= probability).to(rows.scalar_type());
    return (rows.view({batch, -1, rows.size(1)}) * (kept / (1.0 - probability))).view_as(rows);
}

} // namespace

struct DeitImpl::Block {
    torch::nn::LayerNorm norm1, norm2;
    torch::nn::Linear qkv, proj, fc1, fc2;
};

DeitConfig garmentDeit()
{
    return {.labels = garmentNames()};
}

DeitConfig sceneDeit()
{
    return {.side = 96,
            .patch = 8,
            .channels = 3,
            .width = 96,
            .depth = 6,
            .heads = 6,
            .mean = {0.485, 0.456, 0.406},
            .deviation = {0.229, 0.224, 0.225},
            .labels = garmentNames()};
}

ConfigText deitConfigText(const DeitConfig& c, const std::string& name, const std::string& family)
{
    ConfigText text;
    text.text("architecture", name)
        .text("family", family)
        .number("img_size", static_cast<double>(c.side))
        .number("patch_size", static_cast<double>(c.patch))
        .number("in_chans", static_cast<double>(c.channels))
        .number("embed_dim", static_cast<double>(c.width))
        .number("depth", static_cast<double>(c.depth))
        .number("num_heads", static_cast<double>(c.heads))
        .number("mlp_ratio", static_cast<double>(c.mlpRatio))
        .number("num_classes", static_cast<double>(c.classes))
        .flag("qkv_bias", true)
        .text("act_layer", "gelu")
        .number("norm_eps", kDeitEpsilon)
        .numbers("mean", c.mean)
        .numbers("std", c.deviation)
        .number("crop_pct", 1) // it was trained on whole pictures
        .text("interpolation", "bicubic")
        .labels(c.labels);
    if (!c.attention.empty())
        text.text("attention", c.attention);
    return text;
}

std::string deitConfigJson(const DeitConfig& config, const std::string& name)
{
    return deitConfigText(config, name, "deit").done();
}

DeitImpl::DeitImpl(const DeitConfig& config, uint64_t seed) : config_(config)
{
    checkDeit(config);
    torch::manual_seed(seed);
    const int64_t width = config.width, inner = width * config.mlpRatio;
    const auto linear = [](torch::nn::Module& parent, const char* name, int64_t in, int64_t out) {
        auto made = parent.register_module(name, torch::nn::Linear(in, out));
        torch::nn::init::xavier_uniform_(made->weight);
        torch::nn::init::zeros_(made->bias);
        return made;
    };

    classToken_ = register_parameter("cls_token", torch::randn({1, 1, width}) * 0.02);
    positions_ = register_parameter(
        "pos_embed", positionWaves(config.side / config.patch, width, kWaveAmplitude));
    auto embed = register_module("patch_embed", std::make_shared<torch::nn::Module>());
    patches_ = embed->register_module(
        "proj",
        torch::nn::Conv2d(
            torch::nn::Conv2dOptions(config.channels, width, config.patch).stride(config.patch)));
    auto blocks = register_module("blocks", std::make_shared<torch::nn::Module>());
    for (int64_t i = 0; i < config.depth; ++i) {
        auto at = blocks->register_module(std::to_string(i), std::make_shared<torch::nn::Module>());
        auto norm1 = at->register_module("norm1", deitNorm(width));
        auto attn = at->register_module("attn", std::make_shared<torch::nn::Module>());
        auto qkv = linear(*attn, "qkv", width, 3 * width);
        auto proj = linear(*attn, "proj", width, width);
        auto norm2 = at->register_module("norm2", deitNorm(width));
        auto mlp = at->register_module("mlp", std::make_shared<torch::nn::Module>());
        auto fc1 = linear(*mlp, "fc1", width, inner);
        auto fc2 = linear(*mlp, "fc2", inner, width);
        blocks_.push_back(std::make_shared<Block>(Block{norm1, norm2, qkv, proj, fc1, fc2}));
    }
    norm_ = register_module("norm", deitNorm(width));
    head_ = linear(*this, "head", width, config.classes);
}

Tensor DeitImpl::linear(const std::string& layer, const Tensor& x, torch::nn::Linear& with)
{
    if (hooks.linear)
        return hooks.linear(layer, x, with->weight, with->bias);
    return torch::linear(x, with->weight, with->bias);
}

Tensor DeitImpl::attention(int64_t block, const Tensor& x, int64_t batch)
{
    Block& with = *blocks_[static_cast<size_t>(block)];
    const Tensor qkv = linear(attentionName(block) + "qkv", x, with.qkv)
                           .view({batch, config_.tokens(), 3 * config_.width});
    Tensor mixed;
    if (hooks.attention) {
        const auto parts = splitHeads(qkv, config_.heads);
        mixed = mergeHeads(hooks.attention(block, parts[0], parts[1], parts[2]));
    } else {
        mixed = imageAttention(qkv, config_.heads);
    }
    return mixed.view({-1, config_.width});
}

Tensor DeitImpl::feedForward(int64_t block, const Tensor& x)
{
    Block& with = *blocks_[static_cast<size_t>(block)];
    const std::string at = "blocks." + std::to_string(block) + ".mlp.";
    return linear(at + "fc2", torch::gelu(linear(at + "fc1", x, with.fc1)), with.fc2);
}

Tensor DeitImpl::embed(const Tensor& pictures)
{
    const int64_t batch = pictures.size(0), width = config_.width;
    const Tensor patches = torch::linear(patchRows(pictures, config_.patch),
                                         patches_->weight.view({width, -1}), patches_->bias)
                               .view({batch, -1, width});
    return torch::cat({classToken_.expand({batch, 1, width}), patches}, 1) + positions_;
}

Tensor DeitImpl::forward(const Tensor& pictures, Chance* chance)
{
    const int64_t batch = pictures.size(0);
    const auto classRows = [&](const Tensor& rows) {
        return rows.view({batch, -1, config_.width}).select(1, 0).contiguous();
    };
    Tensor x = embed(pictures).view({-1, config_.width});
    for (int64_t i = 0; i < config_.depth; ++i) {
        Block& with = *blocks_[static_cast<size_t>(i)];
        const double drop =
            config_.dropPath * static_cast<double>(i + 1) / static_cast<double>(config_.depth);
        Tensor mixed = attention(i, with.norm1(x), batch);
        // The head reads the class token alone, so the last block need not go on with the others. A
        // hook sees them all the same.
        if (i + 1 == config_.depth && !hooks.linear) {
            mixed = classRows(mixed);
            x = classRows(x);
        }
        const Tensor branch = linear(attentionName(i) + "proj", mixed, with.proj);
        x = x + dropBranch(branch, batch, drop, chance);
        x = x + dropBranch(feedForward(i, with.norm2(x)), batch, drop, chance);
    }
    return head_(norm_(classRows(x)));
}

} // namespace vitrine::learning
