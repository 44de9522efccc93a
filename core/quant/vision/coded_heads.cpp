#include "core/quant/vision/coded_heads.h"

#include "core/quant/vision/trio_places.h"

namespace vitrine::quant
{
namespace
{

HeadGrids headGrids(const model::Network& network, std::span<const CodedLayer> layers,
                    std::size_t context, bool isSecond)
{
    HeadGrids grids;
    const auto gridAt = [&](std::size_t layer) {
        const CodedLayer& coded = layers[layer];
        return isSecond && coded.second ? *coded.second : coded.output;
    };
    grids.q = grids.k = grids.v = gridAt(network.layers[context].inputs[0]);
    for (std::size_t i = context; i < network.layers.size(); ++i) {
        const auto part = headPartOf(network.layers[i]);
        if (!part)
            break;
        CodeGrid* const of[] = {&grids.context, &grids.keySums, &grids.dividends, &grids.divisors,
                                &grids.outputs};
        *of[static_cast<std::size_t>(*part)] = gridAt(i);
    }
    return grids;
}

} // namespace

Result<std::shared_ptr<const BothHalves>> wholeHalves(const model::Network& network,
                                                      std::span<const CodedLayer> layers,
                                                      std::size_t context, HeadDivision division)
{
    const model::LayerShape& shape = network.layers[context].shape;
    const HeadSize size{static_cast<std::size_t>(shape.k), static_cast<std::size_t>(shape.m)};
    VITRINE_TRY(auto first, wholeHead(headGrids(network, layers, context, false), division, size));
    VITRINE_TRY(auto second, wholeHead(headGrids(network, layers, context, true), division, size));
    return std::make_shared<const BothHalves>(BothHalves{std::move(first), std::move(second)});
}

} // namespace vitrine::quant
