#include "plugins/quantization/experiments/evaluate_experiment.h"

#include "core/base/parallel.h"
#include "core/base/statistics.h"
#include "core/model/vision/classification.h"
#include "plugins/common/experiment_input.h"
#include "plugins/quantization/experiments/vision_input.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

namespace vitrine::quantization_plugin
{
namespace
{

using model::Classified;

constexpr std::int64_t kTogether = 64; // pictures between two looks at whether to stop
// Pictures kept: the worst answers, of each cell off the diagonal and of all cells together, and of
// each way in which two models differ.
constexpr std::size_t kWorst = 24, kOfCell = 4, kOfCells = 120, kDiffering = 12;

class EvaluateRun
{
public:
    EvaluateRun(const Params& params, Progress& progress) : params_(params), progress_(progress) {}

    Result<RunResult> run()
    {
        VITRINE_TRY(OpenVision first, openClassifier(params_, "model"));
        models_.push_back(std::move(first));
        if (params_.has("second") && !params_.text("second").empty()) {
            VITRINE_TRY(OpenVision second, openClassifier(params_, "second"));
            models_.push_back(std::move(second));
        }
        VITRINE_TRY(data_, openPictures(params_));
        for (const OpenVision& opened : models_) {
            VITRINE_TRY(auto classes, classesFor(*data_.pictures, opened, out_.notes));
            classes_.push_back(std::move(classes));
            VITRINE_CHECK(noteRounding(opened, *data_.pictures, out_.notes));
            append(out_.inputs, opened.inputs);
            append(out_.notes, opened.notes);
        }
        append(out_.inputs, data_.inputs);
        append(out_.notes, data_.notes);
        answers_.resize(models_.size());
        leftOut_.resize(static_cast<std::size_t>(data_.count));
        for (std::size_t i = 0; i < models_.size(); ++i)
            VITRINE_CHECK(answer(i));
        append(out_.notes, leftOutNotes(leftOut_));
        addAccuracy();
        addTables();
        VITRINE_CHECK(keepWorst());
        VITRINE_CHECK(keepOfCells());
        if (models_.size() > 1)
            VITRINE_CHECK(keepDiffering());
        return std::move(out_);
    }

private:
    Result<Classified> classify(std::size_t model, std::int64_t index)
    {
        VITRINE_TRY(const auto seen, seenBy(models_[model], *data_.pictures, index,
                                            leftOut_[static_cast<std::size_t>(index)]));
        VITRINE_TRY(const auto logits, models_[model].model.run(seen));
        const auto label = static_cast<std::size_t>(data_.pictures->label(index));
        return model::classified(logits, classes_[model][label]);
    }

    // Every picture by itself, several at once.
    Result<void> answer(std::size_t model)
    {
        const auto start = std::chrono::steady_clock::now();
        std::vector<Classified>& answers = answers_[model];
        answers.resize(static_cast<std::size_t>(data_.count));
        std::vector<Result<void>> problems(static_cast<std::size_t>(kTogether));
        for (std::int64_t done = 0; done < data_.count; done += kTogether) {
            const std::int64_t all = data_.count * static_cast<std::int64_t>(models_.size());
            if (!progress_.advance(
                    static_cast<double>(static_cast<std::int64_t>(model) * data_.count + done),
                    static_cast<double>(all), "pictures"))
                return cancelled();
            const std::int64_t count = std::min(kTogether, data_.count - done);
            parallelFor(static_cast<std::size_t>(count), [&](std::size_t i) {
                const std::int64_t index = done + static_cast<std::int64_t>(i);
                auto classified = classify(model, index);
                problems[i] = {};
                if (classified)
                    answers[static_cast<std::size_t>(index)] = *classified;
                else
                    problems[i] = tl::unexpected(classified.error());
            });
            for (std::int64_t i = 0; i < count; ++i)
                if (auto& problem = problems[static_cast<std::size_t>(i)]; !problem)
                    return inputError("{}: {}", data_.pictures->name(done + i),
                                      problem.error().message);
        }
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        rates_.push_back(static_cast<double>(data_.count) / seconds);
        return {};
    }

    std::int64_t rightOf(std::size_t model) const
    {
        return std::ranges::count_if(answers_[model], &Classified::isRight);
    }

    void addAccuracy();
    void addTables();
    void addClasses(const model::Confusion& confusion);
    void addItems();
    std::vector<std::size_t> leastLikely(const std::function<bool(std::size_t)>& isWanted) const;
    Result<std::string> keep(std::size_t picture, const std::string& name);
    Result<void> keepAll(Table table, const std::vector<std::size_t>& pictures,
                         const std::string& name);
    Table keptTable(const char* name) const;
    Result<void> keepWorst();
    Result<void> keepOfCells();
    Result<void> keepDiffering();
    // Two classes may have one name ("crane"): then it is followed by the number.
    std::string className(std::size_t model, std::int64_t label) const
    {
        const auto& labels = models_[model].model.checkpoint().labels();
        const auto place = static_cast<std::size_t>(label);
        if (place >= labels.size() || labels[place].empty())
            return fmt::format("{}", label);
        return std::ranges::count(labels, labels[place]) > 1
                   ? fmt::format("{} ({})", labels[place], label)
                   : labels[place];
    }
    void metric(const char* name, double value, const char* unit, std::string help,
                Origin origin = Origin::computed)
    {
        out_.metrics.push_back({name, value, unit, origin, std::move(help)});
    }

    const Params& params_;
    Progress& progress_;
    std::vector<OpenVision> models_;
    OpenPictures data_;
    std::vector<std::vector<std::int64_t>> classes_; // [model][class of the data]
    std::vector<std::vector<Classified>> answers_;   // [model][picture]
    std::vector<LeftOut> leftOut_;                   // of the pictures
    std::vector<double> rates_;
    std::map<std::size_t, std::string> kept_; // file of each picture that is
    RunResult out_;
};

void EvaluateRun::addAccuracy()
{
    const auto count = static_cast<double>(data_.count);
    const Interval interval = wilsonInterval(rightOf(0), data_.count);
    metric("accuracy", static_cast<double>(rightOf(0)) / count, "1",
           "Share of pictures whose class has the largest logit");
    metric("accuracy_low", interval.low, "1", "Wilson's interval, 95 %");
    metric("accuracy_high", interval.high, "1", "Wilson's interval, 95 %");
    metric(
        "calibration_error", model::calibrationError(model::reliability(answers_[0])), "1",
        "Mean distance between the probability of an answer and how often such answers are right "
        "(Guo et al. 2017)");
    metric("pictures", count, "picture", "Judged");
    metric("pictures_per_second", rates_[0], "picture/s",
           "Reading, preparing and classifying, on all threads", Origin::measured);
    if (models_.size() < 2)
        return;
    PairedCounts pairs;
    for (std::size_t i = 0; i < answers_[0].size(); ++i) {
        const bool first = answers_[0][i].isRight(), second = answers_[1][i].isRight();
        ++(first ? (second ? pairs.bothRight : pairs.lost)
                 : (second ? pairs.gained : pairs.bothWrong));
    }
    const Interval difference = pairedDifferenceInterval(pairs);
    metric("accuracy_second", static_cast<double>(rightOf(1)) / count, "1",
           "The same of the second model, on the same pictures");
    metric("difference", pairs.difference(), "1", "Accuracy of the second less that of the first");
    metric("difference_low", difference.low, "1", "Tango's interval of paired shares, 95 %");
    metric("difference_high", difference.high, "1", "Tango's interval of paired shares, 95 %");
    metric("p_value", mcnemarExact(pairs), "1",
           "McNemar's exact test: the two are equally often right; 1e-300 is that or less");
    metric("pictures_per_second_second", rates_[1], "picture/s", "Of the second model",
           Origin::measured);
}

void EvaluateRun::addTables()
{
    const model::Confusion counts = model::confusion(answers_[0]);
    Table confusion{"confusion",
                    {{"label", "", {}, "The class it is"},
                     {"answer", "", {}, "What the model called it"},
                     {"pictures", "1", {}, "How many"}},
                    {}};
    for (const auto& [cell, count] : counts)
        confusion.rows.push_back({className(0, cell.first), className(0, cell.second), count});
    out_.tables.push_back(std::move(confusion));
    addClasses(counts);

    Table calibration{"calibration",
                      {{"probability", "1", {}, "Mean of the answers in this part of 0 to 1"},
                       {"right", "1", {}, "Share of them that are right"},
                       {"answers", "1", {}, "How many"},
                       {"low", "1", {}, "Begin of the part"},
                       {"high", "1", {}, "Its end"}},
                      {}};
    for (const model::ReliabilityBin& bin : model::reliability(answers_[0]))
        if (bin.answers > 0)
            calibration.rows.push_back(
                {bin.meanProbability,
                 static_cast<double>(bin.right) / static_cast<double>(bin.answers), bin.answers,
                 bin.low, bin.high});
    out_.tables.push_back(std::move(calibration));
    addItems();
}

void EvaluateRun::addItems()
{
    Table items{"items",
                {{"picture", "", {}, "Its name"},
                 {"label", "", {}, "The class it is"},
                 {"answer", "", {}, "The class with the largest logit"},
                 {"right", "1", {}, "1: they are the same"},
                 {"probability", "1", {}, "Of the answer"},
                 {"of_label", "1", {}, "Probability of the class it is"},
                 {"margin", "1", {}, "The largest logit above the second"}},
                {}};
    if (models_.size() > 1) {
        items.columns.push_back({"answer_second", "", {}, "Of the second model"});
        items.columns.push_back({"right_second", "1", {}, "1: that is right"});
    }
    for (std::size_t i = 0; i < answers_[0].size(); ++i) {
        const Classified& a = answers_[0][i];
        std::vector<Cell> row = {data_.pictures->name(static_cast<std::int64_t>(i)),
                                 className(0, a.label),
                                 className(0, a.best),
                                 std::int64_t{a.isRight()},
                                 static_cast<double>(a.probability),
                                 static_cast<double>(a.ofLabel),
                                 static_cast<double>(a.margin)};
        if (models_.size() > 1) {
            const Classified& b = answers_[1][i];
            row.push_back(className(1, b.best));
            row.push_back(std::int64_t{b.isRight()});
        }
        items.rows.push_back(std::move(row));
    }
    out_.tables.push_back(std::move(items));
}

// How often a class is there, is found and is named.
void EvaluateRun::addClasses(const model::Confusion& confusion)
{
    Table table{"classes",
                {{"class", "", {}, "Its name"},
                 {"pictures", "1", {}, "Of this class"},
                 {"right", "1", {}, "How many of them were called so"},
                 {"accuracy", "1", {}, "Share of them"},
                 {"answers", "1", {}, "How many pictures were called so"}},
                {}};
    if (models_.size() > 1)
        table.columns.push_back({"right_second", "1", {}, "By the second model"});
    struct Sums {
        std::int64_t pictures = 0, right = 0, answers = 0, rightSecond = 0;
    };
    std::map<std::int64_t, Sums> classes;
    for (const auto& [cell, count] : confusion) {
        classes[cell.first].pictures += count;
        classes[cell.second].answers += count;
        if (cell.first == cell.second)
            classes[cell.first].right = count;
    }
    for (std::size_t i = 0; models_.size() > 1 && i < answers_[0].size(); ++i)
        classes[answers_[0][i].label].rightSecond += answers_[1][i].isRight();
    for (const auto& [one, sums] : classes) {
        std::vector<Cell> row = {className(0, one), sums.pictures, sums.right,
                                 sums.pictures > 0 ? Cell{static_cast<double>(sums.right) /
                                                          static_cast<double>(sums.pictures)}
                                                   : Cell{},
                                 sums.answers};
        if (models_.size() > 1)
            row.push_back(sums.rightSecond);
        table.rows.push_back(std::move(row));
    }
    out_.tables.push_back(std::move(table));
}

// Places of pictures, those whose class seemed least likely to the first model before others.
std::vector<std::size_t>
EvaluateRun::leastLikely(const std::function<bool(std::size_t)>& isWanted) const
{
    std::vector<std::size_t> order(answers_[0].size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t i) { return !isWanted(i); });
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return answers_[0][i].ofLabel; });
    return order;
}

// The file of a picture: under this name, where it is not kept yet.
Result<std::string> EvaluateRun::keep(std::size_t picture, const std::string& name)
{
    std::string& file = kept_[picture];
    if (!file.empty())
        return file;
    file = name;
    VITRINE_TRY(const Picture read, data_.pictures->picture(static_cast<std::int64_t>(picture)));
    Artifact artifact;
    artifact.name = file;
    artifact.kind = "image";
    artifact.path = progress_.artifactFolder() / file;
    VITRINE_CHECK(writePicture(read, artifact.path));
    out_.artifacts.push_back(std::move(artifact));
    return file;
}

Table EvaluateRun::keptTable(const char* name) const
{
    Table table{name,
                {{"file", "", {}, "The picture, kept with the run"},
                 {"picture", "", {}, "Its name"},
                 {"label", "", {}, "The class it is"},
                 {"answer", "", {}, "What the model called it"},
                 {"probability", "1", {}, "Of the answer"},
                 {"of_label", "1", {}, "Probability of the class it is"}},
                {}};
    if (models_.size() > 1)
        table.columns.push_back({"answer_second", "", {}, "Of the second model"});
    return table;
}

Result<void> EvaluateRun::keepAll(Table table, const std::vector<std::size_t>& pictures,
                                  const std::string& name)
{
    const auto digits = std::max<std::size_t>(2, std::to_string(pictures.size()).size());
    for (const std::size_t i : pictures) {
        VITRINE_TRY(std::string file,
                    keep(i, fmt::format("{}-{:0{}}.png", name, table.rows.size() + 1, digits)));
        const Classified& a = answers_[0][i];
        std::vector<Cell> row = {std::move(file),
                                 data_.pictures->name(static_cast<std::int64_t>(i)),
                                 className(0, a.label),
                                 className(0, a.best),
                                 static_cast<double>(a.probability),
                                 static_cast<double>(a.ofLabel)};
        if (models_.size() > 1)
            row.push_back(className(1, answers_[1][i].best));
        table.rows.push_back(std::move(row));
    }
    out_.tables.push_back(std::move(table));
    return {};
}

Result<void> EvaluateRun::keepWorst()
{
    auto worst = leastLikely([&](std::size_t i) { return !answers_[0][i].isRight(); });
    worst.resize(std::min(worst.size(), kWorst));
    return keepAll(keptTable("worst"), worst, "worst");
}

// A few of each cell off the diagonal, one after the other so that rare ones have theirs too;
// frequent ones come first.
Result<void> EvaluateRun::keepOfCells()
{
    using Place = std::pair<std::int64_t, std::int64_t>;
    std::map<Place, std::vector<std::size_t>> cells;
    for (const std::size_t i :
         leastLikely([&](std::size_t i) { return !answers_[0][i].isRight(); }))
        cells[{answers_[0][i].label, answers_[0][i].best}].push_back(i);
    std::vector<const std::vector<std::size_t>*> order;
    for (const auto& [place, pictures] : cells)
        order.push_back(&pictures);
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [](const auto* c) { return c->size(); });
    std::vector<std::size_t> chosen;
    for (std::size_t round = 0; round < kOfCell; ++round)
        for (const auto* pictures : order)
            if (round < pictures->size() && chosen.size() < kOfCells)
                chosen.push_back((*pictures)[round]);
    return keepAll(keptTable("examples"), chosen, "example");
}

// Where one model alone is right: the first, then the second.
Result<void> EvaluateRun::keepDiffering()
{
    std::vector<std::size_t> chosen;
    for (const bool isFirstRight : {true, false}) {
        auto some = leastLikely([&](std::size_t i) {
            return answers_[0][i].isRight() == isFirstRight &&
                   answers_[1][i].isRight() != isFirstRight;
        });
        some.resize(std::min(some.size(), kDiffering));
        chosen.insert(chosen.end(), some.begin(), some.end());
    }
    return keepAll(keptTable("differing"), chosen, "differing");
}

} // namespace

ExperimentInfo EvaluateExperiment::info() const
{
    return {"vision.evaluate", "Accuracy of a vision transformer",
            "Names the class of labelled pictures with one or two vision transformers: accuracy "
            "with its interval, what is taken for what, and whether probabilities can be believed.",
            1};
}

std::vector<ParamSpec> EvaluateExperiment::params(const Params&) const
{
    ParamSpec model = visionModelParam("model", "Model",
                                       "A shipped vision transformer's name, a folder "
                                       "(config.json, safetensors) or a safetensors file");
    model.fallback = ParamValue(std::string("vitrine-deit"));
    ParamSpec second =
        visionModelParam("second", "Beside it", "Another model on the same pictures");
    second.optional = true;
    std::vector<ParamSpec> specs = {model, second};
    for (ParamSpec& spec : pictureParams())
        specs.push_back(std::move(spec));
    return specs;
}

Result<RunResult> EvaluateExperiment::run(const Params& params, Progress& progress) const
{
    return EvaluateRun(params, progress).run();
}

} // namespace vitrine::quantization_plugin
