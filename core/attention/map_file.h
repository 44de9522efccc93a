#pragma once

#include "core/base/result.h"
#include "core/tensor/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::attention
{

// Causal attention maps that another program captured: a safetensors file with `attention`
// [L, H, T, T] or [H, T, T], floating point. Untrusted.
class MapFile
{
public:
    static Result<MapFile> open(const std::filesystem::path& path);

    const Safetensors& file() const { return file_; }
    const std::string& name() const { return name_; }
    bool hasLayers() const { return hasLayers_; } // the tensor has an axis of layers
    std::int64_t layers() const { return layers_; }
    std::int64_t heads() const { return heads_; }
    std::int64_t tokens() const { return tokens_; }

    // One head's map, [T * T], NaN above the diagonal made 0. Input error where a weight is not
    // within 0 to 1 or stands above the diagonal; the first `padding` rows are not looked at.
    Result<std::vector<float>> map(std::int64_t layer, std::int64_t head,
                                   std::int64_t padding = 0) const;

private:
    MapFile(Safetensors file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

    Safetensors file_;
    std::string name_;
    TensorView view_ = {};
    std::int64_t layers_ = 1, heads_ = 0, tokens_ = 0;
    bool hasLayers_ = false;
};

// Rows whose weights do not sum to 1 within 0.001.
std::int64_t unevenRows(const std::vector<float>& map, std::int64_t tokens,
                        std::int64_t padding = 0);

} // namespace vitrine::attention
