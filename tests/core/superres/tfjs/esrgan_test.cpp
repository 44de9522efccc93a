#include "core/superres/tfjs/esrgan.h"

#include "core/picture/picture.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

// What `packaging/fetch esrgan` got, where it was called.
std::shared_ptr<const Upscaler> fetched(const EsrganPackage& package, std::int64_t scale)
{
    auto upscaler = openEsrgan(package, scale, {});
    return upscaler ? *upscaler : nullptr;
}

// The largest difference, in 0..1, from what TensorFlow.js computed with the same weights.
double differenceFromTfjs(const Upscaler& upscaler, const std::filesystem::path& golden)
{
    const auto pair = Safetensors::open(golden).value();
    const TensorView low = pair.tensor("low").value();
    Picture picture{low.shape[1], low.shape[0], 3, {}};
    for (const std::byte value : low.bytes)
        picture.values.push_back(std::to_integer<std::uint8_t>(value));
    auto expected = toFloat(pair.tensor("high").value());
    for (float& value : expected)
        value /= 255;
    return tests::largestDifference(upscaler.enlarged(imageOf(picture), {})->image.values,
                                    expected);
}

class Esrgan : public testing::TestWithParam<std::tuple<bool, std::int64_t>>
{
protected:
    const EsrganPackage package_ = std::get<0>(GetParam()) ? esrganMedium() : esrganSlim();
    const std::int64_t scale_ = std::get<1>(GetParam());
};

TEST_P(Esrgan, EnlargesAsTensorFlowJsDoes)
{
    const auto golden = tests::goldenData("superres/tfjs/" + package_.id + "-x" +
                                          std::to_string(scale_) + ".safetensors");
    const auto upscaler = fetched(package_, scale_);
    if (!golden || !upscaler)
        GTEST_SKIP() << "VITRINE_GOLDEN is not set, or packaging/fetch esrgan was not called";

    const double difference = differenceFromTfjs(*upscaler, *golden);

    RecordProperty("difference", std::to_string(difference));
    EXPECT_LE(difference, 1e-4);
    EXPECT_EQ(upscaler->scale(), scale_);
    EXPECT_EQ(upscaler->parameters(), package_.parameters(scale_));
}

INSTANTIATE_TEST_SUITE_P(Packages, Esrgan,
                         testing::Combine(testing::Bool(), testing::Values(2, 3, 4, 8)),
                         [](const auto& tested) {
                             return std::string(std::get<0>(tested.param) ? "MediumX" : "SlimX") +
                                    std::to_string(std::get<1>(tested.param));
                         });

// A quarter of the bytes of the shards in the packages.
TEST(EsrganPackages, HaveAsManyWeightsAsTheirShardsHold)
{
    EXPECT_EQ(esrganSlim().parameters(2), 888300 / 4);
    EXPECT_EQ(esrganSlim().parameters(3), 907260 / 4);
    EXPECT_EQ(esrganSlim().parameters(4), 933804 / 4);
    EXPECT_EQ(esrganSlim().parameters(8), 1115820 / 4);
    EXPECT_EQ(esrganMedium().parameters(2), 2772940 / 4);
    EXPECT_EQ(esrganMedium().parameters(3), 2791900 / 4);
    EXPECT_EQ(esrganMedium().parameters(4), 2818444 / 4);
    EXPECT_EQ(esrganMedium().parameters(8), 3000460 / 4);
}

TEST(EsrganPackages, AreMethods)
{
    std::vector<std::string> ids;
    for (const UpscalingMethod& method : upscalingMethods())
        if (method.id.starts_with("esrgan")) {
            ids.push_back(method.id);
            EXPECT_EQ(method.scales, (std::vector<std::int64_t>{2, 3, 4, 8}));
            EXPECT_FALSE(method.model); // none is shipped
            EXPECT_EQ(method.open(5, {}).error().kind, ErrorKind::argument);
        }
    EXPECT_EQ(ids, (std::vector<std::string>{"esrgan-slim", "esrgan-medium"}));
}

TEST(EsrganPackages, ThatAreNotThereAreRefusedWithTheCommandThatGetsThem)
{
    const tests::TemporaryFolder folder;
    const auto refused = openEsrgan(esrganSlim(), 2, folder.path);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::input);
    EXPECT_THAT(refused.error().message,
                testing::AllOf(HasSubstr("cannot find the weights of esrgan-slim x2"),
                               HasSubstr("packaging/fetch esrgan"),
                               HasSubstr(folder.path.string())));
}

TEST(EsrganPackages, AreLookedForInTheDataFolderOfTheUser)
{
    const char* before = std::getenv("XDG_DATA_HOME");
    const std::string kept = before ? before : "";
    ::setenv("XDG_DATA_HOME", "/some/where", 1);
    EXPECT_EQ(fetchedEsrgan(esrganMedium()), "/some/where/vitrine/models/upscalerjs-esrgan-medium");
    ::setenv("XDG_DATA_HOME", "", 1);
    EXPECT_THAT(fetchedEsrgan(esrganMedium()).string(), HasSubstr("/.local/share/vitrine/models/"));
    before ? ::setenv("XDG_DATA_HOME", kept.c_str(), 1) : ::unsetenv("XDG_DATA_HOME");
}

TEST(EsrganPackages, OthersNetworksAreRefused)
{
    const auto small = tests::goldenData("superres/tfjs/small");
    if (!small)
        GTEST_SKIP() << "VITRINE_GOLDEN is not set";
    EXPECT_THAT(openEsrgan(esrganSlim(), 2, *small).error().message,
                HasSubstr("its network enlarges 3 times, 2 is asked for"));
    EXPECT_THAT(openEsrgan(esrganSlim(), 3, *small).error().message,
                HasSubstr("weights, esrgan-slim x3 has 226815"));
}

// Y of rounded RGB as BT.601 has it, `border` pixels left out on each side.
double plainPsnrY(const Picture& a, const Picture& b, std::int64_t border)
{
    const auto luma = [](const Picture& picture, std::int64_t x, std::int64_t y) {
        const auto* p = &picture.values[static_cast<std::size_t>((y * picture.width + x) * 3)];
        return std::round((65.481 * p[0] + 128.553 * p[1] + 24.966 * p[2]) / 255 + 16);
    };
    double sum = 0, count = 0;
    for (std::int64_t y = border; y < a.height - border; ++y)
        for (std::int64_t x = border; x < a.width - border; ++x, ++count)
            sum += std::pow(luma(a, x, y) - luma(b, x, y), 2);
    return 10 * std::log10(255.0 * 255.0 * count / sum);
}

// The mean over the five pictures; 0 where they are not there.
double psnrOfSet5(const Upscaler& upscaler)
{
    const auto data = tests::testData();
    if (!data)
        return 0;
    double sum = 0;
    const std::string scale = std::to_string(upscaler.scale());
    for (int picture = 1; picture <= 5; ++picture) {
        const auto file = [&](const char* kind) {
            return *data / "images/set5" / ("x" + scale) /
                   fmt::format("img_{:03}_SRF_{}_{}.png", picture, scale, kind);
        };
        const auto low = readPicture(file("LR")), high = readPicture(file("HR"));
        if (!low || !high)
            return 0;
        const auto enlarged = upscaler.enlarged(imageOf(*low), {});
        sum += plainPsnrY(pictureOf(enlarged->image), *high, upscaler.scale());
    }
    return sum / 5;
}

// Measured here; bicubic enlargement (a = -0.5) has 33.65 dB for x2 and 28.42 dB for x4.
TEST(EsrganPackages, HaveTheseFiguresOnSet5)
{
    struct Figure {
        EsrganPackage package;
        std::int64_t scale;
        double psnr;
        bool takesLong;
    };
    const bool all = tests::rounds(20) == 20;
    for (const Figure& each :
         {Figure{esrganSlim(), 2, 33.492, false}, Figure{esrganSlim(), 4, 28.583, false},
          Figure{esrganMedium(), 2, 33.592, true}, Figure{esrganMedium(), 4, 28.726, true}}) {
        if (each.takesLong && !all)
            continue;
        const auto upscaler = fetched(each.package, each.scale);
        const double psnr = upscaler ? psnrOfSet5(*upscaler) : 0;
        if (psnr == 0)
            GTEST_SKIP() << "no VITRINE_TEST_DATA, or packaging/fetch esrgan was not called";
        EXPECT_NEAR(psnr, each.psnr, 0.005) << each.package.id << " x" << each.scale;
    }
}

} // namespace
} // namespace vitrine::superres
