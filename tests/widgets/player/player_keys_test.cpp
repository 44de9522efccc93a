#include "widgets/player/player_keys.h"

#include <gtest/gtest.h>

#include <set>

namespace vitrine::player
{
namespace
{

PaneSet threePanes()
{
    PaneSet panes;
    std::vector<Pane> list(3);
    for (std::size_t i = 0; i < list.size(); ++i)
        list[i].id = list[i].name = QStringLiteral("p%1").arg(i);
    panes.setPanes(std::move(list));
    return panes;
}

Act actAt(int key, Qt::KeyboardModifiers modifiers = {})
{
    return std::get<Act>(pressedKey(key, modifiers).key->act);
}

PlayerState after(const PaneSet& panes, int key, Qt::KeyboardModifiers modifiers = {})
{
    const auto [pressed, place] = pressedKey(key, modifiers);
    const auto edit =
        std::get<Change>(pressed->act)({panes, QRect(0, 0, 100, 50), QSize(64, 32)}, place);
    return edit ? edit->state : panes.state();
}

TEST(KeyTable, NoKeyMeansTwoThings)
{
    std::set<std::pair<int, Held>> seen;
    for (const Key& each : keyTable())
        for (const int key : each.keys)
            EXPECT_TRUE(seen.insert({key, each.held}).second) << key;
    EXPECT_TRUE(keyTable().front().words);
}

TEST(KeyTable, ShiftMeansNothingWhereTheTableDoesNotSaySo)
{
    EXPECT_EQ(actAt(Qt::Key_Left), Act::back);
    EXPECT_EQ(actAt(Qt::Key_Left, Qt::ShiftModifier), Act::back10);
    EXPECT_EQ(actAt(Qt::Key_Space, Qt::ShiftModifier), Act::play);
    EXPECT_EQ(actAt(Qt::Key_Question, Qt::ShiftModifier), Act::help);
    EXPECT_EQ(actAt(Qt::Key_S, Qt::ControlModifier), Act::still);
    EXPECT_FALSE(pressedKey(Qt::Key_Up, {}).key); // only with Shift
    EXPECT_FALSE(pressedKey(Qt::Key_Space, Qt::ControlModifier).key);
    EXPECT_FALSE(pressedKey(Qt::Key_G, Qt::AltModifier).key);
    EXPECT_FALSE(pressedKey(Qt::Key_A, {}).key);
}

TEST(KeyTable, AltIsLookedAtBeforeCtrlAndShift)
{
    const PaneSet panes = threePanes();
    const auto all = Qt::AltModifier | Qt::ControlModifier | Qt::ShiftModifier;

    EXPECT_EQ(after(panes, Qt::Key_4, all).mode, Mode::blink);
    EXPECT_EQ(after(panes, Qt::Key_Up, Qt::ControlModifier | Qt::ShiftModifier).wipe, 0.48);
}

TEST(KeyTable, DigitsChoosePanesAndTheirSignsTheFirst)
{
    const PaneSet panes = threePanes();

    EXPECT_EQ(after(panes, Qt::Key_3).second, "p2");
    EXPECT_EQ(after(panes, Qt::Key_3, Qt::ShiftModifier).first, "p2");
    EXPECT_EQ(after(panes, Qt::Key_NumberSign, Qt::ShiftModifier).first, "p2");
    EXPECT_EQ(after(panes, Qt::Key_8), panes.state()); // there is none
    const PlayerState swapped = after(panes, Qt::Key_S);
    EXPECT_EQ(swapped.first, "p1");
    EXPECT_EQ(swapped.second, "p0");
}

TEST(KeyTable, ValuesStayWithinTheirBounds)
{
    PaneSet panes = threePanes();
    PlayerState state;
    state.gain = 64;
    state.speed = 0.15;
    state.wipe = 0.99;
    panes.setState(state);

    EXPECT_EQ(after(panes, Qt::Key_Up, Qt::ShiftModifier).gain, 64);
    EXPECT_EQ(after(panes, Qt::Key_Down, Qt::ShiftModifier).gain, 32);
    EXPECT_EQ(after(panes, Qt::Key_Less).speed, 0.1);
    EXPECT_EQ(after(panes, Qt::Key_Right, Qt::ControlModifier).wipe, 1);
}

} // namespace
} // namespace vitrine::player
