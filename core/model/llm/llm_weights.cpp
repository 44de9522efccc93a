#include "core/model/llm/llm_weights.h"

#include "core/tensor/kernels/binary_choice.h"
#include "core/tensor/kernels/dense_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstring>
#include <span>
#include <string>

namespace vitrine::model
{
namespace
{

class Finder
{
public:
    Finder(const LlmCheckpoint& checkpoint, const Network& network,
           const kernels::Relayout& relayout)
        : checkpoint_(checkpoint), network_(network), relayout_(relayout)
    {
    }

    // The weight of a layer that has one of [outputs, inputs].
    Result<kernels::SharedWeights> matrix(std::size_t layer)
    {
        const NetworkTensor& needed = network_.layers[layer].tensors.front();
        VITRINE_TRY(kernels::SharedWeights stored, storedMatrix(needed));
        if (relayout_)
            return relayout_(needed.name, std::move(stored));
        return stored;
    }

    Result<TensorView> norm(std::size_t layer)
    {
        return tensor(network_.layers[layer].tensors.front());
    }

    Result<Linear> linear(std::size_t layer)
    {
        const auto& tensors = network_.layers[layer].tensors;
        Linear result;
        VITRINE_TRY(result.weights, matrix(layer));
        if (tensors.size() > 1) {
            VITRINE_TRY(result.bias, tensor(tensors[1]));
        }
        return result;
    }

    Result<LayerWeights> block(const LlmBlock& block)
    {
        LayerWeights w;
        VITRINE_TRY(w.attentionNorm, norm(block.attentionNorm));
        VITRINE_TRY(w.mlpNorm, norm(block.mlpNorm));
        VITRINE_TRY(w.q, linear(block.q));
        VITRINE_TRY(w.k, linear(block.k));
        VITRINE_TRY(w.v, linear(block.v));
        VITRINE_TRY(w.o, linear(block.o));
        VITRINE_TRY(w.gate, linear(block.gate));
        VITRINE_TRY(w.up, linear(block.up));
        VITRINE_TRY(w.down, linear(block.down));
        return w;
    }

    std::vector<std::shared_ptr<const std::vector<float>>> takeRounded()
    {
        return std::move(rounded_);
    }

private:
    Result<kernels::SharedWeights> storedMatrix(const NetworkTensor& needed)
    {
        if (const kernels::BinaryCodes* codes = checkpoint_.codes(needed.name))
            return codedWeights(needed, *codes);
        VITRINE_TRY(const TensorView view, tensor(needed));
        return std::make_shared<const kernels::DenseWeights>(view.type, view.bytes.data(),
                                                             needed.shape[0], needed.shape[1]);
    }

    static Result<kernels::SharedWeights> codedWeights(const NetworkTensor& needed,
                                                       const kernels::BinaryCodes& codes)
    {
        if (needed.shape != std::vector{codes.outputs, codes.inputs})
            return inputError("the packed matrix \"{}\" is {} x {}, [{}] expected", needed.name,
                              codes.outputs, codes.inputs, fmt::join(needed.shape, ", "));
        return kernels::BinaryWeights::make(codes, {.family = kernels::fasterFamily()});
    }

    Result<TensorView> tensor(const NetworkTensor& needed)
    {
        VITRINE_TRY(TensorView view, checkpoint_.tensor(needed.name));
        if (view.shape != needed.shape)
            return inputError("tensor \"{}\" has shape [{}], [{}] expected", needed.name,
                              fmt::join(view.shape, ", "), fmt::join(needed.shape, ", "));
        if (view.type == DType::f64)
            return rounded(needed.name, view);
        if (!kernels::canWiden(view.type))
            return inputError("tensor \"{}\" is stored as {}; F32, F16, BF16 or F64 expected",
                              needed.name, dtypeName(view.type));
        return view;
    }

    Result<TensorView> rounded(const std::string& name, const TensorView& view)
    {
        auto values = std::make_shared<std::vector<float>>(toFloat(view));
        for (std::size_t i = 0; i < values->size(); ++i) {
            double exact = 0;
            std::memcpy(&exact, view.bytes.data() + i * sizeof exact, sizeof exact);
            if (std::isfinite(exact) && !std::isfinite((*values)[i]))
                return inputError("tensor \"{}\" holds {}, which single precision cannot hold (at "
                                  "most 3.4e38)",
                                  name, exact);
        }
        rounded_.push_back(values);
        return TensorView{DType::f32, view.shape, std::as_bytes(std::span(*values))};
    }

    const LlmCheckpoint& checkpoint_;
    const Network& network_;
    const kernels::Relayout& relayout_;
    std::vector<std::shared_ptr<const std::vector<float>>> rounded_;
};

} // namespace

Result<LlmWeights> findWeights(const LlmCheckpoint& checkpoint, const kernels::Relayout& relayout)
{
    LlmWeights w;
    w.description = llmNetwork(checkpoint.config());
    Finder finder(checkpoint, w.description.network, relayout);
    VITRINE_TRY(w.embedding, finder.matrix(w.description.embedding));
    VITRINE_TRY(w.finalNorm, finder.norm(w.description.finalNorm));
    if (w.description.head) {
        w.head = w.embedding;
        if (!checkpoint.config().tiedEmbeddings) {
            VITRINE_TRY(w.head, finder.matrix(*w.description.head));
        }
    }
    for (const LlmBlock& block : w.description.blocks) {
        VITRINE_TRY(LayerWeights layer, finder.block(block));
        w.layers.push_back(std::move(layer));
    }
    w.rounded = finder.takeRounded();
    return w;
}

} // namespace vitrine::model
