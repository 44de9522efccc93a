#include "widgets/player/pane_set.h"

#include "tests/widgets/player/fake_stream.h"

#include <gtest/gtest.h>

namespace vitrine::player
{
namespace
{

using tests::FakeStream;
using tests::paneOf;
using Ranges = PaneSet::Ranges;

// A reference of ten frames, and a test of eight that has none at place 3.
class PaneSetTest : public testing::Test
{
protected:
    PaneSetTest()
    {
        Pane test = paneOf("x264", test_);
        test.places = {0, 1, 2, 4, 5, 6, 7, 8};
        panes_.setPanes({paneOf("reference", reference_), test});
    }
    void shift(std::int64_t by)
    {
        PlayerState state;
        state.offsets["x264"] = by;
        panes_.setState(state);
    }

    std::shared_ptr<FakeStream> reference_ = std::make_shared<FakeStream>(16, 16, 10),
                                test_ = std::make_shared<FakeStream>(16, 16, 8, 0.0, 4);
    PaneSet panes_;
};

TEST_F(PaneSetTest, TheTwoPanesAreThoseOfTheStateOrTheFirstTwo)
{
    EXPECT_EQ(panes_.first(), 0);
    EXPECT_EQ(panes_.second(), 1);

    PlayerState state;
    state.first = "x264";
    panes_.setState(state);
    EXPECT_EQ(panes_.first(), 1);
    EXPECT_EQ(panes_.second(), 0);

    state.first = "gone";
    state.second = "reference"; // which is the first one already
    panes_.setState(state);
    EXPECT_EQ(panes_.first(), 0);
    EXPECT_EQ(panes_.second(), 1);

    panes_.setPanes({paneOf("reference", reference_)});
    EXPECT_EQ(panes_.second(), -1);
    EXPECT_EQ(panes_.chosen(), 0);
}

TEST_F(PaneSetTest, AMomentHasTheFrameOfItsTime)
{
    EXPECT_EQ(panes_.momentOf(1, 2).wanted, 2);
    EXPECT_EQ(panes_.momentOf(1, 4).wanted, 3);
    EXPECT_TRUE(panes_.momentOf(1, 4).isExact());
    EXPECT_EQ(panes_.momentAt(1, 3), 4);

    shift(2);
    EXPECT_EQ(panes_.momentOf(1, 2).wanted, 3);
    EXPECT_EQ(panes_.momentAt(1, 3), 2);
    EXPECT_EQ(panes_.momentOf(0, 2).wanted, 2);
}

TEST_F(PaneSetTest, AMomentWithoutAFrameSaysWhy)
{
    EXPECT_TRUE(panes_.momentOf(1, 3).absent.contains("hole"));
    EXPECT_EQ(panes_.momentOf(1, 9).absent, "no frame 9: there are 8");
    EXPECT_EQ(panes_.frameAt(1, 3), std::nullopt);

    Pane gone;
    gone.trouble = "gone: a.mp4";
    panes_.setPanes({gone});
    EXPECT_EQ(panes_.momentOf(0, 0).absent, "gone: a.mp4");
}

TEST_F(PaneSetTest, OnTheWayToAFrameThereIsItsKeyFrame)
{
    test_->holdBack();
    EXPECT_EQ(panes_.momentOf(1, 6).frame, nullptr);

    test_->deliver(4); // begins the group of frame 5
    const PaneMoment moment = panes_.momentOf(1, 6);
    ASSERT_TRUE(moment.frame);
    EXPECT_EQ(moment.wanted, 5);
    EXPECT_EQ(moment.frame->index, 4);
    EXPECT_TRUE(moment.isKey);
    EXPECT_FALSE(moment.isExact());
}

TEST_F(PaneSetTest, LastsUntilAllPanesAreAtTheirEnd)
{
    EXPECT_EQ(panes_.length(), 10);
    shift(-5);
    EXPECT_EQ(panes_.length(), 14);
    panes_.setPanes({});
    EXPECT_EQ(panes_.length(), 0);
}

TEST_F(PaneSetTest, IsReadyWhereEveryPaneHasWhatItEverHas)
{
    test_->holdBack();
    test_->deliver(1);
    test_->deliver(3);

    EXPECT_TRUE(panes_.isReady(1));
    EXPECT_FALSE(panes_.isReady(2));
    EXPECT_TRUE(panes_.isReady(3)) << "the hole";
    EXPECT_TRUE(panes_.isReady(4)) << "frame 3";
    EXPECT_TRUE(panes_.isReady(9)) << "behind its end";
}

TEST_F(PaneSetTest, CachedIsWhatAllPanesHave)
{
    reference_->holdBack();
    test_->holdBack();
    EXPECT_EQ(panes_.cached(), Ranges{});
    for (const std::int64_t frame : {2, 3, 4, 9})
        reference_->deliver(frame);
    for (const std::int64_t frame : {1, 2, 3, 4}) // of moments 1, 2, 4, 5
        test_->deliver(frame);

    EXPECT_EQ(panes_.cached(), (Ranges{{2, 4}, {9, 9}}));
}

TEST_F(PaneSetTest, AsksEveryStreamForItsOwnFrame)
{
    panes_.want(3, 12);
    EXPECT_EQ(reference_->wanted, 3);
    EXPECT_EQ(test_->wanted, 3) << "what comes behind the hole";

    panes_.want(40, 12);
    EXPECT_EQ(reference_->wanted, 9);
    EXPECT_EQ(test_->wanted, 7);

    shift(-6);
    panes_.want(2, 12);
    EXPECT_EQ(test_->wanted, 0);
}

TEST_F(PaneSetTest, KeyMomentsAreOfTheSecondPane)
{
    EXPECT_EQ(panes_.keyMoment(0, 1), 5) << "frame 4, behind the hole";
    EXPECT_EQ(panes_.keyMoment(7, -1), 5);
    EXPECT_EQ(panes_.keyMoment(5, -1), 0);
    EXPECT_EQ(panes_.keyMoment(6, 1), std::nullopt);
}

} // namespace
} // namespace vitrine::player
