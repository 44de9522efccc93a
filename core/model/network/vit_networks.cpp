#include "core/model/network/vit_networks.h"

#include "core/base/format.h"
#include "core/model/network/network_builder.h"

#include <fmt/format.h>

#include <array>

namespace vitrine::model
{

namespace
{

LayerShape biased(LayerShape layer)
{
    layer.bias = true;
    return layer;
}

// Multi-head softmax attention: `heads` products of `tokens` rows against `keys`.
struct Attention {
    std::int64_t heads, tokens, keys, dim;
};

std::size_t addScores(NetworkBuilder& net, const std::string& name, const Attention& a,
                      std::size_t queries, std::size_t keys)
{
    return net.add(
        productShape(name + ".scores", LayerKind::scores, a.heads, a.tokens, a.keys, a.dim),
        {queries, keys});
}

// Of the scores added last.
void addValues(NetworkBuilder& net, const std::string& name, const Attention& a, std::size_t values)
{
    net.add(elementShape(name + ".softmax", LayerKind::softmax, a.tokens, a.keys, a.heads));
    net.add(productShape(name + ".values", LayerKind::values, a.heads, a.tokens, a.dim, a.keys),
            {net.last(), values});
}

void addResidual(NetworkBuilder& net, const std::string& name, std::int64_t rows,
                 std::int64_t width, std::size_t x)
{
    net.add(elementShape(name, LayerKind::add, rows, width), {x, net.last()});
}

// Of a pre-norm block, behind its attention. PVTv2 has a depthwise convolution within: `dwconv`
// adds it.
template <typename Inside>
void addMlp(NetworkBuilder& net, const std::string& module, std::int64_t rows, std::int64_t width,
            std::int64_t hidden, const Inside& dwconv)
{
    const std::size_t x = net.last();
    net.begin(module, Part::mlp);
    net.add(elementShape(module + ".norm2", LayerKind::norm, rows, width));
    net.add(linearShape(module + ".mlp.fc1", rows, width, hidden, true));
    dwconv();
    net.add(elementShape(module + ".mlp.act", LayerKind::activation, rows, hidden));
    net.add(linearShape(module + ".mlp.fc2", rows, hidden, width, true));
    addResidual(net, module + ".add2", rows, width, x);
}

void addVitBlock(NetworkBuilder& net, const std::string& module, const VitSizes& s,
                 std::int64_t rows)
{
    const std::size_t x = net.last();
    const Attention attention{s.heads, rows, rows, s.width / s.heads};
    net.begin(module, Part::attention);
    net.add(elementShape(module + ".norm1", LayerKind::norm, rows, s.width));
    const std::size_t qkv =
        net.add(linearShape(module + ".attn.qkv", rows, s.width, 3 * s.width, true));
    addScores(net, module + ".attn", attention, qkv, qkv);
    addValues(net, module + ".attn", attention, qkv);
    net.add(linearShape(module + ".attn.proj", rows, s.width, s.width, true));
    addResidual(net, module + ".add1", rows, s.width, x);
    addMlp(net, module, rows, s.width, 4 * s.width, [] {});
}

// A classifier that reads one row of `tokens`.
void addTokenHead(NetworkBuilder& net, const std::string& name, const VitSizes& s,
                  std::size_t tokens, std::int64_t row)
{
    net.step(name + ".token", LayerKind::select, 1, s.width, {tokens});
    net.layer().offset = row;
    net.add(linearShape(name, 1, s.width, s.classes, true));
}

// --- Swin

// Moves the pixels of a map into windows, or back; the map is rolled by `shift` before and after.
void addWindows(NetworkBuilder& net, const std::string& name, LayerKind kind, std::int64_t rows,
                std::int64_t width, std::int64_t window, std::int64_t shift)
{
    net.step(name, kind, rows, width, {net.last()});
    net.layer().side = window;
    net.layer().offset = shift;
}

// The bias of the scores by relative position, and what the original code stores beside it.
void addPositions(NetworkBuilder& net, const std::string& name, std::int64_t heads,
                  std::int64_t window, std::int64_t windows, std::int64_t shift)
{
    const std::int64_t tokens = window * window;
    net.tensor(name + ".relative_position_bias_table",
               {(2 * window - 1) * (2 * window - 1), heads});
    net.tensor(name + ".relative_position_index", {tokens, tokens}, TensorUse::unused);
    if (shift > 0)
        net.tensor(name + "_mask", {windows, tokens, tokens}, TensorUse::unused);
}

void addSwinBlock(NetworkBuilder& net, const std::string& module, std::int64_t side,
                  std::int64_t width, std::int64_t heads, std::int64_t window, std::int64_t shift)
{
    const std::int64_t rows = side * side, tokens = window * window, windows = rows / tokens;
    const Attention attention{windows * heads, tokens, tokens, width / heads};
    const std::string name = module + ".attn";
    const std::size_t x = net.last();
    net.begin(module, Part::attention);
    net.add(elementShape(module + ".norm1", LayerKind::norm, rows, width));
    addWindows(net, name + ".windows", LayerKind::windows, rows, width, window, shift);
    const std::size_t qkv = net.add(linearShape(name + ".qkv", rows, width, 3 * width, true));
    addScores(net, name, attention, qkv, qkv);
    addPositions(net, name, heads, window, windows, shift);
    addValues(net, name, attention, qkv);
    net.add(linearShape(name + ".proj", rows, width, width, true));
    addWindows(net, name + ".map", LayerKind::joinWindows, rows, width, window, shift);
    addResidual(net, module + ".add1", rows, width, x);
    addMlp(net, module, rows, width, 4 * width, [] {});
}

// --- PVTv2

void addPvtBlock(NetworkBuilder& net, const std::string& module, std::int64_t side,
                 std::int64_t width, std::int64_t heads, std::int64_t reduction,
                 std::int64_t hidden)
{
    const std::int64_t rows = side * side, keys = rows / (reduction * reduction);
    const Attention attention{heads, rows, keys, width / heads};
    const std::string name = module + ".attn";
    const std::size_t x = net.last();
    net.begin(module, Part::attention);
    std::size_t source = net.add(elementShape(module + ".norm1", LayerKind::norm, rows, width));
    const std::size_t queries = net.add(linearShape(name + ".q", rows, width, width, true));
    if (reduction > 1) {
        net.add(biased(convShape(name + ".sr", width, width, side, side / reduction, reduction,
                                 reduction)),
                {source});
        source = net.add(elementShape(name + ".norm", LayerKind::norm, keys, width));
    }
    const std::size_t kv =
        net.add(linearShape(name + ".kv", keys, width, 2 * width, true), {source});
    addScores(net, name, attention, queries, kv);
    addValues(net, name, attention, kv);
    net.add(linearShape(name + ".proj", rows, width, width, true));
    addResidual(net, module + ".add1", rows, width, x);
    addMlp(net, module, rows, width, hidden, [&] {
        net.add(biased(
            convShape(module + ".mlp.dwconv.dwconv", hidden, hidden, side, side, 3, 1, hidden)));
    });
}

} // namespace

Network vitNetwork(const VitSizes& s)
{
    const std::int64_t grid = s.side / s.patch, prefix = s.distilled ? 2 : 1,
                       rows = grid * grid + prefix;
    NetworkBuilder net;
    net.begin("patch_embed", Part::stem);
    net.add(biased(convShape("patch_embed.proj", 3, s.width, s.side, grid, s.patch, s.patch)), {});
    net.step("tokens", LayerKind::tokens, rows, s.width, {net.last()});
    net.tensor("cls_token", {1, 1, s.width});
    if (s.distilled)
        net.tensor("dist_token", {1, 1, s.width});
    net.tensor("pos_embed", {1, rows, s.width});
    for (std::int64_t block = 0; block < s.depth; ++block)
        addVitBlock(net, fmt::format("blocks.{}", block), s, rows);
    net.begin("head", Part::head);
    const std::size_t norm = net.add(elementShape("norm", LayerKind::norm, rows, s.width));
    addTokenHead(net, "head", s, norm, 0);
    if (s.distilled)
        addTokenHead(net, "head_dist", s, norm, 1);
    return net.take();
}

Network swinNetwork(const SwinSizes& s)
{
    NetworkBuilder net;
    std::int64_t side = s.side / s.patch, width = s.width;
    net.begin("patch_embed", Part::stem);
    net.add(biased(convShape("patch_embed.proj", 3, width, s.side, side, s.patch, s.patch)), {});
    net.add(elementShape("patch_embed.norm", LayerKind::norm, side * side, width));
    for (std::size_t stage = 0; stage < s.depths.size(); ++stage) {
        // Every second block looks at windows that lie across the borders of the others', unless
        // one window is the whole map.
        const std::int64_t shift = side > s.window ? s.window / 2 : 0;
        for (std::int64_t block = 0; block < s.depths[stage]; ++block)
            addSwinBlock(net, fmt::format("layers.{}.blocks.{}", stage, block), side, width,
                         s.heads[stage], s.window, block % 2 ? shift : 0);
        if (stage + 1 == s.depths.size())
            break;
        const std::string module = fmt::format("layers.{}.downsample", stage);
        side /= 2;
        net.begin(module, Part::downsample);
        net.step(module + ".merge", LayerKind::merge, side * side, 4 * width, {net.last()});
        net.add(elementShape(module + ".norm", LayerKind::norm, side * side, 4 * width));
        net.add(linearShape(module + ".reduction", side * side, 4 * width, 2 * width, false));
        width *= 2;
    }
    net.begin("head", Part::head);
    net.add(elementShape("norm", LayerKind::norm, side * side, width));
    net.add(elementShape("pool", LayerKind::pool, side * side, width));
    net.add(linearShape("head", 1, width, s.classes, true));
    return net.take();
}

Network pvtNetwork(const PvtSizes& s)
{
    NetworkBuilder net;
    std::int64_t side = s.side, in = 3;
    for (std::size_t stage = 0; stage < s.widths.size(); ++stage) {
        const std::int64_t width = s.widths[stage], stride = stage == 0 ? 4 : 2, before = side;
        const std::string embed = fmt::format("patch_embed{}", stage + 1),
                          norm = fmt::format("norm{}", stage + 1);
        side /= stride;
        net.begin(embed, stage == 0 ? Part::stem : Part::downsample);
        net.add(
            biased(convShape(embed + ".proj", in, width, before, side, stage == 0 ? 7 : 3, stride)),
            stage == 0 ? NetworkBuilder::Inputs{} : NetworkBuilder::Inputs{net.last()});
        net.add(elementShape(embed + ".norm", LayerKind::norm, side * side, width));
        for (std::int64_t block = 0; block < s.depths[stage]; ++block)
            addPvtBlock(net, fmt::format("block{}.{}", stage + 1, block), side, width,
                        s.heads[stage], s.reductions[stage], width * s.ratios[stage]);
        net.begin(norm, Part::other);
        net.add(elementShape(norm, LayerKind::norm, side * side, width));
        in = width;
    }
    net.begin("head", Part::head);
    net.add(elementShape("pool", LayerKind::pool, side * side, in));
    net.add(linearShape("head", 1, in, s.classes, true));
    return net.take();
}

// --- names

namespace
{

struct Named {
    const char* name;
    const char* title;
    Network (*build)(std::int64_t side);
    std::int64_t step; // the side of the picture is a multiple of it
};

template <std::int64_t Width, std::int64_t Depth, std::int64_t Heads, bool Distilled = false>
Network vit(std::int64_t side)
{
    return vitNetwork(
        {.width = Width, .depth = Depth, .heads = Heads, .side = side, .distilled = Distilled});
}

template <std::int64_t Width, std::int64_t Third>
Network swin(std::int64_t side)
{
    const std::int64_t heads = Width / 32;
    return swinNetwork({.width = Width,
                        .depths = {2, 2, Third, 2},
                        .heads = {heads, 2 * heads, 4 * heads, 8 * heads},
                        .side = side});
}

EfficientVitSizes efficientVit(int size, std::int64_t side)
{
    switch (size) {
    case 0:
        return {{8, 16, 32, 64, 128}, {1, 2, 2, 2, 2}, 1024, 1280, 16, side};
    case 1:
        return {{16, 32, 64, 128, 256}, {1, 2, 3, 3, 4}, 1536, 1600, 16, side};
    case 2:
        return {{24, 48, 96, 192, 384}, {1, 3, 4, 4, 6}, 2304, 2560, 32, side};
    default:
        return {{32, 64, 128, 256, 512}, {1, 4, 6, 6, 9}, 2304, 2560, 32, side};
    }
}

template <int Size>
Network efficientVitOf(std::int64_t side)
{
    return efficientVitNetwork(efficientVit(Size, side));
}

constexpr std::array kNamed{
    Named{"deit-tiny", "DeiT-Tiny", vit<192, 12, 3>, 16},
    Named{"deit-small", "DeiT-Small", vit<384, 12, 6>, 16},
    Named{"deit-base", "DeiT-Base", vit<768, 12, 12>, 16},
    Named{"deit-tiny-distilled", "DeiT-Tiny, distilled", vit<192, 12, 3, true>, 16},
    Named{"vit-base", "ViT-Base", vit<768, 12, 12>, 16},
    Named{"vit-large", "ViT-Large", vit<1024, 24, 16>, 16},
    Named{"swin-tiny", "Swin-Tiny", swin<96, 6>, 224},
    Named{"swin-small", "Swin-Small", swin<96, 18>, 224},
    Named{"swin-base", "Swin-Base", swin<128, 18>, 224},
    Named{"efficientvit-b0", "EfficientViT-B0", efficientVitOf<0>, 32},
    Named{"efficientvit-b1", "EfficientViT-B1", efficientVitOf<1>, 32},
    Named{"efficientvit-b2", "EfficientViT-B2", efficientVitOf<2>, 32},
    Named{"efficientvit-b3", "EfficientViT-B3", efficientVitOf<3>, 32},
    Named{"pvtv2-b0", "PVTv2-B0", [](std::int64_t side) { return pvtNetwork({.side = side}); }, 32},
};

} // namespace

std::optional<Network> namedNetwork(std::string_view name)
{
    const std::size_t at = name.find('@');
    std::int64_t side = 224;
    if (at != std::string_view::npos) {
        const auto given = parseInteger(name.substr(at + 1));
        if (!given || *given < 32 || *given > 4096)
            return std::nullopt;
        side = *given;
    }
    for (const Named& entry : kNamed) {
        if (name.substr(0, at) != entry.name || side % entry.step != 0)
            continue;
        Network net = entry.build(side);
        net.name = std::string(name);
        net.title = fmt::format("{}, {} x {}", entry.title, side, side);
        return net;
    }
    return std::nullopt;
}

std::vector<std::string> networkNames()
{
    std::vector<std::string> names;
    for (const Named& entry : kNamed)
        names.emplace_back(entry.name);
    return names;
}

} // namespace vitrine::model
