#pragma once

#include "core/model/network/vit_network.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/vision/mixed_layers.h"
#include "core/quant/vision/vision_method.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <memory>
#include <string>
#include <vector>

// A random ViT on disk that is small enough to be quantised many times, and training pictures.
namespace vitrine::tests
{

class SmallVit
{
public:
    explicit SmallVit(std::int64_t depth = 1, std::size_t count = 6)
    {
        const model::VitSizes sizes{.width = 32,
                                    .depth = depth,
                                    .heads = 2,
                                    .mlp = 64,
                                    .patch = 4,
                                    .side = 16,
                                    .channels = 1,
                                    .classes = 5};
        const RandomVision random(model::vitNetwork(sizes));
        random.write(folder_.path,
                     R"({"architecture": "vit", "num_heads": 2, "mean": [0.5], "std": [0.25]})");
        checkpoint = model::openVisionCheckpoint(folder_.path).value();
        for (std::uint64_t seed = 1; seed <= count; ++seed)
            pictures.push_back(randomPicture(sizes.side, 1, seed));
    }

    // With all tricks of the method.
    quant::VisionQuantTask task(const char* method, quant::VisionQuantSettings settings = {}) const
    {
        const quant::VisionMethod found = quant::findVisionMethod(method).value();
        for (const quant::VisionTrick& trick : found.tricks)
            if (!trick.isOptional)
                settings.tricks.insert(trick.name);
        return {checkpoint, pictures, std::move(settings)};
    }
    quant::MixedNetwork mixed() const
    {
        return quant::mixedNetwork(model::layerTable(checkpoint->network()));
    }
    std::vector<std::vector<float>> originalLogits() const
    {
        const auto opened = model::VisionModel::open(checkpoint).value();
        std::vector<std::vector<float>> logits;
        for (const auto& picture : pictures)
            logits.push_back(opened.run(picture).value());
        return logits;
    }

    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    std::vector<std::vector<float>> pictures;

private:
    TemporaryFolder folder_;
};

} // namespace vitrine::tests
