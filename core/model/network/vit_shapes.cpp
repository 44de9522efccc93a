#include "core/model/network/vit_shapes.h"

#include "core/base/format.h"

#include <fmt/format.h>

#include <array>

namespace vitrine::model
{

namespace
{

void add(NetworkShape& network, const std::string& module, LayerShape layer)
{
    layer.module = module;
    network.layers.push_back(std::move(layer));
}

// Multi-head softmax attention of `tokens` rows against `keys`, `windows` times.
void addAttention(NetworkShape& net, const std::string& module, const std::string& name,
                  std::int64_t heads, std::int64_t tokens, std::int64_t keys, std::int64_t dim)
{
    add(net, module, productShape(name + ".scores", LayerKind::scores, heads, tokens, keys, dim));
    add(net, module, elementShape(name + ".softmax", LayerKind::softmax, tokens, keys, heads));
    add(net, module, productShape(name + ".values", LayerKind::values, heads, tokens, dim, keys));
}

void addMlp(NetworkShape& net, const std::string& module, std::int64_t rows, std::int64_t width,
            std::int64_t hidden)
{
    add(net, module, elementShape(module + ".norm2", LayerKind::norm, rows, width));
    add(net, module, linearShape(module + ".mlp.fc1", rows, width, hidden, true));
    add(net, module, elementShape(module + ".mlp.act", LayerKind::activation, rows, hidden));
    add(net, module, linearShape(module + ".mlp.fc2", rows, hidden, width, true));
    add(net, module, elementShape(module + ".add2", LayerKind::add, rows, width));
}

LayerShape biased(LayerShape layer)
{
    layer.bias = true;
    return layer;
}

// --- Swin

void addSwinBlock(NetworkShape& net, const std::string& module, std::int64_t side,
                  std::int64_t width, std::int64_t heads, std::int64_t window)
{
    const std::int64_t rows = side * side, tokens = window * window, windows = rows / tokens;
    add(net, module, elementShape(module + ".norm1", LayerKind::norm, rows, width));
    add(net, module, linearShape(module + ".attn.qkv", rows, width, 3 * width, true));
    addAttention(net, module, module + ".attn", windows * heads, tokens, tokens, width / heads);
    add(net, module, linearShape(module + ".attn.proj", rows, width, width, true));
    add(net, module, elementShape(module + ".add1", LayerKind::add, rows, width));
    addMlp(net, module, rows, width, 4 * width);
    net.embeddings.push_back({module + ".attn.relative_position_bias_table",
                              {(2 * window - 1) * (2 * window - 1), heads}});
}

} // namespace

NetworkShape vitShapes(const VitSizes& s)
{
    const std::int64_t grid = s.side / s.patch, prefix = s.distilled ? 2 : 1,
                       rows = grid * grid + prefix;
    NetworkShape net;
    net.embeddings.push_back({"cls_token", {1, 1, s.width}});
    if (s.distilled)
        net.embeddings.push_back({"dist_token", {1, 1, s.width}});
    net.embeddings.push_back({"pos_embed", {1, rows, s.width}});
    add(net, "patch_embed",
        biased(convShape("patch_embed.proj", 3, s.width, s.side, grid, s.patch, s.patch)));
    for (std::int64_t block = 0; block < s.depth; ++block) {
        const std::string module = fmt::format("blocks.{}", block);
        add(net, module, elementShape(module + ".norm1", LayerKind::norm, rows, s.width));
        add(net, module, linearShape(module + ".attn.qkv", rows, s.width, 3 * s.width, true));
        addAttention(net, module, module + ".attn", s.heads, rows, rows, s.width / s.heads);
        add(net, module, linearShape(module + ".attn.proj", rows, s.width, s.width, true));
        add(net, module, elementShape(module + ".add1", LayerKind::add, rows, s.width));
        addMlp(net, module, rows, s.width, 4 * s.width);
    }
    add(net, "head", elementShape("norm", LayerKind::norm, rows, s.width));
    add(net, "head", linearShape("head", 1, s.width, s.classes, true));
    if (s.distilled)
        add(net, "head", linearShape("head_dist", 1, s.width, s.classes, true));
    return net;
}

NetworkShape swinShapes(const SwinSizes& s)
{
    NetworkShape net;
    std::int64_t side = s.side / s.patch, width = s.width;
    add(net, "patch_embed",
        biased(convShape("patch_embed.proj", 3, width, s.side, side, s.patch, s.patch)));
    add(net, "patch_embed", elementShape("patch_embed.norm", LayerKind::norm, side * side, width));
    for (std::size_t stage = 0; stage < s.depths.size(); ++stage) {
        for (std::int64_t block = 0; block < s.depths[stage]; ++block)
            addSwinBlock(net, fmt::format("layers.{}.blocks.{}", stage, block), side, width,
                         s.heads[stage], s.window);
        if (stage + 1 == s.depths.size())
            break;
        const std::string module = fmt::format("layers.{}.downsample", stage);
        side /= 2;
        add(net, module, elementShape(module + ".norm", LayerKind::norm, side * side, 4 * width));
        add(net, module,
            linearShape(module + ".reduction", side * side, 4 * width, 2 * width, false));
        width *= 2;
    }
    add(net, "head", elementShape("norm", LayerKind::norm, side * side, width));
    add(net, "head", elementShape("pool", LayerKind::pool, side * side, width));
    add(net, "head", linearShape("head", 1, width, s.classes, true));
    return net;
}

NetworkShape pvtShapes(const PvtSizes& s)
{
    NetworkShape net;
    std::int64_t side = s.side, in = 3;
    for (std::size_t stage = 0; stage < s.widths.size(); ++stage) {
        const std::int64_t width = s.widths[stage], heads = s.heads[stage],
                           reduction = s.reductions[stage];
        const std::string embed = fmt::format("patch_embed{}", stage + 1);
        const std::int64_t stride = stage == 0 ? 4 : 2, before = side;
        side /= stride;
        const std::int64_t rows = side * side, hidden = width * s.ratios[stage];
        add(net, embed,
            biased(
                convShape(embed + ".proj", in, width, before, side, stage == 0 ? 7 : 3, stride)));
        add(net, embed, elementShape(embed + ".norm", LayerKind::norm, rows, width));
        for (std::int64_t block = 0; block < s.depths[stage]; ++block) {
            const std::string module = fmt::format("block{}.{}", stage + 1, block);
            const std::int64_t keys = rows / (reduction * reduction);
            add(net, module, elementShape(module + ".norm1", LayerKind::norm, rows, width));
            add(net, module, linearShape(module + ".attn.q", rows, width, width, true));
            if (reduction > 1) {
                add(net, module,
                    biased(convShape(module + ".attn.sr", width, width, side, side / reduction,
                                     reduction, reduction)));
                add(net, module, elementShape(module + ".attn.norm", LayerKind::norm, keys, width));
            }
            add(net, module, linearShape(module + ".attn.kv", keys, width, 2 * width, true));
            addAttention(net, module, module + ".attn", heads, rows, keys, width / heads);
            add(net, module, linearShape(module + ".attn.proj", rows, width, width, true));
            add(net, module, elementShape(module + ".add1", LayerKind::add, rows, width));
            add(net, module, elementShape(module + ".norm2", LayerKind::norm, rows, width));
            add(net, module, linearShape(module + ".mlp.fc1", rows, width, hidden, true));
            add(net, module,
                biased(convShape(module + ".mlp.dwconv.dwconv", hidden, hidden, side, side, 3, 1,
                                 hidden)));
            add(net, module,
                elementShape(module + ".mlp.act", LayerKind::activation, rows, hidden));
            add(net, module, linearShape(module + ".mlp.fc2", rows, hidden, width, true));
            add(net, module, elementShape(module + ".add2", LayerKind::add, rows, width));
        }
        add(net, fmt::format("norm{}", stage + 1),
            elementShape(fmt::format("norm{}", stage + 1), LayerKind::norm, rows, width));
        in = width;
    }
    add(net, "head", elementShape("pool", LayerKind::pool, side * side, in));
    add(net, "head", linearShape("head", 1, in, s.classes, true));
    return net;
}

// --- names

namespace
{

struct Named {
    const char* name;
    const char* title;
    NetworkShape (*build)(std::int64_t side);
    std::int64_t step; // the side of the picture is a multiple of it
};

template <std::int64_t Width, std::int64_t Depth, std::int64_t Heads, bool Distilled = false>
NetworkShape vit(std::int64_t side)
{
    return vitShapes(
        {.width = Width, .depth = Depth, .heads = Heads, .side = side, .distilled = Distilled});
}

template <std::int64_t Width, std::int64_t Third>
NetworkShape swin(std::int64_t side)
{
    const std::int64_t heads = Width / 32;
    return swinShapes({.width = Width,
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
NetworkShape efficientVitOf(std::int64_t side)
{
    return efficientVitShapes(efficientVit(Size, side));
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
    Named{"pvtv2-b0", "PVTv2-B0", [](std::int64_t side) { return pvtShapes({.side = side}); }, 32},
};

} // namespace

std::optional<NetworkShape> namedShapes(std::string_view name)
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
        NetworkShape net = entry.build(side);
        net.name = std::string(name);
        net.title = fmt::format("{}, {} x {}", entry.title, side, side);
        return net;
    }
    return std::nullopt;
}

std::vector<std::string> shapeNames()
{
    std::vector<std::string> names;
    for (const Named& entry : kNamed)
        names.emplace_back(entry.name);
    return names;
}

} // namespace vitrine::model
