#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"
#include "core/model/tokenizer/added_tokens.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::model
{

// What the files beside a tokenizer say of it, read as transformers reads them:
// tokenizer_config.json, and where that lists no added_tokens_decoder also special_tokens_map.json
// and added_tokens.json.
struct TokenizerSettings {
    std::vector<AddedToken> added; // with the ids that the files give them
    // Special tokens by their role, without ids: found in texts under the id that the vocabulary
    // has for them, else the next free one.
    std::vector<AddedToken> named;
    std::optional<std::string> bos, eos;
    std::optional<bool> addsBos, addsEos; // add_bos_token and add_eos_token
    // Whether these decide, whatever the template of tokenizer.json says: in classes that make
    // their own template out of them (Llama, CodeLlama, Gemma, Cohere), and where no class is
    // named.
    bool overTemplate = true;
    // sentencepiece: whether every stretch between special tokens gets a space in front, or the
    // first alone.
    bool legacy = true;
    bool prefixSpace = true; // of the first stretch; without effect where legacy
};

// Of the folder; where it has none of the files, what holds without them.
Result<TokenizerSettings> readTokenizerSettings(const std::filesystem::path& folder);
// null for files that are not there.
Result<TokenizerSettings> parseTokenizerSettings(const Json& config, const Json& specialTokens,
                                                 const Json& addedTokens);

} // namespace vitrine::model
