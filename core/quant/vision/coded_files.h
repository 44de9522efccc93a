#pragma once

#include "core/base/result.h"
#include "core/quant/vision/vision_codes.h"

#include <filesystem>
#include <string>

// A vision transformer in codes on disk, complete in itself: a folder with
//   model.safetensors  LAYER.weight (int8 codes [outputs, inputs]), LAYER.weight_scale,
//                      LAYER.bias (in units of input times weight scale), LAYER.rescale.*,
//                      LAYER.norm_weight, LAYER.migration ..: the numbers of each layer
//   config.json        {"format": "vitrine-vision-codes", "version": 1, "method": ..,
//                      "family": .., "name": .., "tensors": {name: shape} of the original,
//                      "model" and "preprocessor": its config files, "input": .., "layers": [..]}
// Numbers of floating point are kept to the last bit, so what is read gives the same codes.
namespace vitrine::quant
{

// Input error where the network or its preparation of pictures could not be read back the same:
// what was written is read again before this is done. And where another model lies in the folder;
// codes are written over. `method` is a name ("p2vit").
Result<void> writeCodedVision(const CodedVision& coded, const std::string& method,
                              const std::filesystem::path& folder);

// Whether a folder says that it is one.
bool holdsCodedVision(const std::filesystem::path& folder);

// Input error, by layer and key, for whatever is missing, of another type or size, or out of
// range; for another format or version; for tensors that are not expected. The result's checkpoint
// has the network, the labels and the preparation of pictures, but no numbers: asked for one it
// says that it holds codes.
Result<CodedVision> openCodedVision(const std::filesystem::path& folder);

} // namespace vitrine::quant
