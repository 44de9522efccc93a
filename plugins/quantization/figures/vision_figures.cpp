#include "plugins/quantization/figures/vision_figures.h"

#include "core/base/number_text.h"
#include "plugins/quantization/figures/drawing.h"
#include "plugins/quantization/figures/vision_answers.h"
#include "plugins/quantization/figures/vision_compared.h"
#include "plugins/quantization/figures/vision_drawing.h"
#include "plugins/quantization/figures/vision_sheets.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kMostCounted = 20; // classes with numbers in cells

figure::Figure confusionFigure(const RunRecord& run, const State& state)
{
    figure::Figure figure =
        startedOf("vision-confusion",
                  fmt::format("What {} calls what", evaluatedModel(run, "model")), run, state);
    const CountedAnswers counted = countedAnswers(run);
    const std::size_t count = counted.classes.size();
    figure.caption = state.isRowShare
                         ? "Of the pictures of a class (row) the share that was called so (column)."
                         : "Pictures of a class (row) by what they were called (column); "
                           "colours are logarithmic.";
    figure.altText = "A matrix of classes and answers, coloured by how many pictures.";
    figure.x.label = "Answer", figure.y.label = "Class";
    figure.x.ticks = figure.y.ticks = ticksOf(counted.classes);
    figure.y.reversed = true;
    figure.legend = false;
    figure.width = 150, figure.height = 120; // room for numbers in the cells
    figure::Grid grid;
    grid.name = state.isRowShare ? "Share of the class" : "Pictures";
    grid.unit = state.isRowShare ? "%" : "";
    grid.rows = grid.columns = static_cast<std::int64_t>(count);
    grid.scale = state.isRowShare ? figure::Scale::linear : figure::Scale::logarithmic;
    grid.minimum = state.isRowShare ? 0 : 1;
    grid.maximum = state.isRowShare ? 100 : 2;
    for (std::size_t label = 0; label < count; ++label) {
        const double all = counted.ofLabel(label);
        for (std::size_t answer = 0; answer < count; ++answer) {
            const double number = counted.at(label, answer);
            const double shown = state.isRowShare ? 100 * number / all : number;
            if (number < 1) { // nothing of the kind: no cell
                grid.values.push_back(std::numeric_limits<float>::quiet_NaN());
                continue;
            }
            grid.values.push_back(static_cast<float>(shown));
            grid.maximum = std::max(grid.maximum, shown);
            if (count <= kMostCounted)
                figure.annotations.push_back(
                    {state.isRowShare ? fmt::format("{:.{}f}", shown, shown < 9.95 ? 1 : 0)
                                      : pictureCount(number),
                     static_cast<double>(answer), static_cast<double>(label)});
        }
    }
    if (const std::size_t label = counted.place(state.label), answer = counted.place(state.answer);
        label < count && answer < count) {
        figure::Series frame;
        frame.colour = kSelected;
        frame.width = 2;
        const double x = static_cast<double>(answer), y = static_cast<double>(label);
        frame.x = {x - 0.5, x + 0.5, x + 0.5, x - 0.5, x - 0.5};
        frame.y = {y - 0.5, y - 0.5, y + 0.5, y + 0.5, y - 0.5};
        figure.series.push_back(std::move(frame));
    }
    if (count > 0)
        figure.grids.push_back(std::move(grid));
    return figure;
}

figure::Figure pairedFigure(const RunRecord& run, const State& state)
{
    const CountedAnswers counted = countedAnswers(run);
    const std::string first = evaluatedModel(run, "model"), second = evaluatedModel(run, "second");
    std::vector<ClassGroup> groups = {
        {"only " + first, std::vector<double>(counted.classes.size()), 0},
        {"only " + second, std::vector<double>(counted.classes.size()), 1}};
    for (const JudgedPicture& one : judgedPictures(run, "items"))
        if (const std::size_t place = counted.place(one.label);
            one.right != one.rightSecond && place < counted.classes.size())
            ++groups[one.right ? 0 : 1].values[place];
    const PairedCounts pairs = countedPairs(run);
    figure::Figure figure =
        startedOf("vision-paired", "Right where the other is wrong", run, state);
    addClassBars(figure, counted.classes, groups);
    figure.caption = fmt::format(
        "Pictures of each class that one model alone names rightly. Of all: both {}, only {} {}, "
        "only {} {}, neither {}.",
        wholeText(pairs.bothRight), first, wholeText(pairs.lost), second, wholeText(pairs.gained),
        wholeText(pairs.bothWrong));
    figure.altText = "Two bars for each class.";
    figure.x.label = "Pictures";
    if (counted.classes.empty() || pairs.items() == 0)
        figure.bars.clear();
    return figure;
}

// The matrices of the runs that are not selected: each has a name of its own, and is drawn again
// from its run alone.
void addOtherMatrices(std::vector<figure::Figure>& all, const Runs& sound,
                      const RunRecord& selected, const State& given)
{
    for (std::size_t place = 0; place < sound.size(); ++place) {
        const RunRecord& run = *sound[place];
        if (&run == &selected)
            continue;
        figure::Figure figure = confusionFigure(run, withKnownCell(given, run));
        if (figure.grids.empty())
            continue;
        figure.name = fmt::format("vision-confusion-{}", place + 1);
        all.push_back(std::move(figure));
    }
}

// Which of several runs a figure of one is of.
void nameRun(figure::Figure& figure, const Runs& runs)
{
    for (const RunRecord* run : runs)
        if (runs.size() > 1 && run->number > 0 &&
            figure.recipe.runs == std::vector<std::string>{run->uid})
            figure.title += fmt::format(", #{}", run->number);
}

std::vector<figure::Figure> figuresOf(const Runs& runs, const State& given)
{
    Runs sound;
    std::ranges::copy_if(runs, std::back_inserter(sound),
                         [](const RunRecord* run) { return isEvaluation(*run); });
    std::vector<figure::Figure> all;
    if (sound.empty())
        return all;
    const RunRecord& run = *sound[selectedRun(given, sound)];
    const State state = withKnownCell(given, run);
    for (figure::Figure figure :
         {accuracyFigure(sound, state), confusionFigure(run, state),
          calibrationFigure(sound, run, state), classesFigure(sound, state)})
        if (!figure.grids.empty() || !figure.bars.empty())
            all.push_back(std::move(figure));
    addOtherMatrices(all, sound, run, given);
    if (!state.label.empty())
        addSheet(all, startedOf("vision-cell", cellTitle(run, state), run, state), run, "examples",
                 false, &state);
    figure::Figure worst = startedOf(
        "vision-worst", "Furthest from the truth: what it is, below what it is called", run, state);
    worst.caption = "The pictures whose class seemed least likely: what each is, what it was "
                    "called, and with which probability.";
    addSheet(all, std::move(worst), run, "worst", false);
    if (!judgesTwo(run))
        return all;
    if (figure::Figure paired = pairedFigure(run, state); !paired.bars.empty())
        all.push_back(std::move(paired));
    figure::Figure differing = startedOf(
        "vision-differing", "Where one alone is right: the class, then both answers", run, state);
    differing.caption = fmt::format("What each picture is; below, what {} calls it, then {}.",
                                    evaluatedModel(run, "model"), evaluatedModel(run, "second"));
    addSheet(all, std::move(differing), run, "differing", true);
    return all;
}

} // namespace

std::vector<figure::Figure> visionFigures(const Runs& runs, const State& given)
{
    std::vector<figure::Figure> all = figuresOf(runs, given);
    for (figure::Figure& figure : all)
        nameRun(figure, runs);
    return all;
}

} // namespace vitrine::quantization_plugin
