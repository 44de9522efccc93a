#pragma once

#include "core/base/result.h"
#include "core/model/tokenizer/tokenizer.h"

#include <string_view>
#include <vector>

namespace vitrine::model
{

// What a tokenizer.model (a Protocol Buffers message) says beyond what its library tells.
struct SentencePieceModel {
    enum class Kind { unigram = 1, bpe = 2, word = 3, character = 4 } kind = Kind::unigram;
    std::vector<ScoredPiece> pieces;
    bool addsPrefix = true;       // a space in front of a text
    bool joinsSpaces = true;      // several spaces are one, those at the ends none
    bool escapesSpaces = true;    // pieces have U+2581 for a space
    bool normalizes = false;      // other characters are changed too
    bool hasSpacesBehind = false; // of words, not in front of them
};
Result<SentencePieceModel> parseSentencePieceModel(std::string_view bytes);

} // namespace vitrine::model
