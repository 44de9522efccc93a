#pragma once

#include "core/learning/nets/codec/byte_stream.h"
#include "core/learning/nets/codec/vnw.h"

#include <torch/torch.h>

#include <string>
#include <utility>

// The parts of a .vnw file, as README.md lists them. What is taken is checked: sizes against what
// is left, values against their ranges; std::runtime_error says what is wrong.
namespace vitrine::learning::codec
{

void putTensor(ByteSink& to, const std::string& name, const torch::Tensor& tensor);
std::pair<std::string, torch::Tensor> takeTensor(ByteSource& from);

void putTable(ByteSink& to, const Table& table);
Table takeTable(ByteSource& from);

void putHyper(ByteSink& to, const HyperCode& hyper);
HyperCode takeHyper(ByteSource& from);

} // namespace vitrine::learning::codec
