#include "core/model/task/task.h"

#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/base/json.h"
#include "core/model/task/task_rows.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <optional>
#include <set>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kLargestFile = 256ull << 20;
constexpr std::size_t kLargestLine = 4u << 20;

// The labels of known data sets and how the authors of ACT put them (GATECH-EIC/ACT,
// utils/data_utils.py).
struct KnownLabels {
    const char* needs; // a field that its rows have
    std::vector<std::pair<std::string, std::string>>
        words; // what the file says -> what the model is to say
    TaskStyle style;
};

const std::vector<KnownLabels>& knownLabels()
{
    static const std::vector<KnownLabels> kKnown = {
        {"sentence",
         {{"0", "negative"}, {"1", "positive"}},
         {"Classify the sentiment of the user's message into one of the following "
          "categories:'positive' or "
          "'negative'.\n\n",
          "Sentence: {sentence} \nSentiment: ", "\n\n", true}},
        {"text",
         {{"DESC", "Description"},
          {"ENTY", "Entity"},
          {"ABBR", "Expression"},
          {"HUM", "Person"},
          {"NUM", "Number"},
          {"LOC", "Location"}},
         {"Classify the given questions into the following categories of 'Description', 'Entity', "
          "'Expression', "
          "'Person', 'Number', or 'Location'.\n\n",
          "Question: {text} \nType: ", "\n\n", true}},
        {"hypothesis",
         {{"entailment", "Yes"}, {"contradiction", "No"}, {"neutral", "Maybe"}},
         {"Read the following paragraph and determine if the hypothesis is true.\n\n",
          "Premise: {premise} Hypothesis: {hypothesis}. Answer: ", "\n\n", false}},
        {"hypothesis",
         {{"entailment", "True"}, {"not_entailment", "False"}},
         {"", "{premise}\nQuestion: {hypothesis} True or False?\nAnswer:", "\n\n", true}},
        {"passage",
         {{"false", "False"}, {"true", "True"}},
         {"Read the text and answer the question by True or False.\n\n",
          "Text: {passage} Question: {question}? \nAnswer: ", "\n\n", true}},
    };
    return kKnown;
}

const KnownLabels* knownFor(const std::vector<TaskRow>& rows, const std::set<std::string>& labels)
{
    for (const auto& known : knownLabels()) {
        const auto isWord = [&](const std::string& label) {
            return std::ranges::find(known.words, label, [](const auto& word) {
                       return word.first;
                   }) != known.words.end();
        };
        const auto hasField = [&](const TaskRow& row) {
            return row.item.field(known.needs) != nullptr;
        };
        if (std::ranges::all_of(labels, isWord) && std::ranges::all_of(rows, hasField))
            return &known;
    }
    return nullptr;
}

// Labels become indices into the same choices for every item.
Result<void> resolveLabels(Task& task, std::vector<TaskRow>& rows)
{
    std::set<std::string> labels;
    for (const auto& row : rows)
        if (labels.insert(row.label).second && labels.size() > kMostChoices)
            return inputError(
                "cannot read {}: more than {} different labels; is this a classification task?",
                task.name, kMostChoices);
    std::vector<std::string> keys(labels.begin(), labels.end()), words = keys;
    if (const KnownLabels* known = knownFor(rows, labels)) {
        keys.clear(), words.clear();
        for (const auto& [key, word] : known->words) {
            keys.push_back(key);
            words.push_back(word);
        }
        task.style = known->style;
    }
    if (words.size() < 2)
        return inputError("cannot read {}: all items have the same label", task.name);
    for (auto& row : rows) {
        row.item.choices = words;
        row.item.answer = static_cast<int>(std::ranges::find(keys, row.label) - keys.begin());
    }
    return {};
}

TaskKind kindOf(const std::vector<TaskItem>& items)
{
    if (!items.front().text.empty())
        return TaskKind::perplexity;
    const bool sameChoices = std::ranges::all_of(
        items, [&](const TaskItem& item) { return item.choices == items.front().choices; });
    return sameChoices && items.size() > 1 ? TaskKind::classification : TaskKind::choice;
}

Result<Task> taskOfRows(Task task, std::vector<TaskRow> rows)
{
    if (rows.empty())
        return inputError("cannot read {}: there is no item in it", task.name);
    const auto form = [](const TaskRow& row) {
        return !row.item.text.empty() ? 0 : !row.label.empty() ? 1 : 2;
    };
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (form(rows[i]) != form(rows.front()))
            return inputError("cannot read {}: item {} is of another kind than the first one "
                              "(running text, label, or "
                              "choices)",
                              task.name, i);
    if (form(rows.front()) == 1)
        VITRINE_CHECK(resolveLabels(task, rows));
    task.items.reserve(rows.size());
    for (auto& row : rows)
        task.items.push_back(std::move(row.item));
    task.kind = kindOf(task.items);
    return task;
}

Result<Task> fromRows(std::string_view name, std::string_view format,
                      const std::vector<Json>& objects)
{
    std::vector<TaskRow> rows;
    rows.reserve(objects.size());
    for (const Json& object : objects) {
        VITRINE_TRY(TaskRow row, taskRow(object, fmt::format("{}, item {}", name, rows.size())));
        rows.push_back(std::move(row));
    }
    return taskOfRows({std::string(name), std::string(format), {}, {}, {}, {}}, std::move(rows));
}

Result<Task> fromJsonLines(std::string_view bytes, std::string_view name)
{
    std::vector<TaskRow> rows;
    std::size_t number = 0;
    for (std::size_t start = 0; start < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
        const std::string_view line = bytes.substr(start, end - start);
        start = end + 1;
        ++number;
        if (line.find_first_not_of(" \t\r") == line.npos)
            continue;
        if (line.size() > kLargestLine)
            return inputError("cannot read {}: line {} is longer than 4 MiB", name, number);
        if (rows.size() >= kLargestTask)
            return inputError("cannot read {}: more than {} items", name, kLargestTask);
        const std::string where = fmt::format("{}, line {}", name, number);
        VITRINE_TRY(const Json object, parseJson(line, where, {.depth = 8, .values = 10'000}));
        VITRINE_TRY(TaskRow row, taskRow(object, where));
        rows.push_back(std::move(row));
    }
    return taskOfRows({std::string(name), "jsonl", {}, {}, {}, {}}, std::move(rows));
}

std::string_view firstLine(std::string_view bytes)
{
    const std::size_t start = bytes.find_first_not_of(" \t\r\n");
    return start == bytes.npos ? std::string_view{}
                               : bytes.substr(start, bytes.find('\n', start) - start);
}

} // namespace

const std::string* TaskItem::field(std::string_view name) const
{
    const auto found = std::ranges::find(
        fields, name, [](const auto& one) { return std::string_view(one.first); });
    return found == fields.end() ? nullptr : &found->second;
}

std::vector<std::string> Task::datasets() const
{
    std::vector<std::string> names;
    for (const auto& item : items)
        if (std::ranges::find(names, item.dataset) == names.end())
            names.push_back(item.dataset);
    return names;
}

namespace
{

Result<Task> readAnyTask(std::string_view bytes, const std::string& name)
{
    if (bytes.starts_with("\xef\xbb\xbf"))
        bytes.remove_prefix(3);
    const std::string_view first = firstLine(bytes);
    if (first.starts_with('{'))
        return fromJsonLines(bytes, name);
    if (first.starts_with('<')) {
        VITRINE_TRY(const auto rows, copaRows(bytes, name));
        return fromRows(name, "copa", rows);
    }
    if (first.find('\t') != first.npos) {
        VITRINE_TRY(const auto rows, tableRows(bytes, name));
        return fromRows(name, "tsv", rows);
    }
    for (const bool trec : {false, true})
        if (trec ? isTrecLine(first) : isSst2Line(first)) {
            VITRINE_TRY(const auto rows, labelledLines(bytes, name, trec));
            return fromRows(name, trec ? "trec" : "sst2", rows);
        }
    if (!first.empty() && (name.ends_with(".txt") || name.ends_with(".md"))) {
        VITRINE_CHECK(checkUtf8(bytes));
        TaskItem item;
        item.text = std::string(bytes);
        return Task{name, "text", TaskKind::perplexity, {}, {std::move(item)}, {}};
    }
    return inputError("cannot read {}: no task; known are JSON lines such as {{\"prompt\": ..., "
                      "\"choices\": [...], "
                      "\"answer\": 0}}, tables with tabs and a header, the files of SST-2, TREC "
                      "and COPA, and .txt",
                      name);
}

} // namespace

Result<Task> parseTask(std::string_view bytes, std::string_view fileName)
{
    const std::string name = printableName(fileName);
    return inFile(name, readAnyTask(bytes, name));
}

Result<Task> openTask(const std::filesystem::path& path)
{
    VITRINE_TRY(const std::string bytes, readFile(path, kLargestFile));
    return parseTask(bytes, path.filename().string());
}

} // namespace vitrine::model
