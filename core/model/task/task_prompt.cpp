#include "core/model/task/task_prompt.h"

#include "core/base/random.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace vitrine::model
{
namespace
{

constexpr std::size_t kMostLetters = 26;

bool endsInSpace(std::string_view text)
{
    return text.empty() || text.ends_with(' ') || text.ends_with('\n');
}

// Options under a question, as GATECH-EIC/ACT form_choices writes them.
Result<std::string> letteredQuestion(const TaskStyle& style, const TaskItem& item)
{
    if (item.choices.size() > kMostLetters)
        return argumentError("letter scoring needs at most {} choices, an item has {}",
                             kMostLetters, item.choices.size());
    VITRINE_TRY(std::string question, renderBody(style, item));
    const std::string *premise = item.field("premise"), *asks = item.field("question");
    if (style.body.empty() && premise && asks && (*asks == "cause" || *asks == "effect"))
        question = fmt::format("{} What is the {}?", *premise, *asks);
    for (std::size_t i = 0; i < item.choices.size(); ++i)
        question += fmt::format("\n{}. {}", static_cast<char>('A' + i), item.choices[i]);
    return question + "\nAnswer:";
}

Result<std::string> itemContext(const TaskRequest& request, const TaskItem& item)
{
    return request.scoring == TaskScoring::letter ? letteredQuestion(request.style, item)
                                                  : renderBody(request.style, item);
}

std::vector<std::string> continuations(const TaskRequest& request, const TaskItem& item,
                                       bool afterSpace)
{
    std::vector<std::string> all;
    for (std::size_t i = 0; i < item.choices.size(); ++i) {
        if (request.scoring == TaskScoring::letter) {
            all.push_back({' ', static_cast<char>('A' + i)});
            continue;
        }
        const std::string& choice = item.choices[i];
        // A label is looked at by its last token, whatever stands before it; a continuation must
        // join.
        const bool labels = request.scoring == TaskScoring::labels;
        const bool space =
            request.style.spacedAnswers && (labels || !afterSpace) && !choice.starts_with(' ');
        all.push_back(space ? " " + choice : choice);
    }
    return all;
}

// `count` of them at random, ascending.
std::vector<std::size_t> drawn(std::vector<std::size_t> from, std::size_t count, Random& random)
{
    for (std::size_t i = 0; i < count; ++i)
        std::swap(from[i], from[i + random.below(from.size() - i)]);
    from.resize(count);
    return from;
}

std::vector<std::size_t> itemsOf(const Task& task, auto&& belongs)
{
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < task.items.size(); ++i)
        if (belongs(i))
            found.push_back(i);
    return found;
}

bool contains(const std::vector<std::size_t>& list, std::size_t one)
{
    return std::ranges::find(list, one) != list.end();
}

Result<std::vector<std::size_t>> selectShots(const Task& task, const TaskRequest& request,
                                             Random& random)
{
    if (request.shots == 0)
        return std::vector<std::size_t>{};
    auto candidates = itemsOf(task, [&](std::size_t i) {
        return task.items[i].part == "train" && request.part != "train" &&
               !contains(request.excluded, i);
    });
    if (candidates.empty())
        candidates = itemsOf(task, [&](std::size_t i) { return !contains(request.excluded, i); });
    const auto wanted = static_cast<std::size_t>(request.shots);
    if (candidates.size() <= wanted)
        return argumentError("{} has {} items that could be shots; {} are too many", task.name,
                             candidates.size(), request.shots);
    return drawn(std::move(candidates), wanted, random);
}

} // namespace

TaskScoring usualScoring(TaskKind kind)
{
    return kind == TaskKind::classification ? TaskScoring::labels : TaskScoring::likelihood;
}

Result<std::string> renderBody(const TaskStyle& style, const TaskItem& item)
{
    if (style.body.empty())
        return item.prompt;
    const std::string_view body = style.body;
    std::string text;
    for (std::size_t i = 0; i < body.size(); ++i) {
        if ((body[i] == '{' || body[i] == '}') && i + 1 < body.size() && body[i + 1] == body[i]) {
            text += body[i++];
        } else if (body[i] == '{') {
            const std::size_t end = body.find('}', i);
            const std::string_view name = body.substr(i + 1, end == body.npos ? end : end - i - 1);
            const std::string* value = name == "prompt" ? &item.prompt : item.field(name);
            if (end == body.npos || !value)
                return argumentError("the template asks for {{{}}}, which an item does not have",
                                     printable(name));
            text += *value;
            i = end;
        } else {
            text += body[i];
        }
    }
    return text;
}

Result<TaskSelection> selectItems(const Task& task, const TaskRequest& request)
{
    Random random(request.seed);
    TaskSelection selection;
    VITRINE_TRY(selection.shots, selectShots(task, request, random));
    selection.asked = itemsOf(task, [&](std::size_t i) {
        return (request.part.empty() || task.items[i].part == request.part) &&
               !contains(selection.shots, i) && !contains(request.excluded, i);
    });
    if (selection.asked.empty() && !request.excluded.empty())
        return argumentError("all items of {} are excluded", task.name);
    if (selection.asked.empty())
        return argumentError("{} has no item of the part \"{}\"", task.name,
                             printable(request.part));
    if (request.limit > 0 && static_cast<std::size_t>(request.limit) < selection.asked.size()) {
        selection.asked =
            drawn(std::move(selection.asked), static_cast<std::size_t>(request.limit), random);
        std::ranges::sort(selection.asked);
    }
    return selection;
}

Result<TaskPrompt> taskPrompt(const Task& task, const TaskRequest& request,
                              std::span<const std::size_t> shots, const TaskItem& item)
{
    assert(item.answer >= 0);
    TaskPrompt prompt;
    prompt.context = request.style.instruction;
    for (const std::size_t index : shots) {
        const TaskItem& shot = task.items[index];
        VITRINE_TRY(const std::string text, itemContext(request, shot));
        const auto answers = continuations(request, shot, endsInSpace(text));
        prompt.context +=
            text + answers[static_cast<std::size_t>(shot.answer)] + request.style.separator;
    }
    VITRINE_TRY(const std::string text, itemContext(request, item));
    prompt.context += text;
    prompt.continuations = continuations(request, item, endsInSpace(text));
    prompt.answer = item.answer;
    return prompt;
}

} // namespace vitrine::model
