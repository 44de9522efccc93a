#include "plugins/quantization/figures/vision_figures.h"

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/base/statistics.h"
#include "core/figure/picture_look.h"
#include "core/jobs/experiment/read_run.h"
#include "core/picture/picture.h"
#include "core/picture/raster.h"
#include "plugins/quantization/figures/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <stdexcept>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostPictures = 1'000'000'000;
constexpr std::size_t kMostClassesDrawn = 1000, kMostCounted = 20; // classes with numbers in cells
constexpr std::int64_t kPicturesAcross = 8,
                       kShownSide = 256; // pixels of a picture in a sheet
constexpr double kSignificant = 0.05;

std::string modelName(const RunRecord& run, const char* parameter)
{
    const std::string text = parameterText(run.params, parameter);
    std::string name = std::filesystem::path(text).filename().string();
    return name.empty() ? text : name;
}

// Two folders may have one name; then all of their paths is said.
std::string modelOf(const RunRecord& run, const char* parameter)
{
    return modelName(run, "model") == modelName(run, "second")
               ? parameterText(run.params, parameter)
               : modelName(run, parameter);
}

bool isPaired(const RunRecord& run)
{
    return std::isfinite(metricOf(run.result, "accuracy_second"));
}

std::string percentText(double share)
{
    return fmt::format("{:.1f} %", 100 * share);
}

std::string accuracyText(double share)
{
    return fmt::format("{:.2f} %", 100 * share);
}

std::string countText(double value)
{
    const auto whole = wholeWithin(value, 0, kMostPictures);
    return whole ? wholeText(*whole) : "?";
}

std::string dataName(const RunRecord& run)
{
    std::string name = modelName(run, "data");
    if (parameterText(run.params, "split") == "training")
        name += " (training)";
    return name;
}

std::string chanceText(double p)
{
    return p < 0.001 ? "p < 0.001" : fmt::format("p = {}", significant(p, 2));
}

// What was counted, by the names of the classes in their order.
struct Counted {
    std::vector<std::string> classes;
    std::vector<double> counts; // a row for each label

    std::size_t place(const std::string& name) const
    {
        return static_cast<std::size_t>(std::ranges::find(classes, name) - classes.begin());
    }
    double at(std::size_t label, std::size_t answer) const
    {
        return counts[label * classes.size() + answer];
    }
    double ofLabel(std::size_t label) const
    {
        double sum = 0;
        for (std::size_t answer = 0; answer < classes.size(); ++answer)
            sum += at(label, answer);
        return sum;
    }
};

Counted countedIn(const RunRecord& run)
{
    Counted counted;
    const auto labels = columnTexts(run.result, "confusion", "label"),
               answers = columnTexts(run.result, "confusion", "answer");
    const auto pictures = columnNumbers(run.result, "confusion", "pictures");
    std::map<std::string, std::size_t> places;
    const auto add = [&](const std::vector<std::string>& names) {
        for (const std::string& name : names)
            if (!name.empty() && places.emplace(name, counted.classes.size()).second)
                counted.classes.push_back(name);
    };
    add(columnTexts(run.result, "classes", "class")); // earlier runs have no such table
    add(labels);
    add(answers);
    if (counted.classes.size() > kMostClassesDrawn)
        return {};
    counted.counts.resize(counted.classes.size() * counted.classes.size());
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (places.contains(labels[i]) && places.contains(answers[i]) && pictures[i] > 0)
            counted.counts[places[labels[i]] * counted.classes.size() + places[answers[i]]] +=
                pictures[i];
    return counted;
}

// One picture of a run and what was said of it.
struct Judged {
    std::string picture, label, answer, second;
    bool right = false, rightSecond = false;
    double probability = 0, ofLabel = 0;
};

std::vector<Judged> judgedIn(const RunRecord& run, const char* table)
{
    std::vector<Judged> all;
    const Table* items = run.result.table(table);
    for (std::size_t i = 0; items && i < items->rows.size(); ++i) {
        const RowReader row(*items, i);
        Judged one{row.text("picture"), row.text("label"), row.text("answer"),
                   row.text("answer_second")};
        one.right = row.flag("right");
        one.rightSecond = row.flag("right_second");
        one.probability = row.number("probability");
        one.ofLabel = row.number("of_label");
        all.push_back(std::move(one));
    }
    return all;
}

PairedCounts pairsOf(const RunRecord& run)
{
    PairedCounts pairs;
    for (const Judged& one : judgedIn(run, "items"))
        ++(one.right ? (one.rightSecond ? pairs.bothRight : pairs.lost)
                     : (one.rightSecond ? pairs.gained : pairs.bothWrong));
    return pairs;
}

bool isInCell(const Judged& one, const State& state)
{
    return one.label == state.label && one.answer == state.answer;
}

std::string singleSentence(const RunRecord& run)
{
    const RunResult& result = run.result;
    return fmt::format("{} names {} of {} pictures of {} rightly (95 % interval: {:.1f} to "
                       "{:.1f} %).",
                       modelName(run, "model"), accuracyText(metricOf(result, "accuracy")),
                       countText(metricOf(result, "pictures")), dataName(run),
                       100 * metricOf(result, "accuracy_low"),
                       100 * metricOf(result, "accuracy_high"));
}

std::string pairedSentence(const RunRecord& run)
{
    const RunResult& result = run.result;
    const std::string first = modelOf(run, "model"), second = modelOf(run, "second");
    const double accuracy = metricOf(result, "accuracy"),
                 other = metricOf(result, "accuracy_second"), p = metricOf(result, "p_value"),
                 difference = metricOf(result, "difference");
    const std::string on =
        fmt::format("on {} pictures of {}", countText(metricOf(result, "pictures")), dataName(run));
    if (!(p < kSignificant))
        return fmt::format("{} ({}) and {} ({}) cannot be told apart {}: McNemar's {}.", first,
                           accuracyText(accuracy), second, accuracyText(other), on, chanceText(p));
    const bool isSecond = difference > 0;
    // The interval is that of the second less the first.
    const double low = metricOf(result, "difference_low"),
                 high = metricOf(result, "difference_high");
    const auto points = [](double share) {
        return withTrueMinus(fmt::format("{:.1f}", 100 * share));
    };
    return fmt::format(
        "{} is better than {} {}: {} against {}, {} points more (95 % interval: {} to {}), "
        "McNemar's {}.",
        isSecond ? second : first, isSecond ? first : second, on,
        accuracyText(isSecond ? other : accuracy), accuracyText(isSecond ? accuracy : other),
        points(std::abs(difference)), points(isSecond ? low : -high),
        points(isSecond ? high : -low), chanceText(p));
}

std::string mostConfused(const RunRecord& run)
{
    const Counted counted = countedIn(run);
    std::size_t label = 0, answer = 0;
    double most = 0;
    for (std::size_t l = 0; l < counted.classes.size(); ++l)
        for (std::size_t a = 0; a < counted.classes.size(); ++a)
            if (l != a && counted.at(l, a) > most) {
                most = counted.at(l, a);
                label = l, answer = a;
            }
    if (most < 1)
        return {};
    return fmt::format("Most often {} calls {} {}: {} of {} pictures.", modelOf(run, "model"),
                       counted.classes[label], counted.classes[answer], countText(most),
                       countText(counted.ofLabel(label)));
}

std::string confidenceSentence(const RunRecord& run)
{
    const auto probability = columnNumbers(run.result, "calibration", "probability"),
               right = columnNumbers(run.result, "calibration", "right"),
               answers = columnNumbers(run.result, "calibration", "answers");
    double said = 0, done = 0, all = 0;
    for (std::size_t i = 0; i < probability.size(); ++i) {
        said += probability[i] * answers[i];
        done += right[i] * answers[i];
        all += answers[i];
    }
    const double error = metricOf(run.result, "calibration_error");
    if (!(all > 0) || !std::isfinite(said + done) || !std::isfinite(error))
        return {};
    return fmt::format("It gives its answers {} on average and is right in {}; the calibration "
                       "error is {:.1f} points.",
                       percentText(said / all), percentText(done / all), 100 * error);
}

figure::Figure started(const char* name, std::string title, const RunRecord& run,
                       const State& state)
{
    figure::Figure figure;
    figure.name = name;
    figure.title = std::move(title);
    figure.recipe = {{run.uid}, "vision.evaluate", name, text(state)};
    return figure;
}

std::vector<figure::Axis::Tick> ticksOf(const std::vector<std::string>& names)
{
    std::vector<figure::Axis::Tick> ticks;
    for (std::size_t i = 0; i < names.size(); ++i)
        ticks.push_back({static_cast<double>(i), names[i]});
    return ticks;
}

figure::Figure confusionFigure(const RunRecord& run, const State& state)
{
    figure::Figure figure = started(
        "vision-confusion", fmt::format("What {} calls what", modelOf(run, "model")), run, state);
    const Counted counted = countedIn(run);
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
                                      : countText(number),
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

figure::Figure calibrationFigure(const RunRecord& run, const State& state)
{
    const double error = metricOf(run.result, "calibration_error");
    figure::Figure figure =
        started("vision-calibration",
                fmt::format("Can its probabilities be believed? Calibration error {:.1f} points",
                            100 * error),
                run, state);
    figure.caption =
        "Answers by the probability that they were given with (15 equal parts): how often they "
        "are right, with Wilson's interval of 95 %. On the dashed line a model is right as often "
        "as "
        "it says. Bars: share of all answers. The error is the mean distance from the line, "
        "weighed by answers (Guo et al. 2017).";
    figure.altText = "Share of right answers over their probability, with bars of how many.";
    figure.x.label = "Probability of the answer", figure.y.label = "Right";
    figure.x.minimum = figure.y.minimum = 0;
    figure.x.maximum = figure.y.maximum = 1;
    const auto column = [&](const char* name) {
        return columnNumbers(run.result, "calibration", name);
    };
    const auto probability = column("probability"), right = column("right"),
               answers = column("answers"), low = column("low"), high = column("high");
    double all = 0;
    for (const double number : answers)
        all += number > 0 ? number : 0;
    figure::Series line, interval, diagonal;
    figure::Bars bars;
    line.name = "right", line.marker = figure::Marker::circle;
    interval.name = "95 %", interval.width = 1;
    diagonal.name = "as often as said", diagonal.colour = figure::kMuted;
    diagonal.line = figure::Line::dash;
    diagonal.x = diagonal.y = {0, 1};
    bars.name = "share of answers", bars.colour = figure::kMuted;
    for (std::size_t i = 0; i < probability.size(); ++i) {
        const auto number = wholeWithin(answers[i], 1, kMostPictures);
        if (!number || !std::isfinite(probability[i]) || !(right[i] >= 0 && right[i] <= 1))
            continue;
        const std::string said =
            fmt::format("{} answers, {} right", wholeText(*number), percentText(right[i]));
        line.x.push_back(probability[i]);
        line.y.push_back(right[i]);
        line.labels.push_back(said);
        const Interval around =
            wilsonInterval(std::llround(right[i] * static_cast<double>(*number)), *number);
        for (const double y : {around.low, around.high, std::nan("")}) {
            interval.x.push_back(probability[i]);
            interval.y.push_back(y);
        }
        if (high[i] > low[i]) {
            bars.width = high[i] - low[i];
            bars.position.push_back((low[i] + high[i]) / 2);
            bars.height.push_back(answers[i] / all);
            bars.labels.push_back(said);
        }
    }
    figure.bars = {std::move(bars)};
    figure.series = {std::move(diagonal), std::move(interval), std::move(line)};
    return figure;
}

// Horizontal bars, a group for each class, the first class on top.
figure::Figure classBars(const char* name, std::string title, const RunRecord& run,
                         const State& state, const std::vector<std::string>& classes,
                         const std::vector<std::pair<std::string, std::vector<double>>>& groups)
{
    figure::Figure figure = started(name, std::move(title), run, state);
    figure.y.ticks = ticksOf(classes);
    figure.y.reversed = true;
    figure.x.minimum = 0;
    figure.height = std::clamp(20 + 6 * static_cast<double>(classes.size()), 60.0, 200.0);
    const double width = 0.8 / static_cast<double>(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
        figure::Bars bars;
        bars.name = groups[g].first;
        bars.horizontal = true;
        bars.colour = static_cast<int>(g);
        bars.width = 0.92 * width;
        for (std::size_t i = 0; i < classes.size(); ++i) {
            if (!std::isfinite(groups[g].second[i]))
                continue;
            bars.position.push_back(static_cast<double>(i) +
                                    (static_cast<double>(g) + 0.5) * width - 0.4);
            bars.height.push_back(groups[g].second[i]);
            bars.labels.push_back(fmt::format("{}, {}", classes[i], groups[g].first));
        }
        figure.bars.push_back(std::move(bars));
    }
    return figure;
}

figure::Figure classesFigure(const RunRecord& run, const State& state)
{
    const auto classes = columnTexts(run.result, "classes", "class");
    const auto pictures = columnNumbers(run.result, "classes", "pictures");
    std::vector<std::pair<std::string, std::vector<double>>> groups;
    const auto add = [&](const char* model, const char* column) {
        std::vector<double> shares = columnNumbers(run.result, "classes", column);
        for (std::size_t i = 0; i < shares.size(); ++i)
            shares[i] = pictures[i] > 0 ? 100 * shares[i] / pictures[i] : std::nan("");
        groups.emplace_back(modelOf(run, model), std::move(shares));
    };
    add("model", "right");
    if (isPaired(run))
        add("second", "right_second");
    figure::Figure figure =
        classBars("vision-classes", "Right by class", run, state, classes, groups);
    figure.caption = "Share of the pictures of each class that were named rightly.";
    figure.altText = "A bar for each class.";
    figure.x.label = "Right", figure.x.unit = "%";
    figure.x.maximum = 100;
    figure.legend = groups.size() > 1;
    if (classes.empty() || classes.size() > kMostClassesDrawn)
        figure.bars.clear();
    return figure;
}

figure::Figure pairedFigure(const RunRecord& run, const State& state)
{
    const Counted counted = countedIn(run);
    const std::string first = modelOf(run, "model"), second = modelOf(run, "second");
    std::vector<std::pair<std::string, std::vector<double>>> groups = {
        {"only " + first, std::vector<double>(counted.classes.size())},
        {"only " + second, std::vector<double>(counted.classes.size())}};
    for (const Judged& one : judgedIn(run, "items"))
        if (const std::size_t place = counted.place(one.label);
            one.right != one.rightSecond && place < counted.classes.size())
            ++groups[one.right ? 0 : 1].second[place];
    const PairedCounts pairs = pairsOf(run);
    figure::Figure figure = classBars("vision-paired", "Right where the other is wrong", run, state,
                                      counted.classes, groups);
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

// A kept picture, no larger than a sheet shows it; nothing where it cannot be read.
figure::Image imageOf(const RunRecord& run, const std::string& file)
{
    figure::Image image;
    const Artifact* artifact = run.result.artifact(file);
    if (!artifact)
        return image;
    const auto read = readPicture(artifact->path);
    if (!read)
        return image;
    Raster raster{static_cast<int>(read->width), static_cast<int>(read->height), {}};
    for (std::size_t i = 0; i < read->values.size(); ++i)
        raster.rgb.insert(raster.rgb.end(), read->channels == 1 ? 3 : 1, read->values[i]);
    if (const int side = std::max(raster.width, raster.height); side > kShownSide) {
        const auto length = [&](int whole) {
            return std::max(1, static_cast<int>(std::lround(1.0 * kShownSide * whole / side)));
        };
        raster = shrunk(raster, length(raster.width), length(raster.height));
    }
    image.width = raster.width, image.height = raster.height;
    image.rgb = std::move(raster.rgb);
    return image;
}

// Pictures with what they are, what the model called them and how probable that was; where
// `isOfBoth` what both models called them. Of one cell, where one is given.
void addSheet(std::vector<figure::Figure>& all, figure::Figure figure, const RunRecord& run,
              const char* table, bool isOfBoth, const State* cell = nullptr)
{
    const auto judged = judgedIn(run, table);
    const auto files = columnTexts(run.result, table, "file");
    for (std::size_t i = 0; i < judged.size(); ++i) {
        const Judged& one = judged[i];
        if (cell && !isInCell(one, *cell))
            continue;
        figure::Image image = imageOf(run, files[i]);
        if (image.rgb.empty())
            continue;
        image.caption = isOfBoth ? fmt::format("{}\n{}\n{}", one.label, one.answer, one.second)
                                 : fmt::format("{}\n{}\n{:.0f} %", one.label, one.answer,
                                               100 * one.probability);
        image.name =
            fmt::format("{}: it is {} ({}), called {} ({})", one.picture, one.label,
                        percentText(one.ofLabel), one.answer, percentText(one.probability));
        if (!one.second.empty())
            image.name += fmt::format(" and {} by {}", one.second, modelOf(run, "second"));
        figure.images.push_back(std::move(image));
    }
    if (figure.images.empty())
        return;
    figure.altText = fmt::format("{} pictures with what they are and what they were called.",
                                 figure.images.size());
    figure.width = 160;
    figure::layInRows(figure, kPicturesAcross);
    all.push_back(std::move(figure));
}

} // namespace

bool isEvaluation(const RunRecord& run)
{
    const Table* confusion = run.result.table("confusion");
    return run.experiment == "vision.evaluate" && std::isfinite(metricOf(run.result, "accuracy")) &&
           confusion && !confusion->rows.empty();
}

std::string evaluationName(const RunRecord& run)
{
    std::string name = modelName(run, "model");
    if (isPaired(run))
        name += " and " + modelName(run, "second");
    name += " on " + dataName(run);
    return run.number > 0 ? fmt::format("#{} {}", run.number, name) : name;
}

std::string evaluationVerdict(const Runs& runs)
{
    std::string text;
    for (const RunRecord* run : runs) {
        if (!text.empty())
            text += '\n';
        if (runs.size() > 1 && run->number > 0)
            text += fmt::format("#{}: ", run->number);
        text += isPaired(*run) ? pairedSentence(*run) : singleSentence(*run);
    }
    return text;
}

std::vector<std::string> evaluationRemarks(const Runs& runs)
{
    std::vector<std::string> all;
    const auto add = [&](std::string text) {
        if (!text.empty() && std::ranges::find(all, text) == all.end())
            all.push_back(std::move(text));
    };
    for (const RunRecord* run : runs) {
        const std::string number =
            runs.size() > 1 && run->number > 0 ? fmt::format("#{}: ", run->number) : "";
        std::string said = mostConfused(*run);
        if (const std::string more = confidenceSentence(*run); !more.empty())
            said += (said.empty() ? "" : " ") + more;
        add(said.empty() ? said : number + said);
    }
    for (const RunRecord* run : runs)
        for (const std::string& note : run->result.notes)
            add(note);
    return all;
}

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
    const Counted counted = countedIn(run);
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
    const Counted counted = countedIn(run);
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
    column("Probability", "%", "Of the answer");
    column("Of its class", "%", "Probability of the class it is");
    if (isPaired(run))
        column(modelOf(run, "second"), "", "What the second model calls it");
    for (const Judged& one : judgedIn(run, "items")) {
        if (state.label.empty() ? one.right : !isInCell(one, state))
            continue;
        if (table.rows.size() == kMostListed)
            break;
        std::vector<Cell> row = {one.picture, one.label, one.answer, 100 * one.probability,
                                 100 * one.ofLabel};
        if (isPaired(run))
            row.emplace_back(one.second);
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string cellTitle(const RunRecord& run, const State& state)
{
    const Counted counted = countedIn(run);
    double wrong = 0;
    for (std::size_t label = 0; label < counted.classes.size(); ++label)
        wrong += counted.ofLabel(label) - counted.at(label, label);
    if (state.label.empty())
        return fmt::format("Wrong answers: {} pictures", countText(wrong));
    const std::size_t label = counted.place(state.label), answer = counted.place(state.answer);
    const bool isThere = label < counted.classes.size() && answer < counted.classes.size();
    const double pictures = isThere ? counted.at(label, answer) : 0;
    return fmt::format("{} called {}: {} picture{}", state.label, state.answer, countText(pictures),
                       pictures == 1 ? "" : "s");
}

Table pairedTable(const RunRecord& run)
{
    Table table{"paired", {}, {}};
    const std::string first = modelOf(run, "model"), second = modelOf(run, "second");
    table.columns = {{first, "", Origin::computed, "The first model"},
                     {second + " right", "", Origin::computed, "Pictures"},
                     {second + " wrong", "", Origin::computed, "Pictures"}};
    if (isPaired(run)) {
        const PairedCounts pairs = pairsOf(run);
        table.rows = {{std::string("right"), pairs.bothRight, pairs.lost},
                      {std::string("wrong"), pairs.gained, pairs.bothWrong}};
    }
    return table;
}

std::vector<figure::Figure> visionFigures(const Runs& runs, const State& given)
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
         {confusionFigure(run, state), calibrationFigure(run, state), classesFigure(run, state)})
        if (!figure.grids.empty() || !figure.bars.empty())
            all.push_back(std::move(figure));
    if (!state.label.empty())
        addSheet(all, started("vision-cell", cellTitle(run, state), run, state), run, "examples",
                 false, &state);
    figure::Figure worst = started(
        "vision-worst", "Furthest from the truth: what it is, below what it is called", run, state);
    worst.caption = "The pictures whose class seemed least likely: what each is, what it was "
                    "called, and with which probability.";
    addSheet(all, std::move(worst), run, "worst", false);
    if (!isPaired(run))
        return all;
    if (figure::Figure paired = pairedFigure(run, state); !paired.bars.empty())
        all.push_back(std::move(paired));
    figure::Figure differing = started(
        "vision-differing", "Where one alone is right: the class, then both answers", run, state);
    differing.caption = fmt::format("What each picture is; below, what {} calls it, then {}.",
                                    modelOf(run, "model"), modelOf(run, "second"));
    addSheet(all, std::move(differing), run, "differing", true);
    return all;
}

} // namespace vitrine::quantization_plugin
