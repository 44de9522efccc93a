#pragma once

#include "core/learning/nets/training/tensor_file.h"

#include <torch/torch.h>

#include <string>
#include <utility>
#include <vector>

namespace vitrine::learning
{

// Parameters and floating buffers of a module with their names: what an exported model holds. The
// tensors are the module's own, not copies.
std::vector<std::pair<std::string, torch::Tensor>> namedTensors(torch::nn::Module& module);

// Copies `prefix` + name of the file into each of them. Throws std::runtime_error that names
// `where` and the first tensor that is missing or has another shape.
void fillTensors(torch::nn::Module& module, const TensorFile& file, const std::string& prefix,
                 const std::string& where);

} // namespace vitrine::learning
