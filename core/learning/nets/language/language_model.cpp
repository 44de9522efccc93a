#include "core/learning/nets/language/language_model.h"

#include "core/learning/nets/language/token_store.h"

#include <cmath>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{

using torch::Tensor;

LanguageModel::LanguageModel(const Recipe& shape, uint64_t seed, torch::Device device)
    : shape_(shape)
{
    torch::manual_seed(seed);
    const int64_t width = shape.width, inner = shape.feedForward;
    const double small = 0.02 / std::sqrt(2.0 * static_cast<double>(shape.layers));
    const auto matrix = [&](const std::string& name, int64_t rows, int64_t columns,
                            double deviation) {
        return register_parameter(name, (torch::randn({rows, columns}) * deviation).to(device));
    };
    const auto norm = [&](const std::string& name) {
        return register_parameter(name, torch::ones({width}).to(device));
    };

    embedding_ = matrix("embedding", shape.vocabulary, width, 0.02);
    for (int64_t i = 0; i < shape.layers; ++i) {
        const std::string at = "layer" + std::to_string(i) + "_";
        layers_.push_back({norm(at + "attention_norm"), matrix(at + "qkv", 3 * width, width, 0.02),
                           matrix(at + "output", width, width, small),
                           norm(at + "feed_forward_norm"),
                           matrix(at + "gate_up", 2 * inner, width, 0.02),
                           matrix(at + "down", width, inner, small)});
    }
    finalNorm_ = norm("final_norm");
    rotary_ = rotaryTable(shape.context, width / shape.heads, shape.ropeTheta, device);
}

Tensor LanguageModel::runLayer(const Layer& layer, Tensor x, Tensor* map)
{
    const Tensor qkv =
        torch::linear(rmsNorm(x, layer.attentionNorm, shape_.normEpsilon), layer.qkv);
    if (map)
        *map = plain::attentionMaps(qkv, shape_.heads, rotary_);
    x = x + torch::linear(causalAttention(qkv, shape_.heads, rotary_), layer.output);
    const Tensor gateUp =
        torch::linear(rmsNorm(x, layer.feedForwardNorm, shape_.normEpsilon), layer.gateUp);
    return x + torch::linear(swiGlu(gateUp), layer.down);
}

Tensor LanguageModel::hidden(const Tensor& ids)
{
    Tensor x = torch::embedding(embedding_, ids);
    for (const Layer& layer : layers_)
        x = runLayer(layer, x, nullptr);
    return rmsNorm(x, finalNorm_, shape_.normEpsilon);
}

Tensor LanguageModel::loss(const Tensor& ids, const Tensor& targets)
{
    return nextTokenLoss(hidden(ids).view({-1, shape_.width}), embedding_, targets.reshape({-1}));
}

Tensor LanguageModel::tokenLosses(const Tensor& ids, const Tensor& targets)
{
    const Tensor logits = torch::linear(hidden(ids), embedding_);
    return logits.logsumexp(-1) - logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1);
}

std::vector<Tensor> LanguageModel::attentionMaps(const Tensor& ids)
{
    std::vector<Tensor> maps(layers_.size());
    Tensor x = torch::embedding(embedding_, ids);
    for (size_t i = 0; i < layers_.size(); ++i)
        x = runLayer(layers_[i], x, &maps[i]);
    return maps;
}

TensorFile LanguageModel::toFile() const
{
    TensorFile file;
    file.metadata["format"] = "pt";
    const auto put = [&](const std::string& name, const Tensor& tensor) {
        file.tensors.emplace_back(name, tensor.detach().to(torch::kCPU).clone());
    };
    put("model.embed_tokens.weight", embedding_);
    for (size_t i = 0; i < layers_.size(); ++i) {
        const Layer& layer = layers_[i];
        const std::string at = "model.layers." + std::to_string(i) + ".";
        const auto qkv = layer.qkv.chunk(3, 0), gateUp = layer.gateUp.chunk(2, 0);
        put(at + "input_layernorm.weight", layer.attentionNorm);
        put(at + "self_attn.q_proj.weight", qkv[0]);
        put(at + "self_attn.k_proj.weight", qkv[1]);
        put(at + "self_attn.v_proj.weight", qkv[2]);
        put(at + "self_attn.o_proj.weight", layer.output);
        put(at + "post_attention_layernorm.weight", layer.feedForwardNorm);
        put(at + "mlp.gate_proj.weight", gateUp[0]);
        put(at + "mlp.up_proj.weight", gateUp[1]);
        put(at + "mlp.down_proj.weight", layer.down);
    }
    put("model.norm.weight", finalNorm_);
    return file;
}

void LanguageModel::load(const TensorFile& file)
{
    const torch::NoGradGuard noGradient;
    const auto get = [&](const std::string& name, Tensor target) {
        const Tensor* found = file.find(name);
        if (!found || found->sizes() != target.sizes())
            throw std::runtime_error("tensor \"" + name + "\" is missing or of another shape");
        target.copy_(*found);
    };
    get("model.embed_tokens.weight", embedding_);
    for (size_t i = 0; i < layers_.size(); ++i) {
        const Layer& layer = layers_[i];
        const std::string at = "model.layers." + std::to_string(i) + ".";
        const auto qkv = layer.qkv.chunk(3, 0), gateUp = layer.gateUp.chunk(2, 0);
        get(at + "input_layernorm.weight", layer.attentionNorm);
        get(at + "self_attn.q_proj.weight", qkv[0]);
        get(at + "self_attn.k_proj.weight", qkv[1]);
        get(at + "self_attn.v_proj.weight", qkv[2]);
        get(at + "self_attn.o_proj.weight", layer.output);
        get(at + "post_attention_layernorm.weight", layer.feedForwardNorm);
        get(at + "mlp.gate_proj.weight", gateUp[0]);
        get(at + "mlp.up_proj.weight", gateUp[1]);
        get(at + "mlp.down_proj.weight", layer.down);
    }
    get("model.norm.weight", finalNorm_);
}

int64_t LanguageModel::parameterCount() const
{
    int64_t count = 0;
    for (const Tensor& parameter : parameters())
        count += parameter.numel();
    return count;
}

std::string configJson(const Recipe& shape)
{
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << "{\n"
        << "  \"architectures\": [\"LlamaForCausalLM\"],\n"
        << "  \"model_type\": \"llama\",\n"
        << "  \"vocab_size\": " << shape.vocabulary << ",\n"
        << "  \"hidden_size\": " << shape.width << ",\n"
        << "  \"intermediate_size\": " << shape.feedForward << ",\n"
        << "  \"num_hidden_layers\": " << shape.layers << ",\n"
        << "  \"num_attention_heads\": " << shape.heads << ",\n"
        << "  \"num_key_value_heads\": " << shape.heads << ",\n"
        << "  \"head_dim\": " << shape.width / shape.heads << ",\n"
        << "  \"hidden_act\": \"silu\",\n"
        << "  \"max_position_embeddings\": " << shape.context << ",\n"
        << "  \"rms_norm_eps\": " << shape.normEpsilon << ",\n"
        << "  \"rope_theta\": " << shape.ropeTheta << ",\n"
        << "  \"attention_bias\": false,\n"
        << "  \"mlp_bias\": false,\n"
        << "  \"tie_word_embeddings\": true,\n"
        << "  \"bos_token_id\": " << kBeginOfText << ",\n"
        << "  \"eos_token_id\": " << kEndOfText << ",\n"
        << "  \"torch_dtype\": \"float16\"\n"
        << "}\n";
    return out.str();
}

std::string generationConfigJson()
{
    std::ostringstream out;
    out << "{\n  \"bos_token_id\": " << kBeginOfText << ",\n  \"eos_token_id\": " << kEndOfText
        << ",\n  \"do_sample\": true,\n  \"temperature\": 0.8,\n  \"top_p\": 0.95\n}\n";
    return out.str();
}

void exportModel(const LanguageModel& model, const std::string& folder)
{
    std::filesystem::create_directories(folder);
    writeTensorFile(folder + "/model.safetensors", model.toFile(), Storage::f16);
    writeWhole(folder + "/config.json", configJson(model.shape()));
    writeWhole(folder + "/generation_config.json", generationConfigJson());
}

} // namespace vitrine::learning
