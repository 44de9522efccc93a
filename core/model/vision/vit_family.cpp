#include "core/model/network/vit_network.h"
#include "core/model/vision/vision_family.h"

#include <cmath>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kUsualHead = 64; // channels of a head in every published ViT

bool knowsVit(const TensorShapes& shapes)
{
    return shapes.has("cls_token") && shapes.has("blocks.0.attn.qkv.weight");
}

Result<std::int64_t> headsOf(const VitSizes& sizes, const VisionConfig& config,
                             std::vector<std::string>& notes)
{
    if (config.heads.size() == 1 && config.heads[0] > 0 && sizes.width % config.heads[0] == 0)
        return config.heads[0];
    if (!config.heads.empty())
        return inputError("config.json says {} heads, which a width of {} cannot be shared among",
                          config.heads[0], sizes.width);
    if (sizes.width % kUsualHead != 0)
        return inputError("nothing says how many heads the model has; \"num_heads\" in config.json "
                          "would");
    notes.push_back(
        fmt::format("Heads of {} channels are assumed, as in every published ViT.", kUsualHead));
    return sizes.width / kUsualHead;
}

// Patches and the tokens before them.
VitSizes prefixOf(const TensorShapes& shapes)
{
    VitSizes sizes;
    sizes.patch = shapes.size("patch_embed.proj.weight", 2);
    sizes.distillationToken = shapes.has("dist_token");
    sizes.registers = shapes.size("reg_token", 1);
    return sizes;
}

// Side of the grid of patches, and the rows of the position embedding that are beside it.
Result<void> readPositions(const TensorShapes& shapes, const VisionConfig& config, VitSizes& sizes)
{
    const std::int64_t rows = shapes.size("pos_embed", 1);
    for (std::int64_t placed = sizes.prefix(); placed >= 0; --placed) {
        const auto grid =
            static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(rows - placed))));
        if (rows <= placed || grid * grid != rows - placed)
            continue;
        if (config.side && *config.side > 0 && *config.side != grid * sizes.patch)
            continue;
        sizes.placedTokens = placed;
        sizes.side = grid * sizes.patch;
        return {};
    }
    if (config.side)
        return inputError("config.json says pictures of {} in patches of {}, which the {} rows of "
                          "\"pos_embed\" are not for",
                          *config.side, sizes.patch, rows);
    return inputError("the {} rows of \"pos_embed\" are no square of patches beside {} tokens",
                      rows, sizes.prefix());
}

// By what the image processor makes of pictures, as transformers' models do it when they run.
Result<std::optional<VisionFamily::Regrid>> regridVit(const TensorShapes& shapes,
                                                      const VisionConfig& config)
{
    constexpr std::int64_t kMostGrid = 512; // patches a side
    const auto positions = shapes.all.find("pos_embed");
    VitSizes sizes = prefixOf(shapes);
    if (!config.processor || config.processor->side == 0 || sizes.patch < 1 ||
        positions == shapes.all.end() || positions->second.size() != 3 || positions->second[0] != 1)
        return std::nullopt;
    VITRINE_CHECK(readPositions(shapes, config, sizes));
    const std::int64_t side = config.processor->side;
    if (side == sizes.side)
        return std::nullopt;
    if (side % sizes.patch != 0 || side / sizes.patch > kMostGrid)
        return inputError("preprocessor_config.json prepares pictures of {0} x {0}, which are no "
                          "whole number of patches of {1}, or more than {2} a side: its positions, "
                          "for {3} x {3}, are not resampled to that",
                          side, sizes.patch, kMostGrid, sizes.side);
    return VisionFamily::Regrid{
        {.placed = sizes.placedTokens,
         .from = sizes.grid(),
         .to = side / sizes.patch,
         .antialiased = config.isTimm || config.modelType == "dinov2_with_registers"},
        side};
}

Result<void> checkSwitches(const VisionConfig& config, const VitSizes& sizes)
{
    if (sizes.classes > 0)
        VITRINE_CHECK(samePooling(config, "token"));
    if (config.qkvBias && *config.qkvBias != sizes.qkvBias)
        return inputError("config.json says \"qkv_bias\": {}, the tensors have {}", *config.qkvBias,
                          sizes.qkvBias ? "biases" : "none");
    if (config.registers && *config.registers != sizes.registers)
        return inputError("config.json says {} register tokens, the tensors have {}",
                          *config.registers, sizes.registers);
    if (config.hasUnplacedTokens && *config.hasUnplacedTokens != (sizes.placedTokens == 0))
        return inputError("config.json says \"no_embed_class\": {}, \"pos_embed\" has {} rows "
                          "beside those of the patches",
                          *config.hasUnplacedTokens, sizes.placedTokens);
    return {};
}

Result<Network> describeVit(const TensorShapes& shapes, const VisionConfig& config,
                            std::vector<std::string>& notes)
{
    VITRINE_CHECK(sameActivation(config, {"gelu", "gelu (exact erf)"}));
    if (config.family == "shiftaddvit")
        return inputError("config.json says the family \"shiftaddvit\", the tensors are those of a "
                          "plain ViT");
    VitSizes sizes = prefixOf(shapes);
    sizes.width = shapes.size("cls_token", 2);
    sizes.depth = shapes.count("blocks.{}.norm1.weight");
    sizes.mlp = shapes.size("blocks.0.mlp.fc1.weight", 0);
    sizes.channels = shapes.size("patch_embed.proj.weight", 1);
    sizes.classes = shapes.size("head.weight", 0);
    sizes.distillationHead = shapes.has("head_dist.weight");
    sizes.qkvBias = shapes.has("blocks.0.attn.qkv.bias");
    sizes.scaledBranches = shapes.has("blocks.0.ls1.gamma");
    sizes.epsilon = normEpsilon(config, 1e-6, notes);
    if (sizes.width < 1 || sizes.depth < 1 || sizes.mlp < 1 || sizes.channels < 1 ||
        sizes.patch < 1)
        return inputError("the shapes of its tensors are not those of a ViT");
    VITRINE_TRY(sizes.heads, headsOf(sizes, config, notes));
    VITRINE_CHECK(readPositions(shapes, config, sizes));
    VITRINE_CHECK(checkSwitches(config, sizes));
    VITRINE_CHECK(sameSize("channels of width", config.width, sizes.width));
    VITRINE_CHECK(sameSize("pixels of a patch's side", config.patch, sizes.patch));
    VITRINE_CHECK(sameSize("channels of the MLP", config.mlp, sizes.mlp));
    VITRINE_CHECK(sameSize("blocks", config.depth, sizes.depth));
    VITRINE_CHECK(sameSize("classes", config.classes, sizes.classes));
    if (sizes.classes == 0)
        notes.push_back("It has no head: it gives features, no classes.");
    return vitNetwork(sizes);
}

const Registry<VisionFamily>::Adds kAddsVitFamily(10, [] {
    return VisionFamily{
        .name = "ViT",
        .wrappers = {"vit.", "deit.", "dinov2.", "dinov2_with_registers."},
        .rules = {{"embeddings.cls_token", "cls_token"},
                  {"embeddings.distillation_token", "dist_token"},
                  {"embeddings.register_tokens", "reg_token"},
                  {"embeddings.position_embeddings", "pos_embed"},
                  {"embeddings.mask_token", ""},
                  {"embeddings.patch_embeddings.projection.*", "patch_embed.proj.*"},
                  {"encoder.layer.{}.layernorm_before.*", "blocks.{}.norm1.*"},
                  {"encoder.layer.{}.layernorm_after.*", "blocks.{}.norm2.*"},
                  {"encoder.layer.{}.norm1.*", "blocks.{}.norm1.*"},
                  {"encoder.layer.{}.norm2.*", "blocks.{}.norm2.*"},
                  {"encoder.layer.{}.attention.attention.query.*", "blocks.{}.attn.qkv.*", 0, 3},
                  {"encoder.layer.{}.attention.attention.key.*", "blocks.{}.attn.qkv.*", 1, 3},
                  {"encoder.layer.{}.attention.attention.value.*", "blocks.{}.attn.qkv.*", 2, 3},
                  {"encoder.layer.{}.attention.output.dense.*", "blocks.{}.attn.proj.*"},
                  {"encoder.layer.{}.intermediate.dense.*", "blocks.{}.mlp.fc1.*"},
                  {"encoder.layer.{}.output.dense.*", "blocks.{}.mlp.fc2.*"},
                  {"encoder.layer.{}.mlp.fc1.*", "blocks.{}.mlp.fc1.*"},
                  {"encoder.layer.{}.mlp.fc2.*", "blocks.{}.mlp.fc2.*"},
                  {"encoder.layer.{}.layer_scale1.lambda1", "blocks.{}.ls1.gamma"},
                  {"encoder.layer.{}.layer_scale2.lambda1", "blocks.{}.ls2.gamma"},
                  {"layernorm.*", "norm.*"},
                  {"pooler.dense.*", ""},
                  {"mask_token", ""},
                  {"register_tokens", "reg_token"},
                  {"classifier.*", "head.*"},
                  {"cls_classifier.*", "head.*"},
                  {"distillation_classifier.*", "head_dist.*"}},
        .knows = knowsVit,
        .describe = describeVit,
        .preprocessing = {},
        .regrid = regridVit};
});

} // namespace
} // namespace vitrine::model
