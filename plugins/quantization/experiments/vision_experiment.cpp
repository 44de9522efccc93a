#include "plugins/quantization/experiments/vision_experiment.h"

#include "core/base/file.h"
#include "core/quant/vision/coded_files.h"
#include "core/quant/vision/vision_method.h"
#include "plugins/common/evidence_params.h"
#include "plugins/common/experiment_input.h"
#include "plugins/quantization/experiments/vision_attention.h"
#include "plugins/quantization/experiments/vision_divisors.h"
#include "plugins/quantization/experiments/vision_experts.h"
#include "plugins/quantization/experiments/vision_flips.h"
#include "plugins/quantization/experiments/vision_inside.h"
#include "plugins/quantization/experiments/vision_mixed.h"
#include "plugins/quantization/experiments/vision_quant_tables.h"
#include "plugins/quantization/experiments/vision_rework.h"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>
#include <iterator>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kPicturesOfLayers = 16; // on which layers are compared
// Shares of the progress: of a search of bits where there is one, of coding in what is left then.
constexpr double kMixedShare = 0.6, kCodingShare = 0.2;

// The words of a list, separated by commas.
std::vector<std::string> listedWords(const std::string& list)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : list + ",")
        if (c == ',') {
            if (!word.empty())
                words.push_back(word);
            word.clear();
        } else if (c != ' ') {
            word += c;
        }
    return words;
}

quant::OperationEnergies operationEnergiesOf(const Params& params)
{
    const auto fields = quant::operationEnergyFields();
    evidence::Settings settings;
    for (const auto& parameter : evidence::parametersOf(fields))
        settings.push_back(chosenValue(parameter, params));
    return evidence::configOf(fields, settings);
}

class VisionRun
{
public:
    VisionRun(const Params& params, Progress& progress)
        : params_(params), progress_(progress), energies_(operationEnergiesOf(params))
    {
    }

    Result<RunResult> run()
    {
        VITRINE_TRY(method_, quant::findVisionMethod(params_.text("method")));
        VITRINE_TRY(OpenVision opened, openClassifier(params_, "model"));
        opened_.emplace(std::move(opened));
        append(out_.inputs, opened_->inputs);
        append(out_.notes, opened_->notes);
        VITRINE_CHECK(method_.fits(opened_->model.network()));
        VITRINE_TRY(settings_, readSettings());
        VITRINE_CHECK(checkReworkParams(method_, params_));
        VITRINE_CHECK(checkMixed(params_, method_, opened_->model.network()));
        VITRINE_TRY(data_, openPictures(params_));
        append(out_.inputs, data_.inputs);
        append(out_.notes, data_.notes);
        VITRINE_TRY(classes_, classesFor(*data_.pictures, opened_->model.checkpoint(), out_.notes));
        VITRINE_CHECK(noteRounding(opened_->model.checkpoint(), *data_.pictures, out_.notes));
        VITRINE_TRY(calibration_, readCalibration());
        if (method_.rework) {
            VITRINE_CHECK(judgeRework());
            return std::move(out_);
        }
        VITRINE_CHECK(chooseBits());
        VITRINE_CHECK(quantizeModel());
        VITRINE_CHECK(judgeVersions());
        return std::move(out_);
    }

private:
    bool tell(double share)
    {
        const auto count = static_cast<double>(data_.count);
        return progress_.advance(std::floor(share * count), count, "pictures");
    }

    Result<quant::VisionQuantSettings> readSettings() const
    {
        quant::VisionQuantSettings settings;
        settings.weightBits = static_cast<int>(params_.integer("weight_bits"));
        settings.activationBits = static_cast<int>(params_.integer("activation_bits"));
        settings.roundingSteps = static_cast<int>(params_.integer("learning_steps"));
        for (const std::string& word : listedWords(params_.text("steps")))
            if (word == "all")
                addAll(settings.tricks);
            else if (word != "none")
                settings.tricks.insert(word);
        VITRINE_CHECK(quant::checkSettings(method_, opened_->model.network(), settings));
        return settings;
    }

    void addAll(std::set<std::string>& tricks) const
    {
        for (const quant::VisionTrick& trick : method_.tricks)
            if (!trick.isOptional)
                tricks.insert(trick.name);
    }

    // The first training pictures, which are not those that judge.
    Result<std::vector<std::vector<float>>> readCalibration()
    {
        VITRINE_TRY(const OpenPictures opened, openTrainingPictures(params_, *data_.pictures));
        append(out_.inputs, opened.inputs);
        append(out_.notes, opened.notes);
        std::vector<std::vector<float>> pictures;
        for (std::int64_t i = 0; i < opened.count; ++i) {
            LeftOut leftOut;
            VITRINE_TRY(auto seen,
                        seenBy(opened_->model.checkpoint(), *opened.pictures, i, leftOut));
            pictures.push_back(std::move(seen));
        }
        return pictures;
    }

    quant::VisionQuantTask taskFrom(double from, double to)
    {
        return {opened_->model.sharedCheckpoint(), calibration_, settings_,
                [this, from, to](double share) { return tell(from + (to - from) * share); }};
    }

    Result<void> chooseBits()
    {
        if (!isMixed(params_))
            return {};
        VITRINE_TRY(const auto found, quant::chooseMixedBits(method_, taskFrom(0, kMixedShare),
                                                             mixedSettings(params_)));
        settings_.layerBits = quant::layerBitsOf(found.network, found.bits);
        append(out_.notes, mixedNotes(found, calibration_.size(), params_));
        mixedTables_ = {mixedBitsTable(found, opened_->model.network()),
                        mixedCandidatesTable(found)};
        before_ = kMixedShare;
        return {};
    }

    Result<void> quantizeModel()
    {
        VITRINE_TRY(auto coded, method_.quantize(taskFrom(before_, afterCoding())));
        append(out_.notes, coded.notes);
        coded_ = std::make_shared<const quant::CodedVision>(std::move(coded));
        const auto parts = quant::floatParts(*coded_);
        out_.notes.push_back(
            parts.empty() ? std::string("Nothing is computed in floating point but the "
                                        "picture's codes.")
                          : fmt::format("In floating point stay: {}.", fmt::join(parts, ", ")));
        return keepCodes();
    }

    Result<void> keepCodes()
    {
        if (!params_.has("out") || params_.text("out").empty())
            return {};
        VITRINE_CHECK(quant::writeCodedVision(*coded_, method_.name,
                                              std::filesystem::path(params_.text("out"))));
        out_.notes.push_back(fmt::format("The network in codes lies in {}.", params_.text("out")));
        return {};
    }

    double afterCoding() const { return before_ + kCodingShare * (1 - before_); }
    Result<JudgedPictures> judged(const VisionVersions& versions);
    Result<void> judgeVersions();
    Result<void> judgeRework();
    std::span<const std::vector<float>> fewPictures() const // on which layers are compared
    {
        return {calibration_.data(), std::min(calibration_.size(), kPicturesOfLayers)};
    }

    std::string className(std::int64_t label) const
    {
        const auto& labels = opened_->model.checkpoint().labels();
        const auto place = static_cast<std::size_t>(label);
        return place < labels.size() && !labels[place].empty() ? labels[place]
                                                               : fmt::format("{}", label);
    }

    const Params& params_;
    Progress& progress_;
    quant::OperationEnergies energies_;
    quant::VisionMethod method_;
    quant::VisionQuantSettings settings_;
    std::optional<OpenVision> opened_;
    OpenPictures data_;
    std::vector<std::int64_t> classes_;
    std::vector<std::vector<float>> calibration_;
    std::vector<Table> mixedTables_;
    double before_ = 0; // of the progress, when coding begins
    std::shared_ptr<const quant::CodedVision> coded_;
    RunResult out_;
};

Result<JudgedPictures> VisionRun::judged(const VisionVersions& versions)
{
    VITRINE_TRY(auto judged,
                judge(versions, *data_.pictures, data_.count, classes_, [this](std::int64_t done) {
                    return tell(afterCoding() + (1 - afterCoding()) * static_cast<double>(done) /
                                                    static_cast<double>(data_.count));
                }));
    append(out_.notes, leftOutNotes(judged.leftOut));
    return judged;
}

Result<void> VisionRun::judgeRework()
{
    VITRINE_TRY(const VisionVersions versions,
                openRework(method_, settings_, *opened_, params_, calibration_, out_));
    VITRINE_TRY(const auto answers, judged(versions));
    VITRINE_CHECK(addReworked(versions, answers, fewPictures(), energies_, out_));
    const auto nameOf = [this](std::int64_t label) { return className(label); };
    VITRINE_CHECK(
        keepExperts(versions, answers, *data_.pictures, nameOf, progress_.artifactFolder(), out_));
    out_.tables.push_back(visionItemsTable(answers, *data_.pictures, nameOf));
    return keepFlips(answers, *data_.pictures, nameOf, progress_.artifactFolder(), out_);
}

Result<void> VisionRun::judgeVersions()
{
    VITRINE_TRY(auto simulated, quant::SimulatedVision::make(coded_));
    VisionVersions versions{*opened_, opened_->model, std::move(simulated), {}, {}};
    if (const auto isWhole = quant::checkIsWhole(*coded_)) {
        VITRINE_TRY(versions.whole, quant::IntegerVision::make(coded_));
    } else if (quant::floatParts(*coded_).empty()) {
        out_.notes.push_back(
            fmt::format("There is no pass in whole numbers: {}.", isWhole.error().message));
    }
    VITRINE_TRY(const auto judged, this->judged(versions));
    if (judged.unequalPictures > 0)
        out_.notes.push_back(fmt::format(
            "For {} of {} pictures the pass in whole numbers gives other codes than the simulated "
            "one: a defect, please report it.",
            judged.unequalPictures, judged.original.size()));
    const std::span<const std::vector<float>> some = fewPictures();
    VITRINE_TRY(const auto distances, layerDistances(versions, some));
    std::ranges::move(visionMetrics(judged, *coded_, energies_), std::back_inserter(out_.metrics));
    out_.tables.push_back(visionLayersTable(*coded_, distances));
    out_.tables.push_back(visionOperationsTable(*coded_, energies_));
    out_.tables.push_back(inFloatTable(*coded_));
    const auto nameOf = [this](std::int64_t label) { return className(label); };
    out_.tables.push_back(visionItemsTable(judged, *data_.pictures, nameOf));
    VITRINE_CHECK(keepFlips(judged, *data_.pictures, nameOf, progress_.artifactFolder(), out_));
    out_.tables.push_back(visionRescalesTable(*coded_));
    VITRINE_CHECK(addVisionAttention(versions, judged, *data_.pictures, nameOf,
                                     progress_.artifactFolder(), out_));
    VITRINE_CHECK(addVisionChannels(*coded_, *opened_, some, out_));
    VITRINE_CHECK(addVisionDivisors(coded_, some, out_));
    std::ranges::move(mixedTables_, std::back_inserter(out_.tables));
    const auto bits = progress_.artifactFolder() / "bits.csv";
    VITRINE_CHECK(writeFileAtomically(bits, visionBitMapText(*coded_)));
    Artifact artifact;
    artifact.name = "bits.csv", artifact.kind = "text", artifact.path = bits;
    out_.artifacts.push_back(std::move(artifact));
    return {};
}

ParamSpec codesParam()
{
    ParamSpec spec;
    spec.name = "out", spec.label = "Folder of the codes", spec.type = ParamType::text;
    spec.group = "Result", spec.optional = true, spec.advanced = true;
    spec.help = "Where the network in codes is written (safetensors, config.json); empty: nowhere";
    return spec;
}

ParamSpec methodParam()
{
    std::vector<ParamChoice> choices;
    for (const quant::VisionMethod& method : quant::visionMethods())
        choices.push_back({method.name, method.title, method.paper});
    ParamSpec spec = choiceParam("method", "Method", "Quantization", "How numbers become codes",
                                 std::move(choices));
    spec.fallback = ParamValue(std::string("p2vit"));
    return spec;
}

} // namespace

ExperimentInfo VisionExperiment::info() const
{
    return {"quantization.vision", "A vision transformer in codes",
            "Puts weights and activations of a vision transformer into few bits, or exchanges "
            "layers for cheaper ones, and judges it beside the original: accuracy, what stays in "
            "floating point, and whether whole numbers alone give what the simulation says.",
            2};
}

std::vector<ParamSpec> VisionExperiment::params(const Params&) const
{
    ParamSpec model = visionModelParam("model", "Model",
                                       "A shipped vision transformer's name, a folder "
                                       "(config.json, safetensors) or a safetensors file");
    model.fallback = ParamValue(std::string("vitrine-deit"));
    ParamSpec steps;
    steps.name = "steps", steps.label = "Steps", steps.type = ParamType::text;
    steps.group = "Quantization", steps.fallback = ParamValue(std::string("all"));
    steps.help = "Which steps of the method are on: all, none, or a list (p2vit: adaptive, ptf, "
                 "smoothing, log2, integer; fq-vit: ptf, smoothing, log2; trio-vit: affine, "
                 "search, migration, shift, attention, log2; vitality: sparse; shiftaddvit: "
                 "binary, shift_mlp, shift_attention). all leaves out what is named beside it, "
                 "as in all,ada_round (p2vit: ada_round; trio-vit: power_factors, geometric, "
                 "learned_steps, ada_round), and shiftaddvit's hashing, which stands in for "
                 "binary";
    ParamSpec learning = numberParam(
        "learning_steps", "Steps of learning", "Quantization",
        "Of ada_round for each layer, and of learned_steps (published: 20,000 and 5,000)", 1,
        100'000, std::int64_t{500});
    learning.advanced = true;
    std::vector<ParamSpec> specs = {
        model,
        methodParam(),
        numberParam("weight_bits", "Bits of weights", "Quantization", "Of each weight", 2, 8,
                    std::int64_t{8}),
        numberParam("activation_bits", "Bits of activations", "Quantization",
                    "Of what products read; residuals and embeddings keep 8. Above 8, which "
                    "uniform and trio-vit know, without the pass in whole numbers",
                    2, 16, std::int64_t{8}),
        steps,
        learning};
    for (ParamSpec& spec : mixedParams())
        specs.push_back(std::move(spec));
    for (ParamSpec& spec : reworkParams())
        specs.push_back(std::move(spec));
    for (ParamSpec& spec : trainingParams())
        specs.push_back(std::move(spec));
    for (ParamSpec& spec : pictureParams())
        specs.push_back(std::move(spec));
    for (const auto& parameter : evidence::parametersOf(quant::operationEnergyFields()))
        specs.push_back(paramOf(parameter));
    specs.push_back(codesParam());
    return specs;
}

Result<RunResult> VisionExperiment::run(const Params& params, Progress& progress) const
{
    return VisionRun(params, progress).run();
}

} // namespace vitrine::quantization_plugin
