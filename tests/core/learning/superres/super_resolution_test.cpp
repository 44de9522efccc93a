#include "core/learning/nets/superres/super_resolution.h"

#include "core/learning/nets/superres/bicubic.h"
#include "core/learning/nets/superres/patches.h"
#include "core/learning/nets/superres/picture_pairs.h"
#include "core/learning/nets/superres/quality.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using torch::Tensor;

// Stripes of many directions and widths: what bicubic enlargement blurs.
Tensor stripes(int64_t height, int64_t width, double angle)
{
    const Tensor y = torch::arange(height, torch::kDouble).view({-1, 1});
    const Tensor x = torch::arange(width, torch::kDouble).view({1, -1});
    const Tensor phase = (x * std::cos(angle) + y * std::sin(angle)) * (0.9 + 0.2 * angle);
    const Tensor plane = ((phase.sin() > 0.0).to(torch::kDouble) * 160.0 + 40.0);
    return torch::stack({plane, plane * 0.8, 255.0 - plane}).to(torch::kUInt8);
}

struct StoredPicture {
    std::string name, use;
    Tensor pixels;
};

void writeStore(const fs::path& folder, const std::vector<StoredPicture>& pictures)
{
    fs::create_directories(folder);
    std::ofstream bytes(folder / "pictures.rgb", std::ios::binary), table(folder / "pictures.tsv");
    table << "name\twidth\theight\toffset\tuse\n";
    for (const auto& [name, use, pixels] : pictures) {
        table << name << '\t' << pixels.size(2) << '\t' << pixels.size(1) << '\t' << bytes.tellp()
              << '\t' << use << '\n';
        const Tensor rows = pixels.permute({1, 2, 0}).contiguous();
        bytes.write(static_cast<const char*>(rows.data_ptr()), rows.numel());
    }
}

class SuperResolutionTest : public testing::Test
{
protected:
    void SetUp() override
    {
        folder_ = fs::temp_directory_path() /
                  ("vitrine-superres-" + std::to_string(::getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name());
        writeStore(folder_ / "pictures", {{"a", "train", stripes(120, 160, 0.3)},
                                          {"b", "train", stripes(160, 120, 1.0)},
                                          {"c", "vt10", stripes(64, 64, 0.7)}});
    }
    void TearDown() override { fs::remove_all(folder_); }

    Settings settings(const std::string& network) const
    {
        Settings result;
        result.set("network", network);
        result.set("batch", "2");
        result.set("patch", "16");
        return result;
    }
    std::unique_ptr<Trainee> trainee(const Settings& settings) const
    {
        return makeSuperResolution(settings, {folder_.string(), ""});
    }

    fs::path folder_;
};

// Plain gradient descent with Adam, for the loop is not what is tested here.
std::vector<double> losses(Trainee& trainee, int64_t steps)
{
    torch::optim::Adam adam(trainee.network().parameters(), torch::optim::AdamOptions(2e-3));
    trainee.network().train();
    std::vector<double> values;
    for (int64_t i = 0; i < steps; ++i) {
        Chance chance(7, i);
        adam.zero_grad();
        const Tensor loss = trainee.loss({i, 0.0, chance});
        loss.backward();
        adam.step();
        values.push_back(loss.item<double>());
    }
    return values;
}

double meanOf(const std::vector<double>& values, size_t first, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; ++i)
        sum += values[first + i];
    return sum / static_cast<double>(count);
}

TEST_F(SuperResolutionTest, LearnsStripesBetterThanBicubic)
{
    const auto live = trainee(settings("s2r-live"));

    const auto values = losses(*live, 120);

    EXPECT_LT(meanOf(values, 100, 20), 0.6 * meanOf(values, 0, 10));
    live->network().eval();
    const torch::NoGradGuard noGradient;
    const auto scores = live->scores();
    EXPECT_EQ(scores[0].name, "VT10 x2 PSNR-Y");
    EXPECT_EQ(scores[1].name, "VT10 x2 PSNR-Y of bicubic");
    EXPECT_GT(scores[0].value, scores[1].value);
}

TEST_F(SuperResolutionTest, TakesTheSameStepsFromTheSameChance)
{
    const auto first = losses(*trainee(settings("s2r-fast")), 3);
    const auto second = losses(*trainee(settings("s2r-fast")), 3);

    EXPECT_EQ(first, second);
}

TEST_F(SuperResolutionTest, TrainsTheWholeNetworkToo)
{
    const auto values = losses(*trainee(settings("s2r")), 8);

    EXPECT_LT(values.back(), values.front());
}

TEST_F(SuperResolutionTest, GivesTheSamePictureAfterExportAndImport)
{
    const auto first = trainee(settings("s2r-live")), second = trainee(settings("s2r-live"));
    losses(*first, 5);
    fs::create_directories(folder_ / "model");

    first->exportTo((folder_ / "model").string());
    second->importFrom((folder_ / "model").string());

    const torch::NoGradGuard noGradient;
    const Tensor low = torch::rand({1, 3, 20, 24});
    auto& a = dynamic_cast<S2r&>(first->network());
    auto& b = dynamic_cast<S2r&>(second->network());
    a.eval();
    b.eval();
    EXPECT_LT((a.forward(low) - b.forward(low)).abs().max().item<double>(), 5e-3);
    EXPECT_TRUE(fs::exists(folder_ / "model" / "config.json"));
}

TEST_F(SuperResolutionTest, RefusesADamagedModel)
{
    const auto live = trainee(settings("s2r-live"));
    fs::create_directories(folder_ / "model");
    live->exportTo((folder_ / "model").string());
    fs::resize_file(folder_ / "model" / "model.safetensors", 1000);

    EXPECT_THROW(live->importFrom((folder_ / "model").string()), std::runtime_error);
    EXPECT_THROW(trainee(settings("s2r-fast"))->importFrom((folder_ / "absent").string()),
                 std::runtime_error);
}

TEST_F(SuperResolutionTest, StartsALargerScaleFromASmallerOne)
{
    const auto two = trainee(settings("s2r-live"));
    losses(*two, 2);
    fs::create_directories(folder_ / "two");
    two->exportTo((folder_ / "two").string());
    Settings four = settings("s2r-live");
    four.set("scale", "4");
    four.set("start_from", (folder_ / "two").string());

    const auto larger = trainee(four);
    Chance chance(1, 0);
    larger->network().train();
    larger->loss({0, 0.0, chance});

    const auto from = two->network().named_parameters(), to = larger->network().named_parameters();
    EXPECT_TRUE(torch::allclose(to["conv_first.weight"], from["conv_first.weight"], 1e-3, 1e-5));
    EXPECT_NE(to["upsample.0.weight"].sizes(), from["upsample.0.weight"].sizes());
}

TEST_F(SuperResolutionTest, ScoresTestSetsThatArePrepared)
{
    const Tensor high = stripes(48, 64, 0.5);
    writeStore(folder_ / "set5", {{"x_HR.png", "test", high},
                                  {"x_LR.png", "test", bicubic(high, 24, 32)},
                                  {"y_HR.png", "test", high}});
    const auto live = trainee(settings("s2r-live"));
    live->network().eval();

    const torch::NoGradGuard noGradient;
    const auto scores = live->scores();

    const auto found = std::find_if(scores.begin(), scores.end(), [](const Score& score) {
        return score.name == "Set5 x2 PSNR-Y of bicubic";
    });
    ASSERT_NE(found, scores.end());
    EXPECT_NEAR(found->value, psnrY(bicubic(bicubic(high, 24, 32), 48, 64), high, 2), 1e-9);
}

TEST_F(SuperResolutionTest, DrawsPatchesWhoseSmallPicturesAreTheirReduction)
{
    const PictureStore store((folder_ / "pictures").string(), "train");
    Chance chance(3, 0);

    const PatchPair pair = Patches(store, 2, 16).draw(chance, 4);

    ASSERT_EQ(pair.low.sizes(), (std::vector<int64_t>{4, 3, 16, 16}));
    ASSERT_EQ(pair.high.sizes(), (std::vector<int64_t>{4, 3, 32, 32}));
    const Tensor high = (pair.high[2] * 255.0).round().to(torch::kUInt8);
    const Tensor low = (pair.low[2] * 255.0).round().to(torch::kUInt8);
    const auto inside = [](const Tensor& x) { return x.slice(1, 2, 14).slice(2, 2, 14); };
    EXPECT_TRUE(torch::equal(inside(low), inside(bicubic(high, 16, 16))));
}

} // namespace
} // namespace vitrine::learning
