#pragma once

#include "core/model/checkpoint/checkpoint.h"
#include "core/model/network/network.h"
#include "core/model/vision/preprocessing.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::model
{

// A vision transformer on disk: its network, and its tensors under the names of the network.
class VisionCheckpoint : public Checkpoint
{
public:
    virtual const std::string& family() const = 0; // "ViT", "Swin", "EfficientViT", "PVTv2"
    virtual const Network& network() const = 0;
    virtual const Preprocessing& preprocessing() const = 0;
    virtual const std::vector<std::string>& labels() const = 0; // of the classes; empty: not said
};

// A folder with config.json and model.safetensors (or shards), of timm, of transformers or our own,
// or a safetensors file alone. What the shapes of tensors say is believed, and config.json must
// agree. Input error for a network that is not known, and for a tensor that is missing, has another
// shape or is not part of the network: by name, nothing is ever filled in.
Result<std::shared_ptr<const VisionCheckpoint>>
openVisionCheckpoint(const std::filesystem::path& path);

// Whether a folder or file holds tensors that some family knows: a look at its names, not at all it
// needs.
bool looksLikeVision(const std::filesystem::path& path);

} // namespace vitrine::model
