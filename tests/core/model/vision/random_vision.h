#pragma once

#include "core/base/random.h"
#include "core/model/network/network.h"
#include "core/tensor/safetensors.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace vitrine::tests
{

// The tensors of a vision transformer in memory, with random values that keep attention peaked and
// variances positive.
struct RandomVision {
    struct Tensor {
        std::vector<std::int64_t> shape;
        std::vector<float> values;
    };
    std::map<std::string, Tensor> tensors;

    explicit RandomVision(const model::Network& network, std::uint64_t seed = 1)
    {
        Random random(seed);
        for (const auto& [name, shape, use] : model::tensorsOf(network)) {
            if (use == model::TensorUse::unused)
                continue;
            Tensor& tensor = tensors[name];
            tensor.shape = shape;
            const auto count = *elementCount(shape);
            const double scale = shape.size() < 2 ? 0.3 : 2.0 / std::sqrt(fanIn(shape));
            for (std::int64_t i = 0; i < count; ++i)
                tensor.values.push_back(static_cast<float>(scale * random.normal()));
            const bool isNorm = shape.size() == 1 && name.ends_with(".weight");
            for (float& value : tensor.values)
                value = name.ends_with("running_var") ? 0.5f + std::abs(value)
                        : isNorm                      ? 1 + value
                                                      : value;
        }
    }

    const std::vector<float>& operator[](const std::string& name) const
    {
        return tensors.at(name).values;
    }

    // As model.safetensors with a config.json in a folder. `rename` gives the name in the file;
    // empty: the tensor is left out.
    void write(const std::filesystem::path& folder, const std::string& config,
               const std::function<std::string(const std::string&)>& rename = {}) const
    {
        std::vector<NamedTensor> all;
        for (const auto& [name, tensor] : tensors) {
            const std::string stored = rename ? rename(name) : name;
            if (!stored.empty())
                all.push_back(
                    {stored, {DType::f32, tensor.shape, std::as_bytes(std::span(tensor.values))}});
        }
        if (const auto done = writeSafetensors(folder / "model.safetensors", std::move(all)); !done)
            throw std::runtime_error(done.error().message);
        if (!config.empty())
            std::ofstream(folder / "config.json") << config;
    }

private:
    static double fanIn(const std::vector<std::int64_t>& shape)
    {
        double product = 1;
        for (std::size_t i = 1; i < shape.size(); ++i)
            product *= static_cast<double>(shape[i]);
        return product;
    }
};

inline std::vector<float> randomPicture(std::int64_t side, std::int64_t channels,
                                        std::uint64_t seed = 5)
{
    Random random(seed);
    std::vector<float> values;
    for (std::int64_t i = 0; i < side * side * channels; ++i)
        values.push_back(static_cast<float>(random.normal()));
    return values;
}

} // namespace vitrine::tests
