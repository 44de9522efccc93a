#pragma once

#include "core/learning/nets/codec/byte_stream.h"

#include <torch/torch.h>

#include <string>
#include <utility>

namespace vitrine::learning::codec
{

// A named tensor of a .vnw file; checked as vnw_parts.h says.
void putTensor(ByteSink& to, const std::string& name, const torch::Tensor& tensor);
std::pair<std::string, torch::Tensor> takeTensor(ByteSource& from);

} // namespace vitrine::learning::codec
