#pragma once

#include "core/base/random.h"
#include "core/model/network/efficient_vit_network.h"
#include "core/model/network/vit_network.h"
#include "tests/core/model/vision/random_vision.h"

#include <filesystem>
#include <fstream>
#include <string>

// A classifier and labelled pictures that are small enough for a test of an experiment.
namespace vitrine::tests
{

inline constexpr std::int64_t kPictures = 150, kSide = 8, kClasses = 3;

// A small network with random weights, another for another seed.
inline void writeSmallModel(const std::filesystem::path& folder, std::uint64_t seed)
{
    std::filesystem::create_directories(folder);
    const model::VitSizes sizes{.width = 64,
                                .depth = 1,
                                .heads = 1,
                                .mlp = 64,
                                .patch = 4,
                                .side = kSide,
                                .channels = 1,
                                .classes = kClasses};
    RandomVision weights(model::vitNetwork(sizes), seed);
    weights.write(folder,
                  R"({"img_size": 8, "in_chans": 1, "num_heads": 1, "mean": [0.5], "std": [0.5],
                              "crop_pct": 1.0, "interpolation": "bicubic"})");
}

// An EfficientViT for the same pictures.
inline void writeSmallEfficientVit(const std::filesystem::path& folder, std::uint64_t seed)
{
    std::filesystem::create_directories(folder);
    const model::EfficientVitSizes sizes{.widths = {8, 8, 8, 16, 16},
                                         .depths = {1, 1, 1, 1, 1},
                                         .headWidth = 16,
                                         .classifierWidth = 16,
                                         .side = kSide,
                                         .channels = 1,
                                         .classes = kClasses,
                                         .strides = {1, 1, 2, 2, 1}};
    RandomVision weights(model::efficientVitNetwork(sizes), seed);
    for (auto& [name, tensor] : weights.tensors) // so that residuals do not grow without end
        if (tensor.shape.size() == 4)
            for (float& value : tensor.values)
                value *= 0.5f;
    weights.write(folder, R"({"family": "efficientvit_b", "architecture": "small", "img_size": 8,
        "in_chans": 1, "num_classes": 3, "widths": [8, 8, 8, 16, 16], "depths": [1, 1, 1, 1, 1],
        "strides": [1, 1, 2, 2, 1], "head_widths": [16, 16], "head_dim": 16, "expand_ratio": 4,
        "mean": [0.5], "std": [0.5], "crop_pct": 1.0, "interpolation": "bicubic"})");
}

// Pictures of noise and their labels, as MNIST has them; `prefix` is "t10k" or "train".
inline void writeIdx(const std::filesystem::path& folder, const std::string& prefix = "t10k",
                     std::uint64_t seed = 3)
{
    const auto head = [](std::ofstream& out, std::initializer_list<std::int64_t> sizes) {
        out << std::string("\0\0\x08", 3) << static_cast<char>(sizes.size());
        for (const std::int64_t size : sizes)
            for (const int shift : {24, 16, 8, 0})
                out << static_cast<char>(size >> shift & 0xff);
    };
    Random random(seed);
    std::ofstream pictures(folder / (prefix + "-images-idx3-ubyte"), std::ios::binary),
        labels(folder / (prefix + "-labels-idx1-ubyte"), std::ios::binary);
    head(pictures, {kPictures, kSide, kSide});
    head(labels, {kPictures});
    for (std::int64_t i = 0; i < kPictures; ++i) {
        labels << static_cast<char>(i % kClasses);
        for (std::int64_t pixel = 0; pixel < kSide * kSide; ++pixel)
            pictures << static_cast<char>(random.below(256));
    }
}

} // namespace vitrine::tests
