#include "core/model/vision/vision_model.h"

#include "core/base/parallel.h"
#include "core/model/network/efficient_vit_network.h"
#include "core/model/network/pvt_network.h"
#include "core/model/network/vit_network.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/core/model/vision/reference_vision.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_vision.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fmt/ranges.h>
#include <fstream>
#include <regex>

namespace vitrine::model
{
namespace
{

using testing::HasSubstr;
using tests::kSmallSwin;
using tests::RandomVision;
using tests::TemporaryFolder;

const PvtSizes kPvt{.widths = {8, 16, 24, 32},
                    .depths = {1, 2, 1, 1},
                    .heads = {1, 2, 3, 4},
                    .reductions = {4, 2, 2, 1},
                    .ratios = {4, 4, 2, 2},
                    .side = 64,
                    .classes = 6};
const VitSizes kDino{.width = 64,
                     .depth = 2,
                     .heads = 1,
                     .mlp = 96,
                     .patch = 7,
                     .side = 28,
                     .classes = 0,
                     .registers = 4,
                     .scaledBranches = true};

using Renaming = std::vector<std::pair<const char*, const char*>>; // regular expressions

std::string renamedBy(const Renaming& rules, std::string name)
{
    for (const auto& [from, to] : rules)
        if (std::regex_match(name, std::regex(from)))
            return std::regex_replace(name, std::regex(from), to);
    return name;
}

Result<VisionModel> openIn(const TemporaryFolder& folder)
{
    VITRINE_TRY(auto checkpoint, openVisionCheckpoint(folder.path));
    return VisionModel::open(checkpoint);
}

void expectNear(const std::vector<float>& values, const std::vector<double>& exact, double relative)
{
    ASSERT_EQ(values.size(), exact.size());
    double most = 0;
    for (const double value : exact)
        most = std::max(most, std::abs(value));
    for (std::size_t i = 0; i < exact.size(); ++i)
        EXPECT_NEAR(static_cast<double>(values[i]), exact[i], relative * most) << i;
}

std::vector<double> swinExact(const RandomVision& weights, const std::vector<float>& picture)
{
    return tests::reference::swin(weights, picture, kSmallSwin.depths, kSmallSwin.heads,
                                  kSmallSwin.patch, kSmallSwin.window);
}

TEST(VisionModel, SwinIsThatOfThePaperInDoublePrecision)
{
    TemporaryFolder folder;
    const RandomVision weights(swinNetwork(kSmallSwin));
    weights.write(folder.path, R"({"architecture": "swin", "img_size": 32})");
    const auto model = openIn(folder);
    ASSERT_TRUE(model) << model.error().message;
    const auto picture = tests::randomPicture(32, 3);
    expectNear(model->run(picture).value(), swinExact(weights, picture), 2e-6);
}

TEST(VisionModel, SwinUnderTheNamesOfNewerTimmIsTheSame)
{
    TemporaryFolder folder;
    const RandomVision weights(swinNetwork(kSmallSwin));
    const Renaming newer = {{R"(layers\.0\.downsample\.(.*))", "layers.1.downsample.$1"},
                            {R"(head\.(.*))", "head.fc.$1"}};
    weights.write(folder.path, R"({"architecture": "swin", "img_size": 32})",
                  [&](const std::string& name) { return renamedBy(newer, name); });
    const auto model = openIn(folder);
    ASSERT_TRUE(model) << model.error().message;
    const auto picture = tests::randomPicture(32, 3);
    expectNear(model->run(picture).value(), swinExact(weights, picture), 2e-6);
}

// Queries, keys and values in tensors of their own, as transformers stores them.
RandomVision split(const RandomVision& whole, const std::string& joined,
                   const std::vector<std::string>& parts)
{
    RandomVision result = whole;
    for (const auto& [name, tensor] : whole.tensors) {
        const auto found = name.find(joined);
        if (found == std::string::npos)
            continue;
        result.tensors.erase(name);
        const std::size_t size = tensor.values.size() / parts.size();
        for (std::size_t part = 0; part < parts.size(); ++part) {
            RandomVision::Tensor piece;
            piece.shape = tensor.shape;
            piece.shape[0] /= static_cast<std::int64_t>(parts.size());
            const auto begin = tensor.values.begin() + static_cast<std::ptrdiff_t>(part * size);
            piece.values.assign(begin, begin + static_cast<std::ptrdiff_t>(size));
            std::string own = name;
            result.tensors[own.replace(found, joined.size(), parts[part])] = piece;
        }
    }
    return result;
}

TEST(VisionModel, SwinUnderTheNamesOfTransformersIsTheSame)
{
    TemporaryFolder folder;
    const RandomVision weights(swinNetwork(kSmallSwin));
    const Renaming names = {
        {R"(patch_embed\.proj\.(.*))", "swin.embeddings.patch_embeddings.projection.$1"},
        {R"(patch_embed\.norm\.(.*))", "swin.embeddings.norm.$1"},
        {R"((layers\.\d+\.blocks\.\d+)\.norm1\.(.*))", "swin.encoder.$1.layernorm_before.$2"},
        {R"((layers\.\d+\.blocks\.\d+)\.norm2\.(.*))", "swin.encoder.$1.layernorm_after.$2"},
        {R"((layers\.\d+\.blocks\.\d+)\.attn\.proj\.(.*))",
         "swin.encoder.$1.attention.output.dense.$2"},
        {R"((layers\.\d+\.blocks\.\d+)\.attn\.(.*))", "swin.encoder.$1.attention.self.$2"},
        {R"((layers\.\d+\.blocks\.\d+)\.mlp\.fc1\.(.*))", "swin.encoder.$1.intermediate.dense.$2"},
        {R"((layers\.\d+\.blocks\.\d+)\.mlp\.fc2\.(.*))", "swin.encoder.$1.output.dense.$2"},
        {R"((layers\.\d+\.downsample\..*))", "swin.encoder.$1"},
        {R"(norm\.(.*))", "swin.layernorm.$1"},
        {R"(head\.(.*))", "classifier.$1"}};
    split(weights, ".qkv.", {".query.", ".key.", ".value."})
        .write(folder.path,
               R"({"model_type": "swin", "image_size": 32, "num_heads": [2, 4], "window_size": 4})",
               [&](const std::string& name) { return renamedBy(names, name); });
    const auto model = openIn(folder);
    ASSERT_TRUE(model) << model.error().message;
    const auto picture = tests::randomPicture(32, 3);
    expectNear(model->run(picture).value(), swinExact(weights, picture), 2e-6);
}

TEST(VisionModel, PvtIsThatOfThePaperInDoublePrecisionUnderAllItsNames)
{
    const RandomVision weights(pvtNetwork(kPvt));
    const auto picture = tests::randomPicture(64, 3);
    const auto exact =
        tests::reference::pvt(weights, picture, kPvt.depths, kPvt.heads, kPvt.reductions);
    const auto logits = [&](const RandomVision& stored, const Renaming& names) {
        TemporaryFolder folder;
        stored.write(folder.path, R"({"image_size": 64})",
                     [&](const std::string& name) { return renamedBy(names, name); });
        const auto model = openIn(folder);
        EXPECT_TRUE(model) << model.error().message;
        return model ? model->run(picture).value() : std::vector<float>{};
    };
    expectNear(logits(weights, {}), exact, 2e-6);

    const Renaming timm = {
        {R"(patch_embed1\.(.*))", "patch_embed.$1"},
        {R"(patch_embed2\.(.*))", "stages.1.downsample.$1"},
        {R"(patch_embed3\.(.*))", "stages.2.downsample.$1"},
        {R"(patch_embed4\.(.*))", "stages.3.downsample.$1"},
        {R"(block1\.(\d+)\.(.*)dwconv\.dwconv\.(.*))", "stages.0.blocks.$1.$2dwconv.$3"},
        {R"(block2\.(\d+)\.(.*)dwconv\.dwconv\.(.*))", "stages.1.blocks.$1.$2dwconv.$3"},
        {R"(block3\.(\d+)\.(.*)dwconv\.dwconv\.(.*))", "stages.2.blocks.$1.$2dwconv.$3"},
        {R"(block4\.(\d+)\.(.*)dwconv\.dwconv\.(.*))", "stages.3.blocks.$1.$2dwconv.$3"},
        {R"(block1\.(.*))", "stages.0.blocks.$1"},
        {R"(block2\.(.*))", "stages.1.blocks.$1"},
        {R"(block3\.(.*))", "stages.2.blocks.$1"},
        {R"(block4\.(.*))", "stages.3.blocks.$1"},
        {R"(norm1\.(.*))", "stages.0.norm.$1"},
        {R"(norm2\.(.*))", "stages.1.norm.$1"},
        {R"(norm3\.(.*))", "stages.2.norm.$1"},
        {R"(norm4\.(.*))", "stages.3.norm.$1"}};
    expectNear(logits(weights, timm), exact, 2e-6);
}

TEST(VisionModel, RegistersAndScaledBranchesOfDinoAreFoldedAndPlaced)
{
    TemporaryFolder folder;
    const RandomVision weights(vitNetwork(kDino));
    weights.write(folder.path,
                  R"({"model_type": "dinov2_with_registers", "num_attention_heads": 1})");
    const auto model = openIn(folder);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->classes(), 0);

    // The tokens by hand: class token with the first position, registers without one, patches.
    const auto picture = tests::randomPicture(28, 3);
    std::vector<float> tokens;
    VisionPass pass;
    pass.observe = [&](const LayerOutput& output) {
        if (model->network().layers[output.layer].shape.kind == LayerKind::tokens)
            tokens.assign(output.values.begin(), output.values.end());
    };
    EXPECT_EQ(model->run(picture, pass).value().size(), static_cast<std::size_t>((16 + 5) * 64));
    for (std::size_t c = 0; c < 64; ++c) {
        EXPECT_FLOAT_EQ(tokens[c], weights["cls_token"][c] + weights["pos_embed"][c]);
        EXPECT_FLOAT_EQ(tokens[64 + c], weights["reg_token"][c]);
    }
}

TEST(VisionModel, NamesTheTensorThatIsMissingSurplusOrMisshapen)
{
    const RandomVision weights(swinNetwork(kSmallSwin));
    const std::string config = R"({"img_size": 32})";
    const auto messageOf = [&](const RandomVision& changed) {
        TemporaryFolder folder;
        changed.write(folder.path, config);
        const auto model = openIn(folder);
        return model ? std::string("opened") : model.error().message;
    };
    RandomVision missing = weights;
    missing.tensors.erase("layers.1.blocks.0.mlp.fc1.bias");
    EXPECT_NE(messageOf(missing).find("layers.1.blocks.0.mlp.fc1.bias"), std::string::npos);

    RandomVision surplus = weights;
    surplus.tensors["layers.1.blocks.0.extra"] = {{1}, {0}};
    EXPECT_NE(messageOf(surplus).find("layers.1.blocks.0.extra"), std::string::npos);

    RandomVision misshapen = weights;
    auto& tensor = misshapen.tensors.at("layers.0.blocks.1.attn.proj.weight");
    tensor.shape = {6, 24};
    EXPECT_NE(messageOf(misshapen).find("layers.0.blocks.1.attn.proj.weight"), std::string::npos);

    RandomVision infinite = weights;
    infinite.tensors.at("norm.weight").values[3] = INFINITY;
    EXPECT_NE(messageOf(infinite).find("norm.weight"), std::string::npos);
}

TEST(VisionModel, AConfigurationThatContradictsTheTensorsIsRefused)
{
    const VitSizes sizes{
        .width = 64, .depth = 2, .heads = 1, .mlp = 128, .patch = 8, .side = 32, .classes = 3};
    const RandomVision weights(vitNetwork(sizes));
    const auto messageOf = [&](const std::string& config) {
        TemporaryFolder folder;
        weights.write(folder.path, config);
        const auto model = openIn(folder);
        return model ? std::string("opened") : model.error().message;
    };
    EXPECT_EQ(messageOf(R"({"num_heads": 2})"), "opened");
    EXPECT_EQ(messageOf("{}"), "opened"); // heads of 64 channels are assumed, and said
    EXPECT_NE(messageOf(R"({"num_heads": 5})").find("heads"), std::string::npos);
    EXPECT_NE(messageOf(R"({"depth": 12})").find("blocks"), std::string::npos);
    EXPECT_NE(messageOf(R"({"num_classes": 1000})").find("classes"), std::string::npos);
    EXPECT_NE(messageOf(R"({"img_size": 40})").find("pos_embed"), std::string::npos);
    EXPECT_NE(messageOf(R"({"hidden_act": "relu"})").find("relu"), std::string::npos);
    EXPECT_NE(messageOf("[1]").find("object"), std::string::npos);
}

// Notes of a model in a folder, in one string; the message where it does not open.
std::string notesOf(const RandomVision& weights, const std::string& config,
                    const std::string& preprocessor = {}, const std::string& prefix = {})
{
    TemporaryFolder folder;
    weights.write(folder.path, config, [&](const std::string& name) { return prefix + name; });
    if (!preprocessor.empty())
        std::ofstream(folder.path / "preprocessor_config.json") << preprocessor;
    const auto opened = openVisionCheckpoint(folder.path);
    return opened ? fmt::format("{}", fmt::join((*opened)->notes(), " ")) : opened.error().message;
}

float epsilonOf(const RandomVision& weights, const std::string& config, const std::string& layer,
                const std::string& prefix = {})
{
    TemporaryFolder folder;
    weights.write(folder.path, config, [&](const std::string& name) { return prefix + name; });
    const auto opened = openVisionCheckpoint(folder.path);
    EXPECT_TRUE(opened) << opened.error().message;
    if (opened)
        for (const NetworkLayer& described : (*opened)->network().layers)
            if (described.shape.name == layer)
                return described.epsilon;
    return 0;
}

TEST(VisionModel, EpsilonIsWhatTheFileSaysElseThatOfTheCodeItIsFromElseAssumedAndSaid)
{
    const VitSizes sizes{
        .width = 64, .depth = 1, .heads = 1, .mlp = 128, .patch = 8, .side = 16, .classes = 3};
    const RandomVision vit(vitNetwork(sizes));
    EXPECT_EQ(epsilonOf(vit, R"({"norm_eps": 1e-3})", "norm"), 1e-3f);
    EXPECT_EQ(epsilonOf(vit, R"({"model_type": "vit"})", "norm"), 1e-12f);
    EXPECT_EQ(epsilonOf(vit, R"({"model_type": "deit"})", "blocks.0.norm1"), 1e-12f);
    EXPECT_EQ(epsilonOf(vit, R"({"model_type": "dinov2"})", "norm"), 1e-6f);
    EXPECT_EQ(epsilonOf(vit, R"({"pretrained_cfg": {}})", "norm"), 1e-6f);
    EXPECT_EQ(epsilonOf(vit, "{}", "norm"), 1e-6f);
    EXPECT_EQ(epsilonOf(vit, "", "norm", "vit."), 1e-12f);
    EXPECT_NE(notesOf(vit, "{}").find("1e-06 is assumed"), std::string::npos);
    EXPECT_NE(notesOf(vit, "", "", "vit.").find("1e-12"), std::string::npos);
    EXPECT_EQ(notesOf(vit, R"({"pretrained_cfg": {}})").find("norm_eps"), std::string::npos);

    const RandomVision swin(swinNetwork(kSmallSwin));
    const std::string saysSwin =
        R"({"model_type": "swin", "image_size": 32, "layer_norm_eps": 1e-3})";
    EXPECT_EQ(epsilonOf(swin, saysSwin, "layers.0.blocks.0.norm1"), 1e-3f);
    EXPECT_EQ(epsilonOf(swin, saysSwin, "layers.0.downsample.norm"), 1e-5f);
    EXPECT_EQ(epsilonOf(swin, saysSwin, "norm"), 1e-3f);
    const RandomVision pvt(pvtNetwork(kPvt));
    EXPECT_EQ(epsilonOf(pvt, R"({"model_type": "pvt_v2", "image_size": 64})", "patch_embed1.norm"),
              1e-6f);
    EXPECT_EQ(
        epsilonOf(pvt, R"({"architecture": "pvt_v2_b0", "image_size": 64})", "patch_embed1.norm"),
        1e-5f);
}

TEST(VisionModel, SwitchesThatContradictTheTensorsAreRefused)
{
    const VitSizes sizes{
        .width = 64, .depth = 1, .heads = 1, .mlp = 128, .patch = 8, .side = 16, .classes = 3};
    const RandomVision vit(vitNetwork(sizes)), swin(swinNetwork(kSmallSwin)), pvt(pvtNetwork(kPvt));
    const auto expectNamed = [](const RandomVision& weights, const std::string& config,
                                const char* what) {
        const std::string message = notesOf(weights, config);
        EXPECT_NE(message.find(what), std::string::npos) << config << ": " << message;
        EXPECT_NE(message.find("cannot open"), std::string::npos) << config << ": " << message;
    };
    expectNamed(vit, R"({"qkv_bias": false})", "qkv_bias");
    expectNamed(vit, R"({"reg_tokens": 4})", "register");
    expectNamed(vit, R"({"no_embed_class": true})", "no_embed_class");
    expectNamed(vit, R"({"global_pool": "avg"})", "global_pool");
    expectNamed(vit, R"({"patch_size": 4})", "patch");
    expectNamed(vit, R"({"img_size": 20})", "pos_embed"); // 20 is not two patches of 8
    expectNamed(vit, R"({"in_chans": 1})", "channels of pictures");
    expectNamed(vit, R"({"id2label": {"0": "a"}})", "names of classes");
    expectNamed(vit, R"({"mean": [0.5], "std": [0.5]})", "3 channels");
    expectNamed(swin, R"({"img_size": 32, "depths": [2, 4]})", "blocks");
    expectNamed(swin, R"({"img_size": 32, "num_heads": [2, 2]})", "heads");
    expectNamed(swin, R"({"img_size": 32, "qkv_bias": false})", "qkv_bias");
    expectNamed(swin, R"({"img_size": 32, "global_pool": "max"})", "global_pool");
    expectNamed(pvt, R"({"image_size": 64, "num_heads": [1, 2]})", "stages");
    expectNamed(pvt, R"({"image_size": 64, "strides": [2, 2, 2, 2]})", "strides");
}

// A network without positions that could be resampled.
TEST(VisionModel, AnImageProcessorForAnotherSizeIsRefused)
{
    const RandomVision swin(swinNetwork(kSmallSwin));
    const std::string config = R"({"img_size": 32})";
    EXPECT_THAT(
        notesOf(swin, config, R"({"image_processor_type": "ViTImageProcessor", "size": 32})"),
        Not(HasSubstr("prepares")));
    const std::string message =
        notesOf(swin, config, R"({"image_processor_type": "ViTImageProcessor", "size": 48})");
    EXPECT_THAT(message, HasSubstr("48 x 48"));
    EXPECT_THAT(message, HasSubstr("32 x 32"));
}

TEST(VisionModel, TheDivisorOfLinearAttentionIsSaidWhereItIsAssumed)
{
    const RandomVision weights(efficientVitNetwork({.widths = {8, 8, 8, 16, 16},
                                                    .depths = {1, 1, 1, 1, 1},
                                                    .headWidth = 16,
                                                    .classifierWidth = 16,
                                                    .dim = 8,
                                                    .side = 32,
                                                    .classes = 4}));
    EXPECT_NE(notesOf(weights, R"({"img_size": 32})").find("1e-15 is assumed"), std::string::npos);
    EXPECT_NE(notesOf(weights, R"({"img_size": 32, "architecture": "efficientvit_b0"})")
                  .find("1e-05 is assumed, as timm"),
              std::string::npos);
    EXPECT_EQ(notesOf(weights, R"({"img_size": 32, "attn_eps": 1e-7})").find("divisor"),
              std::string::npos);
}

TEST(VisionModel, APictureOfAnotherSizeIsRefused)
{
    TemporaryFolder folder;
    RandomVision(swinNetwork(kSmallSwin)).write(folder.path, R"({"img_size": 32})");
    const auto model = openIn(folder);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->run(tests::randomPicture(31, 3)).error().kind, ErrorKind::argument);
}

// Cai et al. 2023, eq. 2: a pixel whose query is nowhere positive takes nothing from anywhere.
TEST(VisionModel, AQueryThatIsNowherePositiveGivesZeroAndNoNaN)
{
    EfficientVitSizes sizes{.widths = {8, 8, 8, 16, 16},
                            .depths = {1, 1, 1, 1, 1},
                            .headWidth = 16,
                            .classifierWidth = 16,
                            .dim = 8,
                            .side = 32,
                            .classes = 4};
    RandomVision weights(efficientVitNetwork(sizes));
    for (auto& [name, tensor] : weights.tensors)
        if (name.find("context_module.main.qkv") != std::string::npos)
            std::ranges::fill(tensor.values, 0.0f);
    TemporaryFolder folder;
    weights.write(folder.path, R"({"img_size": 32})");
    const auto model = openIn(folder);
    ASSERT_TRUE(model) << model.error().message;
    VisionPass pass;
    int divided = 0;
    pass.observe = [&](const LayerOutput& output) {
        if (model->network().layers[output.layer].shape.kind != LayerKind::divide)
            return;
        ++divided;
        for (const float value : output.values)
            EXPECT_EQ(value, 0);
    };
    const auto logits = model->run(tests::randomPicture(32, 3), pass).value();
    for (const float value : logits)
        EXPECT_TRUE(std::isfinite(value));
    EXPECT_EQ(divided, 2);
}

} // namespace
} // namespace vitrine::model
