#include "core/model/tokenizer_json.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/model/bpe_vocabulary.h"
#include "core/model/byte_level.h"
#include "core/model/token_trie.h"
#include "core/model/tokenizer_steps.h"
#include "core/model/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kTokenizerLimit = 256 << 20, kTokenizerConfigLimit = 4 << 20;

Json section(const Json& file, const char* key)
{
    const auto found = file.find(key);
    return found == file.end() ? Json(nullptr) : *found;
}

// Special tokens that a TemplateProcessing puts before and behind a single text.
struct Template {
    std::vector<std::string> before, behind;
};

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
        const auto single = step->find("single");
        if (single == step->end() || !single->is_array())
            return inputError("a TemplateProcessing lacks its list \"single\"");
        auto* side = &result.before;
        for (const Json& item : *single) {
            if (!item.is_object())
                return inputError("a TemplateProcessing holds something that is not an object");
            if (item.contains("Sequence"))
                side = &result.behind;
            else if (const auto special = item.find("SpecialToken");
                     special != item.end() && special->is_object()) {
                VITRINE_TRY(std::string id, textOf(*special, "id"));
                side->push_back(std::move(id));
            }
        }
    }
    return result;
}

class JsonTokenizer : public ConfigurableTokenizer
{
public:
    static Result<std::unique_ptr<ConfigurableTokenizer>> make(const TokenizerParts& parts);

    std::int64_t size() const override
    {
        return static_cast<std::int64_t>(vocabulary_.pieces().size());
    }
    Result<std::vector<std::int32_t>> encode(std::string_view text) const override;
    std::string decode(std::span<const std::int32_t> ids) const override;
    std::string piece(std::int32_t id) const override;
    std::optional<std::int32_t> bos() const override { return bos_; }
    std::vector<std::int32_t> eos() const override { return eos_; }
    bool addsBos() const override { return addsBos_ && bos_.has_value(); }
    std::string fingerprint() const override;

    std::optional<std::int32_t> find(std::string_view token) const override
    {
        return vocabulary_.pieces().find(token);
    }
    void setBos(std::int32_t id) override { bos_ = id; }
    void setEos(std::int32_t id) override { eos_ = {id}; }
    void setAddsBos(bool adds) override { addsBos_ = adds; }

private:
    explicit JsonTokenizer(BpeVocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

    Result<void> addTokens(std::vector<AddedToken> added);
    Result<void> nameSpecials(const Template& parsed);
    bool isByteLevel() const;
    const AddedToken& added(std::size_t at) const { return added_[at]; }

    // Calls text(begin, end) and token(id) for the stretches of `whole` in order; stops at the
    // first error.
    template <typename Text, typename Token>
    Result<void> splitAtTokens(const TokenTrie& trie, std::string_view whole, Text&& text,
                               Token&& token) const;
    Result<void> encodeStretch(std::string_view text, bool first,
                               std::vector<std::int32_t>& ids) const;
    Result<void> encodeNormal(std::string_view text, bool first,
                              std::vector<std::int32_t>& ids) const;

    BpeVocabulary vocabulary_;
    std::vector<AddedToken> added_;
    std::vector<bool> special_;  // by id
    TokenTrie inRaw_, inNormal_; // values are places in added_
    std::vector<NormalizerStep> normalizer_;
    std::vector<PreTokenizerStep> preTokenizer_;
    std::vector<DecoderStep> decoder_;
    std::string steps_; // the sections above as text, for the fingerprint
    std::optional<std::int32_t> bos_;
    std::vector<std::int32_t> eos_;
    bool addsBos_ = false;
};

Result<std::unique_ptr<ConfigurableTokenizer>> JsonTokenizer::make(const TokenizerParts& parts)
{
    const Json& file = parts.rest;
    VITRINE_TRY(std::vector<AddedToken> added, parseAddedTokens(file));
    VITRINE_TRY(BpeVocabulary vocabulary, BpeVocabulary::make(parts, added));
    std::unique_ptr<JsonTokenizer> made(new JsonTokenizer(std::move(vocabulary)));
    VITRINE_TRY(made->normalizer_, parseNormalizer(section(file, "normalizer")));
    VITRINE_TRY(made->preTokenizer_, parsePreTokenizer(section(file, "pre_tokenizer")));
    VITRINE_TRY(made->decoder_, parseDecoder(section(file, "decoder")));
    VITRINE_TRY(const Template parsed, parsePostProcessor(section(file, "post_processor")));
    VITRINE_CHECK(made->addTokens(std::move(added)));
    VITRINE_CHECK(made->nameSpecials(parsed));
    for (const char* key : {"added_tokens", "normalizer", "pre_tokenizer", "decoder"})
        made->steps_ += section(file, key).dump();
    return made;
}

Result<void> JsonTokenizer::addTokens(std::vector<AddedToken> added)
{
    added_ = std::move(added);
    special_.assign(static_cast<std::size_t>(size()), false);
    for (std::size_t i = 0; i < added_.size(); ++i) {
        const AddedToken& token = added_[i];
        if (token.special)
            special_[static_cast<std::size_t>(token.id)] = true;
        if (token.normalized) {
            VITRINE_TRY(const std::string normal, normalize(normalizer_, token.content));
            inNormal_.add(normal, static_cast<std::int32_t>(i));
        } else {
            inRaw_.add(token.content, static_cast<std::int32_t>(i));
        }
    }
    return {};
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
    for (const auto& names : {parsed.before, parsed.behind})
        for (const std::string& name : names)
            if (!find(name))
                return inputError("the post-processor names \"{}\", which is not in the vocabulary",
                                  printable(name));
    addsBos_ = !parsed.before.empty();
    bos_ = addsBos_ ? find(parsed.before.front())
                    : firstOf(std::array<std::string_view, 2>{"<s>", "<|begin_of_text|>"});
    const auto eos =
        !parsed.behind.empty()
            ? find(parsed.behind.back())
            : firstOf(std::array<std::string_view, 5>{"</s>", "<|end_of_text|>", "<|endoftext|>",
                                                      "<|eot_id|>", "<|im_end|>"});
    if (eos)
        eos_ = {*eos};
    return {};
}

template <typename Text, typename Token>
Result<void> JsonTokenizer::splitAtTokens(const TokenTrie& trie, std::string_view whole,
                                          Text&& text, Token&& token) const
{
    std::size_t done = 0;
    for (std::size_t i = 0; !trie.empty() && i < whole.size();) {
        const auto match = trie.longest(whole, i);
        if (match.value < 0) {
            i += std::max<std::size_t>(utf8Length(whole, i), 1);
            continue;
        }
        const AddedToken& found = added(static_cast<std::size_t>(match.value));
        std::size_t begin = i, end = i + match.length;
        if (found.stripLeft)
            while (begin > done) {
                std::size_t at = begin - 1;
                while (at > done && (static_cast<unsigned char>(whole[at]) & 0xc0) == 0x80)
                    --at;
                const std::size_t character = at;
                if (!isWhiteSpace(nextCharacter(whole, at)))
                    break;
                begin = character;
            }
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

Result<std::vector<std::int32_t>> JsonTokenizer::encode(std::string_view text) const
{
    if (text.size() > kLongestText)
        return inputError("the text has {} bytes, at most {} can be tokenized at once", text.size(),
                          kLongestText);
    VITRINE_CHECK(checkUtf8(text));
    std::vector<std::int32_t> ids;
    VITRINE_CHECK(splitAtTokens(
        inRaw_, text,
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
    return splitAtTokens(
        inNormal_, whole,
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
    const bool listed =
        std::ranges::any_of(added_, [id](const AddedToken& token) { return token.id == id; });
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

// "<s>" or {"content": "<s>"}.
std::optional<std::string> tokenName(const Json& config, const char* key)
{
    const auto found = config.find(key);
    if (found == config.end())
        return {};
    const Json content =
        found->is_object() && found->contains("content") ? found->at("content") : *found;
    return content.is_string() ? std::optional(content.get<std::string>()) : std::nullopt;
}

void configure(ConfigurableTokenizer& tokenizer, const Json& config)
{
    if (const auto name = tokenName(config, "bos_token"))
        if (const auto id = tokenizer.find(*name))
            tokenizer.setBos(*id);
    if (const auto name = tokenName(config, "eos_token"))
        if (const auto id = tokenizer.find(*name))
            tokenizer.setEos(*id);
    if (const auto adds = config.find("add_bos_token"); adds != config.end() && adds->is_boolean())
        tokenizer.setAddsBos(adds->get<bool>());
}

} // namespace

Result<std::unique_ptr<ConfigurableTokenizer>> makeJsonTokenizer(std::string_view text,
                                                                 std::string_view name)
{
    VITRINE_TRY(const TokenizerParts parts, readTokenizerJson(text, name));
    auto made = JsonTokenizer::make(parts);
    if (!made)
        return inputError("cannot read {}: {}", printableName(name), made.error().message);
    return made;
}

Result<std::unique_ptr<Tokenizer>> parseTokenizerJson(std::string_view text, std::string_view name)
{
    return makeJsonTokenizer(text, name);
}

Result<std::unique_ptr<Tokenizer>> openTokenizerJson(const std::filesystem::path& file)
{
    VITRINE_TRY(const std::string text, readFile(file, kTokenizerLimit));
    VITRINE_TRY(auto tokenizer, makeJsonTokenizer(text, file.string()));
    std::error_code ignored;
    if (const auto config = file.parent_path() / "tokenizer_config.json";
        std::filesystem::exists(config, ignored)) {
        VITRINE_TRY(const std::string configText, readFile(config, kTokenizerConfigLimit));
        VITRINE_TRY(const Json json, parseJson(configText, config.string()));
        configure(*tokenizer, json);
    }
    return tokenizer;
}

} // namespace vitrine::model
