#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// Longer texts are refused: bytes.
inline constexpr std::size_t kLongestText = std::size_t{1} << 30;

// A piece of a tokenizer of sentencepiece's kind.
struct ScoredPiece {
    std::string text;
    float score = 0;
    enum class Kind { normal, unknown, control, userDefined, unused, byte } kind = Kind::normal;

    friend bool operator==(const ScoredPiece&, const ScoredPiece&) = default;
};

// All there is of a tokenizer that merges neighbours by score: what another program needs to find
// the same ids.
struct ScoredVocabulary {
    std::vector<ScoredPiece> pieces; // by id
    bool addsPrefix = true;          // puts a space in front of a text
    // What it does to some texts and pieces and scores do not say: "normalizes characters".
    std::vector<std::string> more = {};
};

// Text to token ids and back. Immutable after opening; any thread.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    virtual std::int64_t size() const = 0;
    // Ids of the text alone, without BOS or EOS; special tokens written in the text are found where
    // the file says so. Text that is not UTF-8: input error.
    virtual Result<std::vector<std::int32_t>> encode(std::string_view text) const = 0;
    // Bytes of the ids in order (invalid UTF-8 replaced by U+FFFD); special tokens are left out.
    virtual std::string decode(std::span<const std::int32_t> ids) const = 0;
    // One token as people should see it: "▁peace", "<s>", "<0x0A>".
    virtual std::string piece(std::int32_t id) const = 0;
    virtual std::optional<std::int32_t> bos() const = 0;
    virtual std::vector<std::int32_t> eos() const = 0;
    // What the model's own tokenizer puts in front of every text and behind it (Llama: BOS in
    // front).
    virtual std::vector<std::int32_t> front() const = 0;
    virtual std::vector<std::int32_t> back() const = 0;
    // Input error that says what it is instead where it does not merge by score.
    virtual Result<ScoredVocabulary> scoredVocabulary() const
    {
        return inputError(
            "a tokenizer.json merges by rank; pieces with scores (tokenizer.model, or "
            "the tokenizer of a llama2.c file) are expected");
    }
    // Hash over vocabulary and merges, to tell whether two tokenizers are the same.
    virtual std::string fingerprint() const = 0;
};

// tokenizer.json, else tokenizer.model of a model folder, with what tokenizer_config.json,
// added_tokens.json and special_tokens_map.json beside it say of special tokens; nullptr where the
// folder has neither (open with token_ids=).
Result<std::unique_ptr<Tokenizer>> openTokenizer(const std::filesystem::path& folder);

Result<std::unique_ptr<Tokenizer>> openTokenizerJson(const std::filesystem::path& file);
Result<std::unique_ptr<Tokenizer>> openSentencePiece(const std::filesystem::path& file);
Result<std::unique_ptr<Tokenizer>> openLlama2c(const std::filesystem::path& file,
                                               std::int64_t vocabulary);
// From bytes, for tests and fuzzing; without the files that may stand beside it.
Result<std::unique_ptr<Tokenizer>> parseTokenizerJson(std::string_view text, std::string_view name);
Result<std::unique_ptr<Tokenizer>>
parseLlama2cTokenizer(std::string_view bytes, std::int64_t vocabulary, std::string_view name);

// SentencePiece-style BPE made of pieces and scores (the vocabulary part of a GGUF file, of
// llama2.c, of tests).
Result<std::unique_ptr<Tokenizer>> makeScoredBpe(std::vector<ScoredPiece> pieces,
                                                 bool addDummyPrefix);

} // namespace vitrine::model
