#include "widgets/player/prefetch.h"

#include "tests/widgets/player/fake_stream.h"

#include <gtest/gtest.h>

namespace vitrine::player
{
namespace
{

using tests::FakeStream;
using tests::paneOf;

TEST(WantAround, WhilePlayingTheNextThatIsMissingRoundTheLoopToo)
{
    const auto stream = std::make_shared<FakeStream>(16, 16, 10);
    stream->holdBack();
    PaneSet panes;
    panes.setPanes({paneOf("reference", stream)});
    Transport transport;
    transport.setLength(10);
    transport.setLoop(std::pair<std::int64_t, std::int64_t>{2, 5});
    transport.seek(4);
    const auto wanted = [&] {
        wantAround(panes, transport, false);
        return stream->wanted;
    };
    EXPECT_EQ(wanted(), 4) << "it stands still";

    transport.setPlaying(true);
    EXPECT_EQ(wanted(), 4);
    stream->deliver(4);
    EXPECT_EQ(wanted(), 5);
    stream->deliver(5);
    EXPECT_EQ(wanted(), 2);
}

} // namespace
} // namespace vitrine::player
