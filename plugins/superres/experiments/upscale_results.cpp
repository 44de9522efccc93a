#include "plugins/superres/experiments/upscale_results.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::superres_plugin
{
namespace
{

using superres::Quality;

// Pictures kept with a run: what a view shows of a large folder is its beginning.
constexpr std::size_t kMostKept = 24;

Cell measureCell(const std::optional<Quality>& quality, double Quality::*member)
{
    return quality ? Cell{(*quality).*member} : Cell{};
}

} // namespace

Table UpscaleResults::emptyItems()
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
             {"psnr_y_ideal", "dB", {}, "By the network before it was fitted to the picture"},
             {"seam_error", "1", {}, "Largest difference of two tiles where they meet, of 0..1"},
             {"residual", "1", {}, "By what the reduced result differs from the small picture"},
             {"seconds", "s", Origin::measured, "To enlarge it"},
             {"low", "", {}, "The small picture, kept with the run"},
             {"high", "", {}, "The enlarged one"},
             {"bicubic", "", {}, "Enlarged by bicubic resampling"},
             {"original", "", {}, "The ground truth"}},
            {}};
}

Result<std::string> UpscaleResults::keep(const Picture& picture, const char* what)
{
    Artifact artifact;
    artifact.name = fmt::format("{:02}-{}.png", all_.size() + 1, what);
    artifact.kind = "image";
    artifact.path = folder_ / artifact.name;
    VITRINE_CHECK(writePicture(picture, artifact.path));
    result_.artifacts.push_back(artifact);
    return artifact.name;
}

Result<void> UpscaleResults::add(Upscaled done)
{
    std::vector<Cell> row = {done.name,
                             done.low.width,
                             done.low.height,
                             measureCell(done.quality, &Quality::psnrY),
                             measureCell(done.quality, &Quality::ssimY),
                             measureCell(done.ofBicubic, &Quality::psnrY),
                             measureCell(done.ofBicubic, &Quality::ssimY),
                             measureCell(done.quality, &Quality::psnrRgb),
                             measureCell(done.ofUnadapted, &Quality::psnrY),
                             done.seamError,
                             done.residual,
                             done.seconds};
    if (all_.size() < kMostKept) {
        VITRINE_TRY(std::string low, keep(done.low, "low"));
        VITRINE_TRY(std::string high, keep(done.high, "high"));
        VITRINE_TRY(std::string bicubic, keep(done.bicubic, "bicubic"));
        row.insert(row.end(), {Cell{low}, Cell{high}, Cell{bicubic}});
        if (done.original) {
            VITRINE_TRY(std::string original, keep(*done.original, "original"));
            row.push_back(original);
        }
    }
    row.resize(items_.columns.size());
    items_.rows.push_back(std::move(row));
    pixels_.push_back(done.high.width * done.high.height);
    done.low = done.high = done.bicubic = {};
    done.original.reset();
    all_.push_back(std::move(done));
    return {};
}

template <typename Value>
double UpscaleResults::mean(Value&& value) const
{
    double sum = 0;
    for (const Upscaled& each : all_)
        sum += value(each);
    return sum / static_cast<double>(all_.size());
}

void UpscaleResults::addMeasures()
{
    metric("psnr_y", mean([](const Upscaled& u) { return u.quality->psnrY; }), "dB",
           "Mean over the pictures. " + superres::protocol(scale_));
    metric("ssim_y", mean([](const Upscaled& u) { return u.quality->ssimY; }), "1",
           "Structural similarity (Wang et al. 2004) of luma, mean over the pictures");
    metric("psnr_y_bicubic", mean([](const Upscaled& u) { return u.ofBicubic->psnrY; }), "dB",
           "Of bicubic enlargement (Keys' kernel, a = -0.5), measured alike");
    metric("ssim_y_bicubic", mean([](const Upscaled& u) { return u.ofBicubic->ssimY; }), "1",
           "Of bicubic enlargement, measured alike");
    const auto gain = [](const Upscaled& u) { return u.quality->psnrY - u.ofBicubic->psnrY; };
    metric("gain", mean(gain), "dB", "PSNR of luma above bicubic enlargement");
    metric("smallest_gain", gain(*std::ranges::min_element(all_, {}, gain)), "dB",
           "Of the picture that gains least");
    metric("psnr_rgb", mean([](const Upscaled& u) { return u.quality->psnrRgb; }), "dB",
           "Of red, green and blue together, mean over the pictures");
}

// What fitting the network to each picture was worth.
void UpscaleResults::addBlind()
{
    Table updates{
        "updates",
        {{"picture", "", {}, "Its name"},
         {"update", "1", {}, "0: before any"},
         {"loss", "1", {}, "Mean absolute difference on squares of the picture, of 0..1"},
         {"seconds", "s", Origin::measured, "Since the beginning"},
         {"kept", "1", {}, "1: the enlarged picture is by the network after this update"}},
        {}};
    for (const Upscaled& each : all_)
        for (const AdaptationUpdate& update : each.adapted->updates)
            updates.rows.push_back({each.name, update.update, update.loss, update.seconds,
                                    std::int64_t{update.update == each.adapted->kept}});
    result_.tables.push_back(std::move(updates));
    const double seconds = mean([](const Upscaled& u) { return u.adapted->seconds; });
    metric("seconds_adapting", seconds, "s", "Of the updates of one picture", Origin::measured);
    if (!all_.front().ofUnadapted)
        return;
    const double before = mean([](const Upscaled& u) { return u.ofUnadapted->psnrY; });
    metric("psnr_y_ideal", before, "dB",
           "By the network before it was fitted to the pictures, measured alike");
    const double won = mean([](const Upscaled& u) { return u.quality->psnrY; }) - before;
    metric("adaptation_gain", won, "dB", "What fitting the network to each picture is worth");
    metric("db_per_second", won / seconds, "dB/s", "The same for each second of updates",
           Origin::measured);
}

void UpscaleResults::addCost(const superres::Upscaler& upscaler)
{
    metric("residual", mean([](const Upscaled& u) { return u.residual; }), "1",
           "Root mean square, of 0..1, by which the reduced result differs from the small picture; "
           "by the kernel of the run");
    metric("seam_error", std::ranges::max_element(all_, {}, &Upscaled::seamError)->seamError, "1",
           "Where a picture was computed in tiles: the largest difference, in 0..1, of two tiles "
           "where they meet; 0: in one piece");
    metric("pictures", static_cast<double>(all_.size()), "picture", "Enlarged");
    metric("parameters", static_cast<double>(upscaler.parameters()), "1",
           "Trained numbers of the method");
    metric("macs_per_pixel", upscaler.macsPerPixel(), "1",
           "Multiply-accumulates for each pixel of the small picture");
    const double seconds = mean([](const Upscaled& u) { return u.seconds; });
    metric("seconds_per_frame", seconds, "s", "Enlarging alone, without reading and writing",
           Origin::measured);
    double pixels = 0;
    for (const std::int64_t each : pixels_)
        pixels += static_cast<double>(each);
    metric("megapixels_per_second", pixels / 1e6 / (seconds * static_cast<double>(all_.size())),
           "Mpx/s", "Pixels of the enlarged pictures", Origin::measured);
}

void UpscaleResults::addNotes()
{
    const auto note = [this](std::string sentence) {
        result_.notes.push_back(std::move(sentence));
    };
    if (!all_.front().quality)
        note("Without ground truth nothing is measured: name it, or let the small picture be made "
             "of the input (degrade).");
    if (all_.size() > kMostKept)
        note(fmt::format("Of {} pictures the first {} are kept with the run.", all_.size(),
                         kMostKept));
    for (const Upscaled& each : all_)
        if (!each.kernel.empty())
            note(fmt::format("{}: {}", each.name, each.kernel));
    const auto tiled = std::ranges::count_if(all_, [](const Upscaled& u) { return u.tiles > 1; });
    if (tiled > 0)
        note(
            fmt::format("{} of {} pictures were computed in tiles, as they are too large for one "
                        "piece; where two meet they differ by at most {:.3g}/255.",
                        tiled, all_.size(),
                        255 * std::ranges::max_element(all_, {}, &Upscaled::seamError)->seamError));
    const auto identical = std::ranges::count_if(
        all_, [](const Upscaled& u) { return u.quality && u.quality->identicalY; });
    if (identical > 0)
        note(fmt::format("{} of {} pictures are identical in luma to the ground truth; their PSNR "
                         "counts as 100 dB.",
                         identical, all_.size()));
    const auto unmoved = std::ranges::count_if(
        all_, [](const Upscaled& u) { return u.adapted && u.adapted->kept == 0; });
    if (unmoved > 0)
        note(
            fmt::format("For {} of {} pictures no update lowered the loss: the network was left as "
                        "it was.",
                        unmoved, all_.size()));
}

void UpscaleResults::finish(const superres::Upscaler& upscaler, RunResult& out)
{
    if (all_.front().quality)
        addMeasures();
    if (all_.front().adapted)
        addBlind();
    addCost(upscaler);
    addNotes();
    result_.tables.insert(result_.tables.begin(), std::move(items_));
    std::ranges::move(result_.metrics, std::back_inserter(out.metrics));
    std::ranges::move(result_.tables, std::back_inserter(out.tables));
    std::ranges::move(result_.artifacts, std::back_inserter(out.artifacts));
    std::ranges::move(result_.notes, std::back_inserter(out.notes));
}

} // namespace vitrine::superres_plugin
