#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"

// Tokenised text as vitrine-prepare leaves it (core/learning/tasks/token_file.h), and the baseline
// on it.
namespace vitrine::learning_plugin
{

struct TokenSourceText {
    std::string name;
    std::vector<std::vector<std::uint16_t>> documents; // each <s> ... </s>
};

// folder/name.tokens and folder/name.documents. Untrusted: the index must fit the ids, ids the
// vocabulary.
Result<std::vector<TokenSourceText>> readTokenText(const std::filesystem::path& folder,
                                                   const std::string& name,
                                                   std::int64_t vocabulary);

struct TextLoss {
    std::string source;
    std::int64_t tokens = 0; // predicted
    double nat = 0;          // sum of -ln P

    double natPerToken() const;
    double perplexity() const;
};
TextLoss total(const std::vector<TextLoss>& losses);

// Interpolated modified Kneser-Ney 5-gram on the training documents, scored on each held-out
// source. An error where this build has no core/learning.
Result<std::vector<TextLoss>> baselineLosses(const std::vector<TokenSourceText>& train,
                                             const std::vector<TokenSourceText>& heldOut,
                                             std::int64_t vocabulary);

} // namespace vitrine::learning_plugin
