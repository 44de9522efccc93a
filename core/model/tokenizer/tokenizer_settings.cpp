#include "core/model/tokenizer/tokenizer_settings.h"

#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/base/json.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kSettingsLimit = 4 << 20;

constexpr std::array<const char*, 7> kRoles = {"bos_token", "eos_token", "unk_token", "sep_token",
                                               "pad_token", "cls_token", "mask_token"};
constexpr std::array<const char*, 2> kRoleLists = {"additional_special_tokens",
                                                   "extra_special_tokens"};
// Classes that put BOS and EOS by add_bos_token (unset: yes) and add_eos_token (unset: no).
constexpr std::array<std::string_view, 4> kOwnTemplates = {"LlamaTokenizer", "CodeLlamaTokenizer",
                                                           "GemmaTokenizer", "CohereTokenizer"};

Result<Json> jsonBeside(const std::filesystem::path& file)
{
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return Json(nullptr);
    VITRINE_TRY(const std::string text, readFile(file, kSettingsLimit));
    VITRINE_TRY(Json json, parseJson(text, file.string()));
    if (!json.is_object())
        return inputError("cannot read {}: it is not a JSON object", file.string());
    return json;
}

const Json* memberOf(const Json& object, const char* key)
{
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<bool> settingOf(const Json& config, const char* key)
{
    const Json* found = memberOf(config, key);
    return found && found->is_boolean() ? std::optional(found->get<bool>()) : std::nullopt;
}

// "<s>" or {"content": "<s>", ...}.
Result<AddedToken> namedToken(const Json& json, const char* role)
{
    if (json.is_string()) {
        const auto& content = json.get_ref<const std::string&>();
        VITRINE_CHECK(checkAddedToken(0, content));
        return AddedToken{.content = content, .special = true};
    }
    if (!json.is_object())
        return inputError("\"{}\" is neither a text nor a token", role);
    VITRINE_TRY(AddedToken token, addedTokenOf(0, json, false));
    token.special = true;
    return token;
}

bool isEmptyText(const Json& json)
{
    return json.is_string() && json.get_ref<const std::string&>().empty();
}

class SettingsReader
{
public:
    TokenizerSettings settings;

    Result<void> readRoles(const Json& config, const Json& specialTokens)
    {
        for (const char* role : kRoles) {
            const Json* mapped = memberOf(specialTokens, role);
            const Json* token = mapped ? mapped : memberOf(config, role);
            if (!token || isEmptyText(*token) || token->is_boolean())
                continue;
            VITRINE_TRY(AddedToken named, namedToken(*token, role));
            if (role == kRoles[0])
                settings.bos = named.content;
            if (role == kRoles[1])
                settings.eos = named.content;
            add(std::move(named));
        }
        for (const Json* file : {&config, &specialTokens})
            for (const char* key : kRoleLists)
                if (const Json* list = memberOf(*file, key); list && list->is_structured())
                    for (const Json& item : *list) {
                        VITRINE_TRY(AddedToken named, namedToken(item, key));
                        add(std::move(named));
                    }
        return {};
    }

    // {"32000": {"content": "<x>", ...}}
    Result<void> readDecoder(const Json& decoder)
    {
        if (!decoder.is_object())
            return inputError("\"added_tokens_decoder\" is not an object");
        for (const auto& [key, item] : decoder.items()) {
            std::int64_t id = -1;
            const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
            if (error != std::errc{} || end != key.data() + key.size())
                return inputError("\"added_tokens_decoder\" has the key \"{}\", which is no id",
                                  printable(key));
            const bool special = settingOf(item, "special").value_or(false);
            VITRINE_TRY(AddedToken token, addedTokenOf(id, item, !special));
            settings.added.push_back(std::move(token));
        }
        return {};
    }

    // {"<x>": 32000}: special where it has a role.
    Result<void> readAdded(const Json& tokens)
    {
        for (const auto& [content, id] : tokens.items()) {
            if (!id.is_number_integer())
                return inputError("the added token \"{}\" has no whole number as its id",
                                  printable(content));
            VITRINE_CHECK(checkAddedToken(id.get<std::int64_t>(), content));
            const bool special = roles_.contains(content);
            settings.added.push_back({.id = id.get<std::int32_t>(),
                                      .content = content,
                                      .special = special,
                                      .normalized = !special});
        }
        return {};
    }

    void readTemplate(const Json& config)
    {
        const Json* named = memberOf(config, "tokenizer_class");
        std::string name = named && named->is_string() ? named->get<std::string>() : std::string();
        if (name.ends_with("Fast"))
            name.resize(name.size() - 4);
        const bool own = std::ranges::find(kOwnTemplates, name) != kOwnTemplates.end();
        settings.overTemplate = own || name.empty();
        settings.addsBos = settingOf(config, "add_bos_token");
        settings.addsEos = settingOf(config, "add_eos_token");
        if (own) {
            settings.addsBos = settings.addsBos.value_or(true);
            settings.addsEos = settings.addsEos.value_or(false);
        }
    }

private:
    void add(AddedToken token)
    {
        if (roles_.insert(token.content).second)
            settings.named.push_back(std::move(token));
    }

    std::set<std::string> roles_;
};

} // namespace

Result<TokenizerSettings> parseTokenizerSettings(const Json& config, const Json& specialTokens,
                                                 const Json& addedTokens)
{
    SettingsReader reader;
    const Json* decoder = memberOf(config, "added_tokens_decoder");
    const Json nothing(nullptr);
    VITRINE_CHECK(reader.readRoles(config, decoder ? nothing : specialTokens));
    if (decoder) {
        VITRINE_CHECK(reader.readDecoder(*decoder));
    } else if (addedTokens.is_object()) {
        VITRINE_CHECK(reader.readAdded(addedTokens));
    }
    reader.readTemplate(config);
    reader.settings.legacy = settingOf(config, "legacy").value_or(true);
    reader.settings.prefixSpace = settingOf(config, "add_prefix_space").value_or(true);
    return std::move(reader.settings);
}

Result<TokenizerSettings> readTokenizerSettings(const std::filesystem::path& folder)
{
    const auto config = folder / "tokenizer_config.json";
    VITRINE_TRY(const Json json, jsonBeside(config));
    VITRINE_TRY(const Json special, jsonBeside(folder / "special_tokens_map.json"));
    VITRINE_TRY(const Json added, jsonBeside(folder / "added_tokens.json"));
    auto settings = parseTokenizerSettings(json, special, added);
    if (settings)
        return settings;
    const bool listed = memberOf(json, "added_tokens_decoder") != nullptr;
    const auto blamed = listed || (special.is_null() && added.is_null()) ? config
                        : added.is_null() ? folder / "special_tokens_map.json"
                                          : folder / "added_tokens.json";
    return inFile(blamed.string(), std::move(settings));
}

} // namespace vitrine::model
