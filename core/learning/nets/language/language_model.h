#pragma once

#include "core/learning/nets/language/kernels.h"
#include "core/learning/nets/language/recipe.h"
#include "core/learning/nets/training/tensor_file.h"

#include <string>
#include <vector>

namespace vitrine::learning
{

// A decoder of the Llama architecture exactly as Hugging Face computes it (arXiv:2302.13971):
// RMSNorm before each half, half-split RoPE, SwiGLU, no biases, output tied to the embedding.
// Query, key and value are one matrix inside, and so are gate and up; the files hold them apart.
class LanguageModel : public torch::nn::Module
{
public:
    // Normal(0, 0.02) weights, those that write to the residual stream divided by sqrt(2 * layers)
    // (GPT-2).
    LanguageModel(const Recipe& shape, uint64_t seed, torch::Device device);

    // ids: windows x tokens. Gives windows x tokens x width, after the last norm.
    torch::Tensor hidden(const torch::Tensor& ids);

    // Mean nat per token.
    torch::Tensor loss(const torch::Tensor& ids, const torch::Tensor& targets);

    // Loss of every token: windows x tokens.
    torch::Tensor tokenLosses(const torch::Tensor& ids, const torch::Tensor& targets);

    // One map per layer: windows x heads x tokens x tokens.
    std::vector<torch::Tensor> attentionMaps(const torch::Tensor& ids);

    // Under the names of Hugging Face's LlamaForCausalLM.
    TensorFile toFile() const;
    void load(const TensorFile& file);

    int64_t parameterCount() const;
    const Recipe& shape() const { return shape_; }

private:
    struct Layer {
        torch::Tensor attentionNorm, qkv, output, feedForwardNorm, gateUp, down;
    };
    torch::Tensor runLayer(const Layer& layer, torch::Tensor x, torch::Tensor* map);

    Recipe shape_;
    torch::Tensor embedding_, finalNorm_;
    std::vector<Layer> layers_;
    RotaryTable rotary_;
};

// config.json and generation_config.json of the model, as Hugging Face reads them.
std::string configJson(const Recipe& shape);
std::string generationConfigJson();

// Writes model.safetensors (F16), config.json and generation_config.json into `folder`.
void exportModel(const LanguageModel& model, const std::string& folder);

} // namespace vitrine::learning
