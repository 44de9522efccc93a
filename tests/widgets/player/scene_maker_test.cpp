#include "widgets/player/scene_maker.h"

#include "tests/widgets/player/fake_stream.h"
#include "tests/widgets/player/held_work.h"

#include <gtest/gtest.h>

namespace vitrine::player
{
namespace
{

using tests::FakeStream;
using tests::paneOf;

// One pane of ten frames; what is presented is kept.
class SceneMakerTest : public testing::Test
{
protected:
    SceneMakerTest()
    {
        panes_.setPanes({paneOf("reference", stream_)});
        transport_.setLength(10);
    }
    std::optional<SceneRequest> request(std::int64_t moment)
    {
        SceneRequest wished;
        wished.moment = moment;
        for (int pane = 0; pane < panes_.count(); ++pane)
            wished.panes.push_back(panes_.momentOf(pane, moment));
        return wished;
    }
    std::vector<std::int64_t> moments() const
    {
        std::vector<std::int64_t> list;
        for (const Scene& scene : presented_)
            list.push_back(scene.moment);
        return list;
    }

    std::shared_ptr<FakeStream> stream_ = std::make_shared<FakeStream>(16, 16, 10);
    PaneSet panes_;
    Transport transport_;
    tests::HeldWork work_;
    std::vector<Scene> presented_;
    SceneMaker maker_{work_.compute(),
                      &transport_,
                      panes_,
                      transport_,
                      [this](std::int64_t moment) { return request(moment); },
                      [this](Scene scene) { presented_.push_back(std::move(scene)); }};
};

using Moments = std::vector<std::int64_t>;

TEST_F(SceneMakerTest, MakesOneAtATime)
{
    maker_.make(0);
    maker_.make(0);
    EXPECT_TRUE(maker_.isMaking());
    EXPECT_EQ(work_.waiting(), 1u);

    work_.finish();

    EXPECT_FALSE(maker_.isMaking());
    EXPECT_EQ(work_.waiting(), 0u);
    ASSERT_EQ(moments(), Moments{0});
    EXPECT_TRUE(presented_[0].isExact());
}

TEST_F(SceneMakerTest, WhatBecameOldWhileItWasMadeIsMadeAgain)
{
    maker_.make(0);
    maker_.renew();
    work_.finish();
    ASSERT_EQ(work_.waiting(), 1u);
    work_.finish();

    ASSERT_EQ(moments(), (Moments{0, 0}));
    EXPECT_LT(presented_[0].version, maker_.version());
    EXPECT_EQ(presented_[1].version, maker_.version());
    EXPECT_EQ(work_.waiting(), 0u);
}

TEST_F(SceneMakerTest, TheMomentThatIsDueFollows)
{
    maker_.make(0);
    transport_.seek(6);
    maker_.make(6); // passed over
    work_.finish();
    work_.finish();

    EXPECT_EQ(moments(), (Moments{0, 6}));
}

TEST_F(SceneMakerTest, AFrameThatCameWhileThePictureWasMadeIsShown)
{
    stream_->holdBack();
    maker_.make(0);
    stream_->deliver(0);
    work_.finish();
    work_.finish();

    ASSERT_EQ(moments(), (Moments{0, 0}));
    EXPECT_FALSE(presented_[0].isExact());
    EXPECT_TRUE(presented_[1].isExact());
    EXPECT_EQ(work_.waiting(), 0u);
}

TEST_F(SceneMakerTest, OfOtherPanesNothingIsShown)
{
    maker_.make(0);
    panes_.setPanes({paneOf("reference", stream_), paneOf("x264", stream_)});
    work_.finish();
    EXPECT_TRUE(presented_.empty());
    work_.finish();

    ASSERT_EQ(presented_.size(), 1u);
    EXPECT_EQ(presented_[0].panes.size(), 2u);
}

TEST_F(SceneMakerTest, WhilePlayingTheNextIsMadeAheadAndShownAtOnce)
{
    transport_.setPlaying(true);
    maker_.make(0);
    work_.finish();
    ASSERT_EQ(work_.waiting(), 1u);
    work_.finish();
    EXPECT_EQ(moments(), Moments{0}) << "its time has not come";

    transport_.seek(1);
    maker_.show(1);

    EXPECT_EQ(moments(), (Moments{0, 1}));
    EXPECT_EQ(work_.waiting(), 1u) << "the one after it";
}

TEST_F(SceneMakerTest, WhatWasMadeAheadIsDropped)
{
    for (const bool renewed : {false, true}) {
        presented_.clear();
        transport_.seek(0);
        transport_.setPlaying(true);
        maker_.make(0);
        work_.finish();
        work_.finish();
        if (renewed)
            maker_.renew();
        else
            maker_.dropNext();
        transport_.setPlaying(false);
        transport_.seek(1);
        maker_.show(1);
        EXPECT_EQ(moments(), Moments{0});
        work_.finish();
        EXPECT_EQ(moments(), (Moments{0, 1}));
    }
}

TEST_F(SceneMakerTest, WhatIsNotDecodedIsNotMadeAhead)
{
    stream_->holdBack();
    stream_->deliver(0);
    transport_.setPlaying(true);
    maker_.make(0);
    work_.finish();
    EXPECT_EQ(work_.waiting(), 0u);

    stream_->deliver(1);
    maker_.makeNext();
    EXPECT_EQ(work_.waiting(), 1u);
}

} // namespace
} // namespace vitrine::player
