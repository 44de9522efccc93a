#include "plugins/quantization/experiments/evaluate_experiment.h"

#include "core/base/parallel.h"
#include "core/base/statistics.h"
#include "core/model/vision/classification.h"
#include "plugins/common/experiment_input.h"
#include "plugins/quantization/experiments/kept_pictures.h"
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

class EvaluateRun
{
public:
    EvaluateRun(const Params& params, Progress& progress) : params_(params), progress_(progress) {}

    Result<RunResult> run()
    {
        VITRINE_TRY(auto first, openClassifierOrCodes(params_, "model"));
        models_.push_back(std::move(first));
        if (params_.has("second") && !params_.text("second").empty()) {
            VITRINE_TRY(auto second, openClassifierOrCodes(params_, "second"));
            models_.push_back(std::move(second));
        }
        VITRINE_TRY(data_, openPictures(params_));
        for (const Classifier& opened : models_) {
            VITRINE_TRY(auto classes, classesFor(*data_.pictures, *opened.checkpoint, out_.notes));
            classes_.push_back(std::move(classes));
            VITRINE_CHECK(noteRounding(*opened.checkpoint, *data_.pictures, out_.notes));
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
        VITRINE_CHECK(keepPictures(
            {.pictures = *data_.pictures,
             .answers = answers_,
             .className = [this](std::size_t model,
                                 std::int64_t label) { return className(model, label); }},
            progress_.artifactFolder(), out_));
        return std::move(out_);
    }

private:
    Result<Classified> classify(std::size_t model, std::int64_t index)
    {
        VITRINE_TRY(const auto seen, seenBy(*models_[model].checkpoint, *data_.pictures, index,
                                            leftOut_[static_cast<std::size_t>(index)]));
        VITRINE_TRY(const auto logits, models_[model].logits(seen));
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
    // Two classes may have one name ("crane"): then it is followed by the number.
    std::string className(std::size_t model, std::int64_t label) const
    {
        const auto& labels = models_[model].checkpoint->labels();
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
    std::vector<Classifier> models_;
    OpenPictures data_;
    std::vector<std::vector<std::int64_t>> classes_; // [model][class of the data]
    std::vector<std::vector<Classified>> answers_;   // [model][picture]
    std::vector<LeftOut> leftOut_;                   // of the pictures
    std::vector<double> rates_;
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
                                       "(config.json, safetensors), which may be one in codes "
                                       "that quantization.vision wrote, or a safetensors file");
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
