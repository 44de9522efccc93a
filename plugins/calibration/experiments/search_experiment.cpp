#include "plugins/calibration/experiments/search_experiment.h"

#include "plugins/calibration/experiments/params.h"
#include "plugins/calibration/experiments/search_result.h"
#include "plugins/common/experiment_input.h"

#include <algorithm>
#include <chrono>

namespace vitrine::calibration_plugin
{
namespace
{

using attention::HeadSearch;
using attention::KeepRule;
using attention::Stopping;
using Clock = std::chrono::steady_clock;

constexpr auto kSaveSearchEvery = std::chrono::seconds(1); // so much work at most is lost to a kill

std::vector<ParamSpec> searchParams()
{
    constexpr const char* kGroup = "Search";
    const auto count = [](const char* name, const char* label, const char* help, double high,
                          std::int64_t fallback) {
        return numberParam(name, label, kGroup, help, 0, high, fallback);
    };
    std::vector<ParamSpec> specs = {
        count("pool", "Pool",
              "Items drawn from the task with the seed; half of them choose, the other half "
              "judges. 0: all",
              100'000, 64),
        numberParam("margin", "Margin", kGroup,
                    "A head must gain more than this share of right answers", 0, 1, 0.0),
        count("cap", "At most", "Heads kept at most, the best ones; 0: no limit", 100'000, 0),
        choiceParam("criterion", "Criterion", kGroup,
                    "What has to gain (ACT, section 6, leaves it open)",
                    {{"pooled", "all items together", "Share right over the pool"},
                     {"mean", "mean of the datasets", "Each dataset of the file counts alike"},
                     {"every", "no dataset worse", "Together, and none of the datasets may lose"}}),
        choiceParam(
            "stopping", "Early stopping", kGroup, "When a head needs no more items",
            {{"exact", "when it cannot be kept",
              "Keeps exactly the heads that seeing all items would"},
             {"wilson", "when it is unlikely to be kept",
              "Wilson bound, wrong for any head of the search with probability below 0.001; "
              "helps large pools with a margin"},
             {"none", "never", "Every head sees every item"}}),
        count("proxy", "First look",
              "Items every head sees first; who raises the right answers most goes on first. It "
              "orders, never excludes",
              1000, 8),
        count("controls", "Random sets",
              "Random sets of as many heads, judged on the held-out half", 1000, 20),
    };
    specs[5].advanced = specs[4].advanced = true;
    return specs;
}

attention::SearchOptions searchOptionsOf(const Params& params)
{
    attention::SearchOptions options;
    const std::string &criterion = params.text("criterion"), &stopping = params.text("stopping");
    options.rule = criterion == "mean"    ? KeepRule::datasetMean
                   : criterion == "every" ? KeepRule::everyDataset
                                          : KeepRule::pooled;
    options.stopping = stopping == "none"     ? Stopping::none
                       : stopping == "wilson" ? Stopping::wilson
                                              : Stopping::exact;
    options.margin = params.real("margin");
    options.cap = static_cast<int>(params.integer("cap"));
    options.proxyItems = static_cast<int>(params.integer("proxy"));
    options.controls = static_cast<int>(params.integer("controls"));
    options.seed = static_cast<std::uint64_t>(params.integer("seed"));
    return options;
}

Result<attention::HeadSet> candidatesOf(const Params& params, const model::LlmConfig& config)
{
    std::vector<int> layers = attention::eligibleLayers(config);
    if (!params.integers("layers").empty()) {
        VITRINE_TRY(layers, chosenLayers(params, config));
    }
    auto heads = attention::headsOf(config, layers);
    if (heads.empty())
        return argumentError(
            "this model of {} layers has no eligible layer; name some with layers=", config.layers);
    return heads;
}

std::vector<int> datasetNumbers(const evaluation::ReadTask& task)
{
    const auto names = task.task.datasets();
    std::vector<int> numbers;
    for (std::size_t place = 0; place < task.prepared.items.size(); ++place)
        numbers.push_back(
            static_cast<int>(std::ranges::find(names, task.item(place).dataset) - names.begin()));
    return numbers;
}

// Saves every second and at the end; answers whether to go on.
class Saver
{
public:
    Saver(const HeadSearch& search, Progress& progress) : search_(search), progress_(progress) {}

    bool advance(double done, double total)
    {
        const bool goOn = progress_.advance(done, total, "answers") && problem_;
        if (!goOn || Clock::now() - saved_ >= kSaveSearchEvery)
            save();
        return goOn && problem_.has_value();
    }
    void save()
    {
        problem_ = progress_.saveState(search_.state());
        saved_ = Clock::now();
    }
    const Result<void>& problem() const { return problem_; }

private:
    const HeadSearch& search_;
    Progress& progress_;
    Clock::time_point saved_ = Clock::now();
    Result<void> problem_ = {};
};

void goOnSearching(HeadSearch& search, Progress& progress)
{
    const auto saved = progress.loadState();
    if (!saved)
        return;
    if (const auto restored = search.restore(*saved); restored)
        progress.message(
            fmt::format("going on behind {} answers that are known", search.remembered()));
    else
        progress.message(restored.error().message + ": the search starts anew");
}

attention::HeadList listOf(const Params& params, const OpenModel& opened,
                           const evaluation::ReadTask& task, const attention::HeadSet& kept)
{
    const auto calibration = calibrationOf(params);
    attention::HeadList list;
    list.heads = kept;
    list.model = opened.name;
    list.family = task.request.kind == model::TaskKind::classification ? "classification"
                  : task.request.kind == model::TaskKind::cloze        ? "cloze"
                                                                       : "choice";
    list.beta = calibration.beta;
    list.tau = calibration.sinks.tau;
    list.rule = calibration.sinks.rule;
    return list;
}

} // namespace

ExperimentInfo SearchExperiment::info() const
{
    return {"calibration.search", "Which heads are worth calibrating?",
            "Tries every head alone on half of a pool of items, keeps those that gain, and judges "
            "them on the other "
            "half beside random ones.",
            1};
}

std::vector<ParamSpec> SearchExperiment::params(const Params&) const
{
    std::vector<ParamSpec> specs = {modelParam()};
    const auto add = [&](std::vector<ParamSpec> more) {
        specs.insert(specs.end(), std::make_move_iterator(more.begin()),
                     std::make_move_iterator(more.end()));
    };
    add(evaluation::taskParams());
    add(searchParams());
    add({headParams("all").back()}); // layers
    add(calibrationParams());
    return specs;
}

Result<RunResult> SearchExperiment::run(const Params& params, Progress& progress) const
{
    const auto start = Clock::now();
    VITRINE_TRY(const OpenModel opened, openModel(params, &progress));
    VITRINE_TRY(const auto candidates, candidatesOf(params, opened.config()));
    VITRINE_TRY(const evaluation::ReadTask task,
                evaluation::readTask(params, opened, params.integer("pool")));
    if (task.request.kind == model::TaskKind::perplexity)
        return argumentError("a head search needs items with answers, not running text");
    attention::ItemJudge judge(opened.llm, *opened.tokenizer, task.prepared,
                               {.calibration = calibrationOf(params)});
    HeadSearch search(candidates, datasetNumbers(task), searchOptionsOf(params),
                      subjectOf(params, opened, task));
    goOnSearching(search, progress);
    Saver saver(search, progress);
    const auto evaluate = [&](const attention::HeadSet& heads,
                              std::size_t item) -> Result<attention::Outcome> {
        VITRINE_TRY(const auto judged, judge.judge(heads, item));
        return attention::Outcome{task.isRight(item, judged.score),
                                  judged.score.goldLogProbability};
    };
    auto found =
        search.run(evaluate, [&](double done, double total) { return saver.advance(done, total); });
    if (!saver.problem())
        return tl::unexpected(saver.problem().error());
    if (!found)
        return tl::unexpected(found.error());
    saver.save();

    RunResult out;
    out.inputs = opened.inputs;
    out.inputs.push_back(task.input);
    addSearchResult(task, *found, out);
    VITRINE_TRY(auto artifact, writeSearchedHeads(progress.artifactFolder(), task, *found,
                                                  listOf(params, opened, task, found->kept)));
    out.artifacts.push_back(std::move(artifact));
    out.metrics.push_back(
        {"seconds", std::chrono::duration<double>(Clock::now() - start).count(), "s",
         Origin::measured,
         "Time of this part of the search; what was known when it went on is not counted"});
    append(out.notes, task.notes);
    append(out.notes, opened.notes);
    return out;
}

} // namespace vitrine::calibration_plugin
