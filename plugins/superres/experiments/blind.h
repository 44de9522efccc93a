#pragma once

#include "core/superres/upscale/upscaler.h"
#include "plugins/superres/experiments/upscale_params.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace vitrine::superres_plugin
{

struct BlindTask {
    const superres::UpscalingMethod& method;
    std::filesystem::path weights; // folder of the network that is adapted
    std::int64_t scale = 2;
    const Degradation& degradation; // what the picture is taken to have been made by
    std::int64_t updates = 10;
    double learningRate = 1e-3;
    std::uint64_t seed = 1;
    int threads = 1;
    std::filesystem::path folder; // for the adapted weights; emptied
};

struct AdaptationUpdate {
    std::int64_t update = 0; // 0: before any
    double loss = 0, seconds = 0;
};

struct Adapted {
    std::shared_ptr<const superres::Upscaler> upscaler;
    std::int64_t kept = 0; // the update whose weights it has; 0: none was better
    std::vector<AdaptationUpdate> updates;
    double seconds = 0;
};

// The network fitted to one small picture (S2R, She et al., ICANN 2023, section 3): the picture is
// the large one of each pair, blurred and reduced once more it is the small one. `goesOn` is asked
// after each update. Needs libtorch (openTrainer); input error for pictures below 32 x scale pixels
// at a side.
Result<Adapted> adaptTo(const Picture& low, const BlindTask& task,
                        const std::function<bool(double share)>& goesOn);

} // namespace vitrine::superres_plugin
