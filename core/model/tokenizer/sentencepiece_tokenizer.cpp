#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/model/tokenizer/added_tokens.h"
#include "core/model/tokenizer/piece_table.h"
#include "core/model/tokenizer/sentencepiece_model.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/model/tokenizer/tokenizer_settings.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <sentencepiece_processor.h>
#include <unordered_set>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kModelLimit = 64 << 20;

// Behind a model, these bytes set normalizer_spec.add_dummy_prefix to false: of a field that
// occurs twice in a Protocol Buffers message, the last counts.
constexpr std::string_view kNoDummyPrefix("\x1a\x02\x18\x00", 4);

using Processor = sentencepiece::SentencePieceProcessor;

// A sentencepiece model with the tokens that transformers adds to it. They are found in a text
// first, and what lies between them is the model's.
class SentencePieceTokenizer : public Tokenizer
{
public:
    static Result<std::unique_ptr<Tokenizer>> open(const std::filesystem::path& file);

    std::int64_t size() const override
    {
        return pieces() + static_cast<std::int64_t>(more_.size());
    }
    Result<std::vector<std::int32_t>> encode(std::string_view text) const override
    {
        if (text.size() > kLongestText)
            return inputError("the text has {} bytes, at most {} can be tokenized at once",
                              text.size(), kLongestText);
        VITRINE_CHECK(checkUtf8(text));
        std::vector<std::int32_t> ids;
        VITRINE_CHECK(added_.split(
            text,
            [&](std::size_t begin, std::size_t end) {
                return encodeStretch(text.substr(begin, end - begin), begin == 0, ids);
            },
            [&](std::int32_t id) { ids.push_back(id); }));
        return ids;
    }
    std::string decode(std::span<const std::int32_t> ids) const override
    {
        std::string text;
        std::vector<int> stretch;
        const auto flush = [&] {
            std::string part;
            if (!stretch.empty() && (text.empty() ? model_ : behind()).Decode(stretch, &part).ok())
                text += part;
            stretch.clear();
        };
        for (const std::int32_t id : ids)
            if (id >= 0 && id < pieces())
                stretch.push_back(id);
            else if (id >= pieces() && id < size()) {
                flush();
                if (const AddedToken& token = moreAt(id); !token.special)
                    text += token.content;
            }
        flush();
        return repairUtf8(text);
    }
    std::string piece(std::int32_t id) const override
    {
        if (id < 0 || id >= size())
            return fmt::format("<no token {}>", id);
        return id < pieces() ? model_.IdToPiece(id) : moreAt(id).content;
    }
    std::optional<std::int32_t> bos() const override { return bos_; }
    std::vector<std::int32_t> eos() const override { return eos_; }
    std::vector<std::int32_t> front() const override { return front_; }
    std::vector<std::int32_t> back() const override { return back_; }
    Result<ScoredVocabulary> scoredVocabulary() const override;
    std::string fingerprint() const override { return fingerprint_; }

private:
    std::int64_t pieces() const { return model_.GetPieceSize(); }
    const AddedToken& moreAt(std::int32_t id) const
    {
        return more_[static_cast<std::size_t>(id - pieces())];
    }
    // The model for stretches that do not begin the text.
    const Processor& behind() const { return legacy_ ? model_ : bare_; }
    bool isPiece(const std::string& token) const
    {
        const int id = model_.PieceToId(token); // the unknown piece's where it is none
        return id >= 0 && id < pieces() && model_.IdToPiece(id) == token;
    }
    std::optional<std::int32_t> find(const std::string& token) const;
    Result<void> addTokens(const TokenizerSettings& settings);
    Result<void> configure(const TokenizerSettings& settings);
    Result<void> encodeStretch(std::string_view text, bool first,
                               std::vector<std::int32_t>& ids) const
    {
        std::vector<int> part;
        const Processor& model = first && prefix_ ? model_ : behind();
        if (const auto status = model.Encode({text.data(), text.size()}, &part); !status.ok())
            return failure("sentencepiece cannot tokenize the text: {}", status.error_message());
        ids.insert(ids.end(), part.begin(), part.end());
        return {};
    }

    Processor model_, bare_; // bare_: puts no space in front; loaded where it is needed
    bool legacy_ = true, prefix_ = true;
    AddedTokenFinder added_;
    std::vector<AddedToken> listed_; // by the files beside the model, or by their roles
    std::vector<AddedToken> more_;   // behind the model's pieces, by id
    std::optional<std::int32_t> bos_;
    std::vector<std::int32_t> eos_, front_, back_;
    std::string fingerprint_;
};

std::optional<std::int32_t> SentencePieceTokenizer::find(const std::string& token) const
{
    const auto added = std::ranges::find(more_, token, &AddedToken::content);
    if (added != more_.end())
        return added->id;
    return isPiece(token) ? std::optional(model_.PieceToId(token)) : std::nullopt;
}

// Tokens of the files beside the model, those with a role, and the model's own BOS, EOS and unknown
// piece.
Result<void> SentencePieceTokenizer::addTokens(const TokenizerSettings& settings)
{
    std::vector<AddedToken> listed = settings.added;
    std::ranges::sort(listed, {}, &AddedToken::id);
    std::unordered_set<std::string> seen;
    for (const AddedToken& token : listed) {
        const bool fresh = seen.insert(token.content).second;
        if (token.id < pieces() ? model_.IdToPiece(token.id) != token.content
                                : !fresh || token.id != size() || isPiece(token.content))
            return inputError("the added token \"{}\" has the id {}, which is not that of the "
                              "model and not the next one",
                              printable(token.content), token.id);
        added_.add(token.content, token);
        listed_.push_back(token);
        if (token.id >= pieces())
            more_.push_back(token);
    }
    for (AddedToken token : settings.named) {
        if (!seen.insert(token.content).second)
            continue;
        const bool known = isPiece(token.content);
        token.id = known ? model_.PieceToId(token.content) : static_cast<std::int32_t>(size());
        VITRINE_CHECK(checkAddedToken(token.id, token.content));
        added_.add(token.content, token);
        listed_.push_back(token);
        if (!known)
            more_.push_back(token);
    }
    for (const int id : {model_.bos_id(), model_.eos_id(), model_.unk_id()})
        if (id >= 0 && id < pieces() && seen.insert(model_.IdToPiece(id)).second)
            added_.add(model_.IdToPiece(id),
                       {.id = id, .content = model_.IdToPiece(id), .special = true});
    return {};
}

Result<void> SentencePieceTokenizer::configure(const TokenizerSettings& settings)
{
    if (model_.bos_id() >= 0)
        bos_ = model_.bos_id();
    if (model_.eos_id() >= 0)
        eos_ = {model_.eos_id()};
    if (settings.bos)
        bos_ = find(*settings.bos);
    if (settings.eos)
        if (const auto id = find(*settings.eos))
            eos_ = {*id};
    if (settings.addsBos.value_or(true) && bos_)
        front_ = {*bos_};
    if (settings.addsEos.value_or(false) && eos_.empty())
        return inputError("add_eos_token is true, but there is no eos_token");
    if (settings.addsEos.value_or(false))
        back_ = eos_;
    return {};
}

Result<ScoredVocabulary> SentencePieceTokenizer::scoredVocabulary() const
{
    VITRINE_TRY(SentencePieceModel model, parseSentencePieceModel(model_.serialized_model_proto()));
    if (model.kind != SentencePieceModel::Kind::bpe)
        return inputError("a sentencepiece model that is no BPE does not merge by score");
    if (!model.escapesSpaces || model.hasSpacesBehind)
        return inputError("pieces of this sentencepiece model do not begin with their space");
    ScoredVocabulary vocabulary{.pieces = std::move(model.pieces),
                                .addsPrefix = model.addsPrefix && prefix_};
    vocabulary.pieces.resize(static_cast<std::size_t>(size()));
    for (const AddedToken& token : listed_) {
        ScoredPiece& piece = vocabulary.pieces[static_cast<std::size_t>(token.id)];
        if (piece.kind == ScoredPiece::Kind::normal)
            piece.kind =
                token.special ? ScoredPiece::Kind::control : ScoredPiece::Kind::userDefined;
        if (token.id >= pieces())
            piece.text = token.content;
    }
    if (model.joinsSpaces)
        vocabulary.more.emplace_back("makes one space of several and takes those at the ends away");
    if (model.normalizes)
        vocabulary.more.emplace_back("normalizes characters");
    if (!legacy_)
        vocabulary.more.emplace_back("puts no space behind a special token");
    return vocabulary;
}

Result<std::unique_ptr<Tokenizer>> SentencePieceTokenizer::open(const std::filesystem::path& file)
{
    VITRINE_TRY(std::string bytes, readFile(file, kModelLimit));
    VITRINE_TRY(const TokenizerSettings settings, readTokenizerSettings(file.parent_path()));
    auto opened = std::make_unique<SentencePieceTokenizer>();
    if (const auto status = opened->model_.LoadFromSerializedProto(bytes); !status.ok())
        return inputError("cannot read {}: it is not a sentencepiece model", file.string());
    if (opened->size() < 1 || static_cast<std::size_t>(opened->size()) > kVocabularyLimit)
        return inputError("cannot read {}: a vocabulary of {} pieces is outside 1 to {}",
                          file.string(), opened->size(), kVocabularyLimit);
    const auto settle = [&]() -> Result<void> {
        VITRINE_CHECK(opened->addTokens(settings));
        return opened->configure(settings);
    };
    if (const auto settled = settle(); !settled)
        return inputError("cannot read {}: {}", file.string(), settled.error().message);
    std::string all = bytes;
    for (const AddedToken& token : opened->more_)
        all += fmt::format("{} {} ", token.id, token.content);
    opened->fingerprint_ = sha256(std::as_bytes(std::span(all)));
    opened->legacy_ = settings.legacy;
    opened->prefix_ = settings.legacy || settings.prefixSpace;
    if (!opened->legacy_) {
        bytes += kNoDummyPrefix;
        if (!opened->bare_.LoadFromSerializedProto(bytes).ok())
            return inputError("cannot read {}: it is not a sentencepiece model", file.string());
    }
    return opened;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> openSentencePiece(const std::filesystem::path& file)
{
    return SentencePieceTokenizer::open(file);
}

} // namespace vitrine::model
