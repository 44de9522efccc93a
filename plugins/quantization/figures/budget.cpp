#include "plugins/quantization/figures/budget.h"

#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/figures.h"
#include "plugins/quantization/figures/runs_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kMostCandidates = 16;
constexpr std::size_t kBudgets = 41, kFewBudgets = 21; // the second for more layers than
constexpr std::size_t kManyLayers = 112;
constexpr double kMostWeights = 1e12; // of one layer

std::size_t placeOf(const std::vector<int>& candidates, int bits)
{
    return static_cast<std::size_t>(std::ranges::find(candidates, bits) - candidates.begin());
}

// Bits of these layers in another run; empty where it has others.
std::vector<int> bitsIn(const RunRecord& run, const std::vector<std::string>& layers)
{
    const auto names = columnTexts(run.result, "layers", "layer");
    const auto bits = columnNumbers(run.result, "layers", "bits");
    if (names != layers)
        return {};
    std::vector<int> whole;
    for (const double each : bits)
        whole.push_back(static_cast<int>(wholeWithin(each, 0, 64).value_or(0)));
    return whole;
}

figure::Figure startOf(const char* name, const char* title, const RunRecord& run,
                       const State& state, bool isOneOfSeveral)
{
    const std::string of = isOneOfSeveral ? ", " + versionTick(run) : std::string();
    return startedFigure(name, title + of, {&run}, "quantization.llm", state);
}

figure::Figure curveFigure(const BudgetCurve& curve, const Runs& runs, const State& state)
{
    const RunRecord& own = *runs[selectedRun(state, runs)];
    const BudgetQuestion& question = curve.question;
    figure::Figure figure = startOf("budget", "Loss and mean bits", own, state, runs.size() > 1);
    figure.caption = fmt::format(
        "What the layers lose together when bits are given out as they do least harm, for {} "
        "budgets; squares: the same bits for every layer. Numbers: perplexity that a run measured "
        "with these bits. Loss: {}",
        curve.budgets.size(), question.costHelp);
    figure.altText = "Expected loss over mean bits per weight, with the chosen budget marked.";
    figure.x.label = "Mean bits of a weight, without scales";
    figure.y.label = "Expected loss";
    figure::Series best, alike;
    best.name = "least loss";
    best.colour = figure::kTextColour;
    alike.name = "every layer alike";
    alike.line = figure::Line::none;
    alike.marker = figure::Marker::square;
    alike.colour = figure::kMuted;
    for (const quant::Allocation& each : curve.best) {
        best.x.push_back(each.meanBits);
        best.y.push_back(each.cost);
    }
    for (const int bits : question.candidates) {
        const std::vector<int> all(question.layers.size(), bits);
        alike.x.push_back(bits);
        alike.y.push_back(question.cost(all));
    }
    figure.series = {std::move(best), std::move(alike)};
    const auto looks = looksOf(runs, state);
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const std::vector<int> bits = bitsIn(*runs[r], question.layers);
        const double cost = question.cost(bits);
        if (!std::isfinite(cost) || !haveSameOriginal(*runs[r], own))
            continue;
        figure::Series point;
        point.name = versionName(*runs[r]);
        point.line = figure::Line::none;
        point.marker = figure::Marker::circle;
        point.colour = looks[r].colour;
        point.x = {question.meanBits(bits)};
        point.y = {cost};
        const double perplexity = metricOf(runs[r]->result, "perplexity_quantized");
        point.labels = {fmt::format("{}, perplexity {}", point.name, readOut(perplexity))};
        if (std::isfinite(perplexity))
            figure.annotations.push_back(
                {fmt::format("{:.4g}", perplexity), point.x.front(), cost, point.colour});
        figure.series.push_back(std::move(point));
    }
    const auto& wished = bitsAt(curve, state);
    figure::Series mark;
    mark.name = "this budget";
    mark.line = figure::Line::none;
    mark.marker = figure::Marker::cross;
    mark.colour = figure::kTextColour;
    mark.x = {question.meanBits(wished)};
    mark.y = {question.cost(wished)};
    figure.spans.push_back({.vertical = true, .from = mark.x.front(), .to = mark.x.front()});
    figure.series.push_back(std::move(mark));
    const bool isPositive = std::ranges::all_of(figure.series, [](const figure::Series& series) {
        return std::ranges::all_of(series.y, [](double y) { return y > 0; });
    });
    if (isPositive)
        figure.y.scale = figure::Scale::logarithmic;
    return figure;
}

// The bit map of a run that had these bits.
figure::Figure mapFigure(const BudgetCurve& curve, const Runs& runs, const State& state)
{
    const RunRecord& own = *runs[selectedRun(state, runs)];
    const auto& wished = bitsAt(curve, state);
    RunRecord other;
    other.experiment = own.experiment;
    other.uid = own.uid;
    other.number = own.number;
    other.result.metrics.push_back(
        {"bits_per_weight", curve.question.meanBits(wished), "1", {}, ""});
    Table table = *own.result.table("layers");
    const auto column = static_cast<std::size_t>(table.column("bits"));
    for (std::size_t i = 0; i < wished.size(); ++i)
        table.rows[i][column] = std::int64_t{wished[i]};
    other.result.tables.push_back(std::move(table));
    const auto all = figures({&other}, state);
    const auto map = std::ranges::find(all, "bit-map", &figure::Figure::name);
    if (map == all.end())
        return {};
    figure::Figure figure =
        startOf("budget-map", "Bits under this budget", own, state, runs.size() > 1);
    figure.caption = "Bits that each layer would have; with an arrow where the run gave it others.";
    figure.altText = "A grid of blocks and projections coloured by bits under this budget.";
    figure.x = map->x, figure.y = map->y;
    figure.grids = map->grids;
    figure.spans = map->spans;
    figure.legend = map->legend;
    figure.annotations = map->annotations;
    const auto& before = curve.question.chosen;
    for (std::size_t i = 0; i < figure.annotations.size() && i < before.size(); ++i)
        if (before[i] != wished[i])
            figure.annotations[i].text = fmt::format("{}→{}", before[i], wished[i]);
    return figure;
}

} // namespace

double BudgetQuestion::meanBits(const std::vector<int>& bits) const
{
    double used = 0, weights = 0;
    for (std::size_t i = 0; i < choices.size() && i < bits.size(); ++i) {
        used += static_cast<double>(choices[i].weights) * bits[i];
        weights += static_cast<double>(choices[i].weights);
    }
    return used / weights;
}

double BudgetQuestion::cost(const std::vector<int>& bits) const
{
    if (bits.size() != choices.size())
        return std::nan("");
    double sum = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
        const std::size_t place = placeOf(candidates, bits[i]);
        if (place == candidates.size())
            return std::nan("");
        sum += choices[i].costs[place];
    }
    return sum;
}

bool hasBudget(const RunRecord& run)
{
    return run.result.table("candidates") != nullptr;
}

Result<BudgetQuestion> budgetQuestion(const RunRecord& run)
{
    const auto unsound = [](const char* what) {
        return inputError("the table candidates {}: other budgets cannot be tried", what);
    };
    const Table* table = run.result.table("candidates");
    if (!table || table->rows.empty())
        return unsound("is not there");
    BudgetQuestion question;
    question.layers = columnTexts(run.result, "layers", "layer");
    const auto outputs = columnNumbers(run.result, "layers", "outputs"),
               inputs = columnNumbers(run.result, "layers", "inputs");
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < question.layers.size(); ++i) {
        const double weights = outputs[i] * inputs[i];
        if (!(weights >= 1 && weights <= kMostWeights) || question.layers[i].empty() ||
            !places.emplace(question.layers[i], i).second)
            return unsound("does not belong to the run's layers");
        question.choices.push_back({static_cast<std::int64_t>(weights), {}});
    }
    std::map<int, std::map<std::size_t, double>> costs; // by bits and layer
    question.chosen.assign(question.layers.size(), 0);
    for (std::size_t row = 0; row < table->rows.size(); ++row) {
        const RowReader reader(*table, row);
        const auto place = places.find(reader.text("layer"));
        const auto bits = reader.whole("bits", 1, 16);
        const double cost = reader.number("cost");
        if (place == places.end() || !bits || !std::isfinite(cost))
            return unsound("does not belong to the run's layers");
        costs[static_cast<int>(*bits)][place->second] = cost;
        if (reader.flag("chosen"))
            question.chosen[place->second] = static_cast<int>(*bits);
    }
    if (costs.size() > kMostCandidates ||
        std::ranges::find(question.chosen, 0) != question.chosen.end())
        return unsound("does not say what was chosen");
    for (const auto& [bits, ofLayers] : costs) {
        if (ofLayers.size() != question.layers.size())
            return unsound("lacks layers");
        question.candidates.push_back(bits);
        for (const auto& [layer, cost] : ofLayers)
            question.choices[layer].costs.push_back(cost);
    }
    const int column = table->column("cost");
    question.costHelp = table->columns[static_cast<std::size_t>(column)].help;
    return question;
}

std::vector<double> budgetsTried(const BudgetQuestion& question)
{
    const std::size_t count = question.layers.size() > kManyLayers ? kFewBudgets : kBudgets;
    const double low = question.candidates.front(), high = question.candidates.back();
    std::vector<double> budgets;
    for (std::size_t i = 0; i < count; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(count - 1);
        budgets.push_back(std::round(100 * (low + (high - low) * share)) / 100);
    }
    return budgets;
}

std::size_t nearestBudget(const std::vector<double>& budgets, double budget)
{
    const auto nearest = std::ranges::min_element(
        budgets, {}, [budget](double each) { return std::abs(each - budget); });
    return static_cast<std::size_t>(nearest - budgets.begin());
}

Result<BudgetCurve> budgetCurve(const RunRecord& run, const std::function<bool()>& goOn)
{
    BudgetCurve curve;
    VITRINE_TRY(curve.question, budgetQuestion(run));
    curve.budgets = budgetsTried(curve.question);
    for (const double budget : curve.budgets) {
        if (goOn && !goOn())
            return cancelled();
        VITRINE_TRY(quant::Allocation best,
                    quant::allocateBits(curve.question.choices, curve.question.candidates, budget));
        curve.best.push_back(std::move(best));
    }
    return curve;
}

const std::vector<int>& bitsAt(const BudgetCurve& curve, const State& state)
{
    return state.budget > 0 ? curve.best[nearestBudget(curve.budgets, state.budget)].bits
                            : curve.question.chosen;
}

std::vector<figure::Figure> budgetFigures(const BudgetCurve& curve, const Runs& runs,
                                          const State& state)
{
    std::vector<figure::Figure> all = {curveFigure(curve, runs, state)};
    if (figure::Figure map = mapFigure(curve, runs, state); !map.grids.empty())
        all.push_back(std::move(map));
    return all;
}

std::vector<figure::Figure> budgetFigures(const Runs& runs, const State& state)
{
    Runs versions;
    std::ranges::copy_if(runs, std::back_inserter(versions),
                         [](const RunRecord* run) { return isVersion(*run); });
    if (versions.empty() || !hasBudget(*versions[selectedRun(state, versions)]))
        return {};
    const auto curve = budgetCurve(*versions[selectedRun(state, versions)]);
    return curve ? budgetFigures(*curve, versions, state) : std::vector<figure::Figure>{};
}

} // namespace vitrine::quantization_plugin
