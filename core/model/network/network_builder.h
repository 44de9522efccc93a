#pragma once

#include "core/model/network/network.h"

namespace vitrine::model
{

// Writes a network down layer by layer. Each call gives the index of the layer it added, for those
// that read it; the shape of a layer says which tensors it needs: NAME.weight, NAME.bias.
class NetworkBuilder
{
public:
    using Inputs = std::vector<std::size_t>;

    // The module and the part of the layers that follow.
    void begin(std::string module, Part part);
    void begin(Part part) { part_ = part; }

    std::size_t last() const { return network_.layers.size() - 1; }
    NetworkLayer& layer() { return network_.layers.back(); }

    // A layer of the table; without inputs named, it reads the one before. A normalisation has a
    // weight and a bias, and the epsilon that was set last.
    std::size_t add(LayerShape shape, Inputs inputs);
    std::size_t add(LayerShape shape) { return add(std::move(shape), {last()}); }
    // A step that no simulator counts, giving [rows, columns].
    std::size_t step(std::string name, LayerKind kind, std::int64_t rows, std::int64_t columns,
                     Inputs inputs);

    // Tensors of the layer added last, beside those that follow from its shape.
    void tensor(std::string name, std::vector<std::int64_t> shape,
                TensorUse use = TensorUse::parameter);
    // A batch normalisation of `channels` right after the layer added last, folded into it when it
    // runs.
    void batchNorm(const std::string& name, std::int64_t channels, float epsilon);
    // A factor for each output of the layer added last, folded into it as well.
    void factor(const std::string& name, std::int64_t channels);
    void normEpsilon(float epsilon) { epsilon_ = epsilon; }

    Network take() { return std::move(network_); }

private:
    Network network_;
    std::string module_;
    Part part_ = Part::other;
    float epsilon_ = 0;
};

} // namespace vitrine::model
