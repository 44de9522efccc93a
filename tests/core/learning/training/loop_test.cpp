#include "core/learning/nets/training/loop.h"

#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

struct Line : torch::nn::Module {
    Line()
        : slope(register_module("slope", torch::nn::Linear(2, 1))),
          norm(register_module("norm", torch::nn::BatchNorm1d(2)))
    {
    }
    torch::nn::Linear slope;
    torch::nn::BatchNorm1d norm;
};

// Learns y = 3 a - 2 b + 1 from drawn points; its second half waits for half of the schedule.
class LineTrainee : public Trainee
{
public:
    torch::nn::Module& network() override { return line_; }
    torch::Tensor loss(const Step& step) override
    {
        if (step.number == brokenAt)
            return torch::full({}, std::numeric_limits<float>::quiet_NaN());
        const auto x = step.chance.normal({16, 2});
        const auto y = 3.0 * x.select(1, 0) - 2.0 * x.select(1, 1) + 1.0;
        if (step.progress < 0.5)
            return torch::nn::functional::linear(x, line_.slope->weight)
                .squeeze(1)
                .sub(y)
                .square()
                .mean();
        return (line_.slope(line_.norm(x)).squeeze(1) - y).square().mean();
    }
    Score selection() override
    {
        EXPECT_FALSE(line_.is_training());
        return {"closeness",
                -line_.slope->weight.sub(torch::tensor({{3.0, -2.0}})).norm().item<double>(), ""};
    }
    std::vector<Score> scores() override { return {selection()}; }
    std::string configJson() const override { return "{}"; }
    std::vector<std::string> dataParts() const override { return {}; }
    double worthShipping() const override { return 0.1; }

    int64_t brokenAt = -1;

private:
    Line line_;
};

class TrainLoop : public testing::Test
{
protected:
    void SetUp() override
    {
        folder_ =
            (fs::temp_directory_path() / ("vitrine-loop-" + std::to_string(::getpid()))).string();
        fs::remove_all(folder_);
        schedule_.steps = 200;
        schedule_.warmUp = 10;
        schedule_.learningRate = 0.1;
        schedule_.evaluateEvery = 50;
        schedule_.average = 0.9;
    }
    void TearDown() override { fs::remove_all(folder_); }

    LoopPoint run(const std::string& name, int64_t until = 1000, const std::string& shipped = "",
                  int64_t brokenAt = -1)
    {
        torch::manual_seed(7);
        LineTrainee trainee;
        trainee.brokenAt = brokenAt;
        return trainLoop(trainee, schedule_, folder_ + "/" + name, shipped,
                         [&](const LoopPoint& point) { return point.step < until; });
    }

    TensorFile checkpoint(const std::string& name) const
    {
        return readTensorFile(folder_ + "/" + name + "/checkpoint.safetensors");
    }

    void expectSameBits(const std::string& a, const std::string& b) const
    {
        const TensorFile left = checkpoint(a), right = checkpoint(b);
        ASSERT_EQ(left.tensors.size(), right.tensors.size());
        for (const auto& [name, tensor] : left.tensors)
            EXPECT_TRUE(torch::equal(tensor, *right.find(name))) << name;
    }

    std::string folder_;
    Schedule schedule_;
};

TEST_F(TrainLoop, LearnsAndItsMeanIsWhatIsScored)
{
    const LoopPoint end = run("a");

    EXPECT_EQ(end.step, 200);
    LineTrainee trainee;
    const LoopPoint loaded = loadAverage(trainee, folder_ + "/a");
    EXPECT_EQ(loaded.step, 200);
    EXPECT_NEAR(loaded.seconds, end.seconds, 1e-3);
    trainee.network().eval();
    EXPECT_GT(trainee.selection().value, -0.3);
}

TEST_F(TrainLoop, ResumedEqualsUninterruptedToTheLastBit)
{
    run("whole");
    for (const int64_t until : {1, 37, 100, 150, 1000})
        run("parts", until);

    expectSameBits("whole", "parts");
}

TEST_F(TrainLoop, ALossThatIsNoNumberEndsTheRunAndTheLastGoodCheckpointStays)
{
    run("a", 60);

    try {
        run("a", 1000, "", 80);
        FAIL() << "the run went on";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("step 80"), std::string::npos) << error.what();
    }
    EXPECT_EQ(checkpoint("a").metadata.at("step"), "60");
}

TEST_F(TrainLoop, WithoutStateItGoesOnFromTheShippedWeightsAtTheirStepWithASecondWarmUp)
{
    run("a", 120);
    LineTrainee trainee;
    loadAverage(trainee, folder_ + "/a");
    const std::string shipped = folder_ + "/shipped";
    fs::create_directories(shipped);
    trainee.exportTo(shipped);
    Settings recipe;
    recipe.set("network", "line");
    const Card card{"line", 120, 200, 1, 0.25, {"closeness", -0.1, ""}, {}};
    writeWhole(shipped + "/README.md", cardText(card, recipe, {}));

    const LoopPoint first = run("lost", 121, shipped);

    EXPECT_EQ(first.step, 121);
    EXPECT_GT(first.seconds, 900.0);
    EXPECT_EQ(checkpoint("lost").metadata.at("restarted_at"), "120");
    const LoopPoint second =
        run("lost", 1000, shipped); // now there is state: the card counts no more
    EXPECT_EQ(second.step, 200);
    EXPECT_EQ(checkpoint("lost").metadata.at("restarted_at"), "120");
}

TEST_F(TrainLoop, TheLogHasNoLineOfAStepThatIsTakenAgain)
{
    run("a", 60);
    std::ofstream(folder_ + "/a/training.csv", std::ios::app) << "90,1,0.1,5,\n";

    run("a", 110);

    std::ifstream log(folder_ + "/a/training.csv");
    std::string text{std::istreambuf_iterator<char>(log), {}};
    EXPECT_EQ(text.find("\n90,"), std::string::npos);
    EXPECT_NE(text.find("\n100,"), std::string::npos);
}

TEST_F(TrainLoop, RefusesACheckpointOfAnotherNetwork)
{
    fs::create_directories(folder_ + "/a");
    TensorFile other;
    other.tensors.emplace_back("now.slope.weight", torch::zeros({3, 3}));
    other.metadata["step"] = "5";
    writeTensorFile(folder_ + "/a/checkpoint.safetensors", other, Storage::f32);

    EXPECT_THROW(run("a"), std::runtime_error);
}

TEST(ChanceOfAStep, DependsOnSeedAndStepAlone)
{
    Chance a(3, 10), again(3, 10), next(3, 11), other(4, 10);

    EXPECT_TRUE(torch::equal(a.normal({8}), again.normal({8})));
    EXPECT_EQ(a.uniform(), again.uniform());
    EXPECT_NE(a.uniform(), next.uniform());
    EXPECT_NE(next.uniform(), other.uniform());
    for (int i = 0; i < 1000; ++i) {
        const int64_t drawn = a.below(3);
        EXPECT_GE(drawn, 0);
        EXPECT_LT(drawn, 3);
    }
}

TEST(RateOfTheSchedule, WarmsUpFallsAndWarmsUpAgainAfterARestart)
{
    Schedule s;
    s.steps = 10'000;
    s.warmUp = 100;
    s.learningRate = 1.0;
    s.lastRate = 0.1;

    EXPECT_LT(rateOf(s, 0, -1), 0.02);
    EXPECT_GT(rateOf(s, 200, -1), 0.99);
    EXPECT_NEAR(rateOf(s, 10'000, -1), 0.1, 1e-9);
    EXPECT_NEAR(rateOf(s, 5000, 5000), rateOf(s, 5000, -1) / 201.0, 1e-9);
    EXPECT_EQ(rateOf(s, 5300, 5000), rateOf(s, 5300, -1));
}

} // namespace
} // namespace vitrine::learning
