#include "core/model/tokenizer/tokenizer.h"

#include "core/base/hash.h"
#include "core/model/tokenizer/bpe_merge.h"
#include "core/model/tokenizer/piece_table.h"
#include "core/model/tokenizer/token_trie.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <unordered_map>

namespace vitrine::model
{
namespace
{

using Kind = ScoredPiece::Kind;

constexpr std::string_view kSpace = "\u2581"; // LOWER ONE EIGHTH BLOCK stands for a space
constexpr std::string_view kUnknownSurface =
    " \u2047 "; // what sentencepiece writes for an unknown piece

// "<0x0A>" -> 10
std::optional<unsigned> byteOfName(std::string_view name)
{
    if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>')
        return {};
    unsigned value = 0;
    for (const char digit : name.substr(3, 2)) {
        const auto at = std::string_view("0123456789ABCDEF").find(digit);
        if (at == std::string_view::npos)
            return {};
        value = value * 16 + static_cast<unsigned>(at);
    }
    return value;
}

// sentencepiece's BPE: neighbours whose joined text is a piece are merged, the highest score first.
class ScoredBpe : public Tokenizer
{
public:
    static Result<std::unique_ptr<Tokenizer>> make(std::vector<ScoredPiece> pieces,
                                                   bool addDummyPrefix);

    std::int64_t size() const override { return static_cast<std::int64_t>(table_.size()); }
    Result<std::vector<std::int32_t>> encode(std::string_view text) const override;
    std::string decode(std::span<const std::int32_t> ids) const override;
    std::string piece(std::int32_t id) const override
    {
        return has(id) ? std::string(table_[static_cast<std::size_t>(id)])
                       : fmt::format("<no token {}>", id);
    }
    std::optional<std::int32_t> bos() const override { return bos_; }
    std::vector<std::int32_t> eos() const override { return eos_; }
    std::vector<std::int32_t> front() const override
    {
        return bos_ ? std::vector{*bos_} : std::vector<std::int32_t>{};
    }
    std::vector<std::int32_t> back() const override { return {}; }
    Result<ScoredVocabulary> scoredVocabulary() const override;
    std::string fingerprint() const override;

private:
    using Splits = std::unordered_map<std::string_view,
                                      std::uint32_t>; // unused piece -> length of its left part

    bool has(std::int32_t id) const { return id >= 0 && id < size(); }
    Kind kind(std::int32_t id) const { return kinds_[static_cast<std::size_t>(id)]; }
    bool hasBytes() const { return bytes_[0] >= 0; }
    // The piece of this text that may come out of a merge.
    std::optional<std::int32_t> mergeable(std::string_view text) const;
    std::vector<Symbol> symbolsOf(std::string_view text) const;
    void emit(std::string_view text, std::int32_t id, const Splits& splits,
              std::vector<std::int32_t>& ids) const;
    void emitUnknown(std::string_view text, std::vector<std::int32_t>& ids) const;

    PieceTable table_;
    std::vector<float> scores_;
    std::vector<Kind> kinds_;
    TokenTrie userDefined_;
    std::array<std::int32_t, 256> bytes_{};
    std::int32_t unknown_ = -1;
    std::optional<std::int32_t> bos_;
    std::vector<std::int32_t> eos_;
    bool dummyPrefix_ = true;
};

Result<std::unique_ptr<Tokenizer>> ScoredBpe::make(std::vector<ScoredPiece> pieces,
                                                   bool addDummyPrefix)
{
    if (pieces.empty() || pieces.size() > kVocabularyLimit)
        return inputError("a vocabulary of {} pieces is outside 1 to {}", pieces.size(),
                          kVocabularyLimit);
    auto made = std::make_unique<ScoredBpe>();
    made->dummyPrefix_ = addDummyPrefix;
    made->bytes_.fill(-1);
    TextList texts;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto& [text, score, kind] = pieces[i];
        const auto id = static_cast<std::int32_t>(i);
        if (text.empty() || text.size() > kTokenBytesLimit)
            return inputError("piece {} has {} bytes, 1 to {} are allowed", id, text.size(),
                              kTokenBytesLimit);
        if (!std::isfinite(score))
            return inputError("piece {} (\"{}\") has no finite score", id, printable(text));
        texts.add(text);
        made->scores_.push_back(score);
        made->kinds_.push_back(kind);
        if (kind == Kind::unknown && made->unknown_ < 0)
            made->unknown_ = id;
        if (kind == Kind::userDefined)
            made->userDefined_.add(text, id);
        if (const auto byte = byteOfName(text); byte && kind == Kind::byte)
            made->bytes_[*byte] = id;
        if (kind == Kind::control && text == "<s>")
            made->bos_ = id;
        if (kind == Kind::control && text == "</s>")
            made->eos_ = {id};
    }
    const auto known = std::ranges::count_if(made->bytes_, [](std::int32_t id) { return id >= 0; });
    if (known != 0 && known != 256)
        return inputError("the vocabulary has {} of the 256 byte pieces: all or none are expected",
                          known);
    if (known == 0 && made->unknown_ < 0)
        return inputError("the vocabulary has neither byte pieces nor an unknown piece");
    auto table = PieceTable::make(std::move(texts));
    if (!table)
        return inputError("two pieces of the vocabulary have the same text");
    made->table_ = std::move(*table);
    return made;
}

std::optional<std::int32_t> ScoredBpe::mergeable(std::string_view text) const
{
    const auto id = table_.find(text);
    if (!id || kind(*id) == Kind::control || kind(*id) == Kind::unknown || kind(*id) == Kind::byte)
        return {};
    return id;
}

std::vector<Symbol> ScoredBpe::symbolsOf(std::string_view text) const
{
    std::vector<Symbol> symbols;
    for (std::size_t i = 0; i < text.size();) {
        const auto user = userDefined_.empty() ? TokenTrie::Match{} : userDefined_.longest(text, i);
        const std::size_t length = user.value >= 0 ? user.length : utf8Length(text, i);
        const auto id =
            user.value >= 0 ? user.value : mergeable(text.substr(i, length)).value_or(-1);
        appendSymbol(symbols, {.begin = static_cast<std::uint32_t>(i),
                               .length = static_cast<std::uint32_t>(length),
                               .id = id,
                               .frozen = user.value >= 0});
        i += length;
    }
    return symbols;
}

Result<std::vector<std::int32_t>> ScoredBpe::encode(std::string_view text) const
{
    if (text.size() > kLongestText)
        return inputError("the text has {} bytes, at most {} can be tokenized at once", text.size(),
                          kLongestText);
    VITRINE_CHECK(checkUtf8(text));
    std::vector<std::int32_t> ids;
    if (text.empty())
        return ids;
    std::string normal = replaceAll(text, " ", kSpace);
    if (dummyPrefix_)
        normal.insert(0, kSpace);

    auto symbols = symbolsOf(normal);
    Splits splits;
    const std::string_view whole = normal;
    mergeSymbols(symbols, [&](const Symbol& a, const Symbol& b) -> std::optional<Merge> {
        const auto joined = whole.substr(a.begin, a.length + b.length);
        const auto id = mergeable(joined);
        if (!id)
            return {};
        if (kind(*id) == Kind::unused)
            splits[joined] = a.length;
        return Merge{-scores_[static_cast<std::size_t>(*id)], *id};
    });
    for (std::int32_t i = 0; i >= 0; i = symbols[static_cast<std::size_t>(i)].next) {
        const Symbol& symbol = symbols[static_cast<std::size_t>(i)];
        emit(whole.substr(symbol.begin, symbol.length), symbol.id, splits, ids);
    }
    return ids;
}

// An unused piece serves merges only: it is taken apart again.
void ScoredBpe::emit(std::string_view text, std::int32_t id, const Splits& splits,
                     std::vector<std::int32_t>& ids) const
{
    if (id < 0)
        return emitUnknown(text, ids);
    const auto split = kind(id) == Kind::unused ? splits.find(text) : splits.end();
    if (split == splits.end()) {
        ids.push_back(id);
        return;
    }
    for (const auto part : {text.substr(0, split->second), text.substr(split->second)})
        emit(part, mergeable(part).value_or(-1), splits, ids);
}

// One byte piece per byte; without byte pieces one unknown piece per run.
void ScoredBpe::emitUnknown(std::string_view text, std::vector<std::int32_t>& ids) const
{
    if (hasBytes())
        for (const char byte : text)
            ids.push_back(bytes_[static_cast<unsigned char>(byte)]);
    else if (ids.empty() || ids.back() != unknown_)
        ids.push_back(unknown_);
}

std::string ScoredBpe::decode(std::span<const std::int32_t> ids) const
{
    std::string text;
    bool atStart = dummyPrefix_; // the prefix that encode() adds is taken away again
    for (const std::int32_t id : ids) {
        if (!has(id) || kind(id) == Kind::control)
            continue;
        std::string_view piece = table_[static_cast<std::size_t>(id)];
        if (kind(id) == Kind::byte)
            text += static_cast<char>(byteOfName(piece).value_or('?'));
        else if (kind(id) == Kind::unknown)
            text += kUnknownSurface;
        else {
            if (atStart && piece.starts_with(kSpace))
                piece.remove_prefix(kSpace.size());
            text += replaceAll(piece, kSpace, " ");
        }
        atStart = false;
    }
    return repairUtf8(text);
}

Result<ScoredVocabulary> ScoredBpe::scoredVocabulary() const
{
    ScoredVocabulary vocabulary{.pieces = {}, .addsPrefix = dummyPrefix_};
    for (std::size_t id = 0; id < table_.size(); ++id)
        vocabulary.pieces.push_back({std::string(table_[id]), scores_[id], kinds_[id]});
    return vocabulary;
}

std::string ScoredBpe::fingerprint() const
{
    Sha256 hash;
    const auto add = [&](const void* data, std::size_t bytes) {
        hash.add({static_cast<const std::byte*>(data), bytes});
    };
    const std::string start = fmt::format("scored bpe, prefix {}\n", dummyPrefix_);
    add(start.data(), start.size());
    for (std::size_t id = 0; id < table_.size(); ++id) {
        const std::string line =
            fmt::format("{} {} {} ", table_[id].size(), static_cast<int>(kinds_[id]), scores_[id]);
        add(line.data(), line.size());
        add(table_[id].data(), table_[id].size());
    }
    return hash.hex();
}

} // namespace

Result<std::unique_ptr<Tokenizer>> makeScoredBpe(std::vector<ScoredPiece> pieces,
                                                 bool addDummyPrefix)
{
    return ScoredBpe::make(std::move(pieces), addDummyPrefix);
}

} // namespace vitrine::model
