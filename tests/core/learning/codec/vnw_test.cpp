#include "core/learning/nets/codec/in_integers.h"
#include "core/learning/nets/codec/packing.h"
#include "core/learning/nets/codec/sha256.h"
#include "core/learning/nets/codec/vnw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <unistd.h>

namespace vitrine::learning::codec
{
namespace
{

std::string ownFolder()
{
    const auto folder =
        std::filesystem::temp_directory_path() / ("vitrine-vnw-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    return folder.string();
}

std::string bytesOf(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void writeBytes(const std::string& path, const std::string& bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string refusal(const std::string& path, const std::string& kind = "ctvc-intra")
{
    try {
        readWeights(path, kind);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

TEST(Weights, ComeBackAsTheyWereUpToF16)
{
    torch::manual_seed(13);
    const torch::NoGradGuard noGradient;
    IntraNet net;
    const std::string folder = ownFolder(), path = folder + "/ctvc-intra.vnw";
    const auto picture = torch::rand({1, 3, 32, 32});

    const Weights written = packed("ctvc-intra", *net, {net->hyperprior()});
    writeWeights(path, written);
    IntraNet back = readIntra(folder);
    const Weights read = readWeights(path, "ctvc-intra");

    EXPECT_LT(std::filesystem::file_size(path), 3u << 20);
    EXPECT_EQ(read.tensors.size(), net->named_parameters().size());
    for (const auto& item : net->named_parameters())
        EXPECT_TRUE(torch::equal(back->named_parameters()[item.key()],
                                 item.value().to(torch::kHalf).to(torch::kFloat)))
            << item.key();
    const auto latent = net->encode(picture);
    EXPECT_LT((back->encode(picture) - latent).abs().max().item<float>(),
              0.01f * latent.abs().max().item<float>());
    ASSERT_EQ(read.hyperpriors.size(), 1u);
    EXPECT_EQ(read.hyperpriors[0].decoder.layers[1].weights,
              written.hyperpriors[0].decoder.layers[1].weights);
    EXPECT_EQ(read.hyperpriors[0].decoder.thresholds, written.hyperpriors[0].decoder.thresholds);
    EXPECT_EQ(read.hyperpriors[0].tables[5].frequencies,
              written.hyperpriors[0].tables[5].frequencies);
    EXPECT_EQ(read.gaussians.size(), 64u);

    // Written again from what was read: the same file.
    unpack(read, *net, path);
    writeWeights(folder + "/again.vnw", packed("ctvc-intra", *net, {net->hyperprior()}));
    EXPECT_EQ(bytesOf(folder + "/again.vnw"), bytesOf(path));
}

TEST(Weights, RefuseWhatIsNotTheirs)
{
    torch::manual_seed(14);
    IntraNet net;
    const std::string path = ownFolder() + "/whole.vnw", broken = ownFolder() + "/broken.vnw";
    writeWeights(path, packed("ctvc-intra", *net, {net->hyperprior()}));
    const std::string bytes = bytesOf(path);

    EXPECT_NE(refusal(path, "ctvc-inter").find("ctvc-inter expected"), std::string::npos);
    EXPECT_NE(refusal(ownFolder() + "/none.vnw").find("cannot be opened"), std::string::npos);
    writeBytes(broken, bytes.substr(0, bytes.size() - 1));
    EXPECT_NE(refusal(broken).find("length"), std::string::npos);
    writeBytes(broken, "GIF89a" + bytes.substr(6));
    EXPECT_NE(refusal(broken).find("no .vnw"), std::string::npos);
    std::string flipped = bytes;
    flipped[bytes.size() / 2] ^= 1;
    writeBytes(broken, flipped);
    EXPECT_NE(refusal(broken).find("SHA-256"), std::string::npos);
    for (const size_t cut : {size_t{0}, size_t{5}, size_t{13}, size_t{40}}) {
        writeBytes(broken, bytes.substr(0, cut));
        EXPECT_NE(refusal(broken), "");
    }
}

// With the length and the hash mended, so that the parts behind them are reached.
void mendFrame(std::string& bytes)
{
    if (bytes.size() < 64)
        return;
    for (size_t i = 0; i < 4; ++i)
        bytes[12 + i] = static_cast<char>(bytes.size() >> (8 * i));
    const auto hash = sha256(std::string_view(bytes).substr(0, bytes.size() - 32));
    std::copy(hash.begin(), hash.end(), bytes.end() - 32);
}

TEST(Weights, MutatedFilesAreReadOrRefusedByTheirPath)
{
    torch::manual_seed(14);
    IntraNet net;
    const std::string path = ownFolder() + "/mutated.vnw";
    writeWeights(path, packed("ctvc-intra", *net, {net->hyperprior()}));
    const std::string bytes = bytesOf(path);
    writeBytes(path, bytes + std::string(4 << 20, 'x'));
    EXPECT_NE(refusal(path).find("more than 3 MiB"), std::string::npos);

    std::mt19937 random(21);
    int refused = 0;
    for (int i = 0; i < 120; ++i) {
        std::string changed = bytes;
        // Names, shapes and lengths are near the beginning of each part; all parts are met.
        const size_t at = i % 2 ? 16 + random() % 200 : 16 + random() % (bytes.size() - 48);
        switch (random() % 3) {
        case 0:
            changed[at] = static_cast<char>(random());
            break;
        case 1:
            changed.erase(at, 1 + random() % 64);
            break;
        default:
            changed.replace(at, 4, "\xff\xff\xff\x7f");
        }
        mendFrame(changed);
        writeBytes(path, changed);
        const std::string reason = refusal(path);
        EXPECT_TRUE(reason.empty() || reason.find("mutated.vnw") != std::string::npos) << reason;
        refused += !reason.empty();
    }
    EXPECT_GT(refused, 20);
}

// A hyper-decoder as training leaves it: deviations spread over the range, means of several steps.
Hyperprior trainedLike()
{
    Hyperprior hyper(16);
    const torch::NoGradGuard noGradient;
    hyper->last()->weight.mul_(3.0);
    hyper->last()->bias.normal_();
    return hyper;
}

IntegerPlanes planesOf(const torch::Tensor& x)
{
    IntegerPlanes planes{x.size(1), x.size(2), x.size(3), {}};
    const auto flat = x.contiguous().flatten();
    for (int64_t i = 0; i < flat.numel(); ++i)
        planes.values.push_back(static_cast<int16_t>(flat[i].item<float>()));
    return planes;
}

TEST(IntegerHyper, SaysWhatTheFloatingOneSays)
{
    torch::manual_seed(15);
    const torch::NoGradGuard noGradient;
    Hyperprior hyper = trainedLike();
    std::vector<Table> tables(static_cast<size_t>(kHyperChannels), logisticTable(0.0, 0.5));
    const IntegerHyper integer = inIntegers(*hyper, tables);
    const auto latents = (torch::randn({1, kHyperChannels, 4, 5}) * 1.2).round();

    const Prediction expected = hyper->predict(latents, 16, 20);
    const IntegerPlanes found = predict(integer, planesOf(latents));

    ASSERT_EQ(found.values.size(), static_cast<size_t>(2 * 16 * 16 * 20));
    const auto values = sigmas();
    const auto mean = expected.mean.contiguous().flatten();
    const auto logSigma = expected.logSigma.contiguous().flatten();
    double squares = 0.0, spread = 0.0;
    int near = 0;
    const auto count = static_cast<int>(mean.numel());
    for (int i = 0; i < count; ++i) {
        const double error = found.values[static_cast<size_t>(i)] / 256.0 - mean[i].item<double>();
        squares += error * error;
        spread += mean[i].item<double>() * mean[i].item<double>();
        const double steps =
            (std::log(std::clamp(std::exp(logSigma[i].item<double>()), kLeastSigma, kMostSigma)) -
             std::log(kLeastSigma)) /
            (std::log(values[1]) - std::log(values[0]));
        const int index = sigmaIndex(integer, found.values[static_cast<size_t>(count + i)]);
        near += std::abs(index - std::lround(steps)) <= 1;
    }
    RecordProperty("mean_error", std::to_string(std::sqrt(squares / count)));
    RecordProperty("mean_spread", std::to_string(std::sqrt(spread / count)));
    RecordProperty("near_sigmas", std::to_string(static_cast<double>(near) / count));
    EXPECT_LT(std::sqrt(squares / spread), 0.02); // int8 weights: about 1 % of what they make
    EXPECT_GT(near, 95 * count / 100);
}

TEST(IntegerHyper, HoldsExtremeLatentsWithoutOverflow)
{
    torch::manual_seed(17);
    Hyperprior hyper(16);
    const IntegerHyper integer =
        inIntegers(*hyper, std::vector<Table>(32, logisticTable(0.0, 0.5)));
    IntegerPlanes extreme{32, 2, 2, std::vector<int16_t>(128, INT16_MAX)};

    for (const IntegerLayer& layer : integer.layers) {
        const auto taps = layer.in * (layer.doubles ? 4 : 9);
        EXPECT_LT(taps * 127 * 32768 + (int64_t{1} << 29) + (1 << 24), int64_t{1} << 31);
    }
    EXPECT_EQ(predict(integer, extreme).values.size(), static_cast<size_t>(32 * 8 * 8));
}

} // namespace
} // namespace vitrine::learning::codec
