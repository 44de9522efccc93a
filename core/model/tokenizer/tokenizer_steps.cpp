#include "core/model/tokenizer/tokenizer_steps.h"

#include "core/base/json.h"
#include "core/tensor/printable.h"

namespace vitrine::model
{

Result<std::string> textOf(const Json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string())
        return inputError("a step lacks the text \"{}\"", key);
    return found->get<std::string>();
}

bool flagOf(const Json& object, const char* key, bool otherwise)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

Result<PrependScheme> prependSchemeOf(const Json& object)
{
    if (!object.contains("prepend_scheme")) // older files
        return flagOf(object, "add_prefix_space", true) ? PrependScheme::always
                                                        : PrependScheme::never;
    VITRINE_TRY(const std::string scheme, textOf(object, "prepend_scheme"));
    if (scheme == "always")
        return PrependScheme::always;
    if (scheme == "first")
        return PrependScheme::first;
    if (scheme == "never")
        return PrependScheme::never;
    return inputError("the prepend scheme \"{}\" is not supported", printable(scheme));
}

Result<std::vector<const Json*>> stepsOf(const Json& json, const char* listKey)
{
    std::vector<const Json*> steps;
    if (json.is_null())
        return steps;
    if (!json.is_object())
        return inputError("a step is not a JSON object");
    VITRINE_TRY(const std::string type, textOf(json, "type"));
    if (type != "Sequence") {
        steps.push_back(&json);
        return steps;
    }
    const auto list = json.find(listKey);
    if (list == json.end() || !list->is_array())
        return inputError("a Sequence lacks its list \"{}\"", listKey);
    for (const Json& item : *list) {
        VITRINE_TRY(const auto inner, stepsOf(item, listKey));
        steps.insert(steps.end(), inner.begin(), inner.end());
    }
    return steps;
}

Result<Regex> patternOf(const Json& step)
{
    const auto pattern = step.find("pattern");
    if (pattern == step.end() || !pattern->is_object())
        return inputError("a step lacks its \"pattern\"");
    if (pattern->contains("Regex")) {
        VITRINE_TRY(const std::string text, textOf(*pattern, "Regex"));
        return Regex::compile(text);
    }
    VITRINE_TRY(const std::string text, textOf(*pattern, "String"));
    return Regex::literal(text);
}

} // namespace vitrine::model
