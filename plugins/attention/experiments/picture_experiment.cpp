#include "plugins/attention/experiments/picture_experiment.h"

#include "core/attention/picture/picture_file.h"
#include "core/jobs/bundle/bundle.h"
#include "core/picture/left_out.h"
#include "core/picture/picture.h"
#include "plugins/attention/experiments/picture_tables.h"
#include "plugins/common/experiment_input.h"
#include "plugins/common/vision_model.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace vitrine::attention_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr std::size_t kTopAnswers = 5;
constexpr std::int64_t kFewClasses = 20;

// The pictures that a file or folder stands for, folders by name.
Result<std::vector<fs::path>> picturesAt(const fs::path& path, std::int64_t limit,
                                         std::vector<std::string>& notes)
{
    std::error_code problem;
    if (!fs::is_directory(path, problem))
        return std::vector<fs::path>{path};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path, problem))
        if (entry.is_regular_file(problem) && isPictureName(entry.path()))
            files.push_back(entry.path());
    if (problem)
        return inputError("cannot list {}: {}", path.string(), problem.message());
    if (files.empty())
        return inputError("{} holds no pictures (PNG, JPEG, WebP, TIFF, BMP, PNM)", path.string());
    std::ranges::sort(files);
    const auto most = static_cast<std::size_t>(limit);
    if (files.size() > most) {
        notes.push_back(
            fmt::format("The first {} of {} pictures of the folder, by name.", most, files.size()));
        files.resize(most);
    }
    return files;
}

// What the network sees, as people see it: normalisation undone, grey as grey.
attention::SeenPicture seenPicture(std::span<const float> prepared, const model::Preprocessing& how)
{
    attention::SeenPicture seen{how.side, {}};
    const auto channels = static_cast<std::size_t>(how.channels());
    const std::size_t pixels = prepared.size() / channels;
    seen.rgb.reserve(pixels * 3);
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t colour = 0; colour < 3; ++colour) {
            const std::size_t c = std::min(colour, channels - 1);
            const double value =
                static_cast<double>(prepared[i * channels + c]) * how.deviation[c] + how.mean[c];
            seen.rgb.push_back(
                static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255)));
        }
    return seen;
}

void nameAnswers(const OpenVision& opened, LookedAt& looked)
{
    if (opened.model.classes() == 0)
        return;
    const auto chances = model::probabilities(looked.output);
    std::vector<std::size_t> order(chances.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{},
                             [&](std::size_t i) { return looked.output[i]; });
    order.resize(std::min(order.size(), kTopAnswers));
    for (const std::size_t label : order) {
        looked.top.push_back(opened.className(static_cast<std::int64_t>(label)));
        looked.topProbability.push_back(chances[label]);
        looked.topLogit.push_back(looked.output[label]);
    }
}

class PictureRun
{
public:
    PictureRun(const Params& params, Progress& progress) : params_(params), progress_(progress) {}

    Result<RunResult> run()
    {
        VITRINE_TRY(OpenVision opened, openVision(params_, "model", &progress_));
        append(out_.inputs, opened.inputs);
        append(out_.notes, opened.notes);
        VITRINE_TRY(const std::vector<fs::path> files,
                    picturesAt(params_.text("image"), params_.integer("limit"), out_.notes));
        for (std::size_t i = 0; i < files.size(); ++i)
            VITRINE_CHECK(lookAt(opened, files, i));
        std::ranges::sort(captureNotes_);
        captureNotes_.erase(std::unique(captureNotes_.begin(), captureNotes_.end()),
                            captureNotes_.end());
        append(out_.notes, captureNotes_);
        append(out_.notes, leftOutNotes(leftOut_));
        describe(set_, {params_.real("alpha"), params_.real("norm_factor")}, out_);
        addOverhead();
        addNotes(opened);
        return std::move(out_);
    }

private:
    Result<void> lookAt(const OpenVision& opened, const std::vector<fs::path>& files,
                        std::size_t place)
    {
        const auto total = static_cast<double>(files.size());
        const auto tell = [&](double part) {
            return progress_.advance(static_cast<double>(place) + part, total, "pictures");
        };
        if (!tell(0))
            return cancelled();
        const fs::path& file = files[place];
        const model::Preprocessing& how = opened.model.checkpoint().preprocessing();
        VITRINE_TRY(const Picture picture, readPicture(file));
        leftOut_.push_back(picture.leftOut);
        VITRINE_TRY(InputFile input, hashInput("image", file));
        out_.inputs.push_back(std::move(input));
        VITRINE_TRY(
            const std::vector<float> prepared,
            model::prepare({picture.width, picture.height, picture.channels, picture.values}, how));
        if (place == 0) {
            VITRINE_CHECK(timePass(opened, prepared));
        }
        const auto start = std::chrono::steady_clock::now();
        VITRINE_TRY(const attention::PictureTensors tensors,
                    attention::capturePicture(opened.model, prepared));
        const auto count = static_cast<double>(tensors.layers.size() * tensors.layers[0].heads);
        VITRINE_TRY(std::vector<attention::HeadLook> looks,
                    attention::lookAtHeads(tensors, how.side, [&](std::size_t done) {
                        return tell(0.2 + 0.8 * std::min(1.0, static_cast<double>(done) / count));
                    }));
        if (place == 0)
            lookingSeconds_ = secondsSince(start);
        LookedAt looked{.file = fmt::format("picture-{:03}.safetensors", place + 1),
                        .name = file.filename().string(),
                        .output = tensors.output,
                        .top = {},
                        .topProbability = {},
                        .topLogit = {},
                        .looks = {},
                        .norms = {}};
        VITRINE_TRY(const auto notes,
                    attention::writePictureCapture(
                        progress_.artifactFolder() / looked.file,
                        {opened.name, looked.name, seenPicture(prepared, how)}, tensors, looks));
        append(captureNotes_, notes);
        out_.artifacts.push_back({.name = looked.file,
                                  .kind = "capture",
                                  .path = progress_.artifactFolder() / looked.file,
                                  .sha256 = {}});
        nameAnswers(opened, looked);
        looked.looks = std::move(looks);
        for (const attention::LayerTensors& layer : tensors.tensors)
            looked.norms.push_back(layer.norms);
        set_.layers = tensors.layers;
        set_.prefixNames = tensors.prefixNames;
        set_.side = how.side;
        set_.pictures.push_back(std::move(looked));
        return {};
    }

    static double secondsSince(std::chrono::steady_clock::time_point start)
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }

    // The plain pass, the faster of two: the first reads the weights.
    Result<void> timePass(const OpenVision& opened, std::span<const float> prepared)
    {
        for (int turn = 0; turn < 2; ++turn) {
            const auto start = std::chrono::steady_clock::now();
            VITRINE_TRY(const auto output, opened.model.run(prepared));
            plainSeconds_ =
                turn == 0 ? secondsSince(start) : std::min(plainSeconds_, secondsSince(start));
        }
        return {};
    }

    void addOverhead()
    {
        out_.metrics.push_back({"capture_overhead", lookingSeconds_ / plainSeconds_ - 1, "1",
                                Origin::measured,
                                "Time of a pass with all that is computed of its attention, the "
                                "two stand-ins too, over the time of a plain pass, less 1"});
    }

    void addNotes(const OpenVision& opened)
    {
        for (const attention::PictureLayer& layer : set_.layers)
            if (layer.kind == attention::AttentionKind::windows) {
                out_.notes.push_back("Stand-ins are not computed for attention in windows: its "
                                     "bias and borders have no place in linear attention.");
                break;
            }
        if (const std::int64_t classes = opened.model.classes();
            classes > 0 && classes <= kFewClasses)
            out_.notes.push_back(fmt::format("{} knows {} classes and calls every picture one of "
                                             "them, whatever it shows.",
                                             opened.name, classes));
        const std::int64_t patches = set_.layers.back().queries.patches();
        if (patches < 64)
            out_.notes.push_back(fmt::format(
                "{} has {} patches in its last layer: what large models are known for, high norms "
                "in a few patches among hundreds, can hardly show in so few.",
                opened.name, patches));
    }

    const Params& params_;
    Progress& progress_;
    PictureSet set_;
    std::vector<std::string> captureNotes_;
    std::vector<LeftOut> leftOut_;
    double plainSeconds_ = 0, lookingSeconds_ = 0;
    RunResult out_;
};

} // namespace

ExperimentInfo PictureExperiment::info() const
{
    return {"attention.picture", "Attention over a picture",
            "Where every head of a vision transformer looks in a picture, which patches are "
            "attention sinks, and what linear attention would make of it.",
            1};
}

std::vector<ParamSpec> PictureExperiment::params(const Params&) const
{
    ParamSpec model = visionModelParam("model", "Model",
                                       "A shipped vision transformer's name, a folder "
                                       "(config.json, safetensors) or a safetensors file");
    model.fallback = ParamValue(std::string("vitrine-deit-scenes"));
    ParamSpec image;
    image.name = "image", image.label = "Picture", image.type = ParamType::file;
    image.group = "Picture";
    image.fileKind = "picture";
    image.help = "A picture (PNG, JPEG, WebP, TIFF, BMP, PNM) or a folder of pictures";
    return {model, image,
            numberParam("limit", "At most", "Picture", "Of a folder: the first ones by name", 1,
                        256, std::int64_t{16}),
            numberParam("alpha", "Sink above α / keys", "Sinks",
                        "A token is a sink of a head where it receives more than alpha times the "
                        "weight of uniform attention",
                        1, 1000, 5.0),
            numberParam("norm_factor", "High norm above", "Sinks",
                        "A patch has a high norm above that many medians of its layer; our choice, "
                        "Darcet et al. 2024 cut DINOv2's at 150 [M]",
                        1, 1000, 3.0)};
}

// A text, or a language model without a picture.
std::string PictureExperiment::insteadFor(const std::map<std::string, std::string>& given) const
{
    const auto model = given.find("model"), image = given.find("image");
    const bool isText = given.contains("prompt") || given.contains("prompt_file") ||
                        given.contains("token_ids") ||
                        (model != given.end() && namesLanguageModel(model->second));
    return isText && (image == given.end() || image->second.empty()) ? "attention.capture" : "";
}

Result<RunResult> PictureExperiment::run(const Params& params, Progress& progress) const
{
    return PictureRun(params, progress).run();
}

} // namespace vitrine::attention_plugin
