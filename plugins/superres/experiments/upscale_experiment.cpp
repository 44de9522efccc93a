#include "plugins/superres/experiments/upscale_experiment.h"

#include "core/base/number_text.h"
#include "core/jobs/bundle/bundle.h"
#include "core/superres/blur/back_projection.h"
#include "core/superres/blur/degradation.h"
#include "core/superres/picture/quality.h"
#include "core/superres/picture/resampling.h"
#include "core/superres/upscale/self_ensemble.h"
#include "plugins/superres/experiments/upscale_params.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::superres_plugin
{
namespace
{

namespace fs = std::filesystem;

// Pictures kept with a run: what a view shows of a large folder is its beginning.
constexpr std::size_t kMostKept = 24;

// What one picture came to.
struct Upscaled {
    std::string name;
    Picture low, high, bicubic;
    std::optional<Picture> original;
    std::optional<superres::Quality> quality, ofBicubic;
    double seamError = 0, seconds = 0, residual = 0;
    std::int64_t tiles = 1;
};

class UpscaleRun
{
public:
    UpscaleRun(const Params& params, Progress& progress) : params_(params), progress_(progress) {}

    Result<RunResult> run()
    {
        scale_ = scaleIn(params_);
        VITRINE_TRY(method_, openMethod(params_));
        VITRINE_TRY(degradation_, degradationIn(params_));
        if (degradation_.file)
            VITRINE_CHECK(addInput("kernel", *degradation_.file));
        VITRINE_TRY(files_, findPictures(sourcesIn(params_)));
        VITRINE_CHECK(makeOutputFolder());
        out_.notes = method_.upscaler->notes();
        for (const fs::path& file : method_.upscaler->files())
            VITRINE_CHECK(addInput("weights", file));
        items_ = itemsTable();
        for (std::size_t i = 0; i < files_.size(); ++i) {
            VITRINE_TRY(const Upscaled done, upscaled(i));
            VITRINE_CHECK(keep(done, i));
            sums_.push_back({done.quality, done.ofBicubic, done.seamError, done.seconds,
                             done.residual, done.tiles, done.low.width * done.low.height});
            progress_.partial(items_);
        }
        addMetrics();
        addNotes();
        out_.tables.push_back(std::move(items_));
        return std::move(out_);
    }

private:
    // What is left of a picture for the metrics.
    struct Sums {
        std::optional<superres::Quality> quality, ofBicubic;
        double seamError, seconds, residual;
        std::int64_t tiles, pixels;
    };

    Result<void> addInput(const char* parameter, const fs::path& file)
    {
        VITRINE_TRY(InputFile input, hashInput(parameter, file));
        out_.inputs.push_back(std::move(input));
        return {};
    }

    Result<void> makeOutputFolder() const
    {
        if (!params_.has("output") || params_.text("output").empty())
            return {};
        std::error_code error;
        fs::create_directories(params_.text("output"), error);
        if (error)
            return argumentError("cannot make the folder {}: {}", params_.text("output"),
                                 error.message());
        return {};
    }

    Result<Picture> read(const char* parameter, const fs::path& file)
    {
        VITRINE_CHECK(addInput(parameter, file));
        VITRINE_TRY(Picture picture, readPicture(file));
        leftOut_.push_back(picture.leftOut);
        return picture;
    }

    // The small picture and, where there is one, the original cut to scale times its size.
    Result<void> readPair(const PictureFiles& files, Upscaled& item)
    {
        if (!files.low.empty()) {
            VITRINE_TRY(item.low, read("input", files.low));
            if (files.original.empty())
                return {};
            VITRINE_TRY(
                const Picture whole,
                read(params_.has("ground_truth") ? "ground_truth" : "input", files.original));
            auto cut = superres::cut(whole, item.low.width * scale_, item.low.height * scale_);
            if (!cut)
                return inputError("{} is no original of {} at x{}: {}", files.original.string(),
                                  files.low.string(), scale_, cut.error().message);
            item.original = std::move(*cut);
            return {};
        }
        VITRINE_TRY(const Picture whole, read("input", files.original));
        const std::int64_t width = whole.width / scale_, height = whole.height / scale_;
        if (width < 1 || height < 1)
            return inputError("{} is too small to be reduced {} times", files.original.string(),
                              scale_);
        VITRINE_TRY(Picture original, superres::cut(whole, width * scale_, height * scale_));
        VITRINE_TRY(item.low, superres::degraded(original, degradation_.kernel, scale_,
                                                 degradation_.sampling));
        item.original = std::move(original);
        return {};
    }

    Result<Upscaled> upscaled(std::size_t index)
    {
        Upscaled item;
        item.name = files_[index].name;
        VITRINE_CHECK(readPair(files_[index], item));
        const auto before = static_cast<double>(index), all = static_cast<double>(files_.size());
        const auto start = std::chrono::steady_clock::now();
        auto enlarged = refined(superres::imageOf(item.low), [&](double share) {
            return progress_.advance(before + share, all, "pictures");
        });
        if (!enlarged)
            return enlarged.error().kind == ErrorKind::cancelled
                       ? Result<Upscaled>(cancelled())
                       : inputError("{}: {}", item.name, enlarged.error().message);
        item.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        item.seamError = enlarged->seamError;
        item.tiles = enlarged->tiles;
        item.high = superres::pictureOf(enlarged->image);
        VITRINE_TRY(item.residual,
                    superres::residualOf(superres::imageOf(item.high), superres::imageOf(item.low),
                                         degradation_.kernel, degradation_.sampling));
        item.bicubic = superres::resampled(item.low, item.high.width, item.high.height,
                                           superres::Filter::bicubic);
        if (item.original)
            VITRINE_CHECK(measure(item));
        return item;
    }

    // As S2R ends: each of the ensemble brought back to the small picture, then their median.
    Result<superres::Enlarged> refined(const superres::Image& low,
                                       const superres::Progress& progress)
    {
        const int steps = static_cast<int>(params_.integer("back_projection"));
        const auto project = [&](superres::Image image) -> Result<superres::Image> {
            VITRINE_TRY(superres::BackProjected projected,
                        superres::backProjected(std::move(image), low, degradation_.kernel,
                                                degradation_.sampling, steps));
            return std::move(projected.image);
        };
        const auto once = [&]() -> Result<superres::Enlarged> {
            if (params_.boolean("ensemble"))
                return superres::selfEnsembled(*method_.upscaler, low, progress,
                                               steps > 0 ? superres::EnsembleStep(project)
                                                         : superres::EnsembleStep());
            return method_.upscaler->enlarged(low, progress);
        };
        VITRINE_TRY(superres::Enlarged enlarged, once());
        if (steps > 0) {
            VITRINE_TRY(enlarged.image, project(std::move(enlarged.image)));
        }
        return enlarged;
    }

    Result<void> measure(Upscaled& item) const
    {
        const auto measuredBy = [&](const Picture& enlarged) {
            return superres::measured(*item.original, enlarged, scale_);
        };
        VITRINE_TRY(item.quality, measuredBy(item.high));
        VITRINE_TRY(item.ofBicubic, measuredBy(item.bicubic));
        return {};
    }

    Table itemsTable() const;
    Result<void> keep(const Upscaled& item, std::size_t index);
    Result<std::string> keptFile(const Picture& picture, std::size_t index, const char* what);
    void addMetrics();
    void addNotes();

    void metric(const char* name, double value, const char* unit, std::string help,
                Origin origin = Origin::computed)
    {
        out_.metrics.push_back({name, value, unit, origin, std::move(help)});
    }

    const Params& params_;
    Progress& progress_;
    std::int64_t scale_ = 2;
    OpenMethod method_;
    Degradation degradation_;
    std::vector<PictureFiles> files_;
    std::vector<LeftOut> leftOut_;
    std::vector<Sums> sums_;
    Table items_;
    RunResult out_;
};

Table UpscaleRun::itemsTable() const
{
    return {"items",
            {{"picture", "", {}, "Its name"},
             {"width", "px", {}, "Of the small picture"},
             {"height", "px", {}, "Of the small picture"},
             {"psnr_y", "dB", {}, "Of the enlarged one, luma, without the border"},
             {"ssim_y", "1", {}, "Likewise"},
             {"psnr_y_bicubic", "dB", {}, "Of bicubic enlargement"},
             {"ssim_y_bicubic", "1", {}, "Of bicubic enlargement"},
             {"psnr_rgb", "dB", {}, "Of the enlarged one, all colours"},
             {"seam_error", "1", {}, "Largest difference of two tiles where they meet, of 0..1"},
             {"residual", "1", {}, "By what the reduced result differs from the small picture"},
             {"seconds", "s", Origin::measured, "To enlarge it"},
             {"low", "", {}, "The small picture, kept with the run"},
             {"high", "", {}, "The enlarged one"},
             {"bicubic", "", {}, "Enlarged by bicubic resampling"},
             {"original", "", {}, "The ground truth"}},
            {}};
}

Result<std::string> UpscaleRun::keptFile(const Picture& picture, std::size_t index,
                                         const char* what)
{
    Artifact artifact;
    artifact.name = fmt::format("{:02}-{}.png", index + 1, what);
    artifact.kind = "image";
    artifact.path = progress_.artifactFolder() / artifact.name;
    VITRINE_CHECK(writePicture(picture, artifact.path));
    out_.artifacts.push_back(artifact);
    return artifact.name;
}

Result<void> UpscaleRun::keep(const Upscaled& item, std::size_t index)
{
    const auto number = [](const auto& quality, auto member) {
        return quality ? Cell{(*quality).*member} : Cell{};
    };
    using superres::Quality;
    std::vector<Cell> row = {item.name,
                             item.low.width,
                             item.low.height,
                             number(item.quality, &Quality::psnrY),
                             number(item.quality, &Quality::ssimY),
                             number(item.ofBicubic, &Quality::psnrY),
                             number(item.ofBicubic, &Quality::ssimY),
                             number(item.quality, &Quality::psnrRgb),
                             item.seamError,
                             item.residual,
                             item.seconds};
    if (index < kMostKept) {
        VITRINE_TRY(std::string low, keptFile(item.low, index, "low"));
        VITRINE_TRY(std::string high, keptFile(item.high, index, "high"));
        VITRINE_TRY(std::string bicubic, keptFile(item.bicubic, index, "bicubic"));
        row.insert(row.end(), {Cell{low}, Cell{high}, Cell{bicubic}});
        if (item.original) {
            VITRINE_TRY(std::string original, keptFile(*item.original, index, "original"));
            row.push_back(original);
        }
    }
    row.resize(items_.columns.size());
    items_.rows.push_back(std::move(row));
    if (!params_.has("output") || params_.text("output").empty())
        return {};
    return writePicture(item.high,
                        fs::path(params_.text("output")) /
                            fmt::format("{}_{}_x{}.png", item.name, method_.method.id, scale_));
}

void UpscaleRun::addMetrics()
{
    const auto count = static_cast<double>(sums_.size());
    const auto mean = [&](auto&& value) {
        double sum = 0;
        for (const Sums& each : sums_)
            sum += value(each);
        return sum / count;
    };
    if (sums_.front().quality) {
        metric("psnr_y", mean([](const Sums& s) { return s.quality->psnrY; }), "dB",
               "Mean over the pictures. " + superres::protocol(scale_));
        metric("ssim_y", mean([](const Sums& s) { return s.quality->ssimY; }), "1",
               "Structural similarity (Wang et al. 2004) of luma, mean over the pictures");
        metric("psnr_y_bicubic", mean([](const Sums& s) { return s.ofBicubic->psnrY; }), "dB",
               "Of bicubic enlargement (Keys' kernel, a = -0.5), measured alike");
        metric("ssim_y_bicubic", mean([](const Sums& s) { return s.ofBicubic->ssimY; }), "1",
               "Of bicubic enlargement, measured alike");
        const auto gain = [](const Sums& s) { return s.quality->psnrY - s.ofBicubic->psnrY; };
        metric("gain", mean(gain), "dB", "PSNR of luma above bicubic enlargement");
        metric("smallest_gain", gain(*std::ranges::min_element(sums_, {}, gain)), "dB",
               "Of the picture that gains least");
        metric("psnr_rgb", mean([](const Sums& s) { return s.quality->psnrRgb; }), "dB",
               "Of red, green and blue together, mean over the pictures");
    }
    metric("residual", mean([](const Sums& s) { return s.residual; }), "1",
           "Root mean square, of 0..1, by which the reduced result differs from the small picture; "
           "by the kernel of the run");
    metric("seam_error", std::ranges::max(sums_, {}, &Sums::seamError).seamError, "1",
           "Where a picture was computed in tiles: the largest difference, in 0..1, of two tiles "
           "where they meet; 0: in one piece");
    metric("pictures", count, "picture", "Enlarged");
    metric("parameters", static_cast<double>(method_.upscaler->parameters()), "1",
           "Trained numbers of the method");
    metric("macs_per_pixel", method_.upscaler->macsPerPixel(), "1",
           "Multiply-accumulates for each pixel of the small picture");
    metric("seconds_per_frame", mean([](const Sums& s) { return s.seconds; }), "s",
           "Enlarging alone, without reading and writing", Origin::measured);
    double pixels = 0, seconds = 0;
    for (const Sums& each : sums_) {
        pixels += static_cast<double>(each.pixels * scale_ * scale_);
        seconds += each.seconds;
    }
    metric("megapixels_per_second", pixels / 1e6 / seconds, "Mpx/s",
           "Pixels of the enlarged pictures", Origin::measured);
}

void UpscaleRun::addNotes()
{
    for (const std::string& note : leftOutNotes(leftOut_))
        out_.notes.push_back(note);
    if (params_.boolean("degrade") && degradation_.name != "bicubic")
        out_.notes.push_back(
            fmt::format("The small pictures are blurred by {}, {}; the methods know nothing of it.",
                        degradation_.name,
                        degradation_.sampling == superres::Sampling::direct
                            ? "and every pixel at a whole multiple of the scale is taken"
                            : "then reduced by bicubic resampling"));
    if (!sums_.front().quality)
        out_.notes.push_back("Without ground truth nothing is measured: name it, or let the small "
                             "picture be made of the input (degrade).");
    if (files_.size() > kMostKept)
        out_.notes.push_back(fmt::format("Of {} pictures the first {} are kept with the run.",
                                         files_.size(), kMostKept));
    const auto tiled = std::ranges::count_if(sums_, [](const Sums& s) { return s.tiles > 1; });
    if (tiled > 0)
        out_.notes.push_back(fmt::format(
            "{} of {} pictures were computed in tiles, as they are too large for one "
            "piece; where two meet they differ by at most {:.3g}/255.",
            tiled, files_.size(), 255 * std::ranges::max(sums_, {}, &Sums::seamError).seamError));
    const auto identical = std::ranges::count_if(
        sums_, [](const Sums& s) { return s.quality && s.quality->identicalY; });
    if (identical > 0)
        out_.notes.push_back(fmt::format("{} of {} pictures are identical in luma to the ground "
                                         "truth; their PSNR counts as 100 dB.",
                                         identical, files_.size()));
}

} // namespace

ExperimentInfo UpscaleExperiment::info() const
{
    return {"superres.upscale", "Pictures made larger",
            "Enlarges a picture or a folder of them by one method, beside bicubic enlargement and, "
            "where it is known, the truth.",
            1};
}

std::vector<ParamSpec> UpscaleExperiment::params(const Params& chosen) const
{
    return upscaleParams(chosen);
}

Result<RunResult> UpscaleExperiment::run(const Params& params, Progress& progress) const
{
    return UpscaleRun(params, progress).run();
}

} // namespace vitrine::superres_plugin
