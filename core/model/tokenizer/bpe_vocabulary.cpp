#include "core/model/tokenizer/bpe_vocabulary.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/model/tokenizer/bpe_merge.h"
#include "core/tensor/printable.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

std::uint64_t pairKey(std::int32_t left, std::int32_t right)
{
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

bool isSet(const Json& model, const char* key)
{
    const auto found = model.find(key);
    return found != model.end() && !found->is_null() && *found != "" && *found != false &&
           *found != 0;
}

bool flag(const Json& model, const char* key)
{
    const auto found = model.find(key);
    return found != model.end() && found->is_boolean() && found->get<bool>();
}

} // namespace

Result<BpeVocabulary> BpeVocabulary::make(const TokenizerParts& parts,
                                          const std::vector<AddedToken>& added)
{
    const auto model = parts.rest.find("model");
    if (model == parts.rest.end() || !model->is_object())
        return inputError("it has no \"model\"");
    BpeVocabulary made;
    VITRINE_CHECK(made.readPieces(parts, added));
    VITRINE_CHECK(made.readOptions(*model));
    VITRINE_CHECK(made.readMerges(parts));
    return made;
}

Result<void> BpeVocabulary::readOptions(const Json& model)
{
    const auto type = model.find("type");
    if (type != model.end() && *type != "BPE")
        return inputError("a tokenizer of type {} is not supported, BPE is",
                          printable(type->dump()));
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"})
        if (isSet(model, key))
            return inputError("the option \"{}\" of a BPE model is not supported", key);
    fuseUnknown_ = flag(model, "fuse_unk");
    ignoreMerges_ = flag(model, "ignore_merges");
    if (const auto unknown = model.find("unk_token");
        unknown != model.end() && unknown->is_string()) {
        unknown_ = pieces_.find(unknown->get_ref<const std::string&>());
        if (!unknown_)
            return inputError("the unknown token \"{}\" is not in the vocabulary",
                              printable(unknown->get<std::string>()));
    }
    if (!flag(model, "byte_fallback"))
        return {};
    for (int byte = 0; byte < 256; ++byte)
        if (const auto id = pieces_.find(fmt::format("<0x{:02X}>", byte)))
            bytes_.push_back(*id);
    if (bytes_.size() != 256)
        return inputError("it falls back to bytes, but has {} of the 256 byte tokens",
                          bytes_.size());
    return {};
}

Result<void> BpeVocabulary::readPieces(const TokenizerParts& parts,
                                       const std::vector<AddedToken>& added)
{
    // Numbers are given by the file: put the texts in their order. Added tokens may repeat the
    // vocabulary's.
    std::unordered_map<std::int64_t, std::string_view> byId;
    byId.reserve(parts.ids.size() + added.size());
    for (std::size_t i = 0; i < parts.ids.size(); ++i)
        if (!byId.emplace(parts.ids[i], parts.vocabulary[i]).second)
            return inputError("two tokens have the id {}", parts.ids[i]);
    for (const AddedToken& token : added)
        if (const auto [found, fresh] = byId.emplace(token.id, token.content);
            !fresh && found->second != token.content)
            return inputError("the added token \"{}\" has the id {}, which is that of \"{}\"",
                              printable(token.content), token.id, printable(found->second));
    if (byId.empty() || byId.size() > kVocabularyLimit)
        return inputError("a vocabulary of {} tokens is outside 1 to {}", byId.size(),
                          kVocabularyLimit);

    TextList texts;
    for (std::size_t id = 0; id < byId.size(); ++id) {
        const auto found = byId.find(static_cast<std::int64_t>(id));
        if (found == byId.end())
            return inputError(
                "its {} tokens have no id {}: ids from 0 on without a gap are expected",
                byId.size(), id);
        texts.add(found->second);
    }
    auto table = PieceTable::make(std::move(texts));
    if (!table)
        return inputError("two ids have the same token");
    pieces_ = std::move(*table);
    inModel_.assign(pieces_.size(), false);
    for (const std::int64_t id : parts.ids)
        inModel_[static_cast<std::size_t>(id)] = true;
    return {};
}

Result<void> BpeVocabulary::readMerges(const TokenizerParts& parts)
{
    merges_.reserve(parts.left.size());
    std::string joined;
    for (std::size_t rank = 0; rank < parts.left.size(); ++rank) {
        const auto left = pieces_.find(parts.left[rank]), right = pieces_.find(parts.right[rank]);
        joined.assign(parts.left[rank]).append(parts.right[rank]);
        const auto whole = pieces_.find(joined);
        if (!left || !right || !whole)
            return inputError(
                "merge {} (\"{}\" and \"{}\") names a token that is not in the vocabulary", rank,
                printable(parts.left[rank]), printable(parts.right[rank]));
        merges_[pairKey(*left, *right)] = {static_cast<std::int32_t>(rank), *whole};
    }
    return {};
}

void BpeVocabulary::encode(std::string_view word, std::vector<std::int32_t>& ids) const
{
    const auto find = [&](std::string_view text) {
        const auto id = pieces_.find(text);
        return id && inModel_[static_cast<std::size_t>(*id)] ? id : std::nullopt;
    };
    if (ignoreMerges_)
        if (const auto id = find(word)) {
            ids.push_back(*id);
            return;
        }

    std::vector<Symbol> symbols;
    const auto append = [&](std::size_t begin, std::size_t length, std::int32_t id) {
        appendSymbol(symbols, {.begin = static_cast<std::uint32_t>(begin),
                               .length = static_cast<std::uint32_t>(length),
                               .id = id});
    };
    bool unknownBefore = false;
    for (std::size_t i = 0; i < word.size();) {
        const std::size_t length = std::max<std::size_t>(utf8Length(word, i), 1);
        const auto id = find(word.substr(i, length));
        const bool unknown = !id && bytes_.empty();
        if (id)
            append(i, length, *id);
        else if (!bytes_.empty())
            for (std::size_t k = i; k < i + length; ++k)
                append(k, 1, bytes_[static_cast<unsigned char>(word[k])]);
        else if (unknown_ && unknownBefore && fuseUnknown_)
            symbols.back().length += static_cast<std::uint32_t>(length);
        else if (unknown_)
            append(i, length, *unknown_);
        unknownBefore = unknown;
        i += length;
    }
    if (symbols.empty())
        return;
    mergeSymbols(symbols, [&](const Symbol& a, const Symbol& b) -> std::optional<Merge> {
        const auto found = merges_.find(pairKey(a.id, b.id));
        if (found == merges_.end())
            return {};
        return Merge{static_cast<float>(found->second.rank),
                     found->second.id}; // exact: ranks stay below 2^24
    });
    for (std::int32_t i = 0; i >= 0; i = symbols[static_cast<std::size_t>(i)].next)
        ids.push_back(symbols[static_cast<std::size_t>(i)].id);
}

std::string BpeVocabulary::fingerprint() const
{
    Sha256 hash;
    const auto add = [&](std::string_view bytes) { hash.add(std::as_bytes(std::span(bytes))); };
    for (std::size_t id = 0; id < pieces_.size(); ++id) {
        add(fmt::format("{} ", pieces_[id].size()));
        add(pieces_[id]);
    }
    std::vector<std::pair<std::int32_t, std::uint64_t>> ordered;
    for (const auto& [pair, rank] : merges_)
        ordered.emplace_back(rank.rank, pair);
    std::ranges::sort(ordered);
    for (const auto& [rank, pair] : ordered)
        add(fmt::format("{} {} ", rank, pair));
    return hash.hex();
}

} // namespace vitrine::model
