#include "core/model/tokenizer/added_tokens.h"

#include "core/base/json.h"
#include "core/model/tokenizer/piece_table.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

bool tokenFlag(const Json& item, const char* key, bool otherwise = false)
{
    const auto found = item.find(key);
    return found != item.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

// Where the white space before `begin` starts, not before `done`.
std::size_t withoutSpaceBefore(std::string_view whole, std::size_t done, std::size_t begin)
{
    while (begin > done) {
        std::size_t at = begin - 1;
        while (at > done && (static_cast<unsigned char>(whole[at]) & 0xc0) == 0x80)
            --at;
        const std::size_t character = at;
        if (!isWhiteSpace(nextCharacter(whole, at)))
            break;
        begin = character;
    }
    return begin;
}

} // namespace

Result<void> checkAddedToken(std::int64_t id, std::string_view content)
{
    if (id < 0 || static_cast<std::size_t>(id) >= kVocabularyLimit || content.empty() ||
        content.size() > kTokenBytesLimit)
        return inputError("the added token \"{}\" with the id {} is out of range",
                          printable(content), id);
    return {};
}

Result<AddedToken> addedTokenOf(std::int64_t id, const Json& item, bool normalized)
{
    const auto content = item.is_object() ? item.find("content") : item.end();
    if (!item.is_object() || content == item.end() || !content->is_string())
        return inputError("an added token lacks its \"id\" or \"content\"");
    const auto& text = content->get_ref<const std::string&>();
    VITRINE_CHECK(checkAddedToken(id, text));
    if (tokenFlag(item, "single_word"))
        return inputError(
            "the added token \"{}\" is to match whole words only, which is not supported",
            printable(text));
    return AddedToken{static_cast<std::int32_t>(id), text,
                      tokenFlag(item, "special"),    tokenFlag(item, "normalized", normalized),
                      tokenFlag(item, "lstrip"),     tokenFlag(item, "rstrip")};
}

Result<std::vector<AddedToken>> parseAddedTokens(const Json& file)
{
    std::vector<AddedToken> tokens;
    const auto list = file.find("added_tokens");
    if (list == file.end() || list->is_null())
        return tokens;
    if (!list->is_array())
        return inputError("\"added_tokens\" is not a list");
    for (const Json& item : *list) {
        const auto id = item.is_object() ? item.find("id") : item.end();
        if (!item.is_object() || id == item.end() || !id->is_number_integer())
            return inputError("an added token lacks its \"id\" or \"content\"");
        VITRINE_TRY(AddedToken token, addedTokenOf(id->get<std::int64_t>(), item, false));
        tokens.push_back(std::move(token));
    }
    return tokens;
}

Result<void> mergeAddedTokens(std::vector<AddedToken>& tokens, std::vector<AddedToken> more)
{
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < tokens.size(); ++i)
        places.emplace(tokens[i].content, i);
    for (AddedToken& token : more) {
        const auto [found, fresh] = places.emplace(token.content, tokens.size());
        if (fresh) {
            tokens.push_back(std::move(token));
            continue;
        }
        AddedToken& before = tokens[found->second];
        if (before.id != token.id)
            return inputError("the added token \"{}\" has the id {} in one file and {} in another",
                              printable(token.content), before.id, token.id);
        before = std::move(token);
    }
    return {};
}

void AddedTokenFinder::add(std::string_view text, const AddedToken& token)
{
    trie_.add(text, static_cast<std::int32_t>(tokens_.size()));
    tokens_.push_back(token);
}

Result<void>
AddedTokenFinder::split(std::string_view whole,
                        const std::function<Result<void>(std::size_t, std::size_t)>& text,
                        const std::function<void(std::int32_t)>& token) const
{
    std::size_t done = 0;
    for (std::size_t i = 0; !trie_.empty() && i < whole.size();) {
        const auto match = trie_.longest(whole, i);
        if (match.value < 0) {
            i += std::max<std::size_t>(utf8Length(whole, i), 1);
            continue;
        }
        const AddedToken& found = tokens_[static_cast<std::size_t>(match.value)];
        std::size_t begin = i, end = i + match.length;
        if (found.stripLeft)
            begin = withoutSpaceBefore(whole, done, begin);
        if (found.stripRight)
            for (std::size_t at = end; at < whole.size() && isWhiteSpace(nextCharacter(whole, at));)
                end = at;
        if (begin > done)
            VITRINE_CHECK(text(done, begin));
        token(found.id);
        done = i = end;
    }
    if (done < whole.size())
        return text(done, whole.size());
    return {};
}

} // namespace vitrine::model
