#include "core/model/network/efficient_vit_network.h"
#include "core/model/vision/vision_family.h"

#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

bool knowsEfficientVit(const TensorShapes& shapes)
{
    return shapes.has("stem.in_conv.conv.weight") && shapes.has("head.in_conv.conv.weight");
}

std::string stageBlock(std::size_t stage, std::int64_t block, const char* rest)
{
    return fmt::format("stages.{}.blocks.{}.{}", stage, block, rest);
}

std::string stagePattern(std::size_t stage)
{
    return fmt::format("stages.{}.blocks.{{}}.main.point_conv.conv.weight", stage);
}

// Widths and depths of the four stages, from the names and shapes of their blocks.
Result<void> readStages(const TensorShapes& shapes, EfficientVitSizes& sizes)
{
    sizes.widths = {shapes.size("stem.in_conv.conv.weight", 0)};
    sizes.depths = {shapes.count("stem.res{}.main.depth_conv.conv.weight")};
    for (std::size_t stage = 0; stage < 4; ++stage) {
        sizes.widths.push_back(shapes.size(stageBlock(stage, 0, "main.point_conv.conv.weight"), 0));
        if (sizes.widths.back() < 1)
            return inputError("it has no stage {}: an EfficientViT-B has four", stage + 1);
        const bool attends =
            shapes.has(stageBlock(stage, 1, "context_module.main.qkv.conv.weight"));
        if (attends != (stage >= 2))
            return inputError("stage {} {}: EfficientViT-B has attention in stages 3 and 4; "
                              "EfficientViT-L is not supported",
                              stage + 1, attends ? "has attention" : "has no attention");
        // Blocks with attention begin at 1.
        std::int64_t blocks = attends ? 0 : shapes.count(stagePattern(stage));
        while (shapes.has(stageBlock(stage, blocks + 1, "context_module.main.qkv.conv.weight")))
            ++blocks;
        sizes.depths.push_back(blocks);
    }
    return {};
}

// timm's own code adds more, and its files say so in no key.
float divisorEpsilon(const VisionConfig& config, std::vector<std::string>& notes)
{
    if (config.divisorEpsilon)
        return static_cast<float>(*config.divisorEpsilon);
    const bool isTimm = config.isTimm || config.architecture.starts_with("efficientvit_b");
    const double epsilon = isTimm ? 1e-5 : 1e-15;
    notes.push_back(fmt::format("Nothing says what the linear attention adds to its divisor "
                                "(\"attn_eps\" in config.json would): {} is assumed, as {} has it.",
                                epsilon, isTimm ? "timm" : "the first release"));
    return static_cast<float>(epsilon);
}

Result<Network> describeEfficientVit(const TensorShapes& shapes, const VisionConfig& config,
                                     std::vector<std::string>& notes)
{
    VITRINE_CHECK(sameActivation(config, {"hard_swish", "hardswish", "hswish"}));
    EfficientVitSizes sizes;
    VITRINE_CHECK(readStages(shapes, sizes));
    sizes.channels = shapes.size("stem.in_conv.conv.weight", 1);
    sizes.headWidth = shapes.size("head.in_conv.conv.weight", 0);
    sizes.classifierWidth = shapes.size("head.classifier.0.weight", 0);
    sizes.classes = shapes.size("head.classifier.4.weight", 0);
    sizes.dim = shapes.size(stageBlock(2, 1, "context_module.main.aggreg.0.1.weight"), 1);
    sizes.expansion = shapes.size("stages.0.blocks.0.main.inverted_conv.conv.weight", 0) /
                      std::max<std::int64_t>(1, sizes.widths[0]);
    if (sizes.channels < 1 || sizes.headWidth < 1 || sizes.classifierWidth < 1 ||
        sizes.classes < 1 || sizes.dim < 1 || sizes.expansion < 1)
        return inputError("the shapes of its tensors are not those of an EfficientViT-B");
    for (std::size_t stage = 3; stage < 5; ++stage)
        if (sizes.widths[stage] % sizes.dim != 0)
            return inputError("stage {} has {} channels, no multiple of its heads' {}", stage,
                              sizes.widths[stage], sizes.dim);
    if (!config.strides.empty() && config.strides.size() != sizes.strides.size())
        return inputError("config.json has {} \"strides\", {} are needed", config.strides.size(),
                          sizes.strides.size());
    if (!config.strides.empty())
        sizes.strides = config.strides;
    for (const std::int64_t stride : sizes.strides)
        if (stride < 1 || stride > 2)
            return inputError("config.json has a stride of {}, 1 and 2 are supported", stride);
    sizes.side = config.side.value_or(224);
    if (!config.side)
        notes.push_back("Pictures of 224 x 224 are assumed.");
    sizes.epsilon = normEpsilon(config, 1e-5, notes);
    sizes.divisorEpsilon = divisorEpsilon(config, notes);
    VITRINE_CHECK(samePooling(config, "avg"));
    VITRINE_CHECK(sameSizes("blocks of stem and stages", config.depths, sizes.depths));
    VITRINE_CHECK(sameSize("classes", config.classes, sizes.classes));
    return efficientVitNetwork(sizes);
}

const Registry<VisionFamily>::Adds kAddsEfficientVitFamily(30, [] {
    return VisionFamily{.name = "EfficientViT",
                        .wrappers = {},
                        .rules = {{"backbone.input_stem.op_list.0.*", "stem.in_conv.*"},
                                  {"backbone.input_stem.op_list.{}.*", "stem.res{-}.*"},
                                  {"backbone.stages.{}.op_list.{}.*", "stages.{}.blocks.{}.*"},
                                  {"head.op_list.0.*", "head.in_conv.*"},
                                  {"head.op_list.2.linear.*", "head.classifier.0.*"},
                                  {"head.op_list.2.norm.*", "head.classifier.1.*"},
                                  {"head.op_list.3.linear.*", "head.classifier.4.*"}},
                        .knows = knowsEfficientVit,
                        .describe = describeEfficientVit,
                        .preprocessing = {.crop = 0.95, .roundsUp = true}};
});

} // namespace
} // namespace vitrine::model
