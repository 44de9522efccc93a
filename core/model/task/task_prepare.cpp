#include "core/model/task/task_scoring.h"

#include "core/base/in_file.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <map>

namespace vitrine::model
{
namespace
{

using Ids = std::vector<std::int32_t>;

Ids joined(const Ids& first, const Ids& second)
{
    Ids all = first;
    all.insert(all.end(), second.begin(), second.end());
    return all;
}

std::int64_t characterCount(std::string_view text)
{
    return std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

std::string_view withoutSpaces(std::string_view text)
{
    const std::size_t start = text.find_first_not_of(' ');
    return start == text.npos ? std::string_view{} : text.substr(start);
}

class Preparation
{
public:
    Preparation(const Tokenizer& tokenizer, std::int64_t context, TaskEncoding encoding)
        : tokenizer_(tokenizer), context_(static_cast<std::size_t>(context)), encoding_(encoding)
    {
    }

    // Labels and letter: the prompt, whose last row is asked.
    Result<PreparedItem> answerItem(const TaskPrompt& prompt)
    {
        PreparedItem item;
        item.answer = prompt.answer;
        VITRINE_TRY(Ids ids, encodeWithFront(prompt.context));
        if (ids.empty())
            return inputError("the prompt has no token: give at least one word");
        item.truncated = ids.size() > context_;
        if (item.truncated)
            ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(context_));
        item.queries.push_back({std::move(ids), 1, {}});
        for (const std::string& answer : prompt.continuations) {
            VITRINE_TRY(const std::int32_t option, lastToken(answer));
            item.options.push_back(option);
        }
        return item;
    }

    Result<PreparedItem> likelihoodItem(TaskPrompt prompt, bool mutual)
    {
        // Spaces at the end of the context go to the continuation, where the tokenizer expects
        // them.
        const std::size_t end = prompt.context.find_last_not_of(' ') + 1; // npos + 1 = 0
        const std::string spaces = prompt.context.substr(end);
        prompt.context.resize(end);
        PreparedItem item;
        item.answer = prompt.answer;
        for (const std::string& choice : prompt.continuations) {
            item.characters.push_back(
                std::max<std::int64_t>(1, characterCount(withoutSpaces(choice))));
            VITRINE_TRY(TaskQuery query,
                        choiceQuery(prompt.context, spaces + choice, item.truncated));
            item.queries.push_back(std::move(query));
        }
        if (mutual)
            VITRINE_CHECK(addWithoutContext(item));
        return item;
    }

private:
    // The same tokens of each choice behind BOS alone: ln p(choice | context) - ln p(choice) is
    // what the context adds (llm-runtime, section 10).
    Result<void> addWithoutContext(PreparedItem& item) const
    {
        if (!tokenizer_.bos())
            return argumentError(
                "mutual information needs a BOS token, which this tokenizer lacks");
        const std::size_t choices = item.queries.size();
        for (std::size_t i = 0; i < choices; ++i) {
            TaskQuery query{{*tokenizer_.bos()}, item.queries[i].rows, item.queries[i].targets};
            query.ids.insert(query.ids.end(), query.targets.begin(), query.targets.end() - 1);
            item.queries.push_back(std::move(query));
        }
        return {};
    }

    // What the tokenizer puts behind a text is left out: the answer follows there.
    Result<Ids> encodeWithFront(std::string_view text)
    {
        VITRINE_TRY(const Ids ids, tokenizer_.encode(text));
        return joined(tokenizer_.front(), ids);
    }

    Result<std::int32_t> lastToken(const std::string& answer)
    {
        if (const auto known = lastTokens_.find(answer); known != lastTokens_.end())
            return known->second;
        VITRINE_TRY(const Ids ids, tokenizer_.encode(answer));
        if (ids.empty())
            return inputError("the label \"{}\" has no token", printable(answer));
        return lastTokens_[answer] = ids.back();
    }

    // llm-runtime, section 10: context and continuation, the last token never read, what is too
    // long cut off at the left.
    Result<TaskQuery> choiceQuery(const std::string& context, const std::string& continuation,
                                  bool& truncated)
    {
        VITRINE_TRY(const Ids before, encodeWithFront(context));
        Ids all;
        std::size_t split = before.size();
        if (encoding_ == TaskEncoding::joint) {
            VITRINE_TRY(all, encodeWithFront(context + continuation));
            split = std::min(split, all.size() - (all.empty() ? 0 : 1)); // a merge over the border
        } else {
            VITRINE_TRY(const Ids after, tokenizer_.encode(continuation));
            all = joined(before, after);
        }
        const std::size_t count = all.size() - split;
        if (count == 0 || split == 0)
            return inputError("\"{}\" after \"{}\" leaves no token to judge",
                              printable(continuation), printable(context));
        if (count > context_)
            return inputError(
                "the choice \"{}\" alone is longer than the model's context of {} tokens",
                printable(continuation), context_);
        const std::size_t keep = std::min(all.size(), context_ + 1);
        truncated = truncated || keep < all.size();
        TaskQuery query;
        query.ids.assign(all.end() - static_cast<std::ptrdiff_t>(keep), all.end() - 1);
        query.targets.assign(all.end() - static_cast<std::ptrdiff_t>(count), all.end());
        query.rows = static_cast<std::int64_t>(count);
        return query;
    }

    const Tokenizer& tokenizer_;
    std::size_t context_;
    TaskEncoding encoding_;
    std::map<std::string, std::int32_t> lastTokens_;
};

void noteCollisions(const PreparedItem& item, const std::vector<std::string>& answers,
                    const Tokenizer& tokenizer, std::vector<std::string>& notes)
{
    for (std::size_t i = 0; i < item.options.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (item.options[i] == item.options[j])
                notes.push_back(fmt::format(
                    "The labels \"{}\" and \"{}\" end in the same token, {}: the model cannot "
                    "tell them apart, and the first one is taken.",
                    answers[j], answers[i], tokenizer.piece(item.options[i])));
}

// Non-overlapping windows of the texts joined by blank lines; the tail is dropped (llm-runtime,
// section 9).
Result<PreparedTask> prepareText(const Task& task, const TaskRequest& request,
                                 const Tokenizer& tokenizer, std::int64_t context)
{
    std::string whole;
    for (const auto& item : task.items)
        if (request.part.empty() || item.part == request.part)
            whole += (whole.empty() ? "" : "\n\n") + item.text;
    VITRINE_TRY(Ids ids, inFile(task.name, tokenizer.encode(whole)));
    ids = joined(tokenizer.front(), ids);
    if (ids.size() < 2)
        return inputError("{} has fewer than two tokens of running text", task.name);
    PreparedTask prepared{TaskKind::perplexity, TaskScoring::likelihood, {}, {}};
    const auto length = std::min(ids.size(), static_cast<std::size_t>(context));
    std::size_t windows = ids.size() / length;
    if (request.limit > 0)
        windows = std::min(windows, static_cast<std::size_t>(request.limit));
    for (std::size_t w = 0; w < windows; ++w) {
        PreparedItem window;
        window.index = w;
        const auto first = ids.begin() + static_cast<std::ptrdiff_t>(w * length);
        const auto last = first + static_cast<std::ptrdiff_t>(length);
        window.queries.push_back(
            {Ids(first, last), static_cast<std::int64_t>(length), Ids(first + 1, last)});
        prepared.items.push_back(std::move(window));
    }
    prepared.notes.push_back(fmt::format("Perplexity over {} window{} of {} tokens, without "
                                         "overlap, of {} tokens; a tail is not counted.",
                                         windows, windows == 1 ? "" : "s", length, ids.size()));
    return prepared;
}

bool isShotOfItems(const Task& task, const TaskSelection& selection)
{
    return std::ranges::any_of(selection.shots,
                               [&](std::size_t i) { return task.items[i].part != "train"; });
}

} // namespace

Result<PreparedTask> prepareTask(const Task& task, const TaskRequest& request,
                                 const Tokenizer& tokenizer, std::int64_t context,
                                 TaskEncoding encoding)
{
    const bool isText = !task.items.front().text.empty();
    if (isText != (request.kind == TaskKind::perplexity))
        return argumentError("{} holds {}: kind must be {}perplexity", task.name,
                             isText ? "running text" : "items with choices",
                             isText ? "" : "another than ");
    if (isText)
        return prepareText(task, request, tokenizer, context);
    VITRINE_TRY(const TaskSelection selection, selectItems(task, request));
    PreparedTask prepared{request.kind, request.scoring, {}, task.notes};
    Preparation preparation(tokenizer, context, encoding);
    std::size_t truncated = 0;
    for (const std::size_t index : selection.asked) {
        VITRINE_TRY(TaskPrompt prompt, inFile(task.name, taskPrompt(task, request, selection.shots,
                                                                    task.items[index])));
        const auto answers = prompt.continuations;
        auto item = request.scoring == TaskScoring::likelihood
                        ? preparation.likelihoodItem(std::move(prompt), request.mutual)
                        : preparation.answerItem(prompt);
        if (!item)
            return inputError("{}, item {}: {}", task.name, index, item.error().message);
        item->index = index;
        truncated += item->truncated ? 1 : 0;
        if (prepared.items.empty())
            noteCollisions(*item, answers, tokenizer, prepared.notes);
        prepared.items.push_back(std::move(*item));
    }
    if (truncated > 0)
        prepared.notes.push_back(
            fmt::format("{} of {} items are longer than the model's context of {} tokens; their "
                        "beginning is cut off.",
                        truncated, prepared.items.size(), context));
    if (isShotOfItems(task, selection))
        prepared.notes.push_back(
            fmt::format("The {} examples shown before each item are items of the file itself and "
                        "are not asked.",
                        selection.shots.size()));
    return prepared;
}

} // namespace vitrine::model
