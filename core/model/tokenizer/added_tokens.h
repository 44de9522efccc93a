#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"
#include "core/model/tokenizer/token_trie.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// One token that the files list by itself, found in the text before anything else.
struct AddedToken {
    std::int32_t id = 0;
    std::string content;
    bool special = false;                       // left out by decode()
    bool normalized = false;                    // looked for in the normalised text
    bool stripLeft = false, stripRight = false; // swallows the white space beside it
};

// {"content": "<s>", "special": true, ...} as tokenizer.json and tokenizer_config.json write it;
// `normalized` where the file does not say.
Result<AddedToken> addedTokenOf(std::int64_t id, const Json& item, bool normalized);
// One without a name is refused, and so are names and ids out of range.
Result<void> checkAddedToken(std::int64_t id, std::string_view content);
// "added_tokens" of tokenizer.json.
Result<std::vector<AddedToken>> parseAddedTokens(const Json& file);
// Puts tokens in; one of the same content is replaced. Error (input) where that had another id.
Result<void> mergeAddedTokens(std::vector<AddedToken>& tokens, std::vector<AddedToken> more);

// Finds added tokens in a text, the longest one at each place.
class AddedTokenFinder
{
public:
    // `text` is what to look for: the content, or its normal form.
    void add(std::string_view text, const AddedToken& token);
    // Calls text(begin, end) and token(id) for the stretches of `whole` in order; stops at the
    // first error.
    Result<void> split(std::string_view whole,
                       const std::function<Result<void>(std::size_t, std::size_t)>& text,
                       const std::function<void(std::int32_t)>& token) const;

private:
    TokenTrie trie_; // values are places in tokens_
    std::vector<AddedToken> tokens_;
};

} // namespace vitrine::model
