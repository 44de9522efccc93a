#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

enum class Family { llama, mistral };

// rope_type "llama3": piecewise scaling of the rotary frequencies (Llama 3.1).
struct Llama3Scaling {
    double factor = 8, lowFrequencyFactor = 1, highFrequencyFactor = 4;
    std::int64_t originalContext = 8192;

    friend bool operator==(const Llama3Scaling&, const Llama3Scaling&) = default;
};

// Shape of a Llama-like decoder. Validated: 1 <= layers <= 512, kvHeads divides heads, vocabulary
// <= 1,000,000, products fit.
struct LlmConfig {
    Family family = Family::llama;
    std::int64_t hidden = 0, layers = 0, heads = 0, kvHeads = 0, headSize = 0, mlp = 0;
    std::int64_t vocabulary = 0;
    std::int64_t context = 0; // max_position_embeddings
    double normEpsilon = 1e-6;
    double ropeTheta = 1e4;
    std::optional<Llama3Scaling> ropeScaling;
    std::int64_t slidingWindow = 0; // keys a query sees, itself among them; 0: all before it
    bool tiedEmbeddings = false;
    bool languageHead = true; // false: a base model or a classifier, which says no next token
    bool attentionBias = false, mlpBias = false;
    std::int64_t bos = -1; // -1: none
    std::vector<std::int64_t> eos;
    std::string dtype; // torch_dtype as written, for showing

    friend bool operator==(const LlmConfig&, const LlmConfig&) = default;
};

// A Hugging Face config.json (untrusted), and what is worth saying about it: keys that were not
// used, places that another one overrides. A key that changes what a pass computes is read, or an
// input error that names it; the rest is on the list of config_keys.cpp, or in a note.
struct ConfigFile {
    LlmConfig config;
    std::vector<std::string> notes;
};
Result<ConfigFile> readConfigFile(const Json& json);
Result<ConfigFile> readConfigFile(std::string_view text, std::string_view name = "config.json");

// The same without its notes.
Result<LlmConfig> parseLlmConfig(const Json& json);
Result<LlmConfig> parseLlmConfig(std::string_view text, std::string_view name = "config.json");

// The tokens that end a text as a generation_config.json (untrusted) says, which come before those
// of config.json; nothing where it names none.
Result<std::optional<std::vector<std::int64_t>>>
parseGenerationEos(std::string_view text, std::string_view name, std::int64_t vocabulary);

// What "quant_method" of a config.json is where matrices are stored as binary codes.
inline constexpr std::string_view kCodesMethod = "vitrine-codes";

// config.json as the hub's readers expect it.
Json configJson(const LlmConfig& config);

} // namespace vitrine::model
