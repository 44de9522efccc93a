#pragma once

#include "core/learning/nets/codec/vnw_parts.h"

#include <torch/torch.h>

#include <string>
#include <utility>
#include <vector>

namespace vitrine::learning::codec
{

// One trained network of the codec, as README.md beside this header writes it into a .vnw file.
struct Weights {
    std::string kind;                                           // ctvc-intra or ctvc-inter
    std::vector<std::pair<std::string, torch::Tensor>> tensors; // F32 here, F16 in the file
    std::vector<Table> gaussians;
    std::vector<HyperCode> hyperpriors; // intra: one; inter: motion, residual
};

// At most 3 MiB, whole or not at all. Throws std::runtime_error.
void writeWeights(const std::string& path, const Weights& weights);

// Throws std::runtime_error with path and reason: not a .vnw file, another version, length, hash or
// kind, a table whose sum is not 65536 or a value outside its range.
Weights readWeights(const std::string& path, const std::string& kind);

} // namespace vitrine::learning::codec
