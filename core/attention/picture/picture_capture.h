#pragma once

#include "core/attention/picture/head_map.h"
#include "core/model/vision/vision_model.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

// One pass of a vision transformer over a picture, with all that its attention is made of.
namespace vitrine::attention
{

struct LayerTensors {
    std::vector<HeadTensors> heads;
    std::vector<std::vector<float>> values; // of each head, [keys, dim]
    std::vector<float> norms; // Euclidean, of each token (query grid) as the block gives it
};

struct PictureTensors {
    std::vector<PictureLayer> layers;
    std::vector<LayerTensors> tensors;    // of each layer
    std::vector<std::string> prefixNames; // of the tokens before the patches
    std::vector<float> output;            // as VisionModel::run gives it
};

// Error of the pass; input error for a network without attention, with a sparse part beside its
// own, or with binary attention.
Result<PictureTensors> capturePicture(const model::VisionModel& model,
                                      std::span<const float> picture);

// What stands in for a head's own attention, on the same queries, keys and values.
struct StandIn {
    Attending attending = Attending::taylor;
    double mapError = 0;      // ||A' - A|| / ||A||, Frobenius
    double outputError = 0;   // ||A' V - A V|| / ||A V||
    double negativeShare = 0; // of the weights of A'
};

struct HeadLook {
    std::int64_t layer = 0, head = 0; // places in PictureTensors
    std::vector<float> received;      // mean weight of each key, [keys]
    // Mean weight that other tokens give to the class token, and all tokens to registers; NaN where
    // there is none.
    double classMass = 0, registerMass = 0;
    // nat, mean over queries of -sum A ln A; NaN where a weight lies below 0.
    double entropy = 0;
    // Pixels: mean over patches of the distance to the patches that they look at, by weight
    // (weights to patches alone, over their sum; Dosovitskiy et al. 2021, figure 7). NaN where a
    // weight lies below 0.
    double distance = 0;
    // Share of scaled scores in [-1, 1), as they are and with the mean of the keys taken off
    // (ViTALiTy, figure 3); NaN for windows.
    double inside = 0, insideCentred = 0;
    std::vector<StandIn> standIns;
};

// Of all heads, in order; `side` in pixels. `onHead` is told how many are done; false: cancelled.
Result<std::vector<HeadLook>> lookAtHeads(const PictureTensors& picture, std::int64_t side,
                                          const std::function<bool(std::size_t)>& onHead = {});

// Mean distance and entropy of a head whose queries look at all keys alike, for comparison.
double uniformDistance(const PictureLayer& layer, std::int64_t side);
double uniformEntropy(const PictureLayer& layer);

} // namespace vitrine::attention
