#pragma once

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/quant/vision/mixed_layers.h"

#include <vector>

namespace vitrine::quant
{

// The coarse step [R]: up to `count` different configurations within the budget, each as likely as
// any other in which tied layers have equal bits. All of them, where there are fewer. Failure where
// none fits.
struct BitDraws {
    std::vector<BitConfig> configs;
    double possible = 0; // how many there are
};
Result<BitDraws> drawConfigs(const MixedNetwork& network, std::int64_t budget, Random& random,
                             std::size_t count = 51);

} // namespace vitrine::quant
