#pragma once

#include "core/model/llm/llm_blocks.h"
#include "core/model/llm/llm_weights.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vitrine::model
{

// A language model taken block by block: what calibrates a quantizer runs each decoder block over
// all of its texts before the next, looks at what the linear layers read, and puts other weights in
// their place. The arithmetic is Llm's, to the last bit. One thread at a time (it parallelises
// inside).
class BlockwiseLlm
{
public:
    // One linear layer of a block: its tensor ("model.layers.0.mlp.up_proj.weight") and what it
    // reads. Linear layers that read the same come one after the other.
    struct LinearLayer {
        std::string name;
        LinearInput input;
        kernels::SharedWeights weights; // [outputs, inputs]
    };

    static Result<BlockwiseLlm> open(std::shared_ptr<const LlmCheckpoint> checkpoint);

    const LlmConfig& config() const { return checkpoint_->config(); }
    const LlmCheckpoint& checkpoint() const { return *checkpoint_; }

    std::vector<LinearLayer> linearLayers(int block) const;
    // Other weights of the same shape for one of them.
    void replace(int block, const std::string& name, kernels::SharedWeights weights);

    // Residual stream [tokens, hidden] in front of the first block. Argument error for ids outside
    // the vocabulary.
    Result<std::vector<float>> embedded(std::span<const std::int32_t> ids) const;
    // Runs a block over a sequence, in place. `inputs` may look at what its linear layers read.
    void run(int block, std::vector<float>& residual, const InputTap& inputs = {}) const;

private:
    std::shared_ptr<const LlmCheckpoint> checkpoint_;
    LlmWeights weights_;
    std::vector<float> frequencies_;
};

} // namespace vitrine::model
