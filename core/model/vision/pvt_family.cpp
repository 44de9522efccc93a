#include "core/model/network/pvt_network.h"
#include "core/model/vision/vision_family.h"

#include <fmt/ranges.h>

namespace vitrine::model
{
namespace
{

bool knowsPvt(const TensorShapes& shapes)
{
    return shapes.has("patch_embed1.proj.weight") && shapes.has("block1.0.attn.q.weight");
}

Result<void> checkPvtConfig(const VisionConfig& config, const PvtSizes& sizes)
{
    VITRINE_CHECK(samePooling(config, "avg"));
    if (config.qkvBias == false)
        return inputError("\"qkv_bias\" is false in config.json, which is not supported for PVTv2");
    VITRINE_CHECK(sameSizes("blocks of stages", config.depths, sizes.depths));
    if (!config.heads.empty() && config.heads.size() != sizes.widths.size())
        return inputError("config.json has the heads of {} stages, the tensors have {} stages",
                          config.heads.size(), sizes.widths.size());
    for (std::size_t stage = 0; stage < config.strides.size(); ++stage)
        if (config.strides[stage] != (stage == 0 ? 4 : 2))
            return inputError("config.json has \"strides\" of {}; 4 and then 2 are supported",
                              fmt::join(config.strides, ", "));
    return {};
}

Result<Network> describePvt(const TensorShapes& shapes, const VisionConfig& config,
                            std::vector<std::string>& notes)
{
    VITRINE_CHECK(sameActivation(config, {"gelu"}));
    PvtSizes sizes;
    sizes.widths.clear(), sizes.depths.clear(), sizes.heads.clear();
    sizes.reductions.clear(), sizes.ratios.clear();
    while (shapes.has(fmt::format("patch_embed{}.proj.weight", sizes.widths.size() + 1))) {
        const std::size_t stage = sizes.widths.size() + 1;
        const std::int64_t width = shapes.size(fmt::format("patch_embed{}.proj.weight", stage), 0);
        sizes.widths.push_back(width);
        sizes.depths.push_back(shapes.count(fmt::format("block{}.{{}}.norm1.weight", stage)));
        sizes.reductions.push_back(std::max<std::int64_t>(
            1, shapes.size(fmt::format("block{}.0.attn.sr.weight", stage), 2)));
        const std::int64_t hidden = shapes.size(fmt::format("block{}.0.mlp.fc1.weight", stage), 0);
        if (width < 1 || sizes.depths.back() < 1 || hidden < 1 || hidden % width != 0)
            return inputError("the shapes of stage {} are not those of a PVTv2", stage);
        sizes.ratios.push_back(hidden / width);
    }
    sizes.channels = shapes.size("patch_embed1.proj.weight", 1);
    sizes.classes = shapes.size("head.weight", 0);
    sizes.side = config.side.value_or(224);
    if (!config.side)
        notes.push_back("Pictures of 224 x 224 are assumed.");
    if (sizes.channels < 1 || sizes.classes < 1)
        return inputError("the shapes of its tensors are not those of a PVTv2 with a head");
    VITRINE_CHECK(checkPvtConfig(config, sizes));
    if (!config.side)
        notes.push_back("Pictures of 224 x 224 are assumed.");
    sizes.epsilon = normEpsilon(config, 1e-6, notes);
    // timm gives its epsilon to the blocks alone, transformers to all.
    sizes.embeddingEpsilon = config.modelType.empty() ? 1e-5f : sizes.epsilon;
    if (!config.heads.empty())
        sizes.heads = config.heads;
    else
        for (const std::int64_t width : sizes.widths) // one head in the first stage
            sizes.heads.push_back(std::max<std::int64_t>(1, width / sizes.widths[0]));
    if (config.heads.empty())
        notes.push_back("One head in the first stage is assumed, and as many channels for a head "
                        "behind it, as in every published PVTv2.");
    std::int64_t side = sizes.side;
    for (std::size_t stage = 0; stage < sizes.widths.size(); ++stage) {
        side /= stage == 0 ? 4 : 2;
        if (sizes.heads[stage] < 1 || sizes.widths[stage] % sizes.heads[stage] != 0)
            return inputError("stage {} has {} channels, which {} heads cannot share", stage + 1,
                              sizes.widths[stage], sizes.heads[stage]);
        if (side % sizes.reductions[stage] != 0 || sizes.side % 32 != 0)
            return inputError("pictures of {0} x {0} are not supported: a multiple of 32 is "
                              "expected whose maps the reductions tile",
                              sizes.side);
    }
    VITRINE_CHECK(sameSize("classes", config.classes, sizes.classes));
    return pvtNetwork(sizes);
}

const Registry<VisionFamily>::Adds kAddsPvtFamily(40, [] {
    return VisionFamily{
        .name = "PVTv2",
        .wrappers = {"pvt_v2."},
        .rules =
            {// newer timm
             {"patch_embed.*", "patch_embed1.*"},
             {"stages.{}.downsample.*", "patch_embed{+}.*"},
             {"stages.{}.blocks.{}.mlp.dwconv.weight", "block{+}.{}.mlp.dwconv.dwconv.weight"},
             {"stages.{}.blocks.{}.mlp.dwconv.bias", "block{+}.{}.mlp.dwconv.dwconv.bias"},
             {"stages.{}.blocks.{}.*", "block{+}.{}.*"},
             {"stages.{}.norm.*", "norm{+}.*"},
             // transformers
             {"encoder.layers.{}.patch_embedding.proj.*", "patch_embed{+}.proj.*"},
             {"encoder.layers.{}.patch_embedding.layer_norm.*", "patch_embed{+}.norm.*"},
             {"encoder.layers.{}.blocks.{}.layer_norm_1.*", "block{+}.{}.norm1.*"},
             {"encoder.layers.{}.blocks.{}.layer_norm_2.*", "block{+}.{}.norm2.*"},
             {"encoder.layers.{}.blocks.{}.attention.query.*", "block{+}.{}.attn.q.*"},
             {"encoder.layers.{}.blocks.{}.attention.key.*", "block{+}.{}.attn.kv.*", 0, 2},
             {"encoder.layers.{}.blocks.{}.attention.value.*", "block{+}.{}.attn.kv.*", 1, 2},
             {"encoder.layers.{}.blocks.{}.attention.proj.*", "block{+}.{}.attn.proj.*"},
             {"encoder.layers.{}.blocks.{}.attention.spatial_reduction.*", "block{+}.{}.attn.sr.*"},
             {"encoder.layers.{}.blocks.{}.attention.layer_norm.*", "block{+}.{}.attn.norm.*"},
             {"encoder.layers.{}.blocks.{}.mlp.dense1.*", "block{+}.{}.mlp.fc1.*"},
             {"encoder.layers.{}.blocks.{}.mlp.dense2.*", "block{+}.{}.mlp.fc2.*"},
             {"encoder.layers.{}.blocks.{}.mlp.dwconv.dwconv.*", "block{+}.{}.mlp.dwconv.dwconv.*"},
             {"encoder.layers.{}.layer_norm.*", "norm{+}.*"},
             {"classifier.*", "head.*"}},
        .knows = knowsPvt,
        .describe = describePvt,
        .preprocessing = {.crop = 0.9}};
});

} // namespace
} // namespace vitrine::model
