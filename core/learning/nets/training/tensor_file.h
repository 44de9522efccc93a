#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vitrine::learning
{

// The content of one safetensors file, in the order in which it lies in the file.
// https://huggingface.co/docs/safetensors: u64 little endian header size, JSON header, data.
struct TensorFile {
    std::vector<std::pair<std::string, torch::Tensor>> tensors; // on the CPU, contiguous
    std::map<std::string, std::string> metadata;

    const torch::Tensor* find(const std::string& name) const;
};

enum class Storage { f16, f32 };

// Floating tensors are stored as `storage` says. Written beside `path`, flushed, then renamed over
// it: whatever happens, a complete file has that name. Throws std::runtime_error naming the path.
void writeTensorFile(const std::string& path, const TensorFile& file, Storage storage);

// Reads F32 and F16 tensors, F16 becoming F32. Throws std::runtime_error naming path and reason.
TensorFile readTensorFile(const std::string& path);

// Writes `content` in the same all-or-nothing way.
void writeWhole(const std::string& path, const std::string& content);

} // namespace vitrine::learning
