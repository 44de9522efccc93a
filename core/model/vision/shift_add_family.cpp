// ShiftAddViT on a DeiT (arXiv 2306.06446), as vitrine-train exports it.
#include "core/model/network/shift_add_network.h"
#include "core/model/vision/vision_family.h"

#include <cmath>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

constexpr double kUsualLatencyMult = 6, kUsualLatencyShift = 4; // of the released code

bool knowsShiftAdd(const TensorShapes& shapes)
{
    return shapes.has("cls_token") && (shapes.has("blocks.0.attn.dconv.weight") ||
                                       shapes.has("blocks.0.attn.qkv.shift.weight") ||
                                       shapes.has("blocks.0.mlp.fc1.shift.weight"));
}

// By the tensors of block 0; those of the others are checked like all tensors.
LinearForm formOf(const TensorShapes& shapes, const std::string& layer)
{
    return shapes.has(layer + ".router.weight")  ? LinearForm::mixture
           : shapes.has(layer + ".shift.weight") ? LinearForm::shift
                                                 : LinearForm::multiply;
}

// The weight that has the layer's shape.
std::string weightOf(const std::string& layer, LinearForm form)
{
    return layer + (form == LinearForm::multiply ? ".weight" : ".shift.weight");
}

Result<void> sameForm(const char* key, std::optional<LinearForm> said, LinearForm tensors)
{
    if (said && *said != tensors)
        return inputError("config.json says \"{}\": \"{}\", the tensors have \"{}\"", key,
                          linearFormName(*said), linearFormName(tensors));
    return {};
}

Result<void> readGrid(const TensorShapes& shapes, const VisionConfig& config, VitSizes& v)
{
    const std::int64_t patches = shapes.size("pos_embed", 1) - 1;
    const auto grid =
        static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(patches))));
    if (patches < 1 || grid * grid != patches)
        return inputError("the {} rows of \"pos_embed\" are no square of patches beside the class "
                          "token",
                          patches + 1);
    v.side = grid * v.patch;
    return sameSize("pixels of a picture's side", config.side, v.side);
}

Result<void> readHeads(const TensorShapes& shapes, const VisionConfig& config, VitSizes& v)
{
    const std::int64_t filters = shapes.size("blocks.0.attn.dconv.weight", 0);
    if (config.heads.size() > 1)
        return inputError("config.json has {} numbers of heads, one is expected",
                          config.heads.size());
    if (filters == 0 && config.heads.empty())
        return inputError("nothing says how many heads the model has; \"num_heads\" in config.json "
                          "would");
    v.heads = filters > 0 ? filters : config.heads[0];
    if (v.heads < 1 || v.width % v.heads != 0)
        return inputError("a width of {} cannot be shared among {} heads", v.width, v.heads);
    return sameSizes("heads", config.heads, {v.heads});
}

Result<void> readVit(const TensorShapes& shapes, const VisionConfig& config, ShiftAddSizes& s,
                     std::vector<std::string>& notes)
{
    VitSizes& v = s.vit;
    v.width = shapes.size("cls_token", 2);
    v.depth = shapes.count("blocks.{}.norm1.weight");
    v.mlp = shapes.size(weightOf("blocks.0.mlp.fc1", s.mlpLinears), 0);
    v.channels = shapes.size("patch_embed.proj.weight", 1);
    v.patch = shapes.size("patch_embed.proj.weight", 2);
    v.classes = shapes.size("head.weight", 0);
    v.qkvBias =
        shapes.has(s.attentionLinears == LinearForm::multiply ? "blocks.0.attn.qkv.bias"
                                                              : "blocks.0.attn.qkv.shift.bias");
    v.epsilon = normEpsilon(config, 1e-6, notes);
    if (v.width < 1 || v.depth < 1 || v.mlp < 1 || v.channels < 1 || v.patch < 1 || v.classes < 1)
        return inputError("the shapes of its tensors are not those of a ShiftAddViT");
    VITRINE_CHECK(readGrid(shapes, config, v));
    VITRINE_CHECK(readHeads(shapes, config, v));
    VITRINE_CHECK(samePooling(config, "token"));
    if (config.qkvBias && *config.qkvBias != v.qkvBias)
        return inputError("config.json says \"qkv_bias\": {}, the tensors have {}", *config.qkvBias,
                          v.qkvBias ? "biases" : "none");
    VITRINE_CHECK(sameSize("channels of width", config.width, v.width));
    VITRINE_CHECK(sameSize("pixels of a patch's side", config.patch, v.patch));
    VITRINE_CHECK(sameSize("channels of the MLP", config.mlp, v.mlp));
    VITRINE_CHECK(sameSize("blocks", config.depth, v.depth));
    return sameSize("classes", config.classes, v.classes);
}

Result<void> readParts(const TensorShapes& shapes, const ShiftAddConfig& config, ShiftAddSizes& s)
{
    s.attentionLinears = formOf(shapes, "blocks.0.attn.qkv");
    s.mlpLinears = formOf(shapes, "blocks.0.mlp.fc1");
    VITRINE_CHECK(sameForm("attention_linears", config.attentionLinears, s.attentionLinears));
    VITRINE_CHECK(sameForm("mlp_linears", config.mlpLinears, s.mlpLinears));
    s.binaryBlocks = shapes.count("blocks.{}.attn.dconv.weight");
    const std::int64_t depth = shapes.count("blocks.{}.norm1.weight");
    if (config.softmaxBlocks && *config.softmaxBlocks != depth - s.binaryBlocks)
        return inputError("config.json says that {} blocks keep softmax attention, the tensors "
                          "that {} of {} do",
                          *config.softmaxBlocks, depth - s.binaryBlocks, depth);
    s.lowestExponent = static_cast<int>(config.lowestExponent.value_or(s.lowestExponent));
    return {};
}

void say(const ShiftAddConfig& config, ShiftAddSizes& s, std::vector<std::string>& notes)
{
    if (s.binaryBlocks > 0)
        notes.push_back(fmt::format(
            "Attention is binary in blocks 0 to {}: queries and keys are compared with their mean "
            "over the picture; {} behind them keep softmax attention. Which blocks keep it is "
            "ours: "
            "the paper says it of the last stage of its PVT [D].",
            s.binaryBlocks - 1, s.vit.depth - s.binaryBlocks));
    const bool shifts =
        s.attentionLinears != LinearForm::multiply || s.mlpLinears != LinearForm::multiply;
    if (shifts && !config.lowestExponent)
        notes.push_back(fmt::format("Nothing says the lowest exponent of shift weights "
                                    "(\"lowest_exponent\" in config.json would): {} is assumed.",
                                    s.lowestExponent));
    if (s.attentionLinears != LinearForm::mixture && s.mlpLinears != LinearForm::mixture)
        return;
    const bool said = config.latencies.size() == 2;
    const double mult = said ? config.latencies[0] : kUsualLatencyMult,
                 shift = said ? config.latencies[1] : kUsualLatencyShift;
    s.multShare = idealMultShare(mult, shift);
    notes.push_back(fmt::format(
        "Tables of layers count {:.0f} % of the tokens of a mixture on its multiplying expert, the "
        "rest on the one that shifts: where latencies are {:g} to {:g}{}, both then take equally "
        "long. In a pass the routers decide.",
        100 * s.multShare, mult, shift, said ? "" : " (assumed, as in the released code)"));
}

Result<Network> describeShiftAdd(const TensorShapes& shapes, const VisionConfig& config,
                                 std::vector<std::string>& notes)
{
    VITRINE_CHECK(sameActivation(config, {"gelu", "gelu (exact erf)"}));
    if (!config.family.empty() && config.family != "shiftaddvit")
        return inputError("config.json says the family \"{}\", the tensors are those of a "
                          "ShiftAddViT (\"shiftaddvit\")",
                          config.family);
    ShiftAddSizes sizes;
    VITRINE_CHECK(readParts(shapes, config.shiftAdd, sizes));
    VITRINE_CHECK(readVit(shapes, config, sizes, notes));
    say(config.shiftAdd, sizes, notes);
    return shiftAddNetwork(sizes);
}

// Before the plain ViT, whose tensors it also has.
const Registry<VisionFamily>::Adds kAddsShiftAddFamily(5, [] {
    return VisionFamily{.name = "ShiftAddViT",
                        .wrappers = {},
                        .rules = {},
                        .knows = knowsShiftAdd,
                        .describe = describeShiftAdd,
                        .preprocessing = {}};
});

} // namespace
} // namespace vitrine::model
