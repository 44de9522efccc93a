#include "core/superres/tfjs/esrgan.h"

#include "core/base/registry.h"
#include "core/superres/tfjs/tfjs_upscaler.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cstdlib>

namespace vitrine::superres
{
namespace fs = std::filesystem;
namespace
{

constexpr std::int64_t kEsrganScales[] = {2, 3, 4, 8};

UpscalingMethod esrganMethod(const EsrganPackage& package, const std::string& size)
{
    return {.id = package.id,
            .title = "ESRGAN " + size,
            .about = fmt::format("The {} residual dense network of UpscalerJS (MIT), which "
                                 "packaging/fetch esrgan gets.",
                                 size),
            .scales = {std::begin(kEsrganScales), std::end(kEsrganScales)},
            .open = [package](std::int64_t scale, const fs::path& weights) {
                return openEsrgan(package, scale, weights);
            }};
}

const Registry<UpscalingMethod>::Adds kAddsEsrganSlim(110, [] {
    return esrganMethod(esrganSlim(), "slim");
});
const Registry<UpscalingMethod>::Adds kAddsEsrganMedium(120, [] {
    return esrganMethod(esrganMedium(), "medium");
});

// The folder of model.json, or nothing.
fs::path modelFolder(const fs::path& weights, std::int64_t scale)
{
    const std::string byScale = "x" + std::to_string(scale);
    std::error_code ignored;
    for (const fs::path& folder : {weights, weights / byScale, weights / "models" / byScale,
                                   weights / "package/models" / byScale})
        if (fs::exists(folder / "model.json", ignored))
            return folder;
    return {};
}

Result<fs::path> findEsrgan(const EsrganPackage& package, std::int64_t scale,
                            const fs::path& weights)
{
    const fs::path asked = weights.empty() ? fetchedEsrgan(package) : weights;
    fs::path folder = modelFolder(asked, scale);
    if (folder.empty())
        return inputError("cannot find the weights of {} x{} in {}: \"packaging/fetch esrgan\" "
                          "gets them into the user's data folder",
                          package.id, scale, printableName(asked.string()));
    return folder;
}

std::vector<std::string> esrganNotes(const EsrganPackage& package, bool isFetched)
{
    const std::string whose =
        isFetched
            ? fmt::format("weights of the npm package @upscalerjs/{} 1.0.0 (MIT); ", package.id)
            : "";
    return {
        fmt::format("{}what @upscalerjs/{} calls ESRGAN is a residual dense network of {} blocks "
                    "that sees pictures on the scale of 0 to 255 [V]",
                    whose, package.id, package.blocks)};
}

} // namespace

std::int64_t EsrganPackage::parameters(std::int64_t scale) const
{
    const auto convolution = [](std::int64_t side, std::int64_t in, std::int64_t out) {
        return side * side * in * out + out;
    };
    constexpr std::int64_t kFeatures = 64;
    const std::int64_t block =
        convolution(3, kFeatures, channels) + convolution(1, kFeatures + channels, kFeatures);
    const std::int64_t body = convolution(3, 3, kFeatures) + convolution(3, kFeatures, kFeatures) +
                              blocks * block + convolution(1, blocks * kFeatures, kFeatures) +
                              convolution(3, kFeatures, kFeatures);
    const std::int64_t last = 3 * scale * scale;
    return body + convolution(5, kFeatures, kFeatures) + convolution(3, kFeatures, 32) +
           convolution(3, 32, last) + convolution(3, last, 3);
}

EsrganPackage esrganSlim()
{
    return {"esrgan-slim", 2, 4};
}

EsrganPackage esrganMedium()
{
    return {"esrgan-medium", 10, 64};
}

fs::path fetchedEsrgan(const EsrganPackage& package)
{
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    const fs::path root =
        data && *data ? fs::path(data) : fs::path(home ? home : "") / ".local/share";
    return root / "vitrine/models" / ("upscalerjs-" + package.id);
}

Result<std::shared_ptr<const Upscaler>> openEsrgan(const EsrganPackage& package, std::int64_t scale,
                                                   const fs::path& weights)
{
    if (std::ranges::find(kEsrganScales, scale) == std::end(kEsrganScales))
        return argumentError("{} enlarges 2, 3, 4 or 8 times, not {} times", package.id, scale);
    VITRINE_TRY(const fs::path folder, findEsrgan(package, scale, weights));
    VITRINE_TRY(TfjsModel model, readTfjsModel(folder));
    const std::string file = printableName((folder / "model.json").string());
    if (model.topology.scale() != scale)
        return inputError("cannot read {}: its network enlarges {} times, {} is asked for", file,
                          model.topology.scale(), scale);
    if (model.parameters() != package.parameters(scale))
        return inputError("cannot read {}: its network has {} weights, {} x{} has {}", file,
                          model.parameters(), package.id, scale, package.parameters(scale));
    return tfjsUpscaler(std::move(model), {.notes = esrganNotes(package, weights.empty())});
}

} // namespace vitrine::superres
