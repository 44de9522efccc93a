#include "plugins/quantization/experiments/llm_experiment.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/in_file.h"
#include "core/quant/gguf_export.h"
#include "core/quant/llm_quantization.h"
#include "plugins/quantization/experiments/bit_budget.h"
#include "plugins/quantization/experiments/cost_params.h"
#include "plugins/quantization/experiments/decode_speed.h"
#include "plugins/quantization/experiments/llm_metrics.h"
#include "plugins/quantization/experiments/llm_probe.h"
#include "plugins/quantization/experiments/llm_tables.h"
#include "plugins/quantization/experiments/params.h"
#include "plugins/quantization/experiments/text_windows.h"
#include "plugins/quantization/experiments/written_model.h"

#include <algorithm>
#include <iterator>

namespace vitrine::quantization_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr const char *kText = "Text", *kResult = "Result"; // groups of parameters
constexpr std::size_t kDivergenceWindows = 4;
// Of the progress, beside 1 for quantizing the model once.
constexpr double kDivergenceStages = 4, kJudgeShare = 0.1;

ParamSpec textSpec(const char* name, const char* label, const char* help)
{
    ParamSpec spec;
    spec.name = name, spec.label = label, spec.type = ParamType::text, spec.help = help;
    spec.group = kText;
    spec.optional = true;
    return spec;
}

// Where finished layers are kept; an interrupted run finds them there.
Result<fs::path> layersFolder(Progress& progress)
{
    VITRINE_CHECK(progress.saveState("{}"));
    return progress.stateFolder() / "layers";
}

// All that quantized layers depend on: files by their hashes, parameters, the texts' tokens.
std::string subjectOf(const Params& params, const OpenModel& opened, const TextWindows& texts)
{
    Sha256 hash;
    const auto add = [&](const std::string& text) {
        hash.add(std::as_bytes(std::span(text)));
        hash.add(std::as_bytes(std::span("\n", 1)));
    };
    for (const InputFile& file : opened.inputs)
        add(file.sha256);
    for (const auto& [name, value] : params.all())
        if (name != "model" && name != "bits" && name != "threads" && name != "out" &&
            name != "evaluate" && name != "evaluate_windows" && name != "speed_tokens")
            add(name + "=" + paramText(value));
    for (const auto& window : texts.windows)
        hash.add(std::as_bytes(std::span(window)));
    return hash.hex();
}

class LlmRun
{
public:
    LlmRun(const Params& params, Progress& progress) : params_(params), progress_(progress) {}

    Result<RunResult> run()
    {
        VITRINE_TRY(method_, readMethod(params_));
        VITRINE_TRY(OpenModel opened, openModel(params_, &progress_));
        opened_.emplace(std::move(opened));
        append(out_.inputs, opened_->inputs);
        append(out_.notes, opened_->notes);
        VITRINE_CHECK(checkOriginal());
        VITRINE_CHECK(checkOut());
        VITRINE_CHECK(readTexts());
        VITRINE_TRY(folder_, layersFolder(progress_));
        subject_ = subjectOf(params_, *opened_, calibration_);
        std::map<std::string, int> bits;
        if (method_.bits.budget) {
            VITRINE_TRY(bits, allocate());
        }
        VITRINE_TRY(const auto quantization, quantizeAll(method_.settings.bits, std::move(bits)));
        VITRINE_CHECK(addModel(quantization));
        return std::move(out_);
    }

private:
    using Layers = std::vector<quant::LayerRecord>;

    double stages() const
    {
        if (!method_.bits.budget)
            return 1;
        return 1.0 + kBudgetBits.size() + (method_.costs == "divergence" ? kDivergenceStages : 0);
    }
    void add(std::vector<Metric> metrics)
    {
        std::ranges::move(metrics, std::back_inserter(out_.metrics));
    }
    bool tell(double done) { return progress_.advance(done, stages() + kJudgeShare, "model"); }

    Result<void> checkOriginal() const
    {
        if (!opened_->config().languageHead)
            return inputError("{} has no language head: there are no next tokens to judge a "
                              "quantized version by",
                              opened_->name);
        for (const auto& name : opened_->checkpoint->tensorNames())
            if (opened_->checkpoint->codes(name))
                return inputError("{} is quantized already (\"{}\" is stored as codes); give the "
                                  "original",
                                  opened_->name, name);
        return {};
    }

    // What GGUF cannot say is refused before the work begins.
    Result<void> checkOut() const
    {
        if (!isGguf(params_))
            return {};
        VITRINE_CHECK(checkOutText(params_, params_.text("out")));
        return quant::checkGguf(*opened_->checkpoint, opened_->tokenizer.get());
    }

    Result<void> readTexts()
    {
        const std::int64_t length = std::min(params_.integer("window"), opened_->config().context);
        VITRINE_TRY(calibration_,
                    readTextWindows(params_, "calibration", TextUse::calibration, length,
                                    params_.integer("windows"), *opened_, progress_));
        VITRINE_TRY(evaluation_,
                    readTextWindows(params_, "evaluate", TextUse::evaluation, length,
                                    params_.integer("evaluate_windows"), *opened_, progress_));
        if (quant::needsHessian(method_.quantizer, method_.settings) &&
            calibration_.tokens() < opened_->config().mlp)
            out_.notes.push_back(fmt::format(
                "Calibrated on {} tokens only, fewer than the {} inputs of the widest layers: "
                "errors are made up for on these tokens and may grow on others. More windows help.",
                calibration_.tokens(), opened_->config().mlp));
        for (const TextWindows* texts : {&calibration_, &evaluation_}) {
            append(out_.inputs, texts->inputs);
            append(out_.notes, texts->notes);
        }
        return {};
    }

    Result<quant::LlmQuantization> quantizeAll(int bits, std::map<std::string, int> single)
    {
        quant::LlmQuantSettings settings{method_.quantizer, method_.settings, std::move(single)};
        settings.layers.bits = bits;
        std::string choice = fmt::format("{}", bits);
        for (const auto& [layer, own] : settings.bits)
            choice += fmt::format(" {}={}", layer, own);
        const std::string subject = subject_ + " " + sha256(std::as_bytes(std::span(choice)));
        VITRINE_TRY(auto quantization,
                    quant::LlmQuantization::open(
                        opened_->checkpoint, settings, calibration_.windows,
                        folder_ / (settings.bits.empty() ? fmt::format("uniform-{}", bits)
                                                         : std::string("mixed")),
                        subject));
        const double before = stage_;
        Layers soFar;
        VITRINE_CHECK(quantization.run([&](double share) { return tell(before + share); },
                                       [&](const quant::LayerRecord& layer) {
                                           soFar.push_back(layer);
                                           progress_.partial(layersTable(soFar));
                                       }));
        stage_ += 1;
        if (const std::size_t kept = quantization.keptBefore())
            progress_.message(fmt::format("{} layers were ready from before", kept));
        return quantization;
    }

    Result<std::map<std::string, int>> allocate();
    Result<LayerCosts> costsOf(const std::vector<quant::LlmQuantization>& versions);

    Result<void> addModel(const quant::LlmQuantization& quantization);
    void addLayers(const quant::LlmQuantization& quantization, const model::LlmCheckpoint& packed);
    Result<void> addComparison(const model::Llm& quantized);
    Result<void> addProbe(const model::Llm& quantized, const model::LlmCheckpoint& packed);
    Result<void> addSpeed(const model::Llm& quantized);
    void addEnergy(const Layers& layers, const model::LlmCheckpoint& packed);

    const Params& params_;
    Progress& progress_;
    MethodWish method_;
    std::optional<OpenModel> opened_;
    TextWindows calibration_, evaluation_;
    fs::path folder_;
    std::string subject_;
    double stage_ = 0;
    RunResult out_;
};

Result<void> LlmRun::addModel(const quant::LlmQuantization& quantization)
{
    const bool isGiven = params_.has("out") && !params_.text("out").empty() && !isGguf(params_);
    const fs::path folder =
        isGiven ? fs::path(params_.text("out")) : progress_.artifactFolder() / "model";
    VITRINE_CHECK(quantization.write(folder));
    VITRINE_CHECK(model::copyTokenizerOf(opened_->checkpoint->files().size() == 1 // llama2.c
                                             ? opened_->checkpoint->files().front()
                                             : opened_->checkpoint->files().front().parent_path(),
                                         folder));
    VITRINE_TRY(const auto packed, model::openLlmCheckpoint(folder));
    VITRINE_TRY(const auto quantized, inFile(folder.string(), model::Llm::open(packed)));
    addLayers(quantization, *packed);
    VITRINE_CHECK(addComparison(quantized));
    VITRINE_CHECK(addProbe(quantized, *packed));
    VITRINE_CHECK(addSpeed(quantized));
    addEnergy(quantization.layers(), *packed);
    if (isGguf(params_))
        VITRINE_CHECK(writeGguf(*packed, *opened_, params_.text("out"), out_));
    if (isGiven)
        out_.notes.push_back(fmt::format("The quantized model lies in {}.", folder.string()));
    else
        VITRINE_CHECK(takeFiles(folder, progress_.artifactFolder(), out_));
    const fs::path bits = progress_.artifactFolder() / "bits.csv";
    VITRINE_CHECK(writeFileAtomically(bits, bitMapText(quantization.layers())));
    Artifact artifact;
    artifact.name = "bits.csv", artifact.kind = "text", artifact.path = bits;
    out_.artifacts.push_back(std::move(artifact));
    return {};
}

// Bits of each layer under the budget, from what every layer costs at 2, 3 and 4 bits.
Result<std::map<std::string, int>> LlmRun::allocate()
{
    std::vector<quant::LlmQuantization> versions;
    for (const int bits : kBudgetBits) {
        VITRINE_TRY(auto version, quantizeAll(bits, {}));
        versions.push_back(std::move(version));
    }
    VITRINE_TRY(const LayerCosts costs, costsOf(versions));
    VITRINE_TRY(GivenBits given, giveBits(versions.front().layers(), costs, *method_.bits.budget));
    out_.tables.push_back(std::move(given.candidates));
    out_.metrics.push_back(std::move(given.slack));
    return std::move(given.bits);
}

Result<LayerCosts> LlmRun::costsOf(const std::vector<quant::LlmQuantization>& versions)
{
    if (method_.costs != "divergence")
        return recordedCosts(versions, method_.costs == "measured");
    const auto windows = std::span(calibration_.windows)
                             .first(std::min(calibration_.windows.size(), kDivergenceWindows));
    const double before = stage_;
    VITRINE_TRY(LayerCosts costs,
                divergenceCosts(
                    versions, opened_->checkpoint, windows, folder_ / "divergences.json", subject_,
                    [&](double share) { return tell(before + kDivergenceStages * share); }));
    stage_ += kDivergenceStages;
    return costs;
}

void LlmRun::addLayers(const quant::LlmQuantization& quantization,
                       const model::LlmCheckpoint& packed)
{
    const Layers& layers = quantization.layers();
    add(sizeMetrics(quantization, *opened_->checkpoint, packed));
    out_.tables.push_back(layersTable(layers));
    if (Table rounds = roundsTable(layers); !rounds.rows.empty())
        out_.tables.push_back(std::move(rounds));
    if (Table exponents = exponentsTable(packed, layers); !exponents.rows.empty())
        out_.tables.push_back(std::move(exponents));
    if (!std::ranges::all_of(layers, &quant::LayerRecord::isPacked))
        out_.notes.push_back("An accuracy study: rotated back, the weights are dense numbers "
                             "again, stored as F32. They take no fewer bits and run no faster.");
}

Result<void> LlmRun::addComparison(const model::Llm& quantized)
{
    std::vector<quant::WindowScore> scores;
    for (const auto& window : evaluation_.windows) {
        if (!tell(stages() + kJudgeShare * static_cast<double>(scores.size()) /
                                 static_cast<double>(evaluation_.windows.size())))
            return cancelled();
        VITRINE_TRY(scores.emplace_back(), quant::compareOnWindow(opened_->llm, quantized, window));
    }
    add(comparisonMetrics(
        quant::textScore(scores, static_cast<std::uint64_t>(params_.integer("seed")))));
    out_.tables.push_back(windowsTable(scores));
    return {};
}

Result<void> LlmRun::addProbe(const model::Llm& quantized, const model::LlmCheckpoint& packed)
{
    VITRINE_TRY(ProbeResult probe,
                probeModels({*opened_, quantized, packed}, evaluation_.windows.front()));
    out_.tables.push_back(std::move(probe.tokens));
    out_.tables.push_back(std::move(probe.sinks));
    Artifact artifact;
    artifact.name = kProbeName, artifact.kind = "tensors";
    artifact.path = progress_.artifactFolder() / kProbeName;
    VITRINE_CHECK(writeProbe(artifact.path, probe.kept));
    out_.artifacts.push_back(std::move(artifact));
    return {};
}

Result<void> LlmRun::addSpeed(const model::Llm& quantized)
{
    const std::int64_t tokens = params_.integer("speed_tokens");
    if (tokens == 0)
        return {};
    const auto sizeOf = [&](const char* name) { return out_.metric(name)->value; };
    VITRINE_TRY(std::vector<Metric> metrics,
                speedMetrics(*opened_, quantized,
                             {sizeOf("size_bytes_original"), sizeOf("size_bytes")},
                             evaluation_.windows.front().front(), tokens, progress_));
    add(std::move(metrics));
    return {};
}

void LlmRun::addEnergy(const Layers& layers, const model::LlmCheckpoint& packed)
{
    LayerEnergy energy = layerEnergy(layers, packed, costAssumptions(params_));
    out_.metrics.push_back(std::move(energy.ratio));
    out_.tables.push_back(std::move(energy.operations));
}

} // namespace

ExperimentInfo LlmExperiment::info() const
{
    return {"quantization.llm", "Quantize a language model",
            "Rounds the linear layers of a language model to a few bits and sets the result beside "
            "the original, on the same text.",
            1};
}

std::vector<ParamSpec> LlmExperiment::params(const Params& chosen) const
{
    std::vector<ParamSpec> specs = {modelParam()};
    for (ParamSpec& spec : methodParams(chosen))
        specs.push_back(std::move(spec));
    specs.push_back(textSpec("calibration", "Calibration text",
                             "A text, or .jsonl of {\"text\": ...}; empty: the shipped one; "
                             "generated: texts that the model itself writes"));
    specs.push_back(numberParam("windows", "Windows", kText,
                                "Of the calibration text, drawn with the seed", 1, 4096,
                                std::int64_t{64}));
    specs.push_back(numberParam("window", "Window", kText,
                                "Tokens of a window, at most the model's context", 32, 4096,
                                std::int64_t{512}));
    specs.push_back(textSpec("evaluate", "Text that judges",
                             "A text, or .jsonl; empty: the shipped held-out texts; generated: "
                             "texts that the model itself writes"));
    specs.push_back(numberParam("evaluate_windows", "Its windows", kText, "The first ones; 0: all",
                                0, 100'000, std::int64_t{0}));
    specs.push_back(numberParam("speed_tokens", "Tokens for speed", kResult,
                                "Decoded to measure tokens per second; 0: not measured", 0, 4096,
                                std::int64_t{64}));
    ParamSpec out = textSpec("out", "Folder or GGUF file",
                             "Where the quantized model is written, as a folder that every room "
                             "opens; empty: its files are kept with the run. NAME.gguf: so kept, "
                             "and a file for llama.cpp beside (4 or 8 bits on a symmetric grid, "
                             "groups of 32 weights of a row or whole multiples)");
    out.check = [chosen](const std::string& text) { return checkOutText(chosen, text); };
    out.group = kResult;
    specs.push_back(out);
    for (ParamSpec& spec : costParams())
        specs.push_back(std::move(spec));
    return specs;
}

Result<RunResult> LlmExperiment::run(const Params& params, Progress& progress) const
{
    return LlmRun(params, progress).run();
}

} // namespace vitrine::quantization_plugin
