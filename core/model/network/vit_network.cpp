#include "core/model/network/vit_network.h"

#include "core/base/registry.h"
#include "core/model/network/named_networks.h"
#include "core/model/network/transformer_layers.h"

#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

void addVitBlock(NetworkBuilder& net, const std::string& module, const VitSizes& s,
                 std::int64_t rows)
{
    const std::size_t x = net.last();
    const Attention attention{s.heads, rows, rows, s.width / s.heads};
    net.begin(module, Part::attention);
    net.add(elementShape(module + ".norm1", LayerKind::norm, rows, s.width));
    const std::size_t qkv =
        net.add(linearShape(module + ".attn.qkv", rows, s.width, 3 * s.width, s.qkvBias));
    addScores(net, module + ".attn", attention, qkv, qkv);
    addValues(net, module + ".attn", attention, qkv);
    net.add(linearShape(module + ".attn.proj", rows, s.width, s.width, true));
    if (s.scaledBranches)
        net.factor(module + ".ls1.gamma", s.width);
    addResidual(net, module + ".add1", rows, s.width, x);
    addMlp(net, module, rows, s.width, s.mlp, {.factor = s.scaledBranches ? ".ls2.gamma" : ""});
}

// A classifier that reads one row of `tokens`.
void addTokenHead(NetworkBuilder& net, const std::string& name, const VitSizes& s,
                  std::size_t tokens, std::int64_t row)
{
    net.step(name + ".token", LayerKind::select, 1, s.width, {tokens});
    net.layer().offset = row;
    net.add(linearShape(name, 1, s.width, s.classes, true));
}

template <std::int64_t Width, std::int64_t Depth, std::int64_t Heads, bool Distilled = false>
Network vit(std::int64_t side)
{
    return vitNetwork({.width = Width,
                       .depth = Depth,
                       .heads = Heads,
                       .mlp = 4 * Width,
                       .side = side,
                       .distillationToken = Distilled,
                       .distillationHead = Distilled,
                       .placedTokens = Distilled ? 2 : 1});
}

const Registry<NamedNetworks>::Adds kAddsVit(10, [] {
    return NamedNetworks{
        {"deit-tiny", "DeiT-Tiny", vit<192, 12, 3>, 16},
        {"deit-small", "DeiT-Small", vit<384, 12, 6>, 16},
        {"deit-base", "DeiT-Base", vit<768, 12, 12>, 16},
        {"deit-tiny-distilled", "DeiT-Tiny, distilled", vit<192, 12, 3, true>, 16},
        {"vit-base", "ViT-Base", vit<768, 12, 12>, 16},
        {"vit-large", "ViT-Large", vit<1024, 24, 16>, 16},
    };
});

} // namespace

Network vitNetwork(const VitSizes& s)
{
    const std::int64_t grid = s.grid(), patches = grid * grid, rows = patches + s.prefix();
    NetworkBuilder net;
    net.normEpsilon(s.epsilon);
    net.begin("patch_embed", Part::stem);
    net.add(
        biased(convShape("patch_embed.proj", s.channels, s.width, s.side, grid, s.patch, s.patch)),
        {});
    net.step("tokens", LayerKind::tokens, rows, s.width, {net.last()});
    net.tensor("cls_token", {1, 1, s.width});
    if (s.distillationToken)
        net.tensor("dist_token", {1, 1, s.width});
    if (s.registers > 0)
        net.tensor("reg_token", {1, s.registers, s.width});
    net.tensor("pos_embed", {1, patches + s.placedTokens, s.width});
    for (std::int64_t block = 0; block < s.depth; ++block)
        addVitBlock(net, fmt::format("blocks.{}", block), s, rows);
    net.begin("head", Part::head);
    const std::size_t norm = net.add(elementShape("norm", LayerKind::norm, rows, s.width));
    if (s.classes > 0)
        addTokenHead(net, "head", s, norm, 0);
    if (s.classes > 0 && s.distillationHead)
        addTokenHead(net, "head_dist", s, norm, 1);
    return net.take();
}

} // namespace vitrine::model
