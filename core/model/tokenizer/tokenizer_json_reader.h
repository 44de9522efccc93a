#pragma once

#include "core/base/json.h"
#include "core/model/tokenizer/piece_table.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// tokenizer.json, read as a stream: the two large parts (model.vocab, model.merges) become flat
// lists, the rest a JSON value without them.
struct TokenizerParts {
    Json rest;
    TextList vocabulary;
    std::vector<std::int64_t> ids; // of each entry of the vocabulary
    TextList left, right;          // of each merge, in order of rank
};
Result<TokenizerParts> readTokenizerJson(std::string_view text, std::string_view name);

} // namespace vitrine::model
