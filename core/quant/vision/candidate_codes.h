#pragma once

#include "core/base/result.h"
#include "core/quant/vision/mixed_layers.h"
#include "core/quant/vision/vision_method.h"

#include <functional>
#include <vector>

namespace vitrine::quant
{

// A network put into codes once at each candidate's bits. Methods for ViT and DeiT choose every
// scale on the original network, so the codes of a layer do not depend on the bits of others, and a
// mixture is put together of layers instead of being quantised anew.
class CandidateCodes
{
public:
    // `task.settings.layerBits` is not read: they are what varies. Errors of the method.
    static Result<CandidateCodes> make(const VisionMethod& method, const VisionQuantTask& task,
                                       const MixedNetwork& network);

    // A network whose layers have these bits: what the method gives for them as `layerBits`.
    CodedVision with(const BitConfig& bits) const;
    // Mean of (W - Wq)^2 of each layer and candidate [layer][candidate], W as the original reads
    // it: folded, without smoothing.
    Result<std::vector<std::vector<double>>> distances() const;

private:
    explicit CandidateCodes(const MixedNetwork& network) : network_(network) {}

    MixedNetwork network_;
    std::vector<std::size_t> places_; // of its layers in the whole network
    std::vector<CodedVision> coded_;  // by candidate
};

// As `layerBits` has it.
std::map<std::string, int> layerBitsOf(const MixedNetwork& network, const BitConfig& bits);

} // namespace vitrine::quant
