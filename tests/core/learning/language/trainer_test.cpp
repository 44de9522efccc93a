#include "core/learning/nets/language/trainer.h"

#include "core/learning/nets/language/checkpoint.h"
#include "core/learning/nets/language/token_store.h"
#include "tests/core/learning/toy_text.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

class Training : public testing::Test
{
protected:
    void SetUp() override
    {
        folder_ =
            fs::temp_directory_path() / ("vitrine-trainer-test-" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        tests::writeToyText(folder_, "train", 40);
        tests::writeToyText(folder_, "heldout", 3);
    }
    void TearDown() override { fs::remove_all(folder_); }

    Recipe recipe(const std::string& out) const
    {
        Recipe r;
        r.data = folder_.string();
        r.out = (folder_ / out).string();
        r.vocabulary = 32;
        r.width = 16;
        r.layers = 2;
        r.heads = 2;
        r.feedForward = 24;
        r.context = 64;
        r.windows = {{0.0, 16}, {0.5, 32}};
        r.tokensPerStep = 128;
        r.steps = 60;
        r.warmUp = 5;
        r.learningRate = 1e-2;
        r.evaluateEvery = 20;
        r.device = "cpu";
        return r;
    }

    fs::path folder_;
};

TEST_F(Training, LowersTheLossAndExportsTheModel)
{
    std::vector<TrainingPoint> points;
    train(recipe("a"), Start::fresh, [&](const TrainingPoint& point) {
        if (!std::isnan(point.heldOutLoss))
            points.push_back(point);
        return true;
    });

    ASSERT_EQ(points.size(), 3u);
    EXPECT_EQ(points.back().step, 60);
    EXPECT_LT(points.back().heldOutLoss, points.front().heldOutLoss);
    EXPECT_LT(points.back().heldOutLoss, 2.5); // ln 32 = 3.47 at the start
    EXPECT_TRUE(fs::exists(folder_ / "a/model/config.json"));
    const TensorFile model = readTensorFile((folder_ / "a/model/model.safetensors").string());
    ASSERT_NE(model.find("model.layers.1.self_attn.k_proj.weight"), nullptr);
    EXPECT_EQ(model.find("model.layers.1.self_attn.k_proj.weight")->sizes(),
              (std::vector<int64_t>{16, 16}));
    EXPECT_EQ(model.tensors.size(), 2u + 2u * 9u);
}

TEST_F(Training, ResumedEqualsUninterruptedToTheLastBit)
{
    const auto always = [](const TrainingPoint&) { return true; };
    train(recipe("whole"), Start::fresh, always);
    train(recipe("parts"), Start::fresh,
          [](const TrainingPoint& point) { return point.step < 20; });
    train(recipe("parts"), Start::resume, always);

    const TensorFile whole = readTensorFile((folder_ / "whole/checkpoint.safetensors").string());
    const TensorFile parts = readTensorFile((folder_ / "parts/checkpoint.safetensors").string());
    ASSERT_EQ(whole.tensors.size(), parts.tensors.size());
    for (const auto& [name, tensor] : whole.tensors)
        EXPECT_TRUE(torch::equal(tensor, *parts.find(name))) << name;
}

TEST_F(Training, EveryWindowBeginsWithTheFirstTokenAndTargetsFollowInputs)
{
    const TokenStore store = readTokenStore(folder_.string(), "train");
    WindowSampler sampler(store, 0.5, 1);

    const Batch batch = sampler.draw(8, 24, 0);

    EXPECT_TRUE((batch.inputs.select(1, 0) == kBeginOfText).all().item<bool>());
    EXPECT_TRUE(torch::equal(batch.inputs.slice(1, 1), batch.targets.slice(1, 0, 23)));
}

} // namespace
} // namespace vitrine::learning
