#include "core/learning/nets/queue/start.h"

#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/tensor_file.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

// A slope alone; nothing here trains it.
class SlopeTrainee : public Trainee
{
public:
    explicit SlopeTrainee(double slope, int64_t inputs = 2) : slope_(inputs, 1)
    {
        torch::nn::init::constant_(slope_->weight, slope);
    }
    torch::nn::Module& network() override { return *slope_; }
    torch::Tensor loss(const Step&) override { return slope_->weight.sum(); }
    Score selection() override { return {}; }
    std::vector<Score> scores() override { return {}; }
    std::string configJson() const override { return "{}\n"; }
    std::vector<std::string> dataParts() const override { return {}; }
    double worthShipping() const override { return 0; }

    float slope() { return slope_->weight[0][0].item<float>(); }

private:
    torch::nn::Linear slope_;
};

class StartOfATraining : public testing::Test
{
protected:
    void SetUp() override
    {
        ship("teacher", 7.0, "");
        recipe_.set("network", "slope");
        recipe_.set("start", "teacher");
    }

    void ship(const std::string& name, double slope, const std::string& start) const
    {
        const std::string folder = places().models + "/" + name;
        fs::create_directories(folder);
        SlopeTrainee(slope).exportTo(folder);
        Settings recipe;
        recipe.set("network", "slope");
        Card card{name, 3, 9, 1, 0.0, {}, {}};
        card.start = start;
        writeWhole(folder + "/README.md", cardText(card, recipe, {}));
    }

    QueuePlaces places() const
    {
        return {(folder_.path / "recipes").string(),
                (folder_.path / "models").string(),
                (folder_.path / "state").string(),
                {}};
    }

    float slopeAfterBeginning() const
    {
        SlopeTrainee trainee(1.0);
        beginFromStart(places(), "pupil", recipe_, trainee);
        return trainee.slope();
    }

    tests::TemporaryFolder folder_;
    Settings recipe_;
};

TEST_F(StartOfATraining, TakesTheShippedWeightsAndSaysHowFarTheyWereTrained)
{
    EXPECT_EQ(startOf(places(), "pupil"), "");

    EXPECT_EQ(slopeAfterBeginning(), 7.0f);

    EXPECT_EQ(startOf(places(), "pupil"), "teacher, step 3 of 9");
}

TEST_F(StartOfATraining, GoesOnFromItsOwnStateOrShippedModelInstead)
{
    ship("pupil", 5.0, "teacher, step 2 of 9");
    EXPECT_EQ(slopeAfterBeginning(), 1.0f) << "the loop takes the shipped ones";
    EXPECT_EQ(startOf(places(), "pupil"), "teacher, step 2 of 9");

    fs::remove_all(fs::path(places().models) / "pupil");
    fs::create_directories(fs::path(places().state) / "pupil");
    std::ofstream(places().state + "/pupil/checkpoint.safetensors") << "there";
    EXPECT_EQ(slopeAfterBeginning(), 1.0f);
}

TEST_F(StartOfATraining, WithoutTheKeyBeginsFromNothing)
{
    Settings plain;
    plain.set("network", "slope");
    SlopeTrainee trainee(1.0);
    beginFromStart(places(), "pupil", plain, trainee);
    EXPECT_EQ(trainee.slope(), 1.0f);
    EXPECT_EQ(startOf(places(), "pupil"), "");
}

TEST_F(StartOfATraining, RefusesByNameWhatIsNotShippedAndOtherSizes)
{
    recipe_.set("start", "nobody");
    try {
        slopeAfterBeginning();
        FAIL() << "it began";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("start = nobody"), std::string::npos);
    }
    recipe_.set("start", "teacher");
    SlopeTrainee wider(1.0, 3);
    EXPECT_THROW(beginFromStart(places(), "pupil", recipe_, wider), std::runtime_error);
    EXPECT_EQ(startOf(places(), "pupil"), "");
}

TEST_F(StartOfATraining, StandsOnTheCard)
{
    ship("pupil", 5.0, "teacher, step 2 of 9");
    const std::string folder = places().models + "/pupil";
    EXPECT_EQ(readCard(folder).start, "teacher, step 2 of 9");
    std::ifstream in(folder + "/README.md");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_NE(text.find("It began with the shipped weights of teacher, step 2 of 9."),
              std::string::npos)
        << text;
}

} // namespace
} // namespace vitrine::learning
