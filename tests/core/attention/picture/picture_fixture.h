#pragma once

#include "core/attention/picture/picture_capture.h"
#include "core/model/network/efficient_vit_network.h"
#include "core/model/network/pvt_network.h"
#include "core/model/network/vit_network.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_vision.h"

#include <memory>
#include <stdexcept>
#include <string>

// Small vision transformers of every family, with random weights.
namespace vitrine::tests
{

struct SmallVision {
    TemporaryFolder folder;
    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    std::unique_ptr<model::VisionModel> model;
    std::vector<float> picture;
    std::int64_t side = 0;

    SmallVision(const model::Network& network, std::int64_t size, const std::string& config)
        : picture(randomPicture(size, 3)), side(size)
    {
        RandomVision(network).write(folder.path, config);
        auto opened = model::openVisionCheckpoint(folder.path);
        if (!opened)
            throw std::runtime_error(opened.error().message);
        checkpoint = *opened;
        auto runs = model::VisionModel::open(checkpoint);
        if (!runs)
            throw std::runtime_error(runs.error().message);
        model = std::make_unique<model::VisionModel>(std::move(*runs));
    }

    // Output of the layer of that name.
    std::vector<float> output(const std::string& name) const
    {
        std::vector<float> values;
        const auto observe = [&](const model::LayerOutput& output) {
            if (model->network().layers[output.layer].shape.name == name)
                values.assign(output.values.begin(), output.values.end());
        };
        if (!model->run(picture, {.observe = observe}))
            throw std::runtime_error("the pass failed");
        return values;
    }
};

inline SmallVision smallDino() // a class token, two registers, 4 x 4 patches
{
    return {model::vitNetwork({.width = 24,
                               .depth = 3,
                               .heads = 3,
                               .mlp = 32,
                               .patch = 8,
                               .side = 32,
                               .classes = 0,
                               .registers = 2,
                               .scaledBranches = true}),
            32, R"({"model_type": "dinov2_with_registers", "num_attention_heads": 3})"};
}

inline SmallVision smallTaylor() // ViTALiTy's attention; a class token, 4 x 4 patches
{
    return {
        model::vitNetwork(
            {.width = 24, .depth = 2, .heads = 3, .mlp = 32, .patch = 8, .side = 32, .classes = 4}),
        32, R"({"num_heads": 3, "norm_eps": 1e-6, "attention": "taylor"})"};
}

inline SmallVision smallSwin() // windows of 4 x 4 on maps of 16 x 16 and 8 x 8
{
    return {model::swinNetwork(kSmallSwin), 32, R"({"architecture": "swin", "img_size": 32})"};
}

inline SmallVision smallPvt() // keys on a coarser grid than queries
{
    return {model::pvtNetwork({.widths = {8, 16, 24, 32},
                               .depths = {1, 1, 1, 1},
                               .heads = {1, 2, 3, 4},
                               .reductions = {4, 2, 2, 1},
                               .ratios = {4, 4, 2, 2},
                               .side = 64,
                               .classes = 6}),
            64, R"({"image_size": 64})"};
}

inline SmallVision smallEfficientVit() // linear attention
{
    model::EfficientVitSizes sizes{{4, 8, 16, 16, 32}, {1, 1, 1, 1, 1}, 32, 48, 8, 4, 64};
    sizes.classes = 6;
    return {model::efficientVitNetwork(sizes), 64,
            R"({"architecture": "efficientvit_b0", "head_dim": 8, "img_size": 64})"};
}

} // namespace vitrine::tests
