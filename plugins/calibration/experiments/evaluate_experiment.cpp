#include "plugins/calibration/experiments/evaluate_experiment.h"

#include "core/attention/item_judge.h"
#include "plugins/calibration/experiments/hand_picked.h"
#include "plugins/calibration/experiments/params.h"
#include "plugins/calibration/experiments/search_result.h"
#include "plugins/common/evaluation/evaluation.h"
#include "plugins/common/evaluation/verdict.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vitrine::calibration_plugin
{
namespace
{

ParamSpec countSpec(const char* name, const char* label, std::int64_t fallback,
                    std::int64_t maximum, const char* help)
{
    ParamSpec result;
    result.name = name, result.label = label, result.type = ParamType::integer, result.help = help;
    result.group = "Task";
    result.minimum = 0, result.maximum = static_cast<double>(maximum);
    result.fallback = ParamValue(fallback);
    return result;
}

ParamSpec decodeSpec()
{
    ParamSpec decode;
    decode.name = "decode", decode.label = "Choices are read", decode.type = ParamType::choice;
    decode.help =
        "How the tokens of a choice are treated behind their context; labels and letters have none";
    decode.group = "Calibration";
    decode.choices = {{"whole", "with their context",
                       "Context and choice are one prefill, calibrated as a whole"},
                      {"prefill", "uncalibrated", "Only the context is calibrated"},
                      {"frozen", "with the context's sinks",
                       "Token by token; the sinks are those of the context"},
                      {"streaming", "with sinks found anew",
                       "Token by token; column means go on with every row"}};
    decode.fallback = ParamValue(std::string("whole"));
    return decode;
}

std::optional<attention::DecodeMode> decodeOf(const std::string& name)
{
    if (name == "prefill")
        return attention::DecodeMode::prefill;
    if (name == "frozen")
        return attention::DecodeMode::frozen;
    if (name == "streaming")
        return attention::DecodeMode::streaming;
    return std::nullopt;
}

// Random sets of as many heads among those that could have been chosen.
Result<std::vector<attention::HeadSet>>
controlSets(const Params& params, const model::LlmConfig& config, const attention::HeadSet& heads)
{
    std::vector<int> layers = attention::eligibleLayers(config);
    if (!params.integers("layers").empty()) {
        VITRINE_TRY(layers, chosenLayers(params, config));
    }
    const attention::HeadSet candidates = attention::headsOf(config, layers);
    std::vector<attention::HeadSet> sets;
    if (heads.empty() || heads.size() >= candidates.size())
        return sets;
    for (std::int64_t i = 0; i < params.integer("controls"); ++i)
        sets.push_back(attention::randomHeads(
            candidates, heads.size(), static_cast<std::uint64_t>(params.integer("seed") + 1 + i)));
    return sets;
}

// How many of the heads are calibrated: the paper's ablation over 0, 40, ..., 100 % of them.
std::size_t shareOf(const Params& params, std::size_t heads)
{
    return static_cast<std::size_t>(
        std::llround(params.real("share") * static_cast<double>(heads)));
}

// What the head file was made with and this run does otherwise.
void compareWithFile(const attention::HeadList& list, const attention::Calibration& calibration,
                     RunResult& out)
{
    if (list.beta && *list.beta != calibration.beta)
        out.notes.push_back(fmt::format("The head file was made with beta {}, this run uses {}.",
                                        *list.beta, calibration.beta));
    if (list.rule && *list.rule != calibration.sinks.rule)
        out.notes.push_back("The head file was made with another threshold rule than this run's.");
    else if (list.tau && calibration.sinks.rule == attention::SinkRule::absolute &&
             *list.tau != calibration.sinks.tau)
        out.notes.push_back(fmt::format("The head file was made with tau {}, this run uses {}.",
                                        *list.tau, calibration.sinks.tau));
}

evaluation::ChangeWords calibrationWords(const attention::HeadSet& heads,
                                         const std::vector<attention::HeadSet>& controls)
{
    evaluation::ChangeWords words{.column = "calibrated",
                                  .with = "with calibrated heads",
                                  .noun = "calibration",
                                  .act = fmt::format("Calibrating {} heads", heads.size()),
                                  .sets = "sets of as many heads",
                                  .controlsHelp = "Share right with these heads calibrated",
                                  .noControls = kNoControls,
                                  .label = {"heads", "", {}, "layer.head"},
                                  .labels = {}};
    for (const attention::HeadSet& control : controls)
        words.labels.push_back(attention::headsText(control));
    return words;
}

evaluation::Answer answerOf(const attention::JudgedItem& judged)
{
    const attention::CalibrationCount& count = judged.count;
    return {judged.score,
            judged.loss,
            {count.sinks, count.rowsModified, count.rowsSkipped},
            count.massMoved};
}

// The counts of the calibrated heads: item by item where items have answers, and over all.
void addCounts(const evaluation::Evaluation& evaluation, std::size_t heads, bool byItem,
               RunResult& out)
{
    attention::CalibrationCount all;
    for (const evaluation::Answer& answer : evaluation.after)
        all += {answer.counts[0], answer.counts[1], answer.counts[2], answer.sum};
    Table& items = *std::ranges::find(out.tables, "items", &Table::name);
    if (byItem) {
        items.columns.push_back(
            {"rows_modified", "1", {}, "Rows changed, over all calibrated heads"});
        items.columns.push_back({"mass_moved", "1", {}, "Sum over heads and rows of (1 - beta) m"});
        for (std::size_t i = 0; i < items.rows.size(); ++i) {
            items.rows[i].push_back(evaluation.after[i].counts[1]);
            items.rows[i].push_back(evaluation.after[i].sum);
        }
    }
    using evaluation::metricOf;
    for (Metric metric : {
             metricOf("heads_calibrated", static_cast<double>(heads), "Query heads"),
             metricOf("sinks", static_cast<double>(all.sinks),
                      "Columns shrunk, over heads and passes"),
             metricOf("rows_modified", static_cast<double>(all.rowsModified),
                      "Rows changed, over heads and passes"),
             metricOf("rows_skipped", static_cast<double>(all.rowsSkipped),
                      "Rows left as they are, for no receiver has weight"),
             metricOf("mass_moved", all.massMoved,
                      "Sum over heads and rows of (1 - beta) m (ACT, section 4)"),
         })
        out.metrics.push_back(std::move(metric));
    if (heads > 0 && all.rowsModified == 0)
        out.notes.push_back("No row was modified: none of these heads has a sink behind the first "
                            "token on these items.");
}

} // namespace

ExperimentInfo EvaluateExperiment::info() const
{
    return {"calibration.evaluate", "Does calibration help?",
            "Answers a task with the model as it is, with calibrated heads and with random ones, "
            "and says what the "
            "difference is worth.",
            1};
}

std::vector<ParamSpec> EvaluateExperiment::params(const Params&) const
{
    std::vector<ParamSpec> specs = {modelParam()};
    const auto add = [&](std::vector<ParamSpec> more) {
        specs.insert(specs.end(), std::make_move_iterator(more.begin()),
                     std::make_move_iterator(more.end()));
    };
    add(evaluation::taskParams());
    add({countSpec(
        "limit", "Items", 0, 1'000'000,
        "So many items, drawn with the seed (windows of running text: the first); 0: all")});
    add(headParams("all"));
    ParamSpec share = countSpec("share", "Share of the heads", 1, 1,
                                "So much of the heads, drawn with the seed, is calibrated");
    share.type = ParamType::real;
    share.fallback = ParamValue(1.0);
    share.group = "Layers and heads";
    add({share});
    add(calibrationParams());
    add({decodeSpec(),
         countSpec("controls", "Random sets", 10, 1000,
                   "Random sets of as many heads that are judged beside the chosen one")});
    specs.back().group = "Layers and heads";
    return specs;
}

Result<RunResult> EvaluateExperiment::run(const Params& params, Progress& progress) const
{
    VITRINE_TRY(const OpenModel opened, openModel(params, &progress));
    VITRINE_TRY(attention::HeadList list, headListOf(params, opened.config()));
    list.heads = attention::randomHeads(list.heads, shareOf(params, list.heads.size()),
                                        static_cast<std::uint64_t>(params.integer("seed")));
    VITRINE_TRY(
        const evaluation::ReadTask task,
        evaluation::readTask(params, opened, params.integer("limit"), poolExclusion(list.file)));
    VITRINE_TRY(const auto controls, controlSets(params, opened.config(), list.heads));
    const attention::Calibration calibration = calibrationOf(params);
    attention::ItemJudge judge(
        opened.llm, *opened.tokenizer, task.prepared,
        {.calibration = calibration, .decode = decodeOf(params.text("decode"))});
    const auto answer = [&](std::size_t contender, std::size_t item) -> Result<evaluation::Answer> {
        const attention::HeadSet none;
        VITRINE_TRY(const auto judged, judge.judge(contender == 0   ? none
                                                   : contender == 1 ? list.heads
                                                                    : controls[contender - 2],
                                                   item));
        return answerOf(judged);
    };
    VITRINE_TRY(const auto evaluation,
                evaluation::evaluate({.answer = answer,
                                      .controls = controls.size(),
                                      .forget = [&](std::size_t item) { judge.forget(item); }},
                                     task.prepared.items.size(), subjectOf(params, opened, task),
                                     progress));

    RunResult out;
    out.inputs = opened.inputs;
    out.inputs.push_back(task.input);
    const auto words = calibrationWords(list.heads, controls);
    const bool byItem = task.request.kind != model::TaskKind::perplexity;
    if (byItem)
        addAnswers(task, evaluation, words, out);
    else
        addLosses(evaluation, words, static_cast<std::uint64_t>(params.integer("seed")), out);
    addCounts(evaluation, list.heads.size(), byItem, out);
    compareWithFile(list, calibration, out);
    append(out.notes, task.notes);
    append(out.notes, list.notes);
    append(out.notes, opened.notes);
    return out;
}

} // namespace vitrine::calibration_plugin
