#include "core/model/network/shift_add_network.h"

#include "core/model/network/transformer_layers.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kNeighbours = 9;

// Marks the layer added last as one that the method's own steps run.
std::size_t ownStep(NetworkBuilder& net)
{
    net.layer().method = kShiftAdd;
    return net.last();
}

LayerShape shifted(LayerShape layer)
{
    layer.arithmetic = Arithmetic::shift;
    return layer;
}

LayerShape masked(LayerShape layer)
{
    layer.arithmetic = Arithmetic::mask;
    return layer;
}

struct ShiftAddLinear {
    std::string name;
    std::int64_t rows, in, out;
    bool bias;
};

// The shifting form of a layer, of `rows` of its rows.
std::size_t addShift(NetworkBuilder& net, const ShiftAddLinear& l, std::int64_t rows, int lowest,
                     NetworkBuilder::Inputs inputs)
{
    net.add(shifted(linearShape(l.name + ".shift", rows, l.in, l.out, l.bias)), std::move(inputs));
    net.layer().offset = lowest;
    return ownStep(net);
}

std::size_t addMixture(NetworkBuilder& net, const ShiftAddLinear& l, const ShiftAddSizes& s,
                       std::size_t x)
{
    const auto wanted =
        static_cast<std::int64_t>(std::llround(s.multShare * static_cast<double>(l.rows)));
    const std::int64_t multRows = std::clamp<std::int64_t>(wanted, 1, l.rows - 1);
    const std::size_t router = net.add(linearShape(l.name + ".router", l.rows, l.in, 2, true), {x});
    net.add(linearShape(l.name + ".mult", multRows, l.in, l.out, l.bias), {x, router});
    const std::size_t mult = ownStep(net);
    const std::size_t shift = addShift(net, l, l.rows - multRows, s.lowestExponent, {x, router});
    return net.step(l.name, LayerKind::add, l.rows, l.out, {mult, shift});
}

std::size_t addShiftAddLinear(NetworkBuilder& net, const ShiftAddLinear& l, LinearForm form,
                              const ShiftAddSizes& s, std::size_t x)
{
    switch (form) {
    case LinearForm::shift:
        return addShift(net, l, l.rows, s.lowestExponent, {x});
    case LinearForm::mixture:
        return addMixture(net, l, s, x);
    case LinearForm::multiply:
        break;
    }
    return net.add(linearShape(l.name, l.rows, l.in, l.out, l.bias), {x});
}

// A filter for each head, over the tokens: its map has a row for each token and a column for each
// channel of the head.
LayerShape neighbourShape(std::string name, const Attention& a)
{
    LayerShape layer = productShape(std::move(name), LayerKind::depthwise, a.heads,
                                    a.tokens * a.dim, 1, kNeighbours);
    layer.conv = {.inChannels = a.heads,
                  .inHeight = a.tokens,
                  .inWidth = a.dim,
                  .outChannels = a.heads,
                  .outHeight = a.tokens,
                  .outWidth = a.dim,
                  .kernelHeight = kNeighbours,
                  .kernelWidth = 1,
                  .groups = a.heads};
    layer.weights = true;
    return layer;
}

using CodeHashing = std::optional<ShiftAddSizes::Hashing>;

std::size_t addCodes(NetworkBuilder& net, const std::string& name, const Attention& a,
                     const CodeHashing& hashing, std::size_t qkv)
{
    const std::int64_t columns = hashing ? a.heads * hashing->bits : 2 * a.heads * a.dim;
    net.add(elementShape(name, LayerKind::activation, a.tokens, columns), {qkv});
    net.layer().side = a.heads;
    if (hashing) {
        net.tensor(name + ".anchors", {a.heads, hashing->anchors, a.dim});
        net.tensor(name + ".means", {a.heads, hashing->anchors}, TensorUse::statistic);
        net.tensor(name + ".weight", {a.heads, hashing->bits, hashing->anchors});
    }
    return ownStep(net);
}

void addBinaryAttention(NetworkBuilder& net, const std::string& name, const Attention& a,
                        const CodeHashing& hashing, std::size_t qkv)
{
    const std::int64_t width = a.heads * a.dim, bits = hashing ? hashing->bits : a.dim;
    const std::size_t codes = addCodes(net, name + ".codes", a, hashing, qkv);
    net.add(
        masked(productShape(name + ".context", LayerKind::context, a.heads, bits, a.dim, a.tokens)),
        {codes, qkv});
    const std::size_t context = ownStep(net);
    net.add(
        masked(productShape(name + ".lookup", LayerKind::lookup, a.heads, a.tokens, a.dim, bits)),
        {codes, context});
    const std::size_t lookup = ownStep(net);
    net.add(neighbourShape(name + ".dconv", a), {qkv});
    const std::size_t neighbours = ownStep(net);
    net.add(elementShape(name + ".unit", LayerKind::add, a.tokens, width),
            {qkv, lookup, neighbours});
    ownStep(net);
    net.layer().side = a.heads;
}

void addShiftAddBlock(NetworkBuilder& net, const std::string& module, const ShiftAddSizes& s,
                      std::int64_t rows, bool binary)
{
    const VitSizes& v = s.vit;
    const Attention attention{v.heads, rows, rows, v.width / v.heads};
    const auto linear = [&](const char* name, std::int64_t in, std::int64_t out, bool bias,
                            LinearForm form) {
        return addShiftAddLinear(net, {module + name, rows, in, out, bias}, form, s, net.last());
    };
    const std::size_t x = net.last();
    net.begin(module, Part::attention);
    net.add(elementShape(module + ".norm1", LayerKind::norm, rows, v.width));
    const bool isShared = binary && s.hashing;
    const std::size_t qkv = linear(isShared ? ".attn.qk_v" : ".attn.qkv", v.width,
                                   (isShared ? 2 : 3) * v.width, v.qkvBias, s.attentionLinears);
    if (binary) {
        addBinaryAttention(net, module + ".attn", attention, s.hashing, qkv);
    } else {
        addScores(net, module + ".attn", attention, qkv, qkv);
        addValues(net, module + ".attn", attention, qkv);
    }
    linear(".attn.proj", v.width, v.width, true, s.attentionLinears);
    addResidual(net, module + ".add1", rows, v.width, x);

    const std::size_t middle = net.last();
    net.begin(module, Part::mlp);
    net.add(elementShape(module + ".norm2", LayerKind::norm, rows, v.width));
    linear(".mlp.fc1", v.width, v.mlp, true, s.mlpLinears);
    net.add(elementShape(module + ".mlp.act", LayerKind::activation, rows, v.mlp));
    net.layer().function = Function::gelu;
    linear(".mlp.fc2", v.mlp, v.width, true, s.mlpLinears);
    addResidual(net, module + ".add2", rows, v.width, middle);
}

} // namespace

Network shiftAddNetwork(const ShiftAddSizes& s)
{
    const VitSizes& v = s.vit;
    const std::int64_t patches = v.grid() * v.grid(), rows = patches + 1;
    NetworkBuilder net;
    net.normEpsilon(v.epsilon);
    net.begin("patch_embed", Part::stem);
    net.add(biased(convShape("patch_embed.proj", v.channels, v.width, v.side, v.grid(), v.patch,
                             v.patch)),
            {});
    net.step("tokens", LayerKind::tokens, rows, v.width, {net.last()});
    net.tensor("cls_token", {1, 1, v.width});
    net.tensor("pos_embed", {1, rows, v.width});
    for (std::int64_t block = 0; block < v.depth; ++block)
        addShiftAddBlock(net, fmt::format("blocks.{}", block), s, rows, block < s.binaryBlocks);
    net.begin("head", Part::head);
    const std::size_t norm = net.add(elementShape("norm", LayerKind::norm, rows, v.width));
    net.step("head.token", LayerKind::select, 1, v.width, {norm});
    net.add(linearShape("head", 1, v.width, v.classes, true));
    return net.take();
}

std::optional<ShiftAddSizes::Hashing> hashingOf(const NetworkLayer& codes)
{
    if (codes.method != kShiftAdd || codes.shape.kind != LayerKind::activation ||
        codes.tensors.empty())
        return {};
    const auto& weight = codes.tensors.back().shape;
    return ShiftAddSizes::Hashing{.bits = weight[1], .anchors = weight[2]};
}

std::vector<std::size_t> routersOf(const Network& network)
{
    std::vector<std::size_t> routers;
    for (const NetworkLayer& layer : network.layers)
        if (layer.method == kShiftAdd && layer.shape.kind == LayerKind::linear &&
            layer.inputs.size() == 2 &&
            std::ranges::find(routers, layer.inputs[1]) == routers.end())
            routers.push_back(layer.inputs[1]);
    return routers;
}

} // namespace vitrine::model
