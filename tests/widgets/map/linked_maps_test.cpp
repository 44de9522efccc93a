#include "widgets/map/linked_maps.h"

#include <QTest>

#include <gtest/gtest.h>

#include <atomic>

namespace vitrine
{
namespace
{

// Work is done when the test says so.
struct Later {
    std::vector<std::function<void()>> jobs;
    MapCompute compute = [this](QObject*, const QString&, std::function<void()> work,
                                std::function<void()> done) {
        jobs.push_back([work = std::move(work), done = std::move(done)] {
            work();
            done();
        });
    };
    void doAll()
    {
        while (!jobs.empty()) {
            auto now = std::move(jobs);
            jobs.clear();
            for (const auto& job : now)
                job();
        }
    }
};

LinkedMap map(float value)
{
    LinkedMap made;
    made.grid.rows = made.grid.columns = 8;
    made.grid.tile = [value](const MapTile& tile) -> Result<std::vector<float>> {
        return std::vector<float>(static_cast<std::size_t>(tile.height() * tile.width()), value);
    };
    return made;
}

class LinkedMapsTest : public testing::Test
{
protected:
    LinkedMapsTest() : maps_(later_.compute, nullptr)
    {
        maps_.resize(900, 320);
        maps_.show();
    }
    void set(std::vector<float> values, GridChange change)
    {
        std::vector<LinkedMap> all;
        for (const float value : values)
            all.push_back(map(value));
        maps_.setMaps(std::move(all), change);
    }
    std::optional<float> shown(std::size_t place)
    {
        return maps_.maps()[place]->shownValue({3, 3});
    }
    void paint()
    {
        QCoreApplication::processEvents(); // the layout
        maps_.grab();
        later_.doAll();
    }

    Later later_;
    LinkedMaps maps_;
};

TEST_F(LinkedMapsTest, ThreeMapsStandInARowAndAreReadTogether)
{
    set({0.1F, 0.2F, 0.3F}, GridChange::grid);
    paint();
    EXPECT_EQ(maps_.maps()[0]->mapTo(&maps_, QPoint()).y(),
              maps_.maps()[2]->mapTo(&maps_, QPoint()).y());

    std::vector<float> values;
    QObject::connect(&maps_, &LinkedMaps::read, &maps_,
                     [&](const MapReading&, const std::vector<float>& all) { values = all; });
    MapView* first = maps_.maps()[0];
    QTest::mouseMove(first, first->geometryOfMap().toPixel(3.5, 3.5).toPoint());
    ASSERT_TRUE(QTest::qWaitFor([&] {
        later_.doAll();
        return !values.empty();
    }));
    EXPECT_EQ(values, (std::vector<float>{0.1F, 0.2F, 0.3F}));
}

TEST_F(LinkedMapsTest, ZoomingOneIsTold)
{
    set({0.1F, 0.2F}, GridChange::grid);
    std::optional<MapWindow> window;
    QObject::connect(&maps_, &LinkedMaps::windowEdited, &maps_,
                     [&](const MapWindow& edited) { window = edited; });
    QTest::keyClick(maps_.maps()[0], Qt::Key_Plus);
    ASSERT_TRUE(window);
    maps_.setWindow(*window);
    EXPECT_EQ(maps_.maps()[1]->window(), maps_.maps()[0]->window());
}

// A live result: until its tiles are there the old ones are drawn, not a gap.
TEST_F(LinkedMapsTest, OtherValuesReplaceTheOldWithoutAGap)
{
    set({0.02F}, GridChange::grid);
    paint();
    ASSERT_EQ(shown(0), std::optional(0.02F));
    const QImage before = maps_.grab().toImage();

    set({0.09F}, GridChange::values);
    const QImage between = maps_.grab().toImage();
    EXPECT_FALSE(maps_.maps()[0]->settled());
    EXPECT_EQ(between, before);

    later_.doAll();
    EXPECT_EQ(shown(0), std::optional(0.09F));
    EXPECT_NE(maps_.grab().toImage(), before);
}

} // namespace
} // namespace vitrine
