#include "widgets/player/scope_maker.h"

#include "tests/widgets/player/fake_stream.h"
#include "tests/widgets/player/held_work.h"

#include <gtest/gtest.h>

namespace vitrine::player
{
namespace
{

using tests::FakeStream;
using tests::paneOf;

class ScopeMakerTest : public testing::Test
{
protected:
    ScopeMakerTest()
    {
        panes_.setPanes({paneOf("reference", reference_), paneOf("x264", test_)});
        setScopes(true);
    }
    void setScopes(bool on)
    {
        PlayerState state;
        state.scopes = on;
        panes_.setState(state);
    }
    void makeAt(std::int64_t moment)
    {
        Scene scene;
        scene.moment = moment;
        for (int pane = 0; pane < panes_.count(); ++pane)
            scene.panes.push_back(panes_.momentOf(pane, moment));
        maker_.make(scene);
        while (work_.waiting() > 0)
            work_.finish();
    }

    std::shared_ptr<FakeStream> reference_ = std::make_shared<FakeStream>(32, 32, 8),
                                test_ = std::make_shared<FakeStream>(32, 32, 8, 6.0);
    PaneSet panes_;
    tests::HeldWork work_;
    QObject owner_;
    std::vector<ScopeData> made_;
    ScopeMaker maker_{work_.compute(), &owner_, panes_,
                      [this](ScopeData data) { made_.push_back(std::move(data)); }};
};

TEST_F(ScopeMakerTest, ScopesAreOfTheFramesThatAreShown)
{
    makeAt(3);
    makeAt(3);
    ASSERT_EQ(made_.size(), 1u) << "the same frames";
    EXPECT_EQ(made_[0].firstName, "reference");
    EXPECT_EQ(made_[0].secondName, "x264");
    EXPECT_EQ(made_[0].first.counts, video::histogram(reference_->frame(3)).counts);
    EXPECT_EQ(made_[0].second.counts, video::histogram(test_->frame(3)).counts);
}

// On the way to a frame its key frame is shown; what is said of it is not what is shown after it.
TEST_F(ScopeMakerTest, AFrameThatArrivesTakesThePlaceOfItsKeyFrame)
{
    test_->holdBack();
    test_->deliver(0);
    makeAt(3);
    test_->deliver(3);
    makeAt(3);

    ASSERT_EQ(made_.size(), 2u);
    EXPECT_EQ(made_[0].second.counts, video::histogram(test_->frame(0)).counts);
    EXPECT_EQ(made_[1].second.counts, video::histogram(test_->frame(3)).counts);
}

TEST_F(ScopeMakerTest, NothingIsMadeOfScopesThatAreNotShown)
{
    setScopes(false);
    makeAt(3);
    EXPECT_TRUE(made_.empty());
}

} // namespace
} // namespace vitrine::player
