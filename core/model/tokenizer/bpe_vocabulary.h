#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"
#include "core/model/tokenizer/added_tokens.h"
#include "core/model/tokenizer/piece_table.h"
#include "core/model/tokenizer/tokenizer_json_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vitrine::model
{

// The model of a byte-pair tokenizer.json: vocabulary, ranked merges and what happens to unknown
// characters.
class BpeVocabulary
{
public:
    static Result<BpeVocabulary> make(const TokenizerParts& parts,
                                      const std::vector<AddedToken>& added);

    const PieceTable& pieces() const { return pieces_; }
    // Appends the ids of one word.
    void encode(std::string_view word, std::vector<std::int32_t>& ids) const;
    std::string fingerprint() const;

private:
    struct Rank {
        std::int32_t rank = 0, id = 0;
    };
    Result<void> readOptions(const Json& model);
    Result<void> readPieces(const TokenizerParts& parts, const std::vector<AddedToken>& added);
    Result<void> readMerges(const TokenizerParts& parts);

    PieceTable pieces_;
    std::unordered_map<std::uint64_t, Rank> merges_; // left id * 2^32 + right id
    std::vector<bool> inModel_;       // ids of the vocabulary itself, without added tokens
    std::vector<std::int32_t> bytes_; // 256 ids, or none
    std::optional<std::int32_t> unknown_;
    bool fuseUnknown_ = false, ignoreMerges_ = false;
};

} // namespace vitrine::model
