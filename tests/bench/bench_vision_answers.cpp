// The shipped vision transformers beside the trainer's own networks, picture by picture over the
// test pictures: what both see, what both answer. Needs the data of packaging/train:
//   bench_vision_answers [FOLDER [PICTURES]]   $VITRINE_TRAINING where no FOLDER is named
#include "core/base/resources.h"
#include "core/jobs/experiment/experiment.h"
#include "core/model/vision/classification.h"
#include "plugins/quantization/experiments/evaluate_experiment.h"
#include "plugins/quantization/experiments/vision_input.h"
#include "tests/bench/trainer_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <dlfcn.h>
#include <memory>
#include <string>

namespace
{

using namespace vitrine;

bench::MakeTrainerAnswers openTrainer()
{
    void* module = ::dlopen(VITRINE_TRAINER_ANSWERS, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    void* make = module ? ::dlsym(module, bench::kMakeTrainerAnswers) : nullptr;
    if (!make)
        fmt::print(stderr, "{}\n", ::dlerror());
    return reinterpret_cast<bench::MakeTrainerAnswers>(make);
}

struct Comparison {
    std::int64_t rightTrainer = 0, rightOurs = 0, otherAnswers = 0, unexplained = 0;
    std::int64_t otherFloats = 0;
    double furthest = 0; // between two logits
};

// `seen`: rows of pixels with channels side by side; the trainer's: channels one after another.
std::int64_t differingFloats(std::span<const float> ours, std::span<const float> trainers,
                             std::size_t channels)
{
    std::int64_t differing = 0;
    const std::size_t pixels = ours.size() / channels;
    for (std::size_t i = 0; i < ours.size(); ++i)
        differing += ours[i] != trainers[i % channels * pixels + i / channels];
    return differing;
}

Result<void> compare(bench::MakeTrainerAnswers make, const std::string& name,
                     const std::string& folder, std::int64_t most)
{
    VITRINE_TRY(const auto path, findModel(name));
    const std::unique_ptr<bench::TrainerAnswers> trainer(
        make(name.c_str(), path.c_str(), (folder + "/data").c_str()));
    if (!trainer)
        return failure("{} could not be opened by the trainer", name);
    const quantization_plugin::EvaluateExperiment experiment;
    VITRINE_TRY(
        const Params params,
        resolveParams(experiment, {{"model", name},
                                   {"data", name.ends_with("scenes") ? "scenes" : "fashion-mnist"},
                                   {"packages", folder + "/packages"}}));
    VITRINE_TRY(const auto opened, quantization_plugin::openClassifier(params, "model"));
    VITRINE_TRY(const auto data, quantization_plugin::openPictures(params));
    const auto channels =
        static_cast<std::size_t>(opened.model.checkpoint().preprocessing().channels());
    Comparison sums;
    const std::int64_t count = std::min({most, data.count, trainer->count()});
    for (std::int64_t i = 0; i < count; ++i) {
        const auto theirs = trainer->answer(i);
        LeftOut leftOut;
        VITRINE_TRY(const auto seen, quantization_plugin::seenBy(opened.model.checkpoint(),
                                                                 *data.pictures, i, leftOut));
        VITRINE_TRY(const auto logits, opened.model.run(seen));
        if (seen.size() != theirs.seen.size() || data.pictures->label(i) != theirs.label)
            return failure("picture {} of {} is another one for the trainer", i, name);
        sums.otherFloats += differingFloats(seen, theirs.seen, channels);
        const auto a = model::classified(logits, theirs.label),
                   b = model::classified(theirs.logits, theirs.label);
        sums.rightOurs += a.isRight();
        sums.rightTrainer += b.isRight();
        for (std::size_t k = 0; k < logits.size(); ++k)
            sums.furthest = std::max(sums.furthest,
                                     static_cast<double>(std::abs(logits[k] - theirs.logits[k])));
        if (a.best != b.best) {
            ++sums.otherAnswers;
            sums.unexplained += std::min(a.margin, b.margin) >= 2e-4f;
            fmt::print("  {}: {} here, {} by the trainer, {:.1e} above the second\n",
                       data.pictures->name(i), a.best, b.best, b.margin);
        }
    }
    const auto percent = [&](std::int64_t right) {
        return 100.0 * static_cast<double>(right) / static_cast<double>(count);
    };
    fmt::print(
        "{}: {} pictures, trainer {:.3f} %, here {:.3f} %; {} floats seen differ; {} answers "
        "differ, {} of them by more than 2e-4 between the two best; logits differ by up to "
        "{:.1e}\n",
        name, count, percent(sums.rightTrainer), percent(sums.rightOurs), sums.otherFloats,
        sums.otherAnswers, sums.unexplained, sums.furthest);
    return {};
}

} // namespace

int main(int count, char** words)
{
    const char* state = std::getenv("VITRINE_TRAINING");
    const std::string folder = count > 1 ? words[1] : state ? state : "";
    const std::int64_t most = count > 2 ? std::atoll(words[2]) : 1'000'000;
    const auto make = openTrainer();
    if (!make || folder.empty())
        return 2;
    for (const char* name :
         {"vitrine-deit", "vitrine-deit-vitality", "vitrine-efficientvit", "vitrine-deit-scenes"})
        if (const auto done = compare(make, name, folder, most); !done)
            fmt::print(stderr, "{}\n", done.error().message);
}
