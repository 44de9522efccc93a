#pragma once

#include "core/model/network/efficient_vit_network.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/vision/vision_method.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace vitrine::tests
{

inline const model::EfficientVitSizes kSmallSizes{.widths = {8, 8, 12, 16, 32},
                                                  .depths = {1, 1, 2, 1, 2},
                                                  .headWidth = 24,
                                                  .classifierWidth = 20,
                                                  .side = 16,
                                                  .channels = 1,
                                                  .classes = 5,
                                                  .strides = {1, 1, 2, 2, 1}};
inline constexpr const char* kSmallConfig = R"({"family": "efficientvit_b", "architecture": "small",
    "widths": [8, 8, 12, 16, 32], "depths": [1, 1, 2, 1, 2], "strides": [1, 1, 2, 2, 1],
    "head_widths": [24, 20], "head_dim": 16, "expand_ratio": 4, "img_size": 16, "in_chans": 1,
    "num_classes": 5, "mean": [0.5], "std": [0.25]})";

// A random EfficientViT on disk, and training pictures.
class RandomEfficientVit
{
public:
    RandomEfficientVit()
    {
        RandomVision random(model::efficientVitNetwork(kSmallSizes));
        for (auto& [name, tensor] : random.tensors) // so that residuals do not grow without end
            if (tensor.shape.size() == 4)
                for (float& value : tensor.values)
                    value *= 0.5f;
        random.write(folder_.path, kSmallConfig);
        checkpoint_ = model::openVisionCheckpoint(folder_.path).value();
        for (std::uint64_t seed = 1; seed <= 4; ++seed)
            pictures_.push_back(randomPicture(16, 1, seed));
    }
    // All tricks where none is named; "none": none.
    Result<quant::CodedVision> quantized(const char* method,
                                         quant::VisionQuantSettings settings = {},
                                         const std::vector<std::string>& without = {},
                                         const std::vector<std::string>& also = {}) const
    {
        const quant::VisionMethod found = quant::findVisionMethod(method).value();
        if (settings.tricks.empty())
            for (const quant::VisionTrick& trick : found.tricks)
                if (!trick.isOptional)
                    settings.tricks.insert(trick.name);
        for (const std::string& name : without)
            settings.tricks.erase(name);
        settings.tricks.insert(also.begin(), also.end());
        return found.quantize({checkpoint_, pictures_, std::move(settings)});
    }
    std::shared_ptr<const quant::CodedVision> coded(const char* method,
                                                    quant::VisionQuantSettings settings = {},
                                                    const std::vector<std::string>& without = {},
                                                    const std::vector<std::string>& also = {}) const
    {
        auto made = quantized(method, std::move(settings), without, also);
        if (!made)
            throw std::runtime_error(made.error().message);
        return std::make_shared<const quant::CodedVision>(std::move(*made));
    }
    // One that it was not calibrated on.
    std::vector<float> unseen(std::uint64_t seed) const { return randomPicture(16, 1, 100 + seed); }
    // Every layer's values in the original.
    std::map<std::size_t, std::vector<float>> original(const std::vector<float>& picture) const
    {
        std::map<std::size_t, std::vector<float>> values;
        EXPECT_TRUE(model::VisionModel::open(checkpoint_)
                        ->run(picture, {.observe = [&](const model::LayerOutput& output) {
                                  values[output.layer].assign(output.values.begin(),
                                                              output.values.end());
                              }}));
        return values;
    }
    const model::Network& network() const { return checkpoint_->network(); }

private:
    TemporaryFolder folder_;
    std::shared_ptr<const model::VisionCheckpoint> checkpoint_;
    std::vector<std::vector<float>> pictures_;
};

} // namespace vitrine::tests
