#include "widgets/player/arrivals.h"

#include "tests/widgets/player/fake_stream.h"

#include <gtest/gtest.h>

#include <QCoreApplication>

namespace vitrine::player
{
namespace
{

using tests::FakeStream;
using tests::paneOf;

TEST(Arrivals, TellABurstOnceAndOnlyOfWhatIsListenedTo)
{
    const auto one = std::make_shared<FakeStream>(16, 16, 4),
               other = std::make_shared<FakeStream>(16, 16, 4);
    QObject owner;
    int told = 0;
    Arrivals arrivals(&owner, [&] { ++told; });
    arrivals.listenTo({paneOf("a", one), paneOf("b", other)});

    for (const std::int64_t frame : {0, 1, 2})
        one->deliver(frame);
    other->deliver(0);
    EXPECT_EQ(told, 0) << "not in the decoder's thread";
    QCoreApplication::processEvents();
    EXPECT_EQ(told, 1);
    one->deliver(3);
    QCoreApplication::processEvents();
    EXPECT_EQ(told, 2);

    arrivals.listenTo({paneOf("b", other)});
    one->deliver(0);
    QCoreApplication::processEvents();
    EXPECT_EQ(told, 2);
    other->deliver(1);
    QCoreApplication::processEvents();
    EXPECT_EQ(told, 3);
}

} // namespace
} // namespace vitrine::player
