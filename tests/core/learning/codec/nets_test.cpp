#include "core/learning/nets/codec/inter.h"
#include "core/learning/nets/codec/intra.h"

#include <gtest/gtest.h>

namespace vitrine::learning::codec
{
namespace
{

int64_t codecParameters(const torch::nn::Module& module, const std::string& with = "")
{
    int64_t count = 0;
    for (const auto& item : module.named_parameters())
        if (item.key().find(with) != std::string::npos)
            count += item.value().numel();
    return count;
}

// 1.099 M in the specification, section 5.
TEST(IntraNet, HasTheParametersOfTheSpecification)
{
    IntraNet net;
    EXPECT_EQ(codecParameters(*net), 1'099'347);
    EXPECT_EQ(codecParameters(*net, "log_gains"), 384);
    EXPECT_EQ(codecParameters(*net, "z_"), 64);
    EXPECT_EQ(codecParameters(*net->hyperprior()), 134'496 + 64);
}

TEST(InterNet, HasTheParametersOfTheSpecification)
{
    InterNet net;
    EXPECT_EQ(codecParameters(*net), 1'099'275);
    EXPECT_EQ(codecParameters(*net, "log_gains"), 384);
    EXPECT_EQ(codecParameters(*net, "z_"), 128);
    EXPECT_EQ(codecParameters(*net->motionCoder()->hyperprior()), 79'072 + 64);
    EXPECT_EQ(codecParameters(*net->residualCoder()->hyperprior()), 106'784 + 64);
}

TEST(InterNet, NamesItsTensorsByTheirPlace)
{
    InterNet net;
    const auto parameters = net->named_parameters();
    for (const char* name : {"feature1.weight", "estimate2.bias",
                             "motion.enc_swin.block2.relative_position_bias_table",
                             "motion.gains.log_gains", "motion.hyper.z_mean", "offsets.weight",
                             "deform.project.weight", "residual.hyper.dec3.weight", "rec3.weight"})
        EXPECT_TRUE(parameters.contains(name)) << name;
}

// Both zero starts together; without the second, chains fall below this baseline early.
TEST(InterNet, UntrainedRepeatsTheLastPictureBitForBit)
{
    InterNet net;
    const torch::NoGradGuard noGradient;
    const auto now = torch::rand({1, 3, 32, 48}), last = torch::rand({1, 3, 32, 48});

    const auto frame = net->forward(now, last, 1.0, nullptr);

    EXPECT_TRUE(torch::equal(frame.picture, last));
    EXPECT_TRUE(torch::equal(net->motionOnly(now, last, 1.0, nullptr).picture, last));
}

TEST(IntraNet, KeepsSizesWhoseLatentsHyperLatentsDoNotDivide)
{
    IntraNet net;
    const torch::NoGradGuard noGradient;

    const auto frame = net->forward(torch::rand({1, 3, 48, 80}), 2.5, nullptr);

    EXPECT_EQ(frame.picture.sizes(), torch::IntArrayRef({1, 3, 48, 80}));
    EXPECT_EQ(frame.coded.bits.sizes(), torch::IntArrayRef({1, 96, 3, 5}));
    EXPECT_EQ(frame.coded.hyperBits.sizes(), torch::IntArrayRef({1, 32, 1, 2}));
}

TEST(Hyperprior, RoundsToSymbolsAboutAMeanOnItsGrid)
{
    torch::manual_seed(12);
    Hyperprior hyper(8);
    const torch::NoGradGuard noGradient;
    const auto latent = torch::randn({1, 8, 4, 4}) * 5.0;

    const auto coded = hyper->code(latent, nullptr);
    const auto told = hyper->predict(hyper->encode(latent).round(), 4, 4);
    const auto symbols = coded.latent - (told.mean * 256.0).round() / 256.0;

    EXPECT_TRUE(torch::allclose(symbols, symbols.round(), 0.0, 1e-4));
    EXPECT_LE((coded.latent - latent).abs().max().item<float>(), 0.5001f);
}

} // namespace
} // namespace vitrine::learning::codec
