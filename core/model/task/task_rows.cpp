#include "core/model/task/task_rows.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <optional>

namespace vitrine::model
{
namespace
{

using Names = std::initializer_list<const char*>;

// A scalar as text; nothing for null and structures.
std::optional<std::string> scalarText(const Json& value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_boolean())
        return value.get<bool>() ? "true" : "false";
    if (value.is_number_integer())
        return std::to_string(value.get<std::int64_t>());
    if (value.is_number())
        return shortest(value.get<double>());
    return std::nullopt;
}

const Json* member(const Json& object, Names names)
{
    for (const char* name : names)
        if (const auto found = object.find(name); found != object.end() && !found->is_null())
            return &*found;
    return nullptr;
}

std::optional<std::string> text(const Json& object, Names names)
{
    const Json* value = member(object, names);
    return value ? scalarText(*value) : std::nullopt;
}

// Choices with the names that the answer may use for them ("A", "1"); usually there are none.
struct Choices {
    std::vector<std::string> texts, labels;
};

Result<Choices> choicesOfList(const Json& list, std::string_view where)
{
    Choices choices;
    for (const Json& one : list) {
        const Json* named = one.is_object() ? member(one, {"text"}) : nullptr; // ARC's own files
        const auto value = scalarText(named ? *named : one);
        if (!value)
            return inputError("cannot read {}: choice {} is not a text", where,
                              choices.texts.size());
        choices.texts.push_back(*value);
        if (named)
            choices.labels.push_back(text(one, {"label"}).value_or(""));
    }
    return choices;
}

// Lists, {"text": [...], "label": [...]}, or members choice1, choice2, ...
Result<Choices> choicesOf(const Json& row, std::string_view where)
{
    const Json* question = member(row, {"question"});
    const bool nested = question && question->is_object() && question->contains("choices");
    const Json* value =
        nested ? &(*question)["choices"] : member(row, {"choices", "endings", "options"});
    if (value && value->is_array())
        return choicesOfList(*value, where);
    if (value && value->is_object() && value->contains("text") && (*value)["text"].is_array()) {
        VITRINE_TRY(Choices choices, choicesOfList((*value)["text"], where));
        if (const Json* labels = member(*value, {"label"}); labels && labels->is_array())
            for (const Json& label : *labels)
                choices.labels.push_back(scalarText(label).value_or(""));
        return choices;
    }
    if (value)
        return inputError("cannot read {}: \"choices\" is neither a list nor a pair of lists "
                          "\"text\" and \"label\"",
                          where);
    Choices choices;
    for (const char* stem : {"choice", "sol", "option"})
        for (std::size_t i = 1; i <= kMostChoices && choices.texts.size() + 1 == i; ++i)
            if (const auto one = text(row, {fmt::format("{}{}", stem, i).c_str()}))
                choices.texts.push_back(*one);
    return choices;
}

// The answer as an index: a number, a letter, the label of a choice or the choice itself.
std::optional<int> answerIndex(const std::string& answer, const Choices& choices)
{
    const auto in = [&](const std::vector<std::string>& list) -> std::optional<int> {
        const auto found = std::ranges::find(list, answer);
        return found == list.end() ? std::nullopt
                                   : std::optional(static_cast<int>(found - list.begin()));
    };
    const auto count = static_cast<std::int64_t>(choices.texts.size());
    if (const auto named = in(choices.labels))
        return named;
    if (const auto number = parseInteger(answer))
        return *number >= 0 && *number < count ? std::optional(static_cast<int>(*number))
                                               : std::nullopt;
    if (const auto same = in(choices.texts))
        return same;
    if (answer.size() == 1 && answer[0] >= 'A' && answer[0] - 'A' < count)
        return answer[0] - 'A';
    return std::nullopt;
}

std::string withoutFinalPeriod(std::string sentence)
{
    while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == ' '))
        sentence.pop_back();
    return sentence;
}

// COPA as lm-eval asks it: "The man broke his toe because", " he got a hole in his sock."
void asCopa(TaskItem& item, const std::string& premise, const std::string& question)
{
    item.prompt = withoutFinalPeriod(premise) + (question == "cause" ? " because" : " therefore");
    for (std::string& choice : item.choices)
        if (!choice.empty() && choice[0] >= 'A' && choice[0] <= 'Z' && !choice.starts_with("I "))
            choice[0] = static_cast<char>(choice[0] - 'A' + 'a');
}

// What the model reads of a row that brings choices.
std::string promptOf(const Json& row)
{
    if (const auto one =
            text(row, {"prompt", "query", "ctx", "context", "question_stem", "goal", "stem"}))
        return *one;
    const Json* question = member(row, {"question"});
    if (question && question->is_object())
        return text(*question, {"stem"}).value_or("");
    return text(row, {"question", "premise", "sentence", "input", "text"}).value_or("");
}

std::vector<std::pair<std::string, std::string>> fieldsOf(const Json& row)
{
    std::vector<std::pair<std::string, std::string>> fields;
    for (const auto& [name, value] : row.items())
        if (const auto one = scalarText(value); one && name != "dataset" && name != "part")
            fields.emplace_back(name, *one);
    return fields;
}

// Choices, and which is right.
Result<TaskRow> choiceRow(const Json& row, Choices choices, std::string_view where)
{
    if (choices.texts.size() < 2 || choices.texts.size() > kMostChoices)
        return inputError("cannot read {}: {} choices, 2 to {} expected", where,
                          choices.texts.size(), kMostChoices);
    if (std::ranges::find(choices.texts, "") != choices.texts.end())
        return inputError("cannot read {}: an empty choice", where);
    const auto answer = text(row, {"answer", "label", "gold", "answerKey", "answer_idx", "target"});
    if (!answer)
        return inputError(
            "cannot read {}: there is no \"answer\" (a test set without answers cannot be judged)",
            where);
    const auto index = answerIndex(*answer, choices);
    if (!index)
        return inputError("cannot read {}: the answer \"{}\" is none of the {} choices (an index "
                          "from 0, a letter, "
                          "or the choice itself)",
                          where, printable(*answer), choices.texts.size());
    TaskRow result;
    result.item.choices = std::move(choices.texts);
    result.item.answer = *index;
    const auto premise = text(row, {"premise"}), question = text(row, {"question"});
    if (premise && question && (*question == "cause" || *question == "effect"))
        asCopa(result.item, *premise, *question);
    else
        result.item.prompt = promptOf(row);
    if (result.item.prompt.empty())
        return inputError("cannot read {}: there is no \"prompt\"", where);
    return result;
}

// A text and its label; which labels there are, the whole file says.
Result<TaskRow> labelRow(const Json& row, const std::string& label, std::string_view where)
{
    TaskRow result;
    result.label = label;
    const auto whole = text(
        row, {"prompt", "sentence", "text", "question", "content", "input", "premise", "passage"});
    if (!whole || whole->empty())
        return inputError("cannot read {}: a label, but neither \"sentence\" nor \"text\"", where);
    if (label.empty())
        return inputError("cannot read {}: the label is empty", where);
    result.item.prompt = *whole;
    return result;
}

} // namespace

Result<TaskRow> taskRow(const Json& row, std::string_view where)
{
    if (!row.is_object())
        return inputError("cannot read {}: an object such as {{\"prompt\": ..., \"choices\": "
                          "[...], \"answer\": 0}} "
                          "expected",
                          where);
    VITRINE_TRY(Choices choices, choicesOf(row, where));
    const auto label = text(row, {"label", "coarse_label", "answer", "target"});
    Result<TaskRow> result = TaskRow();
    if (!choices.texts.empty())
        result = choiceRow(row, std::move(choices), where);
    else if (label)
        result = labelRow(row, *label, where);
    else if (const auto whole = text(row, {"text", "page"}); whole && !whole->empty())
        result->item.text = *whole;
    else
        return inputError("cannot read {}: neither \"text\" nor \"choices\" nor a label", where);
    if (!result)
        return result;
    TaskItem& item = result->item;
    item.dataset = text(row, {"dataset"}).value_or("");
    item.part = text(row, {"part"}).value_or("");
    if (item.text.empty()) // running text needs no template and may be large
        item.fields = fieldsOf(row);
    return result;
}

} // namespace vitrine::model
