#pragma once

#include "core/base/json_fwd.h"
#include "core/model/tokenizer/regex.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vitrine::model
{

// The stages of tokenizer.json before and after the vocabulary, as huggingface/tokenizers runs
// them. Each is parsed once; what is not supported is refused by name.

// Text to text.
struct PrependStep {
    std::string text; // not put before an empty text
};
struct ReplaceStep {
    Regex pattern;
    std::string with;
};
struct NfcStep {
};
using NormalizerStep = std::variant<PrependStep, ReplaceStep, NfcStep>;
Result<std::vector<NormalizerStep>> parseNormalizer(const Json& json);
Result<std::string> normalize(const std::vector<NormalizerStep>& steps, std::string text);

// Text to words.
enum class SplitBehaviour { isolated, removed, mergedWithPrevious, mergedWithNext, contiguous };
enum class PrependScheme { always, first, never };
struct SplitStep {
    Regex pattern;
    SplitBehaviour behaviour = SplitBehaviour::isolated;
    bool invert = false;
};
struct ByteLevelStep {
    bool addPrefixSpace = false;
    std::optional<Regex> words; // GPT-2's pattern, where the file asks for it
};
struct MetaspaceStep {
    std::string replacement;
    PrependScheme prepend = PrependScheme::always;
    std::optional<Regex> words; // the replacement itself, where the text is split at it
};
using PreTokenizerStep = std::variant<SplitStep, ByteLevelStep, MetaspaceStep>;
struct Word {
    std::string text;
    bool first = false; // begins where the whole text begins
};
Result<std::vector<PreTokenizerStep>> parsePreTokenizer(const Json& json);
Result<std::vector<Word>> preTokenize(const std::vector<PreTokenizerStep>& steps, Word text);

// Tokens to text; the results are joined without anything between them.
struct ReplaceTokenStep {
    std::string what, with;
};
struct ByteFallbackStep {
}; // "<0xE2>" to bytes
struct FuseStep {
};
struct StripStep {
    std::string content; // one character
    std::size_t start = 0, stop = 0;
};
struct MetaspaceTokenStep {
    std::string replacement;
    PrependScheme prepend = PrependScheme::always;
};
struct ByteLevelTokenStep {
};
struct SpaceBetweenStep {
}; // where the file names no decoder
using DecoderStep = std::variant<ReplaceTokenStep, ByteFallbackStep, FuseStep, StripStep,
                                 MetaspaceTokenStep, ByteLevelTokenStep, SpaceBetweenStep>;
Result<std::vector<DecoderStep>> parseDecoder(const Json& json);
std::string decodeTokens(const std::vector<DecoderStep>& steps, std::vector<std::string> tokens);

// Members of a step's JSON object, with their types checked.
Result<std::string> textOf(const Json& object, const char* key);
bool flagOf(const Json& object, const char* key, bool otherwise);
Result<PrependScheme> prependSchemeOf(const Json& object);
// The steps of `json`: none for null, its members for a Sequence, else itself.
Result<std::vector<const Json*>> stepsOf(const Json& json, const char* listKey);
// {"String": text} or {"Regex": pattern}.
Result<Regex> patternOf(const Json& step);

// Canonical composition (UAX 15, tables of Unicode 14).
std::string composeCanonically(std::string_view text);

} // namespace vitrine::model
