#include "core/model/tokenizer/tokenizer_steps.h"

#include "core/base/json.h"
#include "core/tensor/printable.h"

namespace vitrine::model
{
namespace
{

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>; // clang 16 does not deduce aggregates

Result<NormalizerStep> parseNormalizerStep(const Json& json)
{
    VITRINE_TRY(const std::string type, textOf(json, "type"));
    if (type == "Prepend") {
        VITRINE_TRY(std::string text, textOf(json, "prepend"));
        return PrependStep{std::move(text)};
    }
    if (type == "Replace") {
        VITRINE_TRY(Regex pattern, patternOf(json));
        VITRINE_TRY(std::string with, textOf(json, "content"));
        return ReplaceStep{std::move(pattern), std::move(with)};
    }
    if (type == "NFC")
        return NfcStep{};
    return inputError("the normalizer \"{}\" is not supported; Prepend, Replace and NFC are",
                      printable(type));
}

Result<std::string> replaced(const ReplaceStep& step, const std::string& text)
{
    if (text.empty()) // an empty text has no match, not even an empty one
        return text;
    VITRINE_TRY(const std::vector<Regex::Match> matches, step.pattern.matches(text));
    std::string out;
    std::size_t done = 0;
    for (const Regex::Match& match : matches) {
        out.append(text, done, match.begin - done);
        out += step.with;
        done = match.end;
    }
    return out.append(text, done);
}

} // namespace

Result<std::vector<NormalizerStep>> parseNormalizer(const Json& json)
{
    VITRINE_TRY(const auto steps, stepsOf(json, "normalizers"));
    std::vector<NormalizerStep> parsed;
    for (const Json* step : steps) {
        VITRINE_TRY(NormalizerStep one, parseNormalizerStep(*step));
        parsed.push_back(std::move(one));
    }
    return parsed;
}

Result<std::string> normalize(const std::vector<NormalizerStep>& steps, std::string text)
{
    for (const NormalizerStep& step : steps) {
        auto next = std::visit(
            Overloaded{
                [&](const PrependStep& prepend) -> Result<std::string> {
                    return text.empty() ? text : prepend.text + text;
                },
                [&](const ReplaceStep& replace) { return replaced(replace, text); },
                [&](const NfcStep&) -> Result<std::string> { return composeCanonically(text); }},
            step);
        VITRINE_TRY(text, std::move(next));
    }
    return text;
}

} // namespace vitrine::model
