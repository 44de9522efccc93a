#include "plugins/common/evaluation/evaluation.h"

#include "plugins/common/evaluation/verdict.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

namespace vitrine::evaluation
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr auto kSaveItemsEvery = std::chrono::seconds(1);

constexpr double kNotScored = std::numeric_limits<double>::quiet_NaN();

PairedCounts compare(const ReadTask& task, const std::vector<Answer>& before,
                     const std::vector<Answer>& after)
{
    const std::size_t items = before.size();
    const auto was = std::make_unique<bool[]>(items), is = std::make_unique<bool[]>(items);
    for (std::size_t i = 0; i < items; ++i) {
        was[i] = task.isRight(i, before[i].score);
        is[i] = task.isRight(i, after[i].score);
    }
    return pairedCounts({was.get(), items}, {is.get(), items});
}

// The last words of what the model reads, for people who look through a table.
std::string ending(const std::string& prompt)
{
    constexpr std::size_t kShown = 80;
    if (prompt.size() <= kShown)
        return prompt;
    std::size_t start = prompt.size() - kShown;
    while (start < prompt.size() && (static_cast<unsigned char>(prompt[start]) & 0xc0) == 0x80)
        ++start; // not in the middle of a character
    return "…" + prompt.substr(start);
}

std::string flipOf(bool was, bool is, bool same)
{
    return was != is ? (is ? "gained" : "lost") : same ? "" : "changed";
}

Table itemTable(const ReadTask& task, const Evaluation& evaluation, const ChangeWords& words)
{
    Table table{
        "items",
        {{"item", "1", {}, "Line of the file among its items, from 0"},
         {"dataset", "", {}, "As the file names it"},
         {"text", "", {}, "The end of what the model reads"},
         {"gold", "", {}, "The right answer"},
         {"baseline", "", {}, "Chosen by the model as it is"},
         {words.column, "", {}, "Chosen " + words.with},
         {"flip",
          "",
          {},
          fmt::format("gained: right only with {}; lost: right only without; changed: otherwise",
                      words.noun)},
         {"gold_before",
          "nat",
          {},
          "Log-probability of the right answer among the choices, as it is"},
         {"gold_after", "nat", {}, "The same " + words.with}},
        {}};
    for (std::size_t i = 0; i < evaluation.before.size(); ++i) {
        const auto& item = task.item(i);
        const auto &before = evaluation.before[i].score, &after = evaluation.after[i].score;
        const int was = task.chosen(before), is = task.chosen(after);
        table.rows.push_back({static_cast<std::int64_t>(task.prepared.items[i].index), item.dataset,
                              ending(item.prompt), task.choiceText(item, item.answer),
                              task.choiceText(item, was), task.choiceText(item, is),
                              flipOf(task.isRight(i, before), task.isRight(i, after), was == is),
                              before.goldLogProbability, after.goldLogProbability});
    }
    return table;
}

Table datasetTable(const ReadTask& task, const Evaluation& evaluation, const ChangeWords& words)
{
    Table table{"datasets",
                {{"dataset", "", {}, "As the file names it"},
                 {"items", "1", {}, ""},
                 {"baseline_accuracy", "1", {}, "Share right by the model as it is"},
                 {"accuracy", "1", {}, "Share right " + words.with},
                 {"difference_low", "1", {}, "95 % interval of the paired difference (Tango)"},
                 {"difference_high", "1", {}, ""},
                 {"p_value", "1", {}, "Exact McNemar test"}},
                {}};
    std::map<std::string, PairedCounts> parts;
    for (std::size_t i = 0; i < evaluation.before.size(); ++i) {
        const bool was = task.isRight(i, evaluation.before[i].score),
                   is = task.isRight(i, evaluation.after[i].score);
        PairedCounts& counts = parts[task.item(i).dataset];
        ++(was ? (is ? counts.bothRight : counts.lost) : (is ? counts.gained : counts.bothWrong));
    }
    for (const auto& [name, counts] : parts) {
        const Verdict verdict = verdictOf(counts);
        table.rows.push_back({name, counts.items(), before(counts), after(counts),
                              verdict.interval.low, verdict.interval.high, verdict.pValue});
    }
    return table;
}

Table controlTable(const std::vector<PairedCounts>& counts, const ChangeWords& words)
{
    Table table{"controls",
                {{"set", "1", {}, "Random set, from 0"},
                 words.label,
                 {"accuracy", "1", {}, words.controlsHelp},
                 {"difference", "1", {}, "Less the model as it is"},
                 {"gained", "1", {}, "Items right only with " + words.noun},
                 {"lost", "1", {}, "Items right only without"}},
                {}};
    for (std::size_t i = 0; i < counts.size(); ++i)
        table.rows.push_back({static_cast<std::int64_t>(i), words.labels[i], after(counts[i]),
                              counts[i].difference(), counts[i].gained, counts[i].lost});
    return table;
}

// exp of the mean -ln p per token of the right continuations; likelihood scoring only.
double goldPerplexity(const ReadTask& task, const std::vector<Answer>& judged)
{
    double sum = 0, tokens = 0;
    for (std::size_t i = 0; i < judged.size(); ++i) {
        const auto gold = static_cast<std::size_t>(task.prepared.items[i].answer);
        sum -= judged[i].score.scores[gold];
        tokens += static_cast<double>(task.prepared.items[i].queries[gold].targets.size());
    }
    return std::exp(sum / tokens);
}

double chance(const ReadTask& task, std::size_t items)
{
    double sum = 0;
    for (std::size_t i = 0; i < items; ++i)
        sum += 1 / static_cast<double>(task.item(i).choices.size());
    return sum / static_cast<double>(items);
}

void goOn(Evaluation& all, std::size_t items, std::string_view subject, Progress& progress)
{
    const auto saved = progress.loadState();
    if (!saved)
        return;
    if (const auto restored = restoreEvaluation(*saved, subject, items, all); restored)
        progress.message(fmt::format("going on behind {} items that are known", all.before.size()));
    else
        progress.message(restored.error().message + ": the evaluation starts anew");
}

double mostFrequent(const ReadTask& task, std::size_t items)
{
    std::map<int, double> counts;
    double most = 0;
    for (std::size_t i = 0; i < items; ++i)
        most = std::max(most, ++counts[task.prepared.items[i].answer]);
    return most / static_cast<double>(items);
}

} // namespace

Result<Evaluation> evaluate(const Contenders& contenders, std::size_t items,
                            std::string_view subject, Progress& progress)
{
    Evaluation all;
    all.controls.resize(contenders.controls);
    goOn(all, items, subject, progress);
    const double steps = static_cast<double>(2 + contenders.controls);
    double done = steps * static_cast<double>(all.before.size());
    auto saved = Clock::now();
    const auto step = [&](std::size_t contender, std::size_t item,
                          std::vector<Answer>& into) -> Result<void> {
        if (!progress.advance(done, steps * static_cast<double>(items), "answers"))
            return cancelled();
        VITRINE_TRY(Answer answer, contenders.answer(contender, item));
        into.push_back(std::move(answer));
        ++done;
        return {};
    };
    const auto allContenders = [&](std::size_t item) -> Result<void> {
        VITRINE_CHECK(step(0, item, all.before));
        VITRINE_CHECK(step(1, item, all.after));
        for (std::size_t control = 0; control < contenders.controls; ++control)
            VITRINE_CHECK(step(2 + control, item, all.controls[control]));
        contenders.forget(item);
        return {};
    };
    for (std::size_t item = all.before.size(); item < items; ++item) {
        const auto answered = allContenders(item);
        if (!answered || Clock::now() - saved >= kSaveItemsEvery) {
            VITRINE_CHECK(progress.saveState(evaluationState(all, subject)));
            saved = Clock::now();
        }
        if (!answered)
            return tl::unexpected(answered.error());
    }
    return all;
}

void addAnswers(const ReadTask& task, const Evaluation& evaluation, const ChangeWords& words,
                RunResult& out)
{
    const PairedCounts counts = compare(task, evaluation.before, evaluation.after);
    const Verdict verdict = verdictOf(counts);
    const auto items = static_cast<std::size_t>(counts.items());
    const auto right = [&](double share) {
        return std::llround(share * static_cast<double>(items));
    };
    const Interval low = wilsonInterval(right(before(counts)), counts.items());
    const Interval high = wilsonInterval(right(after(counts)), counts.items());
    std::vector<PairedCounts> controls;
    for (const auto& control : evaluation.controls)
        controls.push_back(compare(task, evaluation.before, control));
    const Control control = controlOf(controls);
    const bool likelihood = task.request.scoring == model::TaskScoring::likelihood;

    for (Metric metric : {
             metricOf("items", static_cast<double>(items), "Items asked"),
             metricOf("accuracy", after(counts), "Share right " + words.with),
             metricOf("accuracy_low", high.low, "95 % interval (Wilson)"),
             metricOf("accuracy_high", high.high, "95 % interval (Wilson)"),
             metricOf("baseline_accuracy", before(counts), "Share right by the model as it is"),
             metricOf("baseline_accuracy_low", low.low, "95 % interval (Wilson)"),
             metricOf("baseline_accuracy_high", low.high, "95 % interval (Wilson)"),
             metricOf("difference", counts.difference(), "accuracy - baseline_accuracy"),
             metricOf("difference_low", verdict.interval.low,
                      "95 % score interval of the paired difference (Tango 1998)"),
             metricOf("difference_high", verdict.interval.high,
                      "95 % score interval of the paired difference (Tango 1998)"),
             metricOf("gained", static_cast<double>(counts.gained),
                      "Items right only with " + words.noun),
             metricOf("lost", static_cast<double>(counts.lost), "Items right only without"),
             metricOf("p_value", verdict.pValue,
                      "Exact two-sided McNemar test of gained against lost"),
             metricOf("p_value_mid", mcnemarMidP(counts), "Its mid-p variant, less conservative"),
             metricOf("accuracy_control", control.mean,
                      "Mean share right over random " + words.sets),
             metricOf("accuracy_control_low", control.low, "2.5 % quantile of the random sets"),
             metricOf("accuracy_control_high", control.high, "97.5 % quantile of the random sets"),
             metricOf("chance", chance(task, items), "Mean of 1 over the number of choices"),
             metricOf("most_frequent", mostFrequent(task, items),
                      "Share right of always giving the most frequent answer"),
             metricOf("perplexity",
                      likelihood ? goldPerplexity(task, evaluation.after) : kNotScored,
                      "Of the right continuations' tokens, " + words.with),
             metricOf("baseline_perplexity",
                      likelihood ? goldPerplexity(task, evaluation.before) : kNotScored,
                      "Of the right continuations' tokens, by the model as it is"),
         })
        out.metrics.push_back(std::move(metric));
    out.tables.push_back(itemTable(task, evaluation, words));
    out.tables.push_back(datasetTable(task, evaluation, words));
    out.tables.push_back(controlTable(controls, words));
    out.notes.push_back(verdictSentence(verdict, words.act));
    out.notes.push_back(control.sets == 0 ? words.noControls
                                          : controlSentence(control, after(counts), words.sets));
    if (!likelihood)
        out.notes.push_back(
            "Perplexity is not computed: this scoring looks at one token of each item.");
}

} // namespace vitrine::evaluation
