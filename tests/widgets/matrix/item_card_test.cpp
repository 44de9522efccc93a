#include "widgets/matrix/item_card.h"

#include <QComboBox>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

class ItemCardTest : public testing::Test
{
protected:
    ItemCardTest()
        : card_("Heads", {.grid = "Heads overview", .score = "Score of heads"}, {"Mass", "Entropy"},
                {"how much", "how wide"}, nullptr)
    {
        std::vector<GridItem> items;
        for (int row = 0; row < 40; ++row)
            for (int column = 0; column < 4; ++column)
                items.push_back({.id = {row, column}, .score = 1.0 * row, .picture = {1, 0, 0, 1}});
        card_.resize(260, 300);
        card_.show();
        card_.grid()->setItems(std::move(items), 2, false);
        QCoreApplication::processEvents();
    }

    ItemCard card_;
};

TEST_F(ItemCardTest, TheScoreIsAChoiceWithItsMeaning)
{
    auto* score = card_.findChild<QComboBox*>();
    card_.setScore(1);
    EXPECT_EQ(score->currentText(), "Entropy");
    EXPECT_EQ(score->toolTip(), "how wide");
    EXPECT_EQ(score->accessibleName(), "Score of heads");
    EXPECT_EQ(card_.grid()->accessibleName().isEmpty(), false);

    QSignalSpy chosen(&card_, &ItemCard::scoreIndexChosen);
    card_.setScore(0);
    EXPECT_EQ(chosen.count(), 0) << "what is set was not chosen";
    emit score->activated(1);
    EXPECT_EQ(chosen.count(), 1);
}

TEST_F(ItemCardTest, AnotherSelectionIsBroughtIntoSightOnce)
{
    QScrollBar* bar = card_.findChild<QScrollArea*>()->verticalScrollBar();
    ASSERT_GT(bar->maximum(), 0);
    card_.setSelected({39, 1});
    EXPECT_EQ(card_.grid()->selected(), (ItemId{39, 1}));
    EXPECT_GT(bar->value(), 0);

    bar->setValue(0); // a person scrolls away; the same selection leaves it
    card_.setSelected({39, 1});
    EXPECT_EQ(bar->value(), 0);
}

} // namespace
} // namespace vitrine
