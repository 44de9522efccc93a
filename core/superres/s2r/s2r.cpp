#include "core/superres/s2r/s2r.h"

#include "core/base/file.h"
#include "core/base/registry.h"
#include "core/superres/s2r/s2r_pass.h"
#include "core/superres/upscale/tiles.h"
#include "core/tensor/printable.h"

#include <fmt/format.h>

namespace vitrine::superres
{
namespace
{

namespace fs = std::filesystem;

constexpr std::uint64_t kS2rConfigLimit = 1 << 20;
constexpr std::int64_t kTileBytes = 768 << 20; // of memory while a tile is computed
constexpr std::int64_t kTileMargin = 32;       // pixels, two of the largest windows

class S2rUpscaler final : public Upscaler
{
public:
    S2rUpscaler(S2rConfig config, S2rWeights weights, std::vector<fs::path> files,
                std::vector<std::string> notes)
        : config_(std::move(config)),
          weights_(std::move(weights)),
          files_(std::move(files)),
          notes_(std::move(notes))
    {
    }

    std::int64_t scale() const override { return config_.sizes.scale; }
    std::int64_t parameters() const override
    {
        return model::s2rNetwork(config_.sizes, 1, 1).parameters();
    }
    // Without squeeze and excitation, which take as many products for a picture of any size.
    double macsPerPixel() const override
    {
        const std::int64_t side = config_.sizes.largestWindow();
        const auto at = [&](std::int64_t times) {
            return static_cast<double>(model::s2rNetwork(config_.sizes, times * side, side).macs());
        };
        return (at(2) - at(1)) / static_cast<double>(side * side);
    }
    std::vector<fs::path> files() const override { return files_; }
    std::vector<std::string> notes() const override { return notes_; }

    Result<Enlarged> enlarged(const Image& low, const Progress& progress) const override
    {
        const Tiling tiling{kTileBytes / bytesPerPixel(config_.sizes), kTileMargin,
                            config_.sizes.largestWindow()};
        return enlargedInTiles(
            low, scale(), tiling,
            [this](const Image& part, const Progress& share) {
                return s2rForward(config_, weights_, part, share);
            },
            progress);
    }

private:
    S2rConfig config_;
    S2rWeights weights_;
    std::vector<fs::path> files_;
    std::vector<std::string> notes_;
};

UpscalingMethod s2rMethod(const char* id, const char* title, const char* about)
{
    return {
        id,
        title,
        about,
        {2, 4},
        [id](std::int64_t scale) { return fmt::format("{}-x{}", id, scale); },
        [id](std::int64_t scale, const fs::path& weights) { return openS2r(weights, scale, id); }};
}

const Registry<UpscalingMethod>::Adds kAddsS2r(60, [] {
    return s2rMethod("s2r", "S2R",
                     "The paper's network: MBConv, ten attention blocks of 60 channels, a "
                     "deformable convolution.");
});
const Registry<UpscalingMethod>::Adds kAddsS2rFast(70, [] {
    return s2rMethod("s2r-fast", "S2R fast", "Ours: four of its attention blocks, of 30 channels.");
});
const Registry<UpscalingMethod>::Adds kAddsS2rLive(80, [] {
    return s2rMethod("s2r-live", "S2R live",
                     "Ours: three of its attention blocks, of 30 channels and smaller windows.");
});

} // namespace

Result<std::shared_ptr<const Upscaler>> openS2r(const fs::path& folder, std::int64_t scale,
                                                std::string_view name)
{
    const fs::path file = folder / "config.json";
    VITRINE_TRY(const std::string text, readFile(file, kS2rConfigLimit));
    VITRINE_TRY(S2rConfig config, parseS2rConfig(text, file.string()));
    if (config.sizes.scale != scale)
        return inputError("{} enlarges {} times, not {} times", folder.string(), config.sizes.scale,
                          scale);
    if (!name.empty() && config.name != name)
        return inputError("{} holds the network \"{}\", not \"{}\": choose the method of that name",
                          folder.string(), printable(config.name), name);
    VITRINE_TRY(const auto checkpoint, model::openCheckpoint(folder));
    VITRINE_TRY(S2rWeights weights, readS2rWeights(config, *checkpoint, folder.string()));
    return std::make_shared<const S2rUpscaler>(std::move(config), std::move(weights),
                                               checkpoint->files(), checkpoint->notes());
}

} // namespace vitrine::superres
