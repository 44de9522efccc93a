#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/vision_answers.h"
#include "plugins/quantization/figures/vision_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace vitrine::quantization_plugin
{

std::vector<ConfusedPair> confusedPairs(const RunRecord& run)
{
    std::vector<ConfusedPair> all;
    const Table* confusion = run.result.table("confusion");
    for (std::size_t i = 0; confusion && i < confusion->rows.size(); ++i) {
        const RowReader row(*confusion, i);
        ConfusedPair one{row.text("label"), row.text("answer"),
                         row.whole("pictures", 1, kMostPictures).value_or(0)};
        if (one.pictures > 0 && one.label != one.answer)
            all.push_back(std::move(one));
    }
    std::ranges::stable_sort(all, std::ranges::greater{}, &ConfusedPair::pictures);
    all.resize(std::min(all.size(), kMostCells));
    return all;
}

std::optional<ConfusedPair> cellAt(const RunRecord& run, double x, double y)
{
    const CountedAnswers counted = countedAnswers(run);
    const auto most = static_cast<std::int64_t>(counted.classes.size()) - 1;
    const auto answer = wholeWithin(std::round(x), 0, most),
               label = wholeWithin(std::round(y), 0, most);
    if (!answer || !label)
        return {};
    const auto row = static_cast<std::size_t>(*label), column = static_cast<std::size_t>(*answer);
    return ConfusedPair{counted.classes[row], counted.classes[column],
                        std::llround(counted.at(row, column))};
}

State withKnownCell(State state, const RunRecord& run)
{
    const CountedAnswers counted = countedAnswers(run);
    if (counted.place(state.label) == counted.classes.size() ||
        counted.place(state.answer) == counted.classes.size())
        state.label.clear(), state.answer.clear();
    return state;
}

Table cellTable(const RunRecord& run, const State& state)
{
    Table table{"cell", {}, {}};
    const auto column = [&](const std::string& name, const char* unit, const char* help) {
        table.columns.push_back({name, unit, Origin::computed, help});
    };
    column("Picture", "", "Its name");
    column("It is", "", "Its class");
    column("Called", "", "The class with the largest logit");
    column("Sure", "%", "Probability of what it is called");
    column("True class", "%", "Probability of what it is");
    if (judgesTwo(run))
        column(evaluatedModel(run, "second"), "", "What the second model calls it");
    for (const JudgedPicture& one : judgedPictures(run, "items")) {
        if (state.label.empty() ? one.right : !isInCell(one, state))
            continue;
        if (table.rows.size() == kMostListed)
            break;
        std::vector<Cell> row = {one.picture, one.label, one.answer, 100 * one.probability,
                                 100 * one.ofLabel};
        if (judgesTwo(run))
            row.emplace_back(one.second);
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string cellTitle(const RunRecord& run, const State& state)
{
    const CountedAnswers counted = countedAnswers(run);
    double wrong = 0;
    for (std::size_t label = 0; label < counted.classes.size(); ++label)
        wrong += counted.ofLabel(label) - counted.at(label, label);
    if (state.label.empty())
        return fmt::format("Wrong answers: {} pictures", pictureCount(wrong));
    const std::size_t label = counted.place(state.label), answer = counted.place(state.answer);
    const bool isThere = label < counted.classes.size() && answer < counted.classes.size();
    const double pictures = isThere ? counted.at(label, answer) : 0;
    return fmt::format("{} called {}: {} picture{}", state.label, state.answer,
                       pictureCount(pictures), pictures == 1 ? "" : "s");
}

Table pairedTable(const RunRecord& run)
{
    Table table{"paired", {}, {}};
    const std::string first = evaluatedModel(run, "model"), second = evaluatedModel(run, "second");
    table.columns = {{first, "", Origin::computed, "The first model"},
                     {second + " right", "", Origin::computed, "Pictures"},
                     {second + " wrong", "", Origin::computed, "Pictures"}};
    if (judgesTwo(run)) {
        const PairedCounts pairs = countedPairs(run);
        table.rows = {{std::string("right"), pairs.bothRight, pairs.lost},
                      {std::string("wrong"), pairs.gained, pairs.bothWrong}};
    }
    return table;
}

} // namespace vitrine::quantization_plugin
