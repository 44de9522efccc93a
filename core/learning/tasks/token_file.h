#pragma once

#include "core/learning/tasks/corpus.h"
#include "core/learning/tasks/tokenizer_training.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::learning
{

constexpr uint16_t kDocumentStart = 1; // <s>
constexpr uint16_t kDocumentEnd = 2;   // </s>

// The token ids of one source; every document is <s> ... </s>.
struct TokenisedSource {
    std::string name;
    double share;
    std::vector<std::vector<uint16_t>> documents;

    size_t tokenCount() const;
};

std::vector<TokenisedSource> tokenise(const std::vector<CorpusPart>& parts,
                                      const TextEncoder& encoder);

// Writes folder/name.tokens (16-bit little-endian ids) and folder/name.documents (lines `source
// NAME SHARE FIRST TOKENS` and `document SOURCE_INDEX FIRST TOKENS`), which vitrine-train reads.
void writeTokens(const std::vector<TokenisedSource>& sources, const std::string& folder,
                 const std::string& name);

// Reads them again. Throws std::runtime_error naming the file.
std::vector<TokenisedSource> readTokens(const std::string& folder, const std::string& name);

} // namespace vitrine::learning
