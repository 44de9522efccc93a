#include "plugins/common/evaluation/task.h"

#include "core/base/json.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"

#include <algorithm>

namespace vitrine::evaluation
{
namespace
{

using model::TaskKind;
using model::TaskScoring;

constexpr const char* kShippedTask = "tasks/vitrine-cloze.jsonl";

ParamSpec taskSpec(const char* name, const char* label, ParamType type, const char* help)
{
    ParamSpec result;
    result.name = name, result.label = label, result.type = type, result.help = help;
    result.group = "Task";
    return result;
}

ParamSpec choiceSpec(const char* name, const char* label, const char* help,
                     std::vector<ParamChoice> choices)
{
    ParamSpec result = taskSpec(name, label, ParamType::choice, help);
    result.fallback = ParamValue(choices.front().value);
    result.choices = std::move(choices);
    return result;
}

std::vector<ParamSpec> promptSpecs()
{
    ParamSpec shots = taskSpec(
        "shots", "Examples", ParamType::integer,
        "Solved items shown before each one, drawn with the seed: of the part \"train\" where the "
        "file has one, else of the items, which are then not asked");
    shots.minimum = 0, shots.maximum = 64, shots.fallback = ParamValue(std::int64_t{0});
    ParamSpec body =
        taskSpec("template", "Template", ParamType::text,
                 "How an item is put, with {field} of its row and \\n for a line break; "
                 "empty: its prompt, or "
                 "the template of the ACT authors for SST-2, TREC, CB and BoolQ");
    body.multiline = true, body.fallback = ParamValue(std::string());
    ParamSpec instruction = taskSpec("instruction", "Instruction", ParamType::text,
                                     "Text before everything; empty: as the template's");
    instruction.multiline = true, instruction.fallback = ParamValue(std::string());
    instruction.advanced = true;
    ParamSpec part = taskSpec("part", "Part", ParamType::text,
                              "Only items of this part of the file; empty: all");
    part.fallback = ParamValue(std::string());
    return {shots, body, instruction, part};
}

TaskKind kindOf(const std::string& name, TaskKind usual)
{
    return name == "classification" ? TaskKind::classification
           : name == "choice"       ? TaskKind::choice
           : name == "cloze"        ? TaskKind::cloze
           : name == "perplexity"   ? TaskKind::perplexity
                                    : usual;
}

TaskScoring scoringOf(const std::string& name, TaskKind kind)
{
    return name == "labels"                 ? TaskScoring::labels
           : name == "letter"               ? TaskScoring::letter
           : name.starts_with("likelihood") ? TaskScoring::likelihood
                                            : model::usualScoring(kind);
}

std::string withLineBreaks(std::string text)
{
    for (std::size_t at = 0; (at = text.find("\\n", at)) != text.npos; ++at)
        text.replace(at, 2, "\n");
    return text;
}

model::TaskRequest requestOf(const Params& params, const model::Task& task, std::int64_t limit)
{
    model::TaskRequest request;
    request.kind = kindOf(params.text("kind"), task.kind);
    request.scoring = scoringOf(params.text("scoring"), request.kind);
    request.style = task.style;
    if (request.scoring == TaskScoring::letter)
        request.style.body.clear();
    if (!params.text("template").empty()) {
        request.style.body = withLineBreaks(params.text("template"));
        request.style.instruction.clear();
    }
    if (!params.text("instruction").empty())
        request.style.instruction = withLineBreaks(params.text("instruction"));
    request.mutual = params.text("scoring") == "likelihood_mutual";
    request.shots = static_cast<int>(params.integer("shots"));
    request.part = params.text("part");
    request.limit = limit;
    request.seed = static_cast<std::uint64_t>(params.integer("seed"));
    return request;
}

Result<std::filesystem::path> pathOf(const Params& params)
{
    if (params.has("task"))
        return std::filesystem::path(params.text("task"));
    return findResource(kShippedTask);
}

} // namespace

std::vector<ParamSpec> taskParams()
{
    ParamSpec file =
        taskSpec("task", "Task", ParamType::file,
                 "Items as JSON lines, a table with tabs, or the files of SST-2, TREC, CB "
                 "and COPA; running text "
                 "for perplexity. Nothing: the shipped cloze task");
    file.fileKind = "task";
    file.optional = true;
    std::vector<ParamSpec> specs = {
        file,
        choiceSpec(
            "kind", "Kind", "What the items are",
            {{"auto", "as the file says", "Labels, choices or running text"},
             {"classification", "classification", "The same labels for every item"},
             {"choice", "choice", "Each item has choices of its own"},
             {"cloze", "cloze", "The choices continue the prompt"},
             {"perplexity", "perplexity", "Running text, in windows of the model's context"}}),
        choiceSpec("scoring", "Scoring", "How the answer is read off the model",
                   {{"auto", "as usual", "Labels for classification, else likelihood"},
                    {"labels", "label tokens",
                     "The last position, restricted to each label's last token (the authors')"},
                    {"likelihood", "likelihood", "Log-probability of each choice as continuation"},
                    {"likelihood_mutual", "what the context adds",
                     "Log-probability of each choice less that without its context"},
                    {"likelihood_norm", "likelihood per character",
                     "The same, divided by the choice's characters"},
                    {"letter", "letter",
                     "Options A, B, ...; the greedy token must be the letter (the authors')"}}),
        choiceSpec("encoding", "Encoding", "How context and choice become tokens",
                   {{"joint", "together", "As one text, split behind the context (lm-eval today)"},
                    {"separate", "apart", "Each on its own (lm-eval until 2023, ShiftAddLLM)"}}),
    };
    specs.back().advanced = true;
    for (ParamSpec& each : promptSpecs())
        specs.push_back(std::move(each));
    return specs;
}

const model::TaskItem& ReadTask::item(std::size_t place) const
{
    return task.items[prepared.items[place].index];
}

std::string ReadTask::choiceText(const model::TaskItem& item, int choice) const
{
    if (choice < 0)
        return "none";
    const bool byName = request.kind == TaskKind::classification;
    return byName ? item.choices[static_cast<std::size_t>(choice)]
                  : std::string(1, static_cast<char>('A' + choice));
}

int ReadTask::chosen(const model::ItemScore& score) const
{
    return request.mutual ? score.chosenMutual : normalised ? score.chosenNormalised : score.chosen;
}

bool ReadTask::isRight(std::size_t place, const model::ItemScore& score) const
{
    return chosen(score) == prepared.items[place].answer;
}

Result<ReadTask> readTask(const Params& params, const OpenModel& opened, std::int64_t limit,
                          const Exclusion& exclusion)
{
    if (!opened.tokenizer)
        return argumentError("{} has no tokenizer, and a task is text: take a model that has one",
                             opened.name);
    ReadTask read;
    VITRINE_TRY(const auto path, pathOf(params));
    VITRINE_TRY(read.task, model::openTask(path));
    VITRINE_TRY(read.input, hashInput("task", path));
    read.request = requestOf(params, read.task, limit);
    if (exclusion.itemsOf)
        read.request.excluded = exclusion.itemsOf(read.input.sha256);
    const auto isAsked = [&](std::size_t item) {
        return item < read.task.items.size() &&
               (read.request.part.empty() || read.task.items[item].part == read.request.part);
    };
    if (const auto left = std::ranges::count_if(read.request.excluded, isAsked); left > 0)
        read.notes.push_back(
            fmt::format("{} items of this task {}; they are not asked here.", left, exclusion.why));
    read.normalised = params.text("scoring") == "likelihood_norm";
    const auto encoding = params.text("encoding") == "separate" ? model::TaskEncoding::separate
                                                                : model::TaskEncoding::joint;
    VITRINE_TRY(read.prepared, model::prepareTask(read.task, read.request, *opened.tokenizer,
                                                  opened.config().context, encoding));
    append(read.notes, read.prepared.notes);
    return read;
}

std::string subjectOf(const Params& params, const OpenModel& opened, const ReadTask& task)
{
    std::string subject = task.input.sha256;
    for (const auto& input : opened.inputs)
        subject += "|" + input.sha256;
    Json values = toJson(params);
    values.erase("threads"); // results do not depend on them
    return subject + "|" + dumpJson(values);
}

} // namespace vitrine::evaluation
