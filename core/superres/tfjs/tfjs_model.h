#pragma once

#include "core/base/result.h"
#include "core/superres/tfjs/tfjs_topology.h"
#include "core/superres/tfjs/tfjs_weights.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace vitrine::superres
{

// The numbers of one convolution, as core/tensor/kernels/convolution.h takes them.
struct TfjsKernel {
    std::vector<float> weights; // [channels, inChannels, height, width]
    std::vector<float> bias;    // [channels], or none
};

// A network in the layers format of TensorFlow.js: model.json (the topology of a functional Keras
// model and the list of its weights) and shards of weights beside it.
struct TfjsModel {
    TfjsTopology topology;
    std::vector<TfjsKernel> kernels; // one for each layer; empty for those without weights
    std::vector<std::filesystem::path> files;

    std::int64_t parameters() const;
};

// Reads FOLDER/model.json. Each convolution has the weights "<layer>/kernel" [height, width, in,
// out] and, where it uses one, "<layer>/bias" [out]: missing, surplus and misshapen ones are input
// errors, as all that parseTfjsTopology and readTfjsTensors refuse.
Result<TfjsModel> readTfjsModel(const std::filesystem::path& folder);

// The same of a text and of shards wherever they are; `files` stays empty.
Result<TfjsModel> parseTfjsModel(std::string_view json, const std::string& name,
                                 const ReadShard& shards);

} // namespace vitrine::superres
