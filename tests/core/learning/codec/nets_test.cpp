#include "core/learning/nets/codec/inter.h"
#include "core/learning/nets/codec/intra.h"

#include <gtest/gtest.h>

#include <set>

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

// Multiplications for each pixel of the picture: every weight of a layer once for each place of its
// output, which has a pixel for divisor x divisor of the picture's; of an `up`, a quarter of its 4
// x 4 weights meet one output. An attention block of width N multiplies 2 * 64 * N more for each
// token of its windows.
class PerPixel
{
public:
    explicit PerPixel(const torch::nn::Module& net) : weights_(net.named_parameters()) {}

    void conv(const std::string& name, int64_t divisor) { add(name, 1.0, divisor); }
    void up(const std::string& name, int64_t divisor) { add(name, 0.25, divisor); }
    void residual(const std::string& name, int64_t divisor)
    {
        conv(name + ".conv1", divisor);
        conv(name + ".conv2", divisor);
    }
    void attention(const std::string& name, int64_t divisor)
    {
        for (const std::string block : {".block1.", ".block2."}) {
            for (const char* layer : {"qkv", "proj", "fc1", "fc2"})
                conv(name + block + layer, divisor);
            const auto width = weights_[name + block + "proj.weight"].size(0);
            sum_ += static_cast<double>(2 * 64 * width) / static_cast<double>(divisor * divisor);
        }
    }
    void hyperDecoder(const std::string& name) // of a latent at a sixteenth
    {
        up(name + ".dec1", 32);
        up(name + ".dec2", 16);
        conv(name + ".dec3", 16);
    }

    double sum() const { return sum_; }

    // Layers with weights that were not counted.
    std::set<std::string> rest() const
    {
        std::set<std::string> names;
        for (const auto& item : weights_)
            if (item.value().dim() >= 2 && item.key().find(".weight") != std::string::npos)
                names.insert(item.key().substr(0, item.key().find(".weight")));
        for (const std::string& name : counted_)
            names.erase(name);
        return names;
    }

private:
    void add(const std::string& name, double share, int64_t divisor)
    {
        counted_.insert(name);
        sum_ += share * static_cast<double>(weights_[name + ".weight"].numel()) /
                static_cast<double>(divisor * divisor);
    }

    torch::OrderedDict<std::string, torch::Tensor> weights_;
    std::set<std::string> counted_;
    double sum_ = 0.0;
};

// What is left is what the encoder alone needs.
bool isEncoders(const std::string& layer)
{
    for (const char* part : {"enc", "down", "estimate"})
        if (layer.find(part) != std::string::npos)
            return true;
    return false;
}

TEST(IntraNet, DecodesWithTheMultiplicationsOfTheSpecification)
{
    const IntraNet net;
    PerPixel decoder(*net);
    decoder.up("dec1", 8);
    decoder.residual("dec_res1", 8);
    decoder.attention("dec_swin", 8);
    decoder.up("dec2", 4);
    decoder.residual("dec_res2", 4);
    decoder.up("dec3", 2);
    decoder.up("dec4", 1);
    decoder.hyperDecoder("hyper");

    EXPECT_EQ(decoder.sum(), 12'756.0);
    for (const std::string& layer : decoder.rest())
        EXPECT_TRUE(isEncoders(layer)) << layer;
    // The same in numbers: ups, residuals, attention, hyper-decoder.
    const double hyper = 32 * 32 * 4 / 1024.0 + 32 * 32 * 4 / 256.0 + 9 * 32 * 192 / 256.0;
    EXPECT_EQ(decoder.sum(), 96 * 80 * 4 / 64.0 + 80 * 64 * 4 / 16.0 + 64 * 32 * 4 / 4.0 +
                                 32 * 3 * 4.0 + 2 * 9 * 80 * 80 / 64.0 + 2 * 9 * 64 * 64 / 16.0 +
                                 2 * (8 * 80 * 80 + 2 * 64 * 80) / 64.0 + hyper);
}

TEST(InterNet, DecodesWithTheMultiplicationsOfTheSpecification)
{
    const InterNet net;
    PerPixel decoder(*net);
    decoder.conv("feature1", 2); // of the reference
    decoder.conv("feature2", 4);
    decoder.conv("feature3", 8);
    for (const std::string coder : {"motion", "residual"}) {
        decoder.up(coder + ".up", 8);
        decoder.residual(coder + ".dec_res", 8);
        decoder.attention(coder + ".dec_swin", 8);
        decoder.conv(coder + ".last", 8);
        decoder.hyperDecoder(coder + ".hyper");
    }
    for (const char* layer : {"offsets", "deform.project", "refine1", "refine2"})
        decoder.conv(layer, 8);
    decoder.residual("rec_res", 8);
    decoder.up("rec1", 4);
    decoder.up("rec2", 2);
    decoder.up("rec3", 1);

    EXPECT_EQ(decoder.sum(), 9'202.0);
    for (const std::string& layer : decoder.rest())
        EXPECT_TRUE(isEncoders(layer)) << layer;
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
