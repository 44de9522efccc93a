#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/model/tokenizer/added_tokens.h"
#include "core/model/tokenizer/bpe_vocabulary.h"
#include "core/model/tokenizer/byte_level.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/model/tokenizer/tokenizer_settings.h"
#include "core/model/tokenizer/tokenizer_steps.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kTokenizerLimit = 256 << 20;

Json section(const Json& file, const char* key)
{
    const auto found = file.find(key);
    return found == file.end() ? Json(nullptr) : *found;
}

// Special tokens that a TemplateProcessing puts before and behind a single text.
struct TemplateToken {
    std::string name;
    std::vector<std::int64_t> ids; // none: that of the name in the vocabulary
};
struct Template {
    std::vector<TemplateToken> before, behind;
};

// The ids that a template gives a token: {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}.
std::vector<std::int64_t> templateIds(const Json& step, const std::string& name)
{
    const auto listed = step.find("special_tokens");
    if (listed == step.end() || !listed->is_object())
        return {};
    const auto token = listed->find(name);
    if (token == listed->end() || !token->is_object())
        return {};
    std::vector<std::int64_t> ids;
    if (const auto found = token->find("ids"); found != token->end() && found->is_array())
        for (const Json& id : *found)
            ids.push_back(id.is_number_integer() ? id.get<std::int64_t>() : -1);
    return ids;
}

Result<Template> parseTemplate(const Json& step)
{
    const auto single = step.find("single");
    if (single == step.end() || !single->is_array())
        return inputError("a TemplateProcessing lacks its list \"single\"");
    Template result;
    int texts = 0;
    for (const Json& item : *single) {
        if (!item.is_object())
            return inputError("a TemplateProcessing holds something that is not an object");
        if (item.contains("Sequence"))
            ++texts;
        else if (const auto special = item.find("SpecialToken");
                 special != item.end() && special->is_object()) {
            VITRINE_TRY(std::string id, textOf(*special, "id"));
            auto ids = templateIds(step, id);
            (texts > 0 ? result.behind : result.before).push_back({std::move(id), std::move(ids)});
        }
    }
    if (texts != 1)
        return inputError("a TemplateProcessing names the text {} times, once is supported", texts);
    return result;
}

Result<Template> parsePostProcessor(const Json& json)
{
    Template result;
    VITRINE_TRY(const auto steps, stepsOf(json, "processors"));
    for (const Json* step : steps) {
        VITRINE_TRY(const std::string type, textOf(*step, "type"));
        if (type == "ByteLevel") // moves offsets only
            continue;
        if (type != "TemplateProcessing")
            return inputError(
                "the post-processor \"{}\" is not supported; TemplateProcessing and ByteLevel are",
                printable(type));
        VITRINE_TRY(Template outer, parseTemplate(*step)); // around what the steps before put
        outer.before.insert(outer.before.end(), result.before.begin(), result.before.end());
        outer.behind.insert(outer.behind.begin(), result.behind.begin(), result.behind.end());
        result = std::move(outer);
    }
    return result;
}

// All added tokens: those of tokenizer.json, those of the files beside it, and special tokens that
// only have a role: under the vocabulary's id, else the next free one (transformers,
// tokenization_utils_fast.py).
Result<std::vector<AddedToken>> allAddedTokens(const TokenizerParts& parts,
                                               const TokenizerSettings& settings)
{
    VITRINE_TRY(std::vector<AddedToken> added, parseAddedTokens(parts.rest));
    VITRINE_CHECK(mergeAddedTokens(added, settings.added));
    std::unordered_map<std::string_view, std::int64_t> ids; // of tokens that have a role alone
    for (const AddedToken& token : settings.named)
        ids.emplace(token.content, -1);
    for (const AddedToken& token : added)
        ids.erase(token.content);
    std::int64_t next = 0;
    for (const AddedToken& token : added)
        next = std::max<std::int64_t>(next, token.id + std::int64_t{1});
    for (std::size_t i = 0; i < parts.ids.size(); ++i) {
        next = std::max(next, parts.ids[i] + 1);
        if (!ids.empty())
            if (const auto found = ids.find(parts.vocabulary[i]); found != ids.end())
                found->second = parts.ids[i];
    }
    for (AddedToken token : settings.named) {
        const auto found = ids.find(token.content);
        if (found == ids.end())
            continue;
        const std::int64_t id = found->second >= 0 ? found->second : next++;
        VITRINE_CHECK(checkAddedToken(id, token.content));
        token.id = static_cast<std::int32_t>(id);
        added.push_back(std::move(token));
    }
    return added;
}

class JsonTokenizer : public Tokenizer
{
public:
    static Result<std::unique_ptr<Tokenizer>> make(const TokenizerParts& parts,
                                                   const TokenizerSettings& settings);

    std::int64_t size() const override
    {
        return static_cast<std::int64_t>(vocabulary_.pieces().size());
    }
    Result<std::vector<std::int32_t>> encode(std::string_view text) const override;
    std::string decode(std::span<const std::int32_t> ids) const override;
    std::string piece(std::int32_t id) const override;
    std::optional<std::int32_t> bos() const override { return bos_; }
    std::vector<std::int32_t> eos() const override { return eos_; }
    std::vector<std::int32_t> front() const override { return front_; }
    std::vector<std::int32_t> back() const override { return back_; }
    std::string fingerprint() const override;

private:
    explicit JsonTokenizer(BpeVocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

    std::optional<std::int32_t> find(std::string_view token) const
    {
        return vocabulary_.pieces().find(token);
    }
    Result<void> addTokens(std::vector<AddedToken> added);
    Result<void> nameSpecials(const Template& parsed);
    Result<std::vector<std::int32_t>> idsOf(const std::vector<TemplateToken>& tokens) const;
    Result<void> configure(const TokenizerSettings& settings);
    bool isByteLevel() const;
    Result<void> encodeStretch(std::string_view text, bool first,
                               std::vector<std::int32_t>& ids) const;
    Result<void> encodeNormal(std::string_view text, bool first,
                              std::vector<std::int32_t>& ids) const;

    BpeVocabulary vocabulary_;
    std::vector<bool> listed_, special_; // by id: added tokens, and the special ones among them
    AddedTokenFinder inRaw_, inNormal_;
    std::vector<NormalizerStep> normalizer_;
    std::vector<PreTokenizerStep> preTokenizer_;
    std::vector<DecoderStep> decoder_;
    std::string steps_; // the sections above as text, for the fingerprint
    std::optional<std::int32_t> bos_;
    std::vector<std::int32_t> eos_;
    std::vector<std::int32_t> front_, back_;
};

Result<std::unique_ptr<Tokenizer>> JsonTokenizer::make(const TokenizerParts& parts,
                                                       const TokenizerSettings& settings)
{
    const Json& file = parts.rest;
    VITRINE_TRY(std::vector<AddedToken> added, allAddedTokens(parts, settings));
    VITRINE_TRY(BpeVocabulary vocabulary, BpeVocabulary::make(parts, added));
    std::unique_ptr<JsonTokenizer> made(new JsonTokenizer(std::move(vocabulary)));
    VITRINE_TRY(made->normalizer_, parseNormalizer(section(file, "normalizer")));
    VITRINE_TRY(made->preTokenizer_, parsePreTokenizer(section(file, "pre_tokenizer")));
    VITRINE_TRY(made->decoder_, parseDecoder(section(file, "decoder")));
    VITRINE_TRY(const Template parsed, parsePostProcessor(section(file, "post_processor")));
    VITRINE_CHECK(made->addTokens(std::move(added)));
    VITRINE_CHECK(made->nameSpecials(parsed));
    VITRINE_CHECK(made->configure(settings));
    for (const char* key : {"added_tokens", "normalizer", "pre_tokenizer", "decoder"})
        made->steps_ += section(file, key).dump();
    for (const AddedToken& token : settings.added)
        made->steps_ += fmt::format("{} {} ", token.id, token.content);
    return made;
}

Result<void> JsonTokenizer::addTokens(std::vector<AddedToken> added)
{
    special_.assign(static_cast<std::size_t>(size()), false);
    listed_ = special_;
    for (const AddedToken& token : added) {
        special_[static_cast<std::size_t>(token.id)] = token.special;
        listed_[static_cast<std::size_t>(token.id)] = true;
        if (token.normalized) {
            VITRINE_TRY(const std::string normal, normalize(normalizer_, token.content));
            inNormal_.add(normal, token);
        } else {
            inRaw_.add(token.content, token);
        }
    }
    return {};
}

Result<std::vector<std::int32_t>>
JsonTokenizer::idsOf(const std::vector<TemplateToken>& tokens) const
{
    std::vector<std::int32_t> ids;
    for (const auto& [name, given] : tokens) {
        const auto known = find(name);
        if (given.empty() && !known)
            return inputError("the post-processor names \"{}\", which is not in the vocabulary",
                              printable(name));
        for (const std::int64_t id : given.empty() ? std::vector<std::int64_t>{*known} : given) {
            if (id < 0 || id >= size())
                return inputError("the post-processor gives \"{}\" the id {}, which is not in the "
                                  "vocabulary",
                                  printable(name), id);
            ids.push_back(static_cast<std::int32_t>(id));
        }
    }
    return ids;
}

// BOS and EOS by the template, else by the names that the families give them.
Result<void> JsonTokenizer::nameSpecials(const Template& parsed)
{
    const auto firstOf = [&](const auto& names) -> std::optional<std::int32_t> {
        for (const std::string_view name : names)
            if (const auto id = find(name); id && special_[static_cast<std::size_t>(*id)])
                return id;
        return {};
    };
    VITRINE_TRY(front_, idsOf(parsed.before));
    VITRINE_TRY(back_, idsOf(parsed.behind));
    bos_ = !front_.empty() ? front_.front()
                           : firstOf(std::array<std::string_view, 2>{"<s>", "<|begin_of_text|>"});
    const auto eos =
        !back_.empty()
            ? back_.back()
            : firstOf(std::array<std::string_view, 5>{"</s>", "<|end_of_text|>", "<|endoftext|>",
                                                      "<|eot_id|>", "<|im_end|>"});
    if (eos)
        eos_ = {*eos};
    return {};
}

// The settings name BOS and EOS, and in some classes decide over them.
Result<void> JsonTokenizer::configure(const TokenizerSettings& settings)
{
    if (settings.bos)
        bos_ = find(*settings.bos);
    if (settings.eos)
        if (const auto id = find(*settings.eos))
            eos_ = {*id};
    if (!settings.overTemplate)
        return {};
    if (settings.addsBos && (bos_ || !*settings.addsBos))
        front_ = *settings.addsBos ? std::vector{*bos_} : std::vector<std::int32_t>{};
    if (settings.addsEos.value_or(false) && eos_.empty())
        return inputError("add_eos_token is true, but there is no eos_token");
    if (settings.addsEos)
        back_ = *settings.addsEos ? std::vector{eos_.front()} : std::vector<std::int32_t>{};
    return {};
}

Result<std::vector<std::int32_t>> JsonTokenizer::encode(std::string_view text) const
{
    if (text.size() > kLongestText)
        return inputError("the text has {} bytes, at most {} can be tokenized at once", text.size(),
                          kLongestText);
    VITRINE_CHECK(checkUtf8(text));
    std::vector<std::int32_t> ids;
    VITRINE_CHECK(inRaw_.split(
        text,
        [&](std::size_t begin, std::size_t end) {
            return encodeStretch(text.substr(begin, end - begin), begin == 0, ids);
        },
        [&](std::int32_t id) { ids.push_back(id); }));
    return ids;
}

Result<void> JsonTokenizer::encodeStretch(std::string_view text, bool first,
                                          std::vector<std::int32_t>& ids) const
{
    VITRINE_TRY(const std::string normal, normalize(normalizer_, std::string(text)));
    const std::string_view whole = normal;
    return inNormal_.split(
        whole,
        [&](std::size_t begin, std::size_t end) {
            return encodeNormal(whole.substr(begin, end - begin), first && begin == 0, ids);
        },
        [&](std::int32_t id) { ids.push_back(id); });
}

Result<void> JsonTokenizer::encodeNormal(std::string_view text, bool first,
                                         std::vector<std::int32_t>& ids) const
{
    VITRINE_TRY(const std::vector<Word> words,
                preTokenize(preTokenizer_, {std::string(text), first}));
    for (const Word& word : words)
        vocabulary_.encode(word.text, ids);
    return {};
}

std::string JsonTokenizer::decode(std::span<const std::int32_t> ids) const
{
    std::vector<std::string> tokens;
    for (const std::int32_t id : ids)
        if (id >= 0 && id < size() && !special_[static_cast<std::size_t>(id)])
            tokens.emplace_back(vocabulary_.pieces()[static_cast<std::size_t>(id)]);
    return decodeTokens(decoder_, std::move(tokens));
}

bool JsonTokenizer::isByteLevel() const
{
    return std::ranges::any_of(decoder_, [](const DecoderStep& step) {
        return std::holds_alternative<ByteLevelTokenStep>(step);
    });
}

// Byte-level tokens are shown by what they say: "▁peace" for "Ġpeace", "<0xE2>" where bytes alone
// are no character.
std::string JsonTokenizer::piece(std::int32_t id) const
{
    if (id < 0 || id >= size())
        return fmt::format("<no token {}>", id);
    const std::string text(vocabulary_.pieces()[static_cast<std::size_t>(id)]);
    const bool listed = listed_[static_cast<std::size_t>(id)];
    const auto bytes = isByteLevel() && !listed ? charactersToBytes(text) : std::nullopt;
    if (!bytes)
        return text;
    std::string shown;
    for (std::size_t i = 0; i < bytes->size();) {
        const std::size_t length = utf8Length(*bytes, i);
        const auto byte = static_cast<unsigned char>((*bytes)[i]);
        if (length == 0 || byte < 0x20 || byte == 0x7f)
            shown += fmt::format("<0x{:02X}>", byte);
        else
            shown += byte == ' ' ? "\u2581" : bytes->substr(i, length);
        i += std::max<std::size_t>(length, 1);
    }
    return shown;
}

std::string JsonTokenizer::fingerprint() const
{
    const std::string all = vocabulary_.fingerprint() + steps_;
    return sha256(std::as_bytes(std::span(all)));
}

Result<std::unique_ptr<Tokenizer>> makeJsonTokenizer(std::string_view text, std::string_view name,
                                                     const TokenizerSettings& settings)
{
    VITRINE_TRY(const TokenizerParts parts, readTokenizerJson(text, name));
    auto made = JsonTokenizer::make(parts, settings);
    if (!made)
        return inputError("cannot read {}: {}", printableName(name), made.error().message);
    return made;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> parseTokenizerJson(std::string_view text, std::string_view name)
{
    return makeJsonTokenizer(text, name, {});
}

Result<std::unique_ptr<Tokenizer>> openTokenizerJson(const std::filesystem::path& file)
{
    VITRINE_TRY(const std::string text, readFile(file, kTokenizerLimit));
    VITRINE_TRY(const TokenizerSettings settings, readTokenizerSettings(file.parent_path()));
    return makeJsonTokenizer(text, file.string(), settings);
}

} // namespace vitrine::model
