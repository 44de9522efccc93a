#include "widgets/player/measurements.h"

#include "core/video/psnr.h"
#include "tests/widgets/player/fake_stream.h"
#include "tests/widgets/player/held_work.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::player
{
namespace
{

using tests::FakeStream;
using tests::paneOf;

constexpr std::int64_t kMoments = 6;

class MeasurementsTest : public testing::Test
{
protected:
    MeasurementsTest() { show(paneOf("x264", test_)); }
    void show(const Pane& test) { panes_.setPanes({paneOf("reference", reference_), test}); }
    void shift(std::int64_t by)
    {
        PlayerState state;
        state.offsets["x264"] = by;
        panes_.setState(state);
    }
    Scene sceneAt(std::int64_t moment) const
    {
        Scene scene;
        scene.moment = moment;
        for (int pane = 0; pane < panes_.count(); ++pane)
            scene.panes.push_back(panes_.momentOf(pane, moment));
        return scene;
    }
    void measureAt(std::int64_t moment)
    {
        measurements_.measure(sceneAt(moment));
        while (work_.waiting() > 0)
            work_.finish();
    }
    double psnrOf(std::int64_t reference, std::int64_t test) const
    {
        return video::frameError(reference_->frame(reference), test_->frame(test)).psnr(0);
    }

    std::shared_ptr<FakeStream> reference_ = std::make_shared<FakeStream>(32, 32, kMoments),
                                test_ = std::make_shared<FakeStream>(32, 32, kMoments, 6.0);
    PaneSet panes_;
    tests::HeldWork work_;
    QObject owner_;
    int told_ = 0;
    Measurements measurements_{work_.compute(), &owner_, panes_, [this] { ++told_; }};
};

TEST_F(MeasurementsTest, WhatIsShownIsMeasuredOnce)
{
    EXPECT_TRUE(std::isnan(measurements_.qualityAt(1, 2, "psnr_y")));

    measurements_.measure(sceneAt(2));
    measurements_.measure(sceneAt(3)); // passed over: one scene at a time
    ASSERT_EQ(work_.waiting(), 1u);
    EXPECT_TRUE(measurements_.isMeasuring());
    work_.finish();

    EXPECT_FALSE(measurements_.isMeasuring());
    EXPECT_EQ(told_, 1);
    EXPECT_DOUBLE_EQ(measurements_.qualityAt(1, 2, "psnr_y"), psnrOf(2, 2));
    EXPECT_TRUE(std::isnan(measurements_.qualityAt(1, 3, "psnr_y")));
    EXPECT_TRUE(std::isnan(measurements_.qualityAt(0, 2, "psnr_y"))) << "against itself";
    const auto all = measurements_.qualities(1, "psnr_y");
    ASSERT_EQ(all.size(), static_cast<std::size_t>(kMoments));
    EXPECT_DOUBLE_EQ(all[2], psnrOf(2, 2));
    EXPECT_TRUE(std::isnan(all[3]));

    measurements_.measure(sceneAt(2));
    EXPECT_EQ(work_.waiting(), 0u);
}

TEST_F(MeasurementsTest, AShiftedPaneIsAnotherPairOfFrames)
{
    measureAt(2);
    shift(1);
    EXPECT_TRUE(std::isnan(measurements_.qualityAt(1, 2, "psnr_y")));
    measureAt(2);
    EXPECT_DOUBLE_EQ(measurements_.qualityAt(1, 2, "psnr_y"), psnrOf(2, 3));

    shift(0);
    EXPECT_DOUBLE_EQ(measurements_.qualityAt(1, 2, "psnr_y"), psnrOf(2, 2));
}

TEST_F(MeasurementsTest, TheRunsOwnNumbersComeFirst)
{
    Pane test = paneOf("x264", test_);
    test.quality["vif"] = {0.1, 0.2, 0.3};
    show(test);

    measureAt(2);

    EXPECT_EQ(told_, 0);
    EXPECT_EQ(measurements_.qualityAt(1, 2, "vif"), 0.3);
    EXPECT_TRUE(std::isnan(measurements_.qualityAt(1, 3, "vif"))) << "the run has no more";

    shift(1); // pairs that the run did not measure
    EXPECT_TRUE(std::isnan(measurements_.qualityAt(1, 2, "vif")));
    measureAt(2);
    EXPECT_DOUBLE_EQ(measurements_.qualityAt(1, 2, "psnr_y"), psnrOf(2, 3));
}

TEST_F(MeasurementsTest, FramesOfAnotherSizeHaveNoQualityAndAreNotTriedAgain)
{
    show(paneOf("x264", std::make_shared<FakeStream>(16, 32, kMoments)));
    measureAt(0);
    EXPECT_EQ(told_, 1);
    EXPECT_TRUE(std::isnan(measurements_.qualityAt(1, 0, "psnr_y")));

    measureAt(0);
    EXPECT_EQ(told_, 1);
}

TEST_F(MeasurementsTest, AFrameOnTheWayIsNotMeasured)
{
    test_->holdBack();
    test_->deliver(0);
    measureAt(3); // the key frame in place of frame 3
    EXPECT_EQ(told_, 0);

    test_->deliver(3);
    measureAt(3);
    EXPECT_DOUBLE_EQ(measurements_.qualityAt(1, 3, "psnr_y"), psnrOf(3, 3));
}

TEST(MeasuresOf, AreThoseMeasuredHereAndThoseOfTheRun)
{
    const auto names = [](const std::vector<Pane>& panes) {
        QStringList list;
        for (const Measure& measure : measuresOf(panes))
            list << measure.name;
        return list.join(' ');
    };
    EXPECT_EQ(names({}), "psnr_y psnr_u psnr_v ssim");
    Pane pane;
    pane.quality["vif"] = {1};
    EXPECT_EQ(names({pane}), "psnr_y psnr_u psnr_v ssim vif");
}

TEST(WorstMoments, PassOverNeighbours)
{
    const double nan = std::nan("");
    EXPECT_EQ(worstMoments({30, 20, 21, nan, 35, 25, 40}), (std::vector<std::int64_t>{1, 6}));
    EXPECT_TRUE(worstMoments({nan}).empty());
}

TEST(NextWorst, GoesOnFromWhereTheLastJumpWentAndRound)
{
    std::vector<double> qualities(20, 50.0);
    qualities[12] = 20;
    qualities[3] = 30;
    const auto worst = worstMoments(qualities);
    ASSERT_GE(worst.size(), 2u);

    EXPECT_EQ(nextWorst(qualities, {}, 1), 12);
    EXPECT_EQ(nextWorst(qualities, {}, -1), 12);
    EXPECT_EQ(nextWorst(qualities, 12, 1), 3);
    EXPECT_EQ(nextWorst(qualities, 3, -1), 12);
    EXPECT_EQ(nextWorst(qualities, 12, -1), worst.back());
    EXPECT_EQ(nextWorst(qualities, worst.back(), 1), 12);
    EXPECT_EQ(nextWorst(qualities, 11, 1), 12) << "no jump went there";
    EXPECT_EQ(nextWorst({}, {}, 1), std::nullopt);
}

} // namespace
} // namespace vitrine::player
