#pragma once

#include <cassert>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/attention/capture.h"
#include "core/attention/scores.h"
#include "core/tensor/safetensors.h"

namespace vitrine::attention
{

// A capture file as read: small tensors copied, queries, keys and maps left in the mapped file.
struct CaptureData {
    struct Head {
        TensorView q, k, map; // either q and k, or map
        std::vector<double> lse;
        std::optional<KeptEdit> edit;
    };

    std::optional<Safetensors> file;
    HeadScores scores;
    std::int64_t heads = 0, side = 0;
    std::string model;
    std::vector<int> layerIds;
    std::vector<std::string> texts;
    std::vector<std::int64_t> ids;
    std::vector<float> columnScore, thumbnail;
    std::vector<double> firstTokenMass, entropy, distance;
    std::vector<std::int32_t> columnRows;
    std::map<std::pair<std::int64_t, std::int64_t>, Head> kept; // by layer index and head
    std::map<std::pair<std::int64_t, std::int64_t>, KeptEdit>
        edits; // by layer and head: beta, receivers

    std::int64_t layers() const { return static_cast<std::int64_t>(layerIds.size()); }
    std::size_t index(std::int64_t layer, std::int64_t head) const
    {
        assert(layer >= 0 && layer < layers() && head >= 0 && head < heads);
        return static_cast<std::size_t>(layer * heads + head);
    }
};

struct Capture::Private : CaptureData {
};

} // namespace vitrine::attention
