#include "core/model/llm/llm_private.h"
#include "core/tensor/kernels/binary_weights.h"

#include <algorithm>
#include <utility>

namespace vitrine::model
{
namespace
{

// visit(tensor, weights) of each linear layer, in order.
template <typename Weights, typename Visit>
void visitLinears(Weights& all, Visit visit)
{
    const LlmNetwork& llm = all.description;
    for (std::size_t i = 0; i < all.layers.size(); ++i) {
        const LlmBlock& block = llm.blocks[i];
        auto& layer = all.layers[i];
        for (const auto& [place, linear] :
             {std::pair{block.q, &layer.q}, std::pair{block.k, &layer.k},
              std::pair{block.v, &layer.v}, std::pair{block.o, &layer.o},
              std::pair{block.gate, &layer.gate}, std::pair{block.up, &layer.up},
              std::pair{block.down, &layer.down}})
            visit(llm.network.layers[place].tensors.front().name, linear->weights);
    }
}

const kernels::BinaryWeights* packedOf(const kernels::SharedWeights& weights)
{
    return dynamic_cast<const kernels::BinaryWeights*>(weights.get());
}

} // namespace

std::vector<LayerPlanes> Llm::layerPlanes() const
{
    std::vector<LayerPlanes> layers;
    visitLinears(d_->weights, [&](const std::string& name, const kernels::SharedWeights& weights) {
        const auto* packed = packedOf(weights);
        layers.push_back(
            {name, packed ? packed->storedPlanes() : 0, packed ? packed->planes() : 0});
    });
    return layers;
}

Result<Llm> Llm::withPlanes(int planes, const std::map<std::string, int>& single) const
{
    const std::vector<LayerPlanes> layers = layerPlanes();
    int most = 0;
    for (const LayerPlanes& layer : layers) {
        if (layer.stored == 0)
            return inputError("\"{}\" is stored as numbers, not as planes of codes: it cannot run "
                              "on some of its bits",
                              layer.layer);
        most = std::max(most, layer.stored);
    }
    if (planes < 1 || planes > most)
        return argumentError("{} planes are not possible: the linear layers have 1 to {}", planes,
                             most);
    for (const auto& [name, own] : single) {
        const auto layer = std::ranges::find(layers, name, &LayerPlanes::layer);
        if (layer == layers.end())
            return argumentError("there is no linear layer \"{}\"", name);
        if (own < 1 || own > layer->stored)
            return argumentError("{} planes of \"{}\" are not possible: it has 1 to {}", own, name,
                                 layer->stored);
    }
    auto d = std::make_unique<Private>(*d_);
    visitLinears(d->weights, [&](const std::string& name, kernels::SharedWeights& weights) {
        const auto* packed = packedOf(weights);
        const auto own = single.find(name);
        weights = packed->withPlanes(
            own != single.end() ? own->second : std::min(planes, packed->storedPlanes()));
    });
    return Llm(std::move(d));
}

} // namespace vitrine::model
