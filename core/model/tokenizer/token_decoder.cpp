#include "core/model/tokenizer/tokenizer_steps.h"

#include "core/base/json.h"
#include "core/model/tokenizer/byte_level.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

using Tokens = std::vector<std::string>;

Result<std::size_t> countOf(const Json& json, const char* key)
{
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_integer() || found->get<std::int64_t>() < 0)
        return inputError("a step lacks the count \"{}\"", key);
    return found->get<std::size_t>();
}

Result<DecoderStep> parseReplace(const Json& json)
{
    const auto pattern = json.find("pattern");
    if (pattern == json.end() || !pattern->is_object() || !pattern->contains("String"))
        return inputError("a Replace of the decoder is supported with a \"String\" pattern only");
    VITRINE_TRY(std::string what, textOf(*pattern, "String"));
    VITRINE_TRY(std::string with, textOf(json, "content"));
    return ReplaceTokenStep{std::move(what), std::move(with)};
}

Result<DecoderStep> parseStrip(const Json& json)
{
    StripStep step;
    VITRINE_TRY(step.content, textOf(json, "content"));
    VITRINE_TRY(step.start, countOf(json, "start"));
    VITRINE_TRY(step.stop, countOf(json, "stop"));
    return step;
}

Result<DecoderStep> parseDecoderStep(const Json& json)
{
    VITRINE_TRY(const std::string type, textOf(json, "type"));
    if (type == "Replace")
        return parseReplace(json);
    if (type == "ByteFallback")
        return ByteFallbackStep{};
    if (type == "Fuse")
        return FuseStep{};
    if (type == "Strip")
        return parseStrip(json);
    if (type == "ByteLevel")
        return ByteLevelTokenStep{};
    if (type == "Metaspace") {
        MetaspaceTokenStep step;
        VITRINE_TRY(step.replacement, textOf(json, "replacement"));
        VITRINE_TRY(step.prepend, prependSchemeOf(json));
        return step;
    }
    return inputError("the decoder \"{}\" is not supported; Replace, ByteFallback, Fuse, Strip, "
                      "Metaspace and ByteLevel are",
                      printable(type));
}

void applyDecoder(const ReplaceTokenStep& step, Tokens& tokens)
{
    for (auto& token : tokens)
        token = replaceAll(token, step.what, step.with);
}

std::optional<char> byteOfToken(const std::string& token)
{
    if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>' ||
        !std::isxdigit(static_cast<unsigned char>(token[3])) ||
        !std::isxdigit(static_cast<unsigned char>(token[4])))
        return {};
    return static_cast<char>(std::stoi(token.substr(3, 2), nullptr, 16));
}

// A run of byte tokens becomes its text, or one U+FFFD per byte where it is not UTF-8.
void applyDecoder(const ByteFallbackStep&, Tokens& tokens)
{
    Tokens out;
    std::string bytes;
    const auto flush = [&] {
        if (!bytes.empty() && checkUtf8(bytes))
            out.push_back(bytes);
        else
            out.insert(out.end(), bytes.size(), "\xef\xbf\xbd");
        bytes.clear();
    };
    for (auto& token : tokens) {
        if (const auto byte = byteOfToken(token)) {
            bytes += *byte;
            continue;
        }
        flush();
        out.push_back(std::move(token));
    }
    flush();
    tokens = std::move(out);
}

std::string concatenated(const Tokens& tokens)
{
    std::string text;
    for (const auto& token : tokens)
        text += token;
    return text;
}

void applyDecoder(const FuseStep&, Tokens& tokens)
{
    tokens = {concatenated(tokens)};
}

void applyDecoder(const StripStep& step, Tokens& tokens)
{
    if (step.content.empty())
        return;
    for (auto& token : tokens) {
        for (std::size_t i = 0; i < step.start && token.starts_with(step.content); ++i)
            token.erase(0, step.content.size());
        for (std::size_t i = 0; i < step.stop && token.ends_with(step.content); ++i)
            token.erase(token.size() - step.content.size());
    }
}

void applyDecoder(const MetaspaceTokenStep& step, Tokens& tokens)
{
    for (std::size_t i = 0; i < tokens.size(); ++i)
        tokens[i] = replaceAll(tokens[i], step.replacement,
                               i == 0 && step.prepend != PrependScheme::never ? "" : " ");
}

void applyDecoder(const ByteLevelTokenStep&, Tokens& tokens)
{
    std::string bytes;
    for (const auto& token : tokens)
        bytes += charactersToBytes(token).value_or(token);
    tokens = {repairUtf8(bytes)};
}

void applyDecoder(const SpaceBetweenStep&, Tokens& tokens)
{
    for (std::size_t i = 1; i < tokens.size(); ++i)
        tokens[i].insert(0, " ");
}

} // namespace

Result<std::vector<DecoderStep>> parseDecoder(const Json& json)
{
    if (json.is_null())
        return std::vector<DecoderStep>{SpaceBetweenStep{}};
    VITRINE_TRY(const auto steps, stepsOf(json, "decoders"));
    std::vector<DecoderStep> parsed;
    for (const Json* step : steps) {
        VITRINE_TRY(DecoderStep one, parseDecoderStep(*step));
        parsed.push_back(std::move(one));
    }
    return parsed;
}

std::string decodeTokens(const std::vector<DecoderStep>& steps, std::vector<std::string> tokens)
{
    for (const DecoderStep& step : steps)
        std::visit([&](const auto& s) { applyDecoder(s, tokens); }, step);
    return repairUtf8(concatenated(tokens));
}

} // namespace vitrine::model
