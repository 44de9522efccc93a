#include "core/model/network/pvt_network.h"

#include "core/base/registry.h"
#include "core/model/network/named_networks.h"
#include "core/model/network/transformer_layers.h"

#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

void addPvtBlock(NetworkBuilder& net, const std::string& module, const PvtSizes& s,
                 std::size_t stage, std::int64_t side)
{
    const std::int64_t width = s.widths[stage], heads = s.heads[stage],
                       reduction = s.reductions[stage], hidden = width * s.ratios[stage];
    const std::int64_t rows = side * side, keys = rows / (reduction * reduction);
    const Attention attention{heads, rows, keys, width / heads};
    const std::string name = module + ".attn";
    const std::size_t x = net.last();
    net.begin(module, Part::attention);
    net.normEpsilon(s.epsilon);
    std::size_t source = net.add(elementShape(module + ".norm1", LayerKind::norm, rows, width));
    const std::size_t queries = net.add(linearShape(name + ".q", rows, width, width, true));
    if (reduction > 1) {
        net.add(biased(convShape(name + ".sr", width, width, side, side / reduction, reduction,
                                 reduction)),
                {source});
        net.normEpsilon(s.embeddingEpsilon);
        source = net.add(elementShape(name + ".norm", LayerKind::norm, keys, width));
        net.normEpsilon(s.epsilon);
    }
    const std::size_t kv =
        net.add(linearShape(name + ".kv", keys, width, 2 * width, true), {source});
    addScores(net, name, attention, queries, kv);
    addValues(net, name, attention, kv);
    net.add(linearShape(name + ".proj", rows, width, width, true));
    addResidual(net, module + ".add1", rows, width, x);
    const auto dwconv = [&] {
        net.add(biased(
            convShape(module + ".mlp.dwconv.dwconv", hidden, hidden, side, side, 3, 1, hidden)));
    };
    addMlp(net, module, rows, width, hidden, {.dwconv = dwconv});
}

const Registry<NamedNetworks>::Adds kAddsPvt(40, [] {
    return NamedNetworks{
        {"pvtv2-b0", "PVTv2-B0", [](std::int64_t side) { return pvtNetwork({.side = side}); }, 32},
    };
});

} // namespace

Network pvtNetwork(const PvtSizes& s)
{
    NetworkBuilder net;
    std::int64_t side = s.side, in = s.channels;
    for (std::size_t stage = 0; stage < s.widths.size(); ++stage) {
        const std::int64_t width = s.widths[stage], stride = stage == 0 ? 4 : 2, before = side;
        const std::string embed = fmt::format("patch_embed{}", stage + 1),
                          norm = fmt::format("norm{}", stage + 1);
        side /= stride;
        net.begin(embed, stage == 0 ? Part::stem : Part::downsample);
        net.normEpsilon(s.embeddingEpsilon);
        net.add(
            biased(convShape(embed + ".proj", in, width, before, side, stage == 0 ? 7 : 3, stride)),
            stage == 0 ? NetworkBuilder::Inputs{} : NetworkBuilder::Inputs{net.last()});
        net.add(elementShape(embed + ".norm", LayerKind::norm, side * side, width));
        for (std::int64_t block = 0; block < s.depths[stage]; ++block)
            addPvtBlock(net, fmt::format("block{}.{}", stage + 1, block), s, stage, side);
        net.begin(norm, Part::other);
        net.normEpsilon(s.epsilon);
        net.add(elementShape(norm, LayerKind::norm, side * side, width));
        in = width;
    }
    net.begin("head", Part::head);
    net.add(elementShape("pool", LayerKind::pool, side * side, in));
    net.add(linearShape("head", 1, in, s.classes, true));
    return net.take();
}

} // namespace vitrine::model
