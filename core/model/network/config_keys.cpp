#include "core/model/network/config_keys.h"

#include "core/base/json.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vitrine::model
{
namespace
{

constexpr std::size_t kKeysInNote = 12;

// Read for both families, or refused where they ask for what is not supported.
constexpr std::array<std::string_view, 33> kReadKeys{
    "model_type", "architectures", "auto_map",
    // shape
    "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim",
    "intermediate_size", "vocab_size", "max_position_embeddings", "rms_norm_eps", "hidden_act",
    "tie_word_embeddings", "dtype", "torch_dtype",
    // rotary embedding
    "rope_theta", "rope_scaling", "rope_parameters", "original_max_position_embeddings",
    "partial_rotary_factor",
    // masks and layers
    "is_causal", "use_bidirectional_attention", "is_encoder_decoder", "add_cross_attention",
    "pruned_heads", "layer_types", "per_layer_config",
    // storage
    "quantization_config", "quantization", "compression_config",
    // where a text begins and ends
    "bos_token_id", "eos_token_id"};

constexpr std::array<std::string_view, 72> kHarmlessKeys{
    // origin
    "_name_or_path", "name_or_path", "_commit_hash", "transformers_version", "tokenizer_class",
    // training
    "attention_dropout", "initializer_range", "finetuning_task", "task_specific_params",
    "classifier_dropout", "id2label", "label2id", "num_labels", "problem_type", "tf_legacy_loss",
    // how transformers computes or answers, not what
    "use_cache", "pretraining_tp", "attn_implementation", "_attn_implementation",
    "_attn_implementation_autoset", "_attn_implementation_internal", "experts_implementation",
    "_experts_implementation_internal", "chunk_size_feed_forward", "gradient_checkpointing",
    "output_attentions", "output_hidden_states", "return_dict", "torchscript", "use_bfloat16",
    // other tokens
    "pad_token_id", "sep_token_id", "decoder_start_token_id", "prefix",
    // parts of encoder-decoder models, which are refused by is_encoder_decoder and
    // add_cross_attention
    "is_decoder", "cross_attention_hidden_size", "tie_encoder_decoder",
    // longest text of old files, beside max_position_embeddings
    "max_sequence_length",
    // sampling: a run has parameters of its own
    "max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups",
    "diversity_penalty", "temperature", "top_k", "top_p", "typical_p", "repetition_penalty",
    "length_penalty", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids",
    "num_return_sequences", "output_scores", "return_dict_in_generate", "forced_bos_token_id",
    "forced_eos_token_id", "remove_invalid_values", "exponential_decay_length_penalty",
    "suppress_tokens", "begin_suppress_tokens", "max_new_tokens", "min_new_tokens", "min_p",
    "epsilon_cutoff", "eta_cutoff", "renormalize_logits", "guidance_scale", "penalty_alpha",
    "cache_implementation"};

// Of generation_config.json: tokens, origin, and lengths that a run sets itself.
constexpr std::array<std::string_view, 9> kTokenKeys{
    "bos_token_id",           "eos_token_id",       "pad_token_id",
    "decoder_start_token_id", "max_length",         "max_new_tokens",
    "transformers_version",   "_from_model_config", "use_cache"};

// What one family reads and the other does not.
struct FamilyKey {
    std::string_view key;
    Family reader;
};
constexpr std::array kFamilyKeys{FamilyKey{"attention_bias", Family::llama},
                                 FamilyKey{"mlp_bias", Family::llama},
                                 FamilyKey{"sliding_window", Family::mistral}};

bool isListed(const auto& keys, std::string_view key)
{
    return std::ranges::find(keys, key) != keys.end();
}

std::string_view familyName(Family family)
{
    return family == Family::mistral ? "mistral" : "llama";
}

// The classes that "auto_map" names, "modeling_custom.Model".
std::string customCode(const Json& map)
{
    std::vector<std::string> names;
    if (map.is_object())
        for (const auto& [key, value] : map.items())
            if (value.is_string())
                names.push_back(printable(value.get<std::string>()));
    return names.empty() ? "auto_map" : fmt::format("auto_map: {}", fmt::join(names, ", "));
}

} // namespace

bool isHarmlessKey(std::string_view key)
{
    return isListed(kHarmlessKeys, key);
}

std::vector<std::string> keyNotes(const Json& json, Family family)
{
    std::vector<std::string> notes, unknown;
    for (const auto& [key, value] : json.items()) {
        if (value.is_null())
            continue;
        const auto found = std::ranges::find(kFamilyKeys, key, &FamilyKey::key);
        if (key == "auto_map")
            notes.push_back(
                fmt::format("The model names code of its own ({}), which is not run: it "
                            "is taken for a plain {} model.",
                            customCode(value), familyName(family)));
        else if (found != kFamilyKeys.end() && found->reader != family && value != false)
            notes.push_back(fmt::format("\"{}\" in config.json has no effect: {} models do not "
                                        "read it.",
                                        key, familyName(family)));
        else if (found == kFamilyKeys.end() && !isListed(kReadKeys, key) && !isHarmlessKey(key))
            unknown.push_back(printable(key));
    }
    if (unknown.empty())
        return notes;
    const std::size_t count = unknown.size();
    unknown.resize(std::min(count, kKeysInNote));
    notes.push_back(
        fmt::format("config.json has keys that are not known here and were not used: {}{}.",
                    fmt::join(unknown, ", "),
                    count > kKeysInNote ? fmt::format(" and {} more", count - kKeysInNote) : ""));
    return notes;
}

Result<std::vector<std::string>> parseGenerationKeys(std::string_view text, std::string_view name)
{
    VITRINE_TRY(const Json json, parseJson(text, name, {.depth = 16, .values = 100'000}));
    std::vector<std::string> keys;
    if (json.is_object())
        for (const auto& [key, value] : json.items())
            if (!value.is_null() && value != false && !isListed(kTokenKeys, key))
                keys.push_back(printable(key));
    return keys;
}

} // namespace vitrine::model
