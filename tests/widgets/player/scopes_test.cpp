#include "widgets/player/scopes.h"

#include <gtest/gtest.h>

namespace vitrine::player
{
namespace
{

TEST(HistogramTitle, NamesTheCurvesThatAreThere)
{
    ScopeData data;
    data.firstName = "Reference";
    data.secondName = "x264";
    EXPECT_EQ(histogramTitle(data), "Histogram of Y");

    data.second.counts[0] = {1, 2};
    EXPECT_EQ(histogramTitle(data), "Histogram of Y: x264 line");

    data.first.counts[0] = {2, 1};
    EXPECT_EQ(histogramTitle(data), "Histogram of Y: Reference filled, x264 line");

    data.plane = 2; // the pictures are grey
    EXPECT_EQ(histogramTitle(data), "Histogram of V");
}

} // namespace
} // namespace vitrine::player
