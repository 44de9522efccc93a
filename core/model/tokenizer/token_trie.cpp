#include "core/model/tokenizer/token_trie.h"

namespace vitrine::model
{
namespace
{

std::uint64_t edge(std::uint32_t node, char byte)
{
    return std::uint64_t{node} << 8 | static_cast<unsigned char>(byte);
}

} // namespace

void TokenTrie::add(std::string_view text, std::int32_t value)
{
    if (text.empty())
        return;
    std::uint32_t node = 0;
    for (const char byte : text) {
        const auto [found, fresh] =
            next_.try_emplace(edge(node, byte), static_cast<std::uint32_t>(values_.size()));
        if (fresh)
            values_.push_back(-1);
        node = found->second;
    }
    values_[node] = value;
}

TokenTrie::Match TokenTrie::longest(std::string_view text, std::size_t at) const
{
    Match best;
    std::uint32_t node = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        const auto found = next_.find(edge(node, text[i]));
        if (found == next_.end())
            break;
        node = found->second;
        if (values_[node] >= 0)
            best = {values_[node], i + 1 - at};
    }
    return best;
}

} // namespace vitrine::model
