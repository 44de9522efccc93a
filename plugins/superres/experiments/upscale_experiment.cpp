#include "plugins/superres/experiments/upscale_experiment.h"

#include "core/jobs/bundle/bundle.h"
#include "core/superres/blur/back_projection.h"
#include "core/superres/blur/degradation.h"
#include "core/superres/blur/kernel_fit.h"
#include "core/superres/picture/resampling.h"
#include "core/superres/upscale/self_ensemble.h"
#include "plugins/superres/experiments/upscale_params.h"
#include "plugins/superres/experiments/upscale_results.h"

#include <chrono>
#include <fmt/format.h>

namespace vitrine::superres_plugin
{
namespace
{

namespace fs = std::filesystem;
using superres::Enlarged;
using superres::Image;
using superres::Upscaler;

class UpscaleRun
{
public:
    UpscaleRun(const Params& params, Progress& progress)
        : params_(params),
          progress_(progress),
          scale_(scaleIn(params)),
          results_(scale_, progress.artifactFolder())
    {
    }

    Result<RunResult> run()
    {
        VITRINE_TRY(method_, openMethod(params_));
        VITRINE_TRY(degradation_, degradationIn(params_));
        if (degradation_.file)
            VITRINE_CHECK(addInput("kernel", *degradation_.file));
        VITRINE_TRY(files_, findPictures(sourcesIn(params_)));
        VITRINE_CHECK(makeOutputFolder());
        for (const fs::path& file : method_.upscaler->files())
            VITRINE_CHECK(addInput("weights", file));
        for (std::size_t i = 0; i < files_.size(); ++i) {
            VITRINE_TRY(Upscaled done, upscaled(i));
            VITRINE_CHECK(writeOutput(done));
            VITRINE_CHECK(results_.add(std::move(done)));
            progress_.partial(results_.items());
        }
        addNotes();
        results_.finish(*method_.upscaler, out_);
        return std::move(out_);
    }

private:
    Result<void> addInput(const char* parameter, const fs::path& file)
    {
        VITRINE_TRY(InputFile input, hashInput(parameter, file));
        out_.inputs.push_back(std::move(input));
        return {};
    }

    std::string outputFolder() const
    {
        return params_.has("output") ? params_.text("output") : std::string();
    }

    Result<void> makeOutputFolder() const
    {
        std::error_code error;
        if (!outputFolder().empty())
            fs::create_directories(outputFolder(), error);
        if (error)
            return argumentError("cannot make the folder {}: {}", outputFolder(), error.message());
        return {};
    }

    Result<void> writeOutput(const Upscaled& done) const
    {
        if (outputFolder().empty())
            return {};
        return writePicture(done.high,
                            fs::path(outputFolder()) /
                                fmt::format("{}_{}_x{}.png", done.name, method_.method.id, scale_));
    }

    Result<Picture> read(const char* parameter, const fs::path& file)
    {
        VITRINE_CHECK(addInput(parameter, file));
        VITRINE_TRY(Picture picture, readPicture(file));
        leftOut_.push_back(picture.leftOut);
        return picture;
    }

    Result<void> readPair(const PictureFiles& files, Upscaled& item)
    {
        return files.low.empty() ? makeSmall(files, item) : readSmall(files, item);
    }

    // The small picture and, where there is one, the original cut to scale times its size.
    Result<void> readSmall(const PictureFiles& files, Upscaled& item)
    {
        VITRINE_TRY(item.low, read("input", files.low));
        if (files.original.empty())
            return {};
        VITRINE_TRY(const Picture whole,
                    read(params_.has("ground_truth") ? "ground_truth" : "input", files.original));
        auto cut = superres::cut(whole, item.low.width * scale_, item.low.height * scale_);
        if (!cut)
            return inputError("{} is no original of {} at x{}: {}", files.original.string(),
                              files.low.string(), scale_, cut.error().message);
        item.original = std::move(*cut);
        return {};
    }

    Result<void> makeSmall(const PictureFiles& files, Upscaled& item)
    {
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
        const auto done = enlarge(index, item);
        if (!done && done.error().kind != ErrorKind::cancelled)
            return tl::unexpected(
                Error{done.error().kind, fmt::format("{}: {}", item.name, done.error().message)});
        VITRINE_CHECK(done);
        item.bicubic = superres::resampled(item.low, item.high.width, item.high.height,
                                           superres::Filter::bicubic);
        if (item.original) {
            VITRINE_TRY(item.quality, measuredAgainst(item, item.high));
            VITRINE_TRY(item.ofBicubic, measuredAgainst(item, item.bicubic));
        }
        return item;
    }

    Result<superres::Quality> measuredAgainst(const Upscaled& item, const Picture& enlarged) const
    {
        return superres::measured(*item.original, enlarged, scale_);
    }

    // Steps of one picture: the kernel, the updates and the network before them where it is fitted,
    // then the picture itself.
    Result<void> enlarge(std::size_t index, Upscaled& item)
    {
        const Image low = superres::imageOf(item.low);
        if (isFitted(params_))
            VITRINE_CHECK(fitKernelTo(low, item));
        std::shared_ptr<const Upscaler> upscaler = method_.upscaler;
        const double before = isBlind(params_) ? 0.8 : 0;
        if (isBlind(params_)) {
            VITRINE_CHECK(adapt(index, item));
            upscaler = item.adapted->upscaler;
        }
        const auto start = std::chrono::steady_clock::now();
        VITRINE_TRY(Enlarged enlarged, refined(*upscaler, low, progressFrom(index, before, 1)));
        item.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        item.seamError = enlarged.seamError;
        item.tiles = enlarged.tiles;
        item.high = superres::pictureOf(enlarged.image);
        VITRINE_TRY(item.residual,
                    superres::residualOf(superres::imageOf(item.high), low, degradation_.kernel,
                                         degradation_.sampling));
        return {};
    }

    Result<void> fitKernelTo(const Image& low, Upscaled& item)
    {
        VITRINE_TRY(const superres::KernelFit fit,
                    superres::fitKernel(low, scale_, superres::Sampling::direct));
        degradation_.kernel = fit.kernel;
        degradation_.sampling = superres::Sampling::direct;
        item.kernel = fmt::format("the blur is estimated as a Gaussian of variances {:.2f} and "
                                  "{:.2f} at {:.0f} degrees",
                                  fit.variance1, fit.variance2, fit.angle * 180 / 3.14159265);
        return {};
    }

    Result<void> adapt(std::size_t index, Upscaled& item)
    {
        const BlindTask task{
            .method = method_.method,
            .weights = method_.weights,
            .scale = scale_,
            .degradation = degradation_,
            .updates = params_.integer("updates"),
            .learningRate = params_.real("learning_rate"),
            .seed = static_cast<std::uint64_t>(params_.has("seed") ? params_.integer("seed") : 1),
            // Sums differ with the number of threads: one, whatever the run has.
            .threads = 1,
            .folder = progress_.stateFolder() / "adapted"};
        VITRINE_TRY(Adapted adapted, adaptTo(item.low, task, progressFrom(index, 0, 0.6)));
        if (item.original) {
            VITRINE_TRY(const Enlarged ideal,
                        refined(*method_.upscaler, superres::imageOf(item.low),
                                progressFrom(index, 0.6, 0.8)));
            VITRINE_TRY(item.ofUnadapted, measuredAgainst(item, superres::pictureOf(ideal.image)));
        }
        item.adapted = std::move(adapted);
        return {};
    }

    // Of a part of one picture's work.
    superres::Progress progressFrom(std::size_t index, double from, double to)
    {
        return [this, index, from, to](double share) {
            return progress_.advance(static_cast<double>(index) + from + share * (to - from),
                                     static_cast<double>(files_.size()), "pictures");
        };
    }

    // As S2R ends: each of the ensemble brought back to the small picture, then their median.
    Result<Enlarged> refined(const Upscaler& upscaler, const Image& low,
                             const superres::Progress& progress) const
    {
        const int steps = static_cast<int>(params_.integer("back_projection"));
        const auto project = [&](Image image) -> Result<Image> {
            VITRINE_TRY(superres::BackProjected projected,
                        superres::backProjected(std::move(image), low, degradation_.kernel,
                                                degradation_.sampling, steps));
            return std::move(projected.image);
        };
        const auto once = [&]() -> Result<Enlarged> {
            if (params_.boolean("ensemble"))
                return superres::selfEnsembled(upscaler, low, progress,
                                               steps > 0 ? superres::EnsembleStep(project)
                                                         : superres::EnsembleStep());
            return upscaler.enlarged(low, progress);
        };
        VITRINE_TRY(Enlarged enlarged, once());
        if (steps > 0) {
            VITRINE_TRY(enlarged.image, project(std::move(enlarged.image)));
        }
        return enlarged;
    }

    void addNotes()
    {
        for (const std::string& note : method_.upscaler->notes())
            out_.notes.push_back(note);
        for (const std::string& note : leftOutNotes(leftOut_))
            out_.notes.push_back(note);
        if (params_.boolean("degrade") && degradation_.name != "bicubic")
            out_.notes.push_back(
                fmt::format("The small pictures are blurred by {}, {}{}.", degradation_.name,
                            degradation_.sampling == superres::Sampling::direct
                                ? "and every pixel at a whole multiple of the scale is taken"
                                : "then reduced by bicubic resampling",
                            isBlind(params_) ? "; the network is fitted with that kernel"
                                             : "; the method knows nothing of it"));
    }

    const Params& params_;
    Progress& progress_;
    std::int64_t scale_;
    OpenMethod method_;
    Degradation degradation_;
    std::vector<PictureFiles> files_;
    std::vector<LeftOut> leftOut_;
    UpscaleResults results_;
    RunResult out_;
};

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
