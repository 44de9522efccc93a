#pragma once

#include "core/superres/upscale/upscaler.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace vitrine::superres
{

// A package of networks that UpscalerJS offers as "ESRGAN" (MIT, npm, 1.0.0). They are residual
// dense networks (Zhang et al., CVPR 2018) with a single convolution in each block, that see
// pictures on the scale of 0 to 255, as the package's own sources say.
struct EsrganPackage {
    std::string id;        // "esrgan-slim": the package is @upscalerjs/esrgan-slim
    std::int64_t blocks;   // "D" of the package
    std::int64_t channels; // of the convolution in each block, "G"; all others have 64
    // Trained numbers of the network that enlarges `scale` times.
    std::int64_t parameters(std::int64_t scale) const;
};
EsrganPackage esrganSlim();
EsrganPackage esrganMedium();

// Where `packaging/fetch esrgan` puts a package: $XDG_DATA_HOME/vitrine/models, else that of
// ~/.local/share.
std::filesystem::path fetchedEsrgan(const EsrganPackage& package);

// weights: empty for what was fetched, else a folder that is the package, has it ("package"), or
// has model.json itself. Argument error for a scale other than 2, 3, 4 and 8; input error where
// there are no weights, naming the command that gets them, or where they are of another network.
Result<std::shared_ptr<const Upscaler>> openEsrgan(const EsrganPackage& package, std::int64_t scale,
                                                   const std::filesystem::path& weights);

} // namespace vitrine::superres
