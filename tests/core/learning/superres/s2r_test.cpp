#include "core/learning/nets/superres/s2r.h"

#include "core/learning/nets/superres/bicubic.h"

#include <gtest/gtest.h>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

int64_t parametersOf(const std::string& name, int64_t scale)
{
    return S2r(s2rShape(name, scale), 1).parameterCount();
}

TEST(S2r, HasThePapersNumberOfParameters)
{
    EXPECT_EQ(parametersOf("s2r", 2), 577554); // the paper's 578 K
    EXPECT_EQ(parametersOf("s2r", 3), 585669);
    EXPECT_EQ(parametersOf("s2r", 4), 597030);
    EXPECT_EQ(parametersOf("s2r-fast", 2), 54162);
    EXPECT_EQ(parametersOf("s2r-fast", 4), 63918);
    EXPECT_EQ(parametersOf("s2r-live", 2), 41952);
    EXPECT_EQ(parametersOf("s2r-live", 4), 51708);
}

TEST(S2rShape, RefusesUnknownNamesAndScales)
{
    EXPECT_THROW(s2rShape("s3r", 2), std::runtime_error);
    EXPECT_THROW(s2rShape("s2r", 5), std::runtime_error);
}

TEST(S2r, NamesItsTensorsAsTheReleasedCodeDoes)
{
    const S2r network(s2rShape("s2r", 2), 1);
    const auto parameters = network.named_parameters();
    const auto buffers = network.named_buffers();

    for (const char* name :
         {"conv_first.weight", "patch_embed.norm.weight", "layers.0.block.0.0.weight",
          "layers.0.block.1.1.bias", "layers.0.block.2.fc1.weight", "layers.0.block.3.0.weight",
          "layers.1.modules_lfe.lfe_0.conv0.conv1x1.weight",
          "layers.10.modules_gmsa.gmsa_0.project_inp.1.weight",
          "layers.10.modules_gmsa.gmsa_1.project_out.bias", "layers.11.weight", "norm.bias",
          "conv_after_body.0.weight", "conv_after_body.1.weight", "conv_offset.weight",
          "conv_mask.bias", "deform_conv.weight", "upsample.0.weight"})
        EXPECT_TRUE(parameters.contains(name)) << name;
    EXPECT_TRUE(buffers.contains("layers.1.modules_gmsa.gmsa_0.project_inp.1.running_mean"));
    EXPECT_TRUE(buffers.contains("layers.0.block.0.1.running_var"));
}

TEST(S2r, TakesPicturesOfAnySize)
{
    const torch::NoGradGuard noGradient;
    for (const std::string& name : s2rNames()) {
        S2r network(s2rShape(name, 3), 1);
        network.eval();
        for (const auto& [height, width] :
             {std::pair<int64_t, int64_t>{1, 1}, {15, 17}, {16, 16}, {512, 16}}) {
            const Tensor high = network.forward(torch::rand({1, 3, height, width}));

            EXPECT_EQ(high.sizes(), (std::vector<int64_t>{1, 3, 3 * height, 3 * width}));
            EXPECT_TRUE(high.isfinite().all().item<bool>());
        }
    }
    S2r live(s2rShape("s2r-live", 2), 1);
    live.eval();
    EXPECT_EQ(live.forward(torch::rand({1, 3, 4096, 16})).size(2), 8192);
}

TEST(ReflectPadded, MirrorsWithoutTheEdgeAsOftenAsNeeded)
{
    const Tensor row = torch::tensor({1.0f, 2.0f, 3.0f}).view({1, 1, 1, 3});

    const Tensor padded = reflectPadded(row, 8);

    EXPECT_EQ(padded.sizes(), (std::vector<int64_t>{1, 1, 8, 8}));
    EXPECT_TRUE(
        torch::equal(padded[0][0][7], torch::tensor({1.f, 2.f, 3.f, 2.f, 1.f, 2.f, 3.f, 2.f})));
}

// One block, no rolled windows: what is 16 pixels and a window away from an edge moves with the
// input.
TEST(S2r, WithoutRolledWindowsCommutesWithTranslationsByAWindow)
{
    const torch::NoGradGuard noGradient;
    S2rShape shape = s2rShape("s2r-fast", 2);
    shape.blocks = 1;
    shape.rolled = false;
    S2r network(shape, 5);
    network.eval();
    for (Tensor& parameter : network.parameters())
        parameter.add_(0.05 * torch::randn_like(parameter));
    const Tensor picture = torch::rand({1, 3, 144, 144});

    const Tensor still = network.forward(picture);
    const Tensor moved = network.forward(torch::roll(picture, {16, 16}, {2, 3}));

    const auto inside = [](const Tensor& high, int64_t first) {
        return high.slice(2, first, first + 96).slice(3, first, first + 96);
    };
    EXPECT_LT((inside(still, 96) - inside(moved, 128)).abs().max().item<double>(), 1e-5);
    EXPECT_GT((inside(still, 96) - inside(moved, 96)).abs().max().item<double>(), 1e-2);
}

TEST(S2r, OfAConstantPictureIsConstantInside)
{
    const torch::NoGradGuard noGradient;
    for (const std::string& name : s2rNames()) {
        S2r network(s2rShape(name, 2), 1);
        network.eval();

        const Tensor high = network.forward(torch::full({1, 3, 96, 96}, 0.4));

        // A new network enlarges about bilinearly, so the constant itself comes out.
        const Tensor inside = high.slice(2, 80, 112).slice(3, 80, 112);
        EXPECT_LT((inside - 0.4).abs().max().item<double>(), 0.1) << name;
        const Tensor phase = inside.slice(2, 0, 32, 2).slice(3, 0, 32, 2);
        EXPECT_LT((phase.amax({2, 3}) - phase.amin({2, 3})).max().item<double>(), 2.0 / 255)
            << name;
    }
}

// x4 in two pixel shuffles undone: the phases of the picture are the channels again.
TEST(PixelShuffle, IsUndoneByItsInverse)
{
    const Tensor phases = torch::randn({2, 12, 5, 7});

    EXPECT_TRUE(torch::equal(torch::pixel_unshuffle(torch::pixel_shuffle(phases, 2), 2), phases));
    EXPECT_EQ(torch::pixel_shuffle(phases, 2)[1][2][3][4].item<float>(),
              phases[1][2 * 4 + 1 * 2 + 0][1][2].item<float>());
}

TEST(S2rConfig, SaysWhatAReaderNeeds)
{
    const std::string config = s2rConfigJson(s2rShape("s2r-live", 4));

    EXPECT_NE(config.find("\"windows\": [4, 8, 8]"), std::string::npos);
    EXPECT_NE(config.find("\"scale\": 4"), std::string::npos);
    EXPECT_NE(config.find("\"padding\": 8"), std::string::npos);
    EXPECT_NE(config.find("\"mean\": [0.4488, 0.4371, 0.404]"), std::string::npos);
}

} // namespace
} // namespace vitrine::learning
