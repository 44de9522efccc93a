#include "plugins/quantization/experiments/llm_experiment.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/in_file.h"
#include "core/quant/allocation.h"
#include "core/quant/gguf_export.h"
#include "core/quant/importance.h"
#include "core/quant/layer_divergence.h"
#include "core/quant/llm_quantization.h"
#include "core/tensor/kernels/aligned_bytes.h"
#include "core/tensor/kernels/read_rate.h"
#include "plugins/quantization/experiments/cost_params.h"
#include "plugins/quantization/experiments/decode_speed.h"
#include "plugins/quantization/experiments/llm_probe.h"
#include "plugins/quantization/experiments/llm_tables.h"
#include "plugins/quantization/experiments/params.h"
#include "plugins/quantization/experiments/text_windows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace vitrine::quantization_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr const char *kText = "Text", *kResult = "Result"; // groups of parameters
constexpr std::array kBudgetBits = {2, 3, 4};
constexpr std::size_t kDivergenceWindows = 4;
constexpr std::size_t kLeastBuffer = std::size_t{256} << 20, // for reading as fast as it goes
    kMostBuffer = std::size_t{1} << 30;
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

Metric makeMetric(std::string name, double value, const char* unit, std::string help,
                  Origin origin = Origin::computed)
{
    return {std::move(name), value, unit, origin, std::move(help)};
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

    // Bits of each layer under the budget, from what every layer costs at 2, 3 and 4 bits.
    Result<std::map<std::string, int>> allocate();
    // By version and layer.
    Result<std::vector<std::vector<double>>>
    costsOf(const std::vector<quant::LlmQuantization>& versions);
    Result<std::vector<std::vector<double>>>
    divergencesOf(const std::vector<quant::LlmQuantization>& versions);

    Result<void> addModel(const quant::LlmQuantization& quantization);
    Result<void> writeGgufOf(const model::LlmCheckpoint& packed);
    Result<void> takeFiles(const fs::path& folder);
    void addLayers(const quant::LlmQuantization& quantization, const model::LlmCheckpoint& packed);
    Result<void> addComparison(const model::Llm& quantized);
    Result<void> addProbe(const model::Llm& quantized, const model::LlmCheckpoint& packed);
    Result<void> addSpeed(const model::Llm& quantized);
    void addBandwidth(double original, double quantized);
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

Result<std::map<std::string, int>> LlmRun::allocate()
{
    std::vector<quant::LlmQuantization> versions;
    for (const int bits : kBudgetBits) {
        VITRINE_TRY(auto version, quantizeAll(bits, {}));
        versions.push_back(std::move(version));
    }
    VITRINE_TRY(const auto costs, costsOf(versions));
    const Layers& layers = versions.front().layers();
    std::vector<quant::LayerChoice> choices(layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        choices[i].weights = layers[i].outputs * layers[i].inputs;
        for (const auto& ofVersion : costs)
            choices[i].costs.push_back(ofVersion[i]);
    }
    VITRINE_TRY(const quant::Allocation allocation,
                quant::allocateBits(choices, kBudgetBits, *method_.bits.budget));
    Table table{"candidates",
                {{"layer", "", {}, "Tensor of a linear layer"},
                 {"bits", "1", {}, "Tried"},
                 {"cost", "1", {}, "What it is weighed by: see the parameter costs"},
                 {"chosen", "1", {}, "1: so many bits were given to it"}},
                {}};
    std::map<std::string, int> bits;
    for (std::size_t b = 0; b < kBudgetBits.size(); ++b)
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const bool isChosen = allocation.bits[i] == kBudgetBits[b];
            if (isChosen)
                bits[layers[i].name] = kBudgetBits[b];
            table.rows.push_back({layers[i].name, static_cast<std::int64_t>(kBudgetBits[b]),
                                  costs[b][i], std::int64_t{isChosen}});
        }
    out_.tables.push_back(std::move(table));
    out_.metrics.push_back(makeMetric("budget_slack", allocation.slackBits, "bit",
                                      "Of the budget over all weights, that no layer could take"));
    return bits;
}

Result<std::vector<std::vector<double>>>
LlmRun::costsOf(const std::vector<quant::LlmQuantization>& versions)
{
    if (method_.costs == "divergence")
        return divergencesOf(versions);
    std::vector<std::vector<double>> costs;
    for (const quant::LlmQuantization& version : versions) {
        auto& ofVersion = costs.emplace_back();
        for (const quant::LayerRecord& layer : version.layers())
            ofVersion.push_back(method_.costs == "measured" ? layer.outputError * layer.outputEnergy
                                                            : layer.importance * layer.weightError);
    }
    return costs;
}

Result<std::vector<std::vector<double>>>
LlmRun::divergencesOf(const std::vector<quant::LlmQuantization>& versions)
{
    std::vector<quant::LayerVariant> variants;
    for (const quant::LlmQuantization& version : versions)
        for (std::size_t i = 0; i < version.layers().size(); ++i)
            variants.push_back({version.layers()[i].name, version.layers()[i].block,
                                [&version, i] { return version.decoded(i); }});
    const auto windows = std::span(calibration_.windows)
                             .first(std::min(calibration_.windows.size(), kDivergenceWindows));
    const double before = stage_;
    VITRINE_TRY(const std::vector<double> divergences,
                quant::layerDivergences(
                    opened_->checkpoint, variants, windows, folder_ / "divergences.json", subject_,
                    [&](double share) { return tell(before + kDivergenceStages * share); }));
    stage_ += kDivergenceStages;
    std::vector<std::vector<double>> costs;
    const auto layers = static_cast<std::ptrdiff_t>(versions.front().layers().size());
    for (auto at = divergences.begin(); at != divergences.end(); at += layers)
        costs.emplace_back(at, at + layers);
    return costs;
}

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
        VITRINE_CHECK(writeGgufOf(*packed));
    if (isGiven)
        out_.notes.push_back(fmt::format("The quantized model lies in {}.", folder.string()));
    else
        VITRINE_CHECK(takeFiles(folder));
    const fs::path bits = progress_.artifactFolder() / "bits.csv";
    VITRINE_CHECK(writeFileAtomically(bits, bitMapText(quantization.layers())));
    Artifact artifact;
    artifact.name = "bits.csv", artifact.kind = "text", artifact.path = bits;
    out_.artifacts.push_back(std::move(artifact));
    return {};
}

Result<void> LlmRun::writeGgufOf(const model::LlmCheckpoint& packed)
{
    const fs::path file = params_.text("out");
    std::error_code ignored; // what cannot be made cannot be written to, which says why
    fs::create_directories(file.parent_path(), ignored);
    VITRINE_TRY(const quant::GgufExport written,
                quant::exportGguf(packed, opened_->tokenizer.get(), opened_->name, file));
    out_.notes.push_back(fmt::format("The quantized model lies in {} ({}), which llama.cpp runs.",
                                     file.string(), bytesText(written.bytes)));
    append(out_.notes, written.notes);
    return {};
}

// The files of the model become artifacts of the run.
Result<void> LlmRun::takeFiles(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        Artifact artifact;
        artifact.name = file.filename().string();
        artifact.kind = file.extension() == ".safetensors" ? "tensors" : "text";
        artifact.path = progress_.artifactFolder() / file.filename();
        std::error_code error;
        fs::rename(file, artifact.path, error);
        if (error)
            return failure("cannot move {}: {}", file.string(), error.message());
        out_.artifacts.push_back(std::move(artifact));
    }
    std::error_code ignored;
    fs::remove(folder, ignored);
    return {};
}

void LlmRun::addLayers(const quant::LlmQuantization& quantization,
                       const model::LlmCheckpoint& packed)
{
    const Layers& layers = quantization.layers();
    double weights = 0, bits = 0, nominal = 0;
    std::vector<double> importance, lost;
    bool isPacked = true;
    for (const quant::LayerRecord& layer : layers) {
        weights += layer.weights();
        bits += static_cast<double>(layer.storedBits);
        nominal += layer.bits * layer.weights();
        importance.push_back(layer.importance);
        lost.push_back(layer.outputError * layer.outputEnergy);
        isPacked = isPacked && layer.isPacked;
    }
    double original = 0, quantized = 0, apart = 0;
    for (const auto& name : opened_->checkpoint->tensorNames())
        if (const auto view = opened_->checkpoint->tensor(name)) {
            original += static_cast<double>(view->bytes.size());
            if (packed.has(name) && !packed.codes(name) && view->shape.size() == 2 &&
                std::ranges::find(layers, name, &quant::LayerRecord::name) == layers.end())
                apart += static_cast<double>(view->bytes.size());
        }
    quantized = original;
    for (const quant::LayerRecord& layer : layers)
        if (const auto view = opened_->checkpoint->tensor(layer.name))
            quantized +=
                static_cast<double>(layer.storedBits) / 8 - static_cast<double>(view->bytes.size());
    for (Metric metric : {
             makeMetric("bits_per_weight", bits / weights, "1",
                        "Of the linear layers as stored, scales and padding among them"),
             makeMetric("bits_mean", nominal / weights, "1", "Without scales and padding"),
             makeMetric("size_bytes", quantized, "B", "All tensors of the quantized model"),
             makeMetric("size_bytes_original", original, "B", "All tensors as they were stored"),
             makeMetric("size_bytes_apart", apart, "B",
                        "Embeddings and head, which stay as they are"),
             makeMetric("output_error", quantization.outputError(), "1",
                        "Energy that the linear layers' outputs lose on the calibration text, over "
                        "their energy"),
             makeMetric("importance_tau", quant::kendallTau(importance, lost), "1",
                        "Kendall's tau between the layers' importance and the energy they lose"),
         })
        out_.metrics.push_back(std::move(metric));
    out_.tables.push_back(layersTable(layers));
    if (Table rounds = roundsTable(layers); !rounds.rows.empty())
        out_.tables.push_back(std::move(rounds));
    if (Table exponents = exponentsTable(packed, layers); !exponents.rows.empty())
        out_.tables.push_back(std::move(exponents));
    if (!isPacked)
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
    const auto text = quant::textScore(scores, static_cast<std::uint64_t>(params_.integer("seed")));
    const char* interval = "95 %, windows drawn anew (bootstrap)";
    for (Metric metric : {
             makeMetric("perplexity_original", text.perplexityOriginal, "1",
                        "Of the original on the text that judges"),
             makeMetric("perplexity_original_low", text.original.low, "1", interval),
             makeMetric("perplexity_original_high", text.original.high, "1", interval),
             makeMetric("perplexity_quantized", text.perplexityOther, "1",
                        "Of the quantized model on the same text"),
             makeMetric("perplexity_quantized_low", text.other.low, "1", interval),
             makeMetric("perplexity_quantized_high", text.other.high, "1", interval),
             makeMetric("perplexity_ratio", text.ratio, "1",
                        "Quantized over original; of pairs, since both read the same windows"),
             makeMetric("perplexity_ratio_low", text.ratioInterval.low, "1", interval),
             makeMetric("perplexity_ratio_high", text.ratioInterval.high, "1", interval),
             makeMetric("kl_mean", text.klMean, "nat",
                        "KL(original || quantized) of the next token, mean over the text"),
             makeMetric("same_best", text.sameBest, "1",
                        "Share of tokens for which both hold the same likeliest"),
             makeMetric("predicted", static_cast<double>(text.predicted), "token",
                        "Tokens that judge"),
         })
        out_.metrics.push_back(std::move(metric));
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
    const std::int32_t first = evaluation_.windows.front().front();
    std::array<double, 2> rates = {};
    const model::Llm* llms[] = {&opened_->llm, &quantized};
    const char* names[] = {"tokens_per_second_original", "tokens_per_second_quantized"};
    for (std::size_t i = 0; i < rates.size(); ++i) {
        VITRINE_TRY(rates[i], decodeSpeed(*llms[i], first, tokens, progress_));
        out_.metrics.push_back(makeMetric(names[i], rates[i], "token/s",
                                          "Decoding one token after the other, median of three",
                                          Origin::measured));
    }
    addBandwidth(rates[0], rates[1]);
    return {};
}

// Of tokens per second: how fast weights are read for that, and what share it is of what this
// machine reads.
void LlmRun::addBandwidth(double original, double quantized)
{
    const std::size_t buffer = std::clamp(2 * kernels::lastCacheBytes(), kLeastBuffer, kMostBuffer);
    const auto memory = kernels::alignedBytes(buffer);
    std::memset(memory.get(), 1, buffer); // pages that nobody wrote to are all the same one
    const double bandwidth = kernels::readRate({memory.get(), buffer});
    // Of an embedding that is no head too, one row is read.
    double unread = 0;
    if (!opened_->config().tiedEmbeddings)
        if (const auto view = opened_->checkpoint->tensor("model.embed_tokens.weight"))
            unread = static_cast<double>(view->bytes.size()) *
                     (1 - 1 / static_cast<double>(opened_->config().vocabulary));
    const auto bytes = [&](const char* size) {
        return (*std::ranges::find(out_.metrics, size, &Metric::name)).value - unread;
    };
    const double read[] = {bytes("size_bytes_original"), bytes("size_bytes")};
    const double rates[] = {read[0] * original, read[1] * quantized};
    out_.metrics.push_back(makeMetric(
        "read_bandwidth", bandwidth / 1e9, "GB/s",
        fmt::format("All threads reading {} MiB in order, the best of several plain loops",
                    buffer >> 20),
        Origin::measured));
    const char* suffixes[] = {"original", "quantized"};
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string suffix = suffixes[i];
        out_.metrics.push_back(makeMetric("read_bytes_" + suffix, read[i], "B",
                                          "Weights, as they are stored, that one token needs"));
        out_.metrics.push_back(makeMetric("read_rate_" + suffix, rates[i] / 1e9, "GB/s",
                                          "These times tokens per second", Origin::measured));
        out_.metrics.push_back(
            makeMetric("read_share_" + suffix, rates[i] / bandwidth, "1",
                       "Over the read bandwidth; above 1 only where caches hold the weights",
                       Origin::measured));
    }
}

void LlmRun::addEnergy(const Layers& layers, const model::LlmCheckpoint& packed)
{
    const quant::CostAssumptions assumptions = costAssumptions(params_);
    quant::OperationCount before;
    QuantizedCounts after;
    const auto countWith = [&](const quant::CostedLayer& layer, quant::ScalePlace place) {
        quant::CostAssumptions with = assumptions;
        with.scalePlace = place;
        return quant::operationsOf(layer, with);
    };
    for (const quant::LayerRecord& layer : layers) {
        before +=
            quant::operationsOf(quant::denseLayer(layer.outputs, layer.inputs, 16), assumptions);
        const kernels::BinaryCodes* codes = packed.codes(layer.name);
        const quant::CostedLayer costed =
            codes ? quant::costedLayer(*codes) : quant::denseLayer(layer.outputs, layer.inputs, 32);
        after.results += countWith(costed, quant::ScalePlace::results);
        after.inputs += countWith(costed, quant::ScalePlace::inputs);
    }
    const quant::OperationCount& chosen =
        assumptions.scalePlace == quant::ScalePlace::inputs ? after.inputs : after.results;
    const double ratio =
        quant::energyOf(chosen, assumptions).total() / quant::energyOf(before, assumptions).total();
    out_.metrics.push_back(
        makeMetric("energy_ratio", ratio, "1",
                   "Energy of the linear layers for one token, over that with FP16 weights: an "
                   "estimate from counted operations and weight traffic (table operations)"));
    out_.tables.push_back(operationsTable(before, after, assumptions));
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
