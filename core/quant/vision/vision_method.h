#pragma once

#include "core/base/registry.h"
#include "core/base/result.h"
#include "core/quant/vision/vision_codes.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::quant
{

// A trick of a method that can be left out: one rung of its ladder.
struct VisionTrick {
    std::string name, title, help; // "ptf", "Factors of channels", a sentence
    bool isOptional = false;       // one that "all" leaves out: on no rung
};

struct VisionQuantSettings {
    int weightBits = 8;                        // 2 .. 8
    int activationBits = 8;                    // 2 .. the method's most
    std::map<std::string, int> layerBits = {}; // of single weights, by layer, instead
    std::set<std::string> tricks = {};         // those that are on, by name
    int roundingSteps = 500;                   // for each layer, of a trick that learns to round

    int weightBitsOf(const model::NetworkLayer& layer) const
    {
        const auto own = layerBits.find(layer.shape.name);
        return own == layerBits.end() ? weightBits : own->second;
    }
};

struct VisionQuantTask {
    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    // Prepared training pictures: scales are chosen on them and on nothing else.
    const std::vector<std::vector<float>>& pictures;
    VisionQuantSettings settings;
    std::function<bool(double share)> progress = {}; // false: cancelled
};

// A network that computes something else instead, in floating point: another checkpoint.
struct VisionReworkTask {
    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    std::set<std::string> tricks = {};
    double threshold = 0.002; // of a sparse part
    // Prepared training pictures, on which hash functions are found.
    std::span<const std::vector<float>> pictures = {};
};
struct ReworkedVision {
    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    // What it is compared with unless another is named; nothing: one has to be named.
    std::shared_ptr<const model::VisionCheckpoint> original;
    std::vector<std::string> notes; // what was changed, and whether it was trained for it
};

// A way to make a vision transformer cheaper: to put it into codes, or to change what its layers
// compute. Its file adds it.
struct VisionMethod {
    std::string name, title, paper;  // "p2vit", "P²-ViT", "arXiv 2405.19915"
    std::vector<VisionTrick> tricks; // in the order in which a ladder puts them on
    // Input error that says which networks it does not know.
    Result<void> (*fits)(const model::Network& network) = nullptr;
    // One of both is set.
    Result<CodedVision> (*quantize)(const VisionQuantTask& task) = nullptr;
    Result<ReworkedVision> (*rework)(const VisionReworkTask& task) = nullptr;
    int mostActivationBits = 8; // beyond 8 there is the simulated pass alone
};

std::vector<VisionMethod> visionMethods();
Result<VisionMethod> findVisionMethod(std::string_view name);
// Argument error for bits outside their ranges, for a trick that the method does not have, for a
// layer that the network does not have.
Result<void> checkSettings(const VisionMethod& method, const model::Network& network,
                           const VisionQuantSettings& settings);

} // namespace vitrine::quant
