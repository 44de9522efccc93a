#include "core/model/vision/vision_config.h"

#include <gtest/gtest.h>

namespace vitrine::model
{
namespace
{

std::string messageOf(const std::string& config)
{
    const auto read = parseVisionConfig(config, "config.json");
    return read ? std::string("read") : read.error().message;
}

// The processor that a file describes, for a model of transformers.
Result<VisionConfig> processed(const std::string& json, const std::string& modelType = "vit")
{
    VisionConfig config;
    config.modelType = modelType;
    VITRINE_CHECK(parsePreprocessorConfig(json, "preprocessor_config.json", config));
    return config;
}

Preprocessing processorOf(const std::string& json, const std::string& modelType = "vit")
{
    const auto config = processed(json, modelType);
    EXPECT_TRUE(config) << config.error().message;
    return config ? *config->processor : Preprocessing{};
}

void expectRefused(const std::string& json, const std::string& key)
{
    const auto config = processed(json);
    ASSERT_FALSE(config) << json;
    EXPECT_EQ(config.error().kind, ErrorKind::input);
    EXPECT_NE(config.error().message.find(key), std::string::npos) << config.error().message;
    EXPECT_NE(config.error().message.find("preprocessor_config.json"), std::string::npos);
}

TEST(VisionConfig, WhatWouldChangeAPassIsRefusedByItsKey)
{
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"use_swiglu_ffn", "true"},
                                                          {"use_absolute_embeddings", "true"},
                                                          {"ape", "true"},
                                                          {"qk_norm", "true"},
                                                          {"pre_norm", "true"},
                                                          {"fc_norm", "true"},
                                                          {"final_norm", "false"},
                                                          {"class_token", "false"},
                                                          {"patch_norm", "false"},
                                                          {"linear_attention", "true"},
                                                          {"dynamic_img_pad", "true"},
                                                          {"norm_layer", "\"rmsnorm\""},
                                                          {"pos_embed", "\"none\""},
                                                          {"mlp_layer", "\"swiglu\""},
                                                          {"block_fn", "\"parallel\""},
                                                          {"global_pool", "\"\""},
                                                          {"crop_mode", "\"border\""},
                                                          {"interpolation", "\"random\""},
                                                          {"padding", "\"same\""},
                                                          {"num_heads", "\"3\""},
                                                          {"depth", "[2, 2]"},
                                                          {"model_type", "\"beit\""},
                                                          {"norm_eps", "-1"},
                                                          {"input_size", "[3, 224, 192]"}}) {
        for (const std::string& text : {"{\"" + key + "\": " + value + "}",
                                        "{\"model_args\": {\"" + key + "\": " + value + "}}"}) {
            if (key == "model_type" && text.find("model_args") != std::string::npos)
                continue;
            const std::string message = messageOf(text);
            EXPECT_NE(message.find(key), std::string::npos) << text << ": " << message;
            EXPECT_EQ(message.find('\n'), std::string::npos);
        }
        EXPECT_EQ(messageOf("{\"" + key + "\": null}"), "read") << key;
    }
}

TEST(VisionConfig, WhatTrainingAloneLooksAtIsReadOverAndWhatIsUnknownIsSaid)
{
    const auto config = parseVisionConfig(
        R"({"model_type": "vit", "hidden_dropout_prob": 0.1, "encoder_stride": 16, "path_norm": true,
            "apply_layernorm": true, "use_mask_token": true, "dynamic_img_size": true,
            "layerscale_value": 1.0, "twist": 3})",
        "config.json");
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_EQ(config->notes.size(), 1u);
    EXPECT_EQ(config->notes[0], "Keys of config.json that are not read: \"twist\".");
    const auto inner = parseVisionConfig(
        R"({"pretrained_cfg": {"tag": "in1k", "twist": 1}, "model_args": {"turn": 2}})",
        "config.json");
    EXPECT_EQ(inner->notes[0], "Keys of config.json that are not read: \"model_args.turn\", "
                               "\"pretrained_cfg.twist\".");
}

TEST(VisionConfig, TimmKeepsSizesAndPicturesInObjectsOfTheirOwn)
{
    const auto config = parseVisionConfig(
        R"({"architecture": "vit_tiny_patch16_224", "num_classes": 5, "global_pool": "token",
            "model_args": {"img_size": 32, "num_heads": 2},
            "pretrained_cfg": {"input_size": [3, 32, 32], "crop_pct": 0.9, "crop_mode": "squash",
                               "interpolation": "bilinear", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}})",
        "config.json");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_TRUE(config->isTimm);
    EXPECT_EQ(config->side, 32);
    EXPECT_EQ(config->heads, std::vector<std::int64_t>{2});
    EXPECT_TRUE(config->squashed);
    EXPECT_EQ(config->resampling, Resampling::bilinear);
    EXPECT_NE(messageOf(R"({"img_size": 64, "pretrained_cfg": {"input_size": [3, 32, 32]}})")
                  .find("input_size"),
              std::string::npos);
}

TEST(VisionConfig, EpsilonsThatDifferAreRefused)
{
    EXPECT_EQ(messageOf(R"({"bn_eps": 1e-5, "ln_eps": [1e-5, 1e-5], "lite_mla_eps": [1e-5]})"),
              "read");
    EXPECT_NE(messageOf(R"({"bn_eps": 1e-5, "ln_eps": [1e-6]})").find("ln_eps"), std::string::npos);
    EXPECT_EQ(parseVisionConfig(R"({"lite_mla_eps": [1e-5]})", "c")->divisorEpsilon, 1e-5);
}

TEST(VisionConfig, NamesOfClassesAreNumberedFromZero)
{
    EXPECT_EQ(parseVisionConfig(R"({"id2label": {"1": "b", "0": "a"}})", "c")->labels,
              (std::vector<std::string>{"a", "b"}));
    for (const char* ids : {R"({"id2label": {"1": "a", "2": "b"}})", R"({"id2label": {"x": "a"}})",
                            R"({"id2label": {"0": 3}})"})
        EXPECT_NE(messageOf(ids).find("id2label"), std::string::npos) << ids;
}

// A size of one number is both sides for ViT, DeiT and PVT, the shorter one for Bit and CLIP.
TEST(ImageProcessor, IsThatOfItsClass)
{
    const Preprocessing vit =
        processorOf(R"({"feature_extractor_type": "ViTFeatureExtractor", "size": 32})");
    EXPECT_TRUE(vit.squashed);
    EXPECT_FALSE(vit.crops);
    EXPECT_EQ(vit.side, 32);
    EXPECT_EQ(vit.resampling, Resampling::bilinear);
    EXPECT_EQ(vit.mean, std::vector<double>(3, 0.5));

    const Preprocessing deit = processorOf(R"({"image_processor_type": "DeiTImageProcessorFast"})");
    EXPECT_TRUE(deit.squashed);
    EXPECT_EQ(deit.resizedTo, 256);
    EXPECT_EQ(deit.side, 224);
    EXPECT_EQ(deit.resampling, Resampling::bicubic);

    const Preprocessing bit = processorOf(
        R"({"image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 256}})");
    EXPECT_FALSE(bit.squashed);
    EXPECT_EQ(bit.resizedTo, 256);
    EXPECT_EQ(bit.side, 224);
    EXPECT_FALSE(
        processorOf(R"({"image_processor_type": "CLIPFeatureExtractor", "size": 60})").squashed);
    EXPECT_EQ(processorOf(R"({"image_processor_type": "PvtImageProcessor"})").mean[0], 0.485);
    EXPECT_EQ(processorOf("{}", "deit").resizedTo, 256);
    EXPECT_EQ(processed("{}", "deit")->notes.size(), 1u); // its class was assumed
}

TEST(ImageProcessor, GoesBeforeWhatConfigJsonSaysAndSaysSo)
{
    auto config = parseVisionConfig(R"({"mean": [0.1, 0.1, 0.1], "crop_pct": 0.5})", "config.json");
    ASSERT_TRUE(config);
    ASSERT_TRUE(
        parsePreprocessorConfig(R"({"image_processor_type": "ViTImageProcessor"})", "p", *config));
    ASSERT_EQ(config->notes.size(), 1u);
    EXPECT_NE(config->notes[0].find("not heeded"), std::string::npos);
}

TEST(ImageProcessor, EverySwitchIsHeeded)
{
    EXPECT_TRUE(processorOf(R"({"do_normalize": false})").mean.empty());
    EXPECT_EQ(processorOf(R"({"do_rescale": false})").divisor, 1);
    EXPECT_EQ(processorOf(R"({"rescale_factor": 0.5})").divisor, 2);
    EXPECT_EQ(processorOf(R"({"rescale_factor": 0.00392156862745098})").divisor, 255);
    EXPECT_FALSE(processorOf(R"({"do_resize": false})").resizes);
    const Preprocessing uncut = processorOf(
        R"({"image_processor_type": "DeiTImageProcessor", "do_center_crop": false, "size": 224})");
    EXPECT_FALSE(uncut.crops);
    EXPECT_EQ(uncut.side, 224);
    for (int filter = 0; filter <= 5; ++filter)
        EXPECT_EQ(processorOf(fmt::format(R"({{"resample": {}}})", filter)).resampling,
                  static_cast<Resampling>(filter));
    EXPECT_FALSE(processorOf(R"({"size": {"shortest_edge": 20}})").squashed);
    EXPECT_TRUE(processorOf(R"({"image_processor_type": "BitImageProcessor",
                                "size": {"height": 20, "width": 20}})")
                    .squashed);
    EXPECT_EQ(processorOf(R"({"image_mean": 0.25, "image_std": 0.5})").mean,
              std::vector<double>{0.25});
}

TEST(ImageProcessor, WhatItCannotDoIsRefusedByItsKey)
{
    expectRefused(R"({"resample": 9})", "resample");
    expectRefused(R"({"resample": "bicubic"})", "resample");
    expectRefused(R"({"do_resize": "no"})", "do_resize");
    expectRefused(R"({"do_center_crop": true})", "do_center_crop");
    expectRefused(R"({"do_pad": true})", "do_pad");
    expectRefused(R"({"do_flip_channel_order": true})", "do_flip_channel_order");
    expectRefused(R"({"rescale_offset": true})", "rescale_offset");
    expectRefused(R"({"crop_pct": 0.875})", "crop_pct");
    expectRefused(R"({"rescale_factor": 0})", "rescale_factor");
    expectRefused(R"({"size": {"height": 20, "width": 24}})", "size");
    expectRefused(R"({"size": {"shortest_edge": 20, "longest_edge": 30}})", "longest_edge");
    expectRefused(R"({"size": {"height": 20}})", "size");
    expectRefused(R"({"size": {}})", "size");
    expectRefused(R"({"size": 0})", "size");
    expectRefused(R"({"size": 100000})", "size");
    expectRefused(R"({"image_mean": "imagenet"})", "image_mean");
    expectRefused(R"({"image_processor_type": "ConvNextImageProcessor"})",
                  "ConvNextImageProcessor");
    expectRefused(
        R"({"image_processor_type": "DeiTImageProcessor", "crop_size": {"shortest_edge": 3}})",
        "crop_size");
}

} // namespace
} // namespace vitrine::model
