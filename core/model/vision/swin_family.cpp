#include "core/model/network/swin_network.h"
#include "core/model/vision/vision_family.h"

#include <cmath>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

// timm moved the merging of patches from the end of a stage to the beginning of the next.
bool knowsSwin(const TensorShapes& shapes)
{
    return shapes.has("layers.0.blocks.0.attn.relative_position_bias_table") &&
           shapes.has("layers.0.downsample.reduction.weight");
}

Result<Network> describeSwin(const TensorShapes& shapes, const VisionConfig& config,
                             std::vector<std::string>& notes)
{
    VITRINE_CHECK(sameActivation(config, {"gelu"}));
    if (shapes.has("layers.0.blocks.0.attn.logit_scale"))
        return inputError("it is a Swin V2 (\"logit_scale\"), which is not supported");
    SwinSizes sizes;
    sizes.depths.clear(), sizes.heads.clear();
    while (shapes.has(fmt::format("layers.{}.blocks.0.norm1.weight", sizes.depths.size()))) {
        const std::size_t stage = sizes.depths.size();
        sizes.heads.push_back(shapes.size(
            fmt::format("layers.{}.blocks.0.attn.relative_position_bias_table", stage), 1));
        sizes.depths.push_back(
            shapes.count(fmt::format("layers.{}.blocks.{{}}.norm1.weight", stage)));
    }
    sizes.width = shapes.size("patch_embed.proj.weight", 0);
    sizes.channels = shapes.size("patch_embed.proj.weight", 1);
    sizes.patch = shapes.size("patch_embed.proj.weight", 2);
    sizes.classes = shapes.size("head.weight", 0);
    const std::int64_t places =
        shapes.size("layers.0.blocks.0.attn.relative_position_bias_table", 0);
    const auto reach =
        static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(places))));
    sizes.window = (reach + 1) / 2;
    sizes.side = config.side.value_or(32 * sizes.window);
    sizes.epsilon = normEpsilon(config, 1e-5, notes);
    // transformers gives its epsilon to the blocks and the last one alone.
    sizes.mergeEpsilon = config.modelType.empty() ? sizes.epsilon : 1e-5f;
    if (!config.side)
        notes.push_back(fmt::format("Pictures of {0} x {0} are assumed.", sizes.side));
    if (sizes.width < 1 || sizes.patch < 1 || sizes.channels < 1 || sizes.classes < 1 ||
        reach * reach != places || reach % 2 == 0)
        return inputError("the shapes of its tensors are not those of a Swin with a head");
    std::int64_t side = sizes.side / sizes.patch, width = sizes.width;
    for (std::size_t stage = 0; stage < sizes.depths.size(); ++stage, side /= 2, width *= 2) {
        if (side % sizes.window != 0 || (stage + 1 < sizes.depths.size() && side % 2 != 0))
            return inputError("pictures of {0} x {0} in patches of {1} give maps of {2} x {2} in "
                              "stage {3}, which windows of {4} x {4} do not tile",
                              sizes.side, sizes.patch, side, stage + 1, sizes.window);
        if (sizes.heads[stage] < 1 || width % sizes.heads[stage] != 0)
            return inputError("stage {} has {} channels, which {} heads cannot share", stage + 1,
                              width, sizes.heads[stage]);
    }
    VITRINE_CHECK(samePooling(config, "avg"));
    if (config.qkvBias == false)
        return inputError("\"qkv_bias\" is false in config.json, which is not supported for Swin");
    VITRINE_CHECK(sameSizes("blocks of stages", config.depths, sizes.depths));
    VITRINE_CHECK(sameSizes("heads of stages", config.heads, sizes.heads));
    VITRINE_CHECK(sameSize("pixels of a patch's side", config.patch, sizes.patch));
    VITRINE_CHECK(sameSize("of a window's side", config.window, sizes.window));
    VITRINE_CHECK(sameSize("classes", config.classes, sizes.classes));
    return swinNetwork(sizes);
}

VisionFamily swinFamily(std::vector<TensorRule> first)
{
    const std::vector<TensorRule> rules = {
        {"embeddings.patch_embeddings.projection.*", "patch_embed.proj.*"},
        {"embeddings.norm.*", "patch_embed.norm.*"},
        {"encoder.layers.{}.blocks.{}.layernorm_before.*", "layers.{}.blocks.{}.norm1.*"},
        {"encoder.layers.{}.blocks.{}.layernorm_after.*", "layers.{}.blocks.{}.norm2.*"},
        {"encoder.layers.{}.blocks.{}.attention.self.query.*", "layers.{}.blocks.{}.attn.qkv.*", 0,
         3},
        {"encoder.layers.{}.blocks.{}.attention.self.key.*", "layers.{}.blocks.{}.attn.qkv.*", 1,
         3},
        {"encoder.layers.{}.blocks.{}.attention.self.value.*", "layers.{}.blocks.{}.attn.qkv.*", 2,
         3},
        {"encoder.layers.{}.blocks.{}.attention.self.*", "layers.{}.blocks.{}.attn.*"},
        {"encoder.layers.{}.blocks.{}.attention.output.dense.*", "layers.{}.blocks.{}.attn.proj.*"},
        {"encoder.layers.{}.blocks.{}.intermediate.dense.*", "layers.{}.blocks.{}.mlp.fc1.*"},
        {"encoder.layers.{}.blocks.{}.output.dense.*", "layers.{}.blocks.{}.mlp.fc2.*"},
        {"encoder.layers.{}.downsample.*", "layers.{}.downsample.*"},
        {"layernorm.*", "norm.*"},
        {"classifier.*", "head.*"},
        {"head.fc.*", "head.*"}};
    first.insert(first.end(), rules.begin(), rules.end());
    return {.name = "Swin",
            .wrappers = {"swin."},
            .rules = std::move(first),
            .knows = knowsSwin,
            .describe = describeSwin,
            .preprocessing = {.crop = 0.9}};
}

const Registry<VisionFamily>::Adds kAddsSwinFamily(20, [] { return swinFamily({}); });
const Registry<VisionFamily>::Adds kAddsNewerSwinFamily(21, [] {
    return swinFamily({{"layers.{}.downsample.*", "layers.{-}.downsample.*"}});
});

} // namespace
} // namespace vitrine::model
