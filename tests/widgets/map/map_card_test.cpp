#include "widgets/map/map_card.h"

#include "widgets/params/number_spin.h"
#include "widgets/params/segmented_switch.h"

#include <QComboBox>
#include <QLabel>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine
{
namespace
{

class MapCardTest : public testing::Test
{
protected:
    MapCardTest()
        : card_(
              "Map", "Point at a cell",
              [](QObject*, const QString&, std::function<void()> work, std::function<void()> done) {
                  work();
                  done();
              },
              nullptr)
    {
        card_.resize(600, 400);
        card_.setLook(look_);
        card_.show();
        QObject::connect(&card_, &MapCard::lookChosen, &card_,
                         [this](const figure::MapLook& look, const QString&, const QString& key) {
                             chosen_ = look;
                             key_ = key;
                         });
    }
    const QLabel* labelled(const QString& text)
    {
        for (const QLabel* label : card_.findChildren<QLabel*>())
            if (label->text() == text)
                return label;
        return nullptr;
    }

    figure::MapLook look_{.scale = figure::Scale::logarithmic,
                          .clip = 0.3,
                          .colours = figure::ColourMap::magma,
                          .window = {2, 3, 2}};
    MapCard card_;
    figure::MapLook chosen_;
    QString key_;
};

TEST_F(MapCardTest, ShowsItsLook)
{
    EXPECT_EQ(card_.findChild<SegmentedSwitch*>()->current(), 1);
    EXPECT_EQ(card_.findChild<QComboBox*>()->currentText(), "magma");
}

TEST_F(MapCardTest, AChoiceIsTheWholeLookWithOneThingChanged)
{
    emit card_.findChild<NumberSpin*>()->chosen(0.5);
    figure::MapLook expected = look_;
    expected.clip = 0.5;
    EXPECT_EQ(chosen_, expected);
    EXPECT_EQ(key_, "clip") << "a drag is one step to undo";

    emit card_.findChild<SegmentedSwitch*>()->chosen(0);
    expected = look_; // it was not given the other look back
    expected.scale = figure::Scale::linear;
    EXPECT_EQ(chosen_, expected);

    card_.setWindow({5, 5, 4});
    emit card_.findChild<LinkedMaps*>()->windowEdited({6, 5, 4});
    expected = look_;
    expected.window = {6, 5, 4};
    EXPECT_EQ(chosen_, expected);
    EXPECT_EQ(key_, "window");
}

TEST_F(MapCardTest, ANoteIsThereOnlyWhereThereIsSomethingToSay)
{
    card_.setNote("The first 4 of 6 runs are shown.");
    ASSERT_TRUE(labelled("The first 4 of 6 runs are shown."));
    EXPECT_TRUE(labelled("The first 4 of 6 runs are shown.")->isVisible());
    card_.setNote({});
    EXPECT_TRUE(std::ranges::none_of(card_.findChildren<QLabel*>(), [](const QLabel* label) {
        return label->isVisible() && label->text().contains("runs are shown");
    }));
}

TEST_F(MapCardTest, PointingAtNothingIsSaid)
{
    std::vector<std::int64_t> keys;
    QObject::connect(&card_, &MapCard::keyHovered, &card_,
                     [&](std::int64_t key) { keys.push_back(key); });
    card_.setMaps({}, GridChange::none);
    EXPECT_TRUE(keys.empty());
    card_.setMaps({}, GridChange::grid);
    EXPECT_EQ(keys, (std::vector<std::int64_t>{-1}));
    EXPECT_EQ(card_.readingText(), "");
}

} // namespace
} // namespace vitrine
