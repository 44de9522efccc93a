// Mutated pictures, data sets and checkpoints of vision transformers: each is refused in one line,
// or gives pixels or finite logits. 2,000 of each kind, 58,000 in all, under VITRINE_TEST_FULL.
#include "core/base/file.h"
#include "core/model/vision/vision_model.h"
#include "core/picture/labelled_pictures.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/fuzz/robust.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_vision.h"

#include <zlib.h>

namespace vitrine
{
namespace
{

constexpr int kOfAKind = 2000;
constexpr std::int64_t kMostSide = 64; // of a mutated network that is run

void put(const std::filesystem::path& path, std::string_view bytes)
{
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string bytesAt(const std::filesystem::path& path)
{
    return readFile(path, 1 << 24).value();
}

class PictureMutation : public testing::TestWithParam<const char*>
{
};

TEST_P(PictureMutation, IsRefusedOrRead)
{
    const auto golden = tests::goldenData("pictures");
    if (!golden)
        GTEST_SKIP() << "set VITRINE_GOLDEN to tests/golden";
    const tests::TemporaryFolder folder;
    const auto path = folder.path / GetParam();
    fuzz::expectRobust(
        bytesAt(*golden / GetParam()),
        [&](const std::string& bytes) -> std::optional<Error> {
            put(path, bytes);
            const auto picture = readPicture(path);
            if (!picture)
                return picture.error();
            const auto pixels = picture->width * picture->height;
            EXPECT_GT(pixels, 0);
            EXPECT_EQ(picture->values.size(), static_cast<std::size_t>(pixels * picture->channels));
            // A header may say thousands of pixels: they are there, and no more is asked for.
            if (pixels > 1 << 20)
                fuzz::resetLargestAllocation();
            return {};
        },
        kOfAKind);
}

INSTANTIATE_TEST_SUITE_P(All, PictureMutation,
                         testing::Values("rgb.png", "rgba.png", "palette_transparent.png",
                                         "deep.png", "frames.png", "rgb.jpg", "turned.jpg",
                                         "rgb.bmp", "palette.bmp", "rgb.webp", "rgba.webp",
                                         "rgb.tif", "frames.tif", "rgb.ppm"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             std::ranges::replace(name, '.', '_');
                             return name;
                         });

std::string idxSample()
{
    std::string bytes("\0\0\x08\3\0\0\0\4\0\0\0\5\0\0\0\3", 16);
    for (int i = 0; i < 4 * 5 * 3; ++i)
        bytes += static_cast<char>(i * 37);
    return bytes;
}

std::string packed(std::string bytes)
{
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(1024, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST(IdxMutation, IsRefusedOrRead)
{
    const tests::TemporaryFolder folder;
    put(folder.path / "t10k-labels-idx1-ubyte", std::string("\0\0\x08\1\0\0\0\4\0\1\2\0", 12));
    const auto path = folder.path / "t10k-images-idx3-ubyte";
    for (const std::string& sample : {idxSample(), packed(idxSample())})
        fuzz::expectRobust(
            sample,
            [&](const std::string& bytes) -> std::optional<Error> {
                put(path, bytes);
                const auto pictures = openLabelledPictures(path, Split::test);
                if (!pictures)
                    return pictures.error();
                for (std::int64_t i = 0; i < (*pictures)->count(); ++i)
                    if (const auto picture = (*pictures)->picture(i); !picture)
                        return picture.error();
                return {};
            },
            kOfAKind);
}

// A tiny network of a family as a folder.
struct TinyVision {
    const char* name;
    model::Network (*network)();
    const char* config;
};

constexpr const char* kVitConfig =
    R"({"model_type": "vit", "image_size": 8, "patch_size": 4, "hidden_size": 8,
 "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "num_channels": 3, "qkv_bias": true,
 "hidden_act": "gelu", "layer_norm_eps": 1e-12, "id2label": {"0": "cat", "1": "dog", "2": "owl"}})";
constexpr const char* kSwinConfig =
    R"({"model_type": "swin", "image_size": 16, "patch_size": 2, "embed_dim": 8,
 "depths": [2, 1], "num_heads": [2, 4], "window_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-5})";
constexpr const char* kPvtConfig =
    R"({"model_type": "pvt_v2", "image_size": 64, "depths": [1, 1, 1, 1],
 "num_attention_heads": [1, 2, 2, 2], "strides": [4, 2, 2, 2], "hidden_act": "gelu", "layer_norm_eps": 1e-6})";
constexpr const char* kEfficientVitConfig =
    R"({"architecture": "efficientvit_b0", "num_classes": 3, "global_pool": "avg",
 "model_args": {"img_size": 32}, "pretrained_cfg": {"input_size": [3, 32, 32], "crop_pct": 0.95, "crop_mode": "center",
 "interpolation": "bicubic", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}})";
constexpr const char* kProcessor =
    R"({"image_processor_type": "BitImageProcessor", "do_resize": true,
 "size": {"shortest_edge": 10}, "do_center_crop": true, "crop_size": {"height": 8, "width": 8}, "resample": 3,
 "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5],
 "image_std": [0.5, 0.5, 0.5]})";

// What vision.evaluate does with one picture.
std::optional<Error> classifyIn(const std::filesystem::path& folder)
{
    const auto checkpoint = model::openVisionCheckpoint(folder);
    if (!checkpoint)
        return checkpoint.error();
    const auto model = model::VisionModel::open(*checkpoint);
    if (!model)
        return model.error();
    const model::Preprocessing& how = (*checkpoint)->preprocessing();
    if (how.side > kMostSide || how.resizedSide() > 4 * kMostSide)
        return {};
    const std::vector<std::uint8_t> grey(12 * 9, 100);
    const auto seen = model::prepare({12, 9, 1, grey}, how);
    if (!seen)
        return seen.error();
    const auto logits = model->run(*seen);
    if (!logits)
        return logits.error();
    for (const float logit : *logits)
        EXPECT_TRUE(std::isfinite(logit));
    return {};
}

class CheckpointMutation : public testing::TestWithParam<TinyVision>
{
protected:
    void SetUp() override
    {
        tests::RandomVision(GetParam().network()).write(folder_.path, GetParam().config);
    }
    void expectRobustAt(const char* file)
    {
        const auto path = folder_.path / file;
        fuzz::expectRobust(
            bytesAt(path),
            [&](const std::string& bytes) {
                put(path, bytes);
                return classifyIn(folder_.path);
            },
            kOfAKind);
    }

    tests::TemporaryFolder folder_;
};

TEST_P(CheckpointMutation, OfTensorsIsRefusedOrGivesFiniteLogits)
{
    expectRobustAt("model.safetensors");
}

// Names and shapes alone: most of the file is numbers.
TEST_P(CheckpointMutation, OfTheHeaderIsRefusedOrGivesFiniteLogits)
{
    const auto path = folder_.path / "model.safetensors";
    const std::string whole = bytesAt(path);
    std::size_t length = 0;
    for (std::size_t i = 8; i-- > 0;)
        length = length << 8 | static_cast<unsigned char>(whole[i]);
    fuzz::expectRobust(
        whole.substr(8, length),
        [&](const std::string& header) {
            std::string bytes;
            for (std::size_t i = 0; i < 8; ++i)
                bytes += static_cast<char>(header.size() >> 8 * i & 0xff);
            put(path, bytes + header + whole.substr(8 + length));
            return classifyIn(folder_.path);
        },
        kOfAKind);
}

TEST_P(CheckpointMutation, OfTheConfigurationIsRefusedOrGivesFiniteLogits)
{
    expectRobustAt("config.json");
}

INSTANTIATE_TEST_SUITE_P(All, CheckpointMutation,
                         testing::Values(TinyVision{"ViT", tests::tinyVit, kVitConfig},
                                         TinyVision{"Swin", tests::tinySwin, kSwinConfig},
                                         TinyVision{"PVTv2", tests::tinyPvt, kPvtConfig},
                                         TinyVision{"EfficientViT", tests::tinyEfficientVit,
                                                    kEfficientVitConfig}),
                         [](const auto& tested) { return tested.param.name; });

TEST(ProcessorMutation, IsRefusedOrGivesFiniteLogits)
{
    const tests::TemporaryFolder folder;
    tests::RandomVision(tests::tinyVit()).write(folder.path, kVitConfig);
    fuzz::expectRobust(
        kProcessor,
        [&](const std::string& bytes) {
            put(folder.path / "preprocessor_config.json", bytes);
            return classifyIn(folder.path);
        },
        kOfAKind);
}

} // namespace
} // namespace vitrine
