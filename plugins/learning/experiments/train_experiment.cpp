#include "plugins/learning/experiments/train_experiment.h"

#include <cmath>

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/in_file.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/experiment/recipe.h"
#include "core/jobs/experiment/trainer.h"
#include "plugins/learning/experiments/tokens.h"

namespace vitrine::learning_plugin
{

namespace
{

namespace fs = std::filesystem;
using Recipe = std::map<std::string, std::string>;

constexpr const char* kShippedRecipe = "recipes/vitrine-lm.recipe";
constexpr const char* kCheckpoint = "checkpoint.safetensors";

ParamSpec spec(const char* name, const char* label, ParamType type, const char* help)
{
    ParamSpec result;
    result.name = name;
    result.label = label;
    result.type = type;
    result.help = help;
    result.group = "Training";
    result.optional = true;
    return result;
}

// Where training writes: `out`, else a folder of the run that a resumed run finds again.
Result<fs::path> trainingFolder(const Params& params, Progress& progress)
{
    fs::path folder = progress.stateFolder() / "training";
    if (params.has("out") && !params.text("out").empty())
        folder = params.text("out");
    // A run that was paused or interrupted goes on where it was.
    const bool goesOn = progress.loadState().has_value();
    std::error_code error;
    if (fs::exists(folder / kCheckpoint, error) && !params.boolean("resume") && !goesOn)
        return argumentError(
            "{} holds a checkpoint: give resume=true to go on from it, or another out",
            folder.string());
    fs::create_directories(folder, error);
    if (error)
        return inputError("cannot make {}: {}", folder.string(), error.message());
    VITRINE_CHECK(progress.saveState("{}"));
    return folder;
}

Recipe adjusted(Recipe recipe, const Params& params)
{
    for (const char* name : {"steps", "minutes"})
        if (params.has(name))
            recipe[name] = paramText(params.all().find(name)->second);
    if (params.has("data"))
        recipe["data"] = params.text("data");
    if (params.integer("threads") > 0)
        recipe["threads"] = std::to_string(params.integer("threads"));
    recipe["seed"] = std::to_string(params.integer("seed"));
    recipe.erase("out");
    return recipe;
}

double numberIn(const Recipe& recipe, const std::string& key, double fallback)
{
    const auto found = recipe.find(key);
    return found == recipe.end() ? fallback : parseReal(found->second).value_or(fallback);
}

// The rows of table `epochs`: one at every evaluation.
struct Course {
    Table table{"epochs",
                {{"tokens", "token", {}, "Tokens seen so far"},
                 {"step", "1", {}, "Steps so far"},
                 {"loss", "nat", {}, "Training loss per token, mean since the last row"},
                 {"held_out_loss", "nat", {}, "On a fixed part of the held-out text"},
                 {"seconds", "s", Origin::measured, "Training time so far"}},
                {}};
    TrainEvent last{};

    bool add(const TrainEvent& event)
    {
        const bool evaluated = std::isfinite(event.heldOut);
        if (evaluated) {
            table.rows.push_back(
                {event.tokensSeen, event.step, event.loss, event.heldOut, event.seconds});
            last = event;
        }
        return evaluated;
    }
};

Result<double> baselineOf(const fs::path& data, std::int64_t vocabulary)
{
    VITRINE_TRY(const auto train, readTokenText(data, "train", vocabulary));
    VITRINE_TRY(const auto heldOut, readTokenText(data, "heldout", vocabulary));
    VITRINE_TRY(const auto losses, baselineLosses(train, heldOut, vocabulary));
    return total(losses).perplexity();
}

std::string card(const Recipe& recipe, const Course& course, double baseline)
{
    std::string text = fmt::format("# A language model\n\nTrained by `learning.train` of Vitrine: "
                                   "{} steps, {} tokens, seed {}. Loss on "
                                   "held-out text {:.4f} nat per token (perplexity {:.2f}).\n",
                                   course.last.step, course.last.tokensSeen, recipe.at("seed"),
                                   course.last.heldOut, std::exp(course.last.heldOut));
    if (std::isfinite(baseline))
        text += fmt::format(
            "A Kneser-Ney 5-gram on the same tokens: perplexity {:.2f} on all held-out text.\n",
            baseline);
    text += "\nRecipe:\n\n";
    for (const auto& [key, value] : recipe)
        if (key != "data") // a path of the machine it was trained on
            text += fmt::format("    {} = {}\n", key, value);
    return text;
}

// Copies what the model needs into the run's artifacts.
Result<void> takeModel(const fs::path& folder, const fs::path& data, const std::string& cardText,
                       Progress& progress, RunResult& out)
{
    std::error_code ignored;
    for (const char* name : {"tokenizer.model", "tokenizer_config.json"})
        if (fs::exists(data / name, ignored))
            fs::copy_file(data / name, folder / "model" / name,
                          fs::copy_options::overwrite_existing, ignored);
    VITRINE_CHECK(writeFileAtomically(folder / "model" / "README.md", cardText));
    for (const char* name : {"model.safetensors", "config.json", "generation_config.json",
                             "tokenizer.model", "tokenizer_config.json", "README.md"}) {
        const fs::path from = folder / "model" / name;
        if (!fs::exists(from, ignored))
            continue;
        Artifact artifact;
        artifact.name = name;
        artifact.kind = std::string_view(name) == "model.safetensors" ? "tensors" : "text";
        artifact.path = progress.artifactFolder() / name;
        std::error_code error;
        fs::copy_file(from, artifact.path, fs::copy_options::overwrite_existing, error);
        if (error)
            return failure("cannot copy {}: {}", from.string(), error.message());
        out.artifacts.push_back(std::move(artifact));
    }
    return {};
}

} // namespace

Result<Recipe> readRecipe(const fs::path& path)
{
    VITRINE_TRY(const std::string text, readFile(path, 1 << 20));
    return parseRecipe(text, path.filename().string());
}

ExperimentInfo TrainExperiment::info() const
{
    return {"learning.train", "Train a language model",
            "Trains a small language model from a recipe on prepared text.", 1};
}

std::vector<ParamSpec> TrainExperiment::params(const Params&) const
{
    ParamSpec recipe = spec("recipe", "Recipe", ParamType::file,
                            "Text file of key = value lines; empty: that of vitrine-lm");
    recipe.fileKind = "recipe";
    ParamSpec data = spec(
        "data", "Prepared text", ParamType::file,
        "Folder made by vitrine-prepare (train.tokens, heldout.tokens); empty: the recipe's own");
    ParamSpec steps =
        spec("steps", "Steps", ParamType::integer, "Steps of training; empty: the recipe's");
    steps.minimum = 1;
    ParamSpec minutes = spec("minutes", "Minutes", ParamType::real,
                             "The schedule also ends after so much training time (0: by steps "
                             "alone, and then a run repeats); "
                             "empty: the recipe's");
    minutes.unit = "min";
    minutes.minimum = 0;
    ParamSpec resume =
        spec("resume", "Resume", ParamType::boolean, "Go on from the checkpoint in out");
    resume.optional = false;
    resume.fallback = ParamValue(false);
    ParamSpec out = spec(
        "out", "Folder", ParamType::text,
        "Folder for checkpoint, log and model; empty: the run's own, and the model is an artifact");
    ParamSpec baseline = spec("baseline", "5-gram baseline", ParamType::boolean,
                              "Also score a Kneser-Ney 5-gram on the same tokens, for comparison");
    baseline.optional = false;
    baseline.fallback = ParamValue(true);
    baseline.advanced = true;
    return {recipe, data, steps, minutes, resume, out, baseline};
}

Result<RunResult> TrainExperiment::run(const Params& params, Progress& progress) const
{
    fs::path path;
    if (params.has("recipe")) {
        path = params.text("recipe");
    } else {
        VITRINE_TRY(path, findResource(kShippedRecipe));
    }
    VITRINE_TRY(Recipe read, readRecipe(path));
    const Recipe recipe = adjusted(std::move(read), params);
    const fs::path data = recipe.contains("data") ? recipe.at("data") : std::string();
    std::error_code ignored;
    if (!fs::exists(data / "train.tokens", ignored))
        return inputError("cannot read {}: no train.tokens in the folder \"{}\" that it names as "
                          "data: prepare the text "
                          "with packaging/retrain, or give data=FOLDER",
                          path.string(), data.string());
    RunResult out;
    for (const auto& [name, file] :
         {std::pair{"recipe", path}, std::pair{"data", data / "train.tokens"},
          std::pair{"data", data / "heldout.tokens"}}) {
        VITRINE_TRY(InputFile input, hashInput(name, file, &progress));
        out.inputs.push_back(std::move(input));
    }
    VITRINE_TRY(auto trainer, openTrainer());
    VITRINE_TRY(const fs::path folder, trainingFolder(params, progress));

    Course course;
    const double minutes = numberIn(recipe, "minutes", 0);
    const auto trained = trainer->train(recipe, folder.string(), [&](const TrainEvent& event) {
        if (course.add(event))
            progress.partial(course.table);
        const double bySteps = static_cast<double>(event.step) /
                               static_cast<double>(std::max<std::int64_t>(event.steps, 1));
        const double byTime = minutes > 0 ? event.seconds / (60 * minutes) : 0;
        return progress.advance(std::max(bySteps, byTime) * static_cast<double>(event.steps),
                                static_cast<double>(event.steps), "steps");
    });
    if (!trained && trained.error().kind == ErrorKind::argument) // of the recipe's keys and values
        return tl::unexpected(inFile({ErrorKind::input, trained.error().message}, path.string()));
    if (!trained)
        return tl::unexpected(trained.error());
    if (course.table.rows.empty())
        return failure(
            "training ended without an evaluation: the checkpoint in {} has had all its steps",
            folder.string());

    double baseline = std::nan("");
    if (params.boolean("baseline")) {
        progress.message("counting the n-grams of the baseline");
        const auto vocabulary = static_cast<std::int64_t>(numberIn(recipe, "vocabulary", 4096));
        if (const auto value = baselineOf(data, vocabulary))
            baseline = *value;
        else
            out.notes.push_back(value.error().message);
    }
    const Origin origin =
        minutes > 0 ? Origin::measured : Origin::computed; // a time limit decides what is computed
    for (std::size_t i = 0; i < 4; ++i)
        course.table.columns[i].origin = origin;
    if (minutes > 0)
        out.notes.push_back("The schedule ended by time as well as by steps: another machine takes "
                            "another number of steps.");
    const TrainEvent& last = course.last;
    out.metrics = {
        {"loss", last.loss, "nat", origin,
         "Training loss per token, mean over the steps since the last evaluation"},
        {"perplexity", std::exp(last.heldOut), "1", origin,
         "On a fixed part of the held-out text, at the end"},
        {"tokens_seen", static_cast<double>(last.tokensSeen), "token", origin, "With repetition"},
        {"baseline", baseline, "1", Origin::computed,
         "Perplexity of a Kneser-Ney 5-gram on all held-out text"},
        {"tokens_per_second", static_cast<double>(last.tokensSeen) / last.seconds, "token/s",
         Origin::measured, "Training"}};
    out.tables.push_back(course.table);
    VITRINE_CHECK(takeModel(folder, data, card(recipe, course, baseline), progress, out));
    return out;
}

} // namespace vitrine::learning_plugin
