#include "core/learning/nets/superres/adaptation.h"

#include "core/learning/nets/superres/bicubic.h"
#include "core/learning/nets/superres/s2r.h"
#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using torch::Tensor;

// A new network, which enlarges about as bilinear interpolation does, and a picture of waves with
// what blurring over three pixels and taking every second one makes of it.
class AdaptationTest : public testing::Test
{
protected:
    AdaptationTest()
    {
        fs::create_directories(folder_ / "model");
        S2r network(s2rShape("s2r-live", 2), 1);
        writeTensorFile((folder_ / "model" / "model.safetensors").string(),
                        {namedTensors(network), {}}, Storage::f32);
        const Tensor y = torch::arange(96).view({96, 1, 1}),
                     x = torch::arange(128).view({1, 128, 1}), c = torch::arange(3).view({1, 1, 3});
        large_ = (0.5 + 0.4 * torch::sin(0.4 * x + c) * torch::cos(0.35 * y - c)).contiguous();
        const Tensor planes = large_.permute({2, 0, 1}).unsqueeze(1);
        const Tensor blurred = torch::avg_pool2d(planes, {3, 3}, {1, 1}, {1, 1});
        small_ = blurred.slice(2, 0, 96, 2)
                     .slice(3, 0, 128, 2)
                     .squeeze(1)
                     .permute({1, 2, 0})
                     .contiguous();
        task_ = {.model = (folder_ / "model").string(),
                 .out = (folder_ / "out").string(),
                 .name = "s2r-live",
                 .scale = 2,
                 .small = {64, 48, small_.data_ptr<float>()},
                 .large = {128, 96, large_.data_ptr<float>()},
                 .updates = 10,
                 .crop = 24,
                 .batch = 2,
                 .learningRate = 1e-3,
                 .seed = 1};
    }
    vitrine::tests::TemporaryFolder temporary_;
    fs::path folder_ = temporary_.path;
    Tensor small_, large_;
    AdaptationTask task_;
};

TEST_F(AdaptationTest, TenUpdatesLowerTheLossAndTheBestIsKept)
{
    std::vector<double> losses;
    const Adaptation done = adapt(task_, [&](int64_t update, double loss, double) {
        EXPECT_EQ(update, static_cast<int64_t>(losses.size()));
        losses.push_back(loss);
        return true;
    });
    ASSERT_EQ(losses.size(), 11u);
    EXPECT_EQ(done.kept, std::ranges::min_element(losses) - losses.begin());
    EXPECT_GT(done.kept, 0);
    EXPECT_LT(*std::ranges::min_element(losses), 0.9 * losses[0]);
    const TensorFile written = readTensorFile(task_.out + "/model.safetensors");
    EXPECT_NE(written.find("conv_first.weight"), nullptr);
    EXPECT_TRUE(fs::exists(task_.out + "/config.json"));
}

TEST_F(AdaptationTest, IsTheSameTwice)
{
    task_.updates = 2;
    std::vector<double> losses;
    const auto keep = [&](int64_t, double loss, double) {
        losses.push_back(loss);
        return true;
    };
    adapt(task_, keep);
    adapt(task_, keep);
    EXPECT_EQ(std::vector(losses.begin(), losses.begin() + 3),
              std::vector(losses.begin() + 3, losses.end()));
}

TEST_F(AdaptationTest, WhereNoUpdateHelpsTheWeightsStay)
{
    task_.learningRate = 10;
    task_.updates = 2;
    EXPECT_EQ(adapt(task_, [](int64_t, double, double) { return true; }).kept, 0);
    const TensorFile before = readTensorFile(task_.model + "/model.safetensors"),
                     after = readTensorFile(task_.out + "/model.safetensors");
    for (const auto& [name, tensor] : before.tensors)
        EXPECT_TRUE(after.find(name)->equal(tensor)) << name;
}

TEST_F(AdaptationTest, StopsAndRefusesSizesThatDoNotFit)
{
    EXPECT_TRUE(adapt(task_, [](int64_t update, double, double) { return update < 1; }).stopped);
    EXPECT_FALSE(fs::exists(task_.out));
    task_.large.width = 120;
    EXPECT_THROW(adapt(task_, [](int64_t, double, double) { return true; }), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
