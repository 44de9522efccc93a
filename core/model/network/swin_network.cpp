#include "core/model/network/swin_network.h"

#include "core/base/registry.h"
#include "core/model/network/named_networks.h"
#include "core/model/network/transformer_layers.h"

#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

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
    net.layer().side = window;
    net.layer().offset = shift;
    addPositions(net, name, heads, window, windows, shift);
    addValues(net, name, attention, qkv);
    net.add(linearShape(name + ".proj", rows, width, width, true));
    addWindows(net, name + ".map", LayerKind::joinWindows, rows, width, window, shift);
    addResidual(net, module + ".add1", rows, width, x);
    addMlp(net, module, rows, width, 4 * width);
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

const Registry<NamedNetworks>::Adds kAddsSwin(20, [] {
    return NamedNetworks{
        {"swin-tiny", "Swin-Tiny", swin<96, 6>, 224},
        {"swin-small", "Swin-Small", swin<96, 18>, 224},
        {"swin-base", "Swin-Base", swin<128, 18>, 224},
    };
});

} // namespace

Network swinNetwork(const SwinSizes& s)
{
    NetworkBuilder net;
    net.normEpsilon(s.mergeEpsilon);
    std::int64_t side = s.side / s.patch, width = s.width;
    net.begin("patch_embed", Part::stem);
    net.add(
        biased(convShape("patch_embed.proj", s.channels, width, s.side, side, s.patch, s.patch)),
        {});
    net.add(elementShape("patch_embed.norm", LayerKind::norm, side * side, width));
    for (std::size_t stage = 0; stage < s.depths.size(); ++stage) {
        // Every second block looks at windows that lie across the borders of the others', unless
        // one window is the whole map.
        const std::int64_t shift = side > s.window ? s.window / 2 : 0;
        net.normEpsilon(s.epsilon);
        for (std::int64_t block = 0; block < s.depths[stage]; ++block)
            addSwinBlock(net, fmt::format("layers.{}.blocks.{}", stage, block), side, width,
                         s.heads[stage], s.window, block % 2 ? shift : 0);
        if (stage + 1 == s.depths.size())
            break;
        const std::string module = fmt::format("layers.{}.downsample", stage);
        side /= 2;
        net.begin(module, Part::downsample);
        net.step(module + ".merge", LayerKind::merge, side * side, 4 * width, {net.last()});
        net.normEpsilon(s.mergeEpsilon);
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

} // namespace vitrine::model
