#include "core/jobs/experiment/progress_part.h"

#include <gtest/gtest.h>

#include <vector>

namespace vitrine
{
namespace
{

class Shares : public QuietProgress
{
public:
    using QuietProgress::QuietProgress;
    bool advance(double done, double total, std::string_view what) override
    {
        told.push_back(done / total);
        last = what;
        return QuietProgress::advance(done, total, what);
    }
    std::vector<double> told;
    std::string last;
};

TEST(ProgressPart, IsItsShareOfTheWhole)
{
    Shares whole;
    for (std::size_t i = 0; i < 2; ++i) {
        ProgressPart part(whole, i, 2);
        EXPECT_TRUE(part.advance(0, 10, "frames"));
        EXPECT_TRUE(part.advance(5, 10, "frames"));
    }
    EXPECT_EQ(whole.told, (std::vector<double>{0, 0.25, 0.5, 0.75}));
    EXPECT_EQ(whole.last, "frames");
    ProgressPart(whole, 1, 2).advance(1, 0, {}); // a total that is not known yet
    EXPECT_EQ(whole.told.back(), 0.5);
}

TEST(ProgressPart, PartsWithinPartsAndTheRestAreOfTheWhole)
{
    Shares whole("/artifacts");
    ProgressPart half(whole, 1, 2), quarter(half, 1, 2);

    quarter.advance(1, 2, {});
    EXPECT_EQ(whole.told.back(), 0.875);
    EXPECT_EQ(quarter.artifactFolder(), "/artifacts");
    ASSERT_TRUE(quarter.saveState("here"));
    EXPECT_EQ(whole.loadState(), "here");
    EXPECT_EQ(quarter.loadState(), "here");

    whole.cancel();
    EXPECT_TRUE(quarter.isCancelled());
    EXPECT_FALSE(quarter.advance(1, 2, {}));
}

} // namespace
} // namespace vitrine
