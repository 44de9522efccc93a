#include "core/video/bd.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

using testing::HasSubstr;
using Points = std::vector<RatePoint>;

constexpr CurveMethod kMethods[] = {CurveMethod::cubic, CurveMethod::pchip, CurveMethod::akima};

// UVG averages published with CompressAI: x264 and x265, medium, zero latency; kbit/s and PSNR-Y.
const Points kX264 = {
    {3591.856, 34.1312}, {6685.886, 36.6480}, {13645.808, 38.9761}, {36306.748, 41.2202}};
const Points kX265 = {
    {2402.075, 34.9182}, {5242.852, 37.4100}, {11316.149, 39.6110}, {31624.632, 41.6608}};

TEST(Bjontegaard, GivesThePublishedVectorByAllMethods)
{
    const double expected[] = {-36.830, -37.010, -36.983}, swapped[] = {58.303, 58.755, 58.687};
    for (std::size_t i = 0; i < 3; ++i) {
        const BdResult result = bjontegaard(kX264, kX265, kMethods[i]);
        ASSERT_TRUE(result.rate.value);
        EXPECT_NEAR(*result.rate.value, expected[i], 0.005);
        EXPECT_NEAR(*bjontegaard(kX265, kX264, kMethods[i]).rate.value, swapped[i], 0.005);
        EXPECT_EQ(result.rate.overlap.low, 34.9182);
        EXPECT_EQ(result.rate.overlap.high, 41.2202);
        EXPECT_TRUE(result.warnings.empty());
    }
    EXPECT_NEAR(*bjontegaard(kX264, kX265, CurveMethod::cubic).quality.value, 1.2753, 5e-5);
}

TEST(Bjontegaard, HalfTheRateIsMinusFiftyAndSwappingInverts)
{
    Points half = kX264;
    for (RatePoint& point : half)
        point.rate /= 2;
    for (const CurveMethod method : kMethods) {
        EXPECT_NEAR(*bjontegaard(kX264, half, method).rate.value, -50, 1e-9);
        EXPECT_NEAR(*bjontegaard(kX264, kX264, method).rate.value, 0, 1e-12);
        const double there = *bjontegaard(kX264, kX265, method).rate.value / 100;
        const double back = *bjontegaard(kX265, kX264, method).rate.value / 100;
        EXPECT_NEAR(back, 1 / (1 + there) - 1, 1e-9);
    }
}

TEST(Bjontegaard, TakesPointsInAnyOrder)
{
    Points shuffled = {kX265[2], kX265[0], kX265[3], kX265[1]};
    EXPECT_EQ(*bjontegaard(kX264, shuffled).rate.value, *bjontegaard(kX264, kX265).rate.value);
}

TEST(Bjontegaard, GivesNoNumberBelowAQuarterOfOverlap)
{
    Points high = kX264;
    for (RatePoint& point : high)
        point.quality += 5.4; // 1.69 of 7.09 dB stay: 23.8 %
    const BdResult result = bjontegaard(kX264, high);

    EXPECT_FALSE(result.rate.value);
    EXPECT_THAT(result.rate.reason, HasSubstr("23.8 %"));
    EXPECT_NEAR(result.rate.overlap.anchorShare, 0.238, 0.001);
    EXPECT_TRUE(result.quality.value); // the rates are the same

    for (RatePoint& point : high)
        point.quality += 100;
    EXPECT_THAT(bjontegaard(kX264, high).rate.reason, HasSubstr("share no quality"));
}

TEST(Bjontegaard, SaysWhyThereIsNoNumber)
{
    EXPECT_THAT(bjontegaard({kX264.begin(), kX264.begin() + 3}, kX265).rate.reason,
                HasSubstr("at least 4"));
    EXPECT_THAT(bjontegaard({}, {}).rate.reason, HasSubstr("at least 4"));
    Points bad = kX265;
    bad[1].rate = 0;
    EXPECT_THAT(bjontegaard(kX264, bad).rate.reason, HasSubstr("rate above 0"));
    Points twice = kX265;
    twice[1] = twice[0];
    EXPECT_THAT(bjontegaard(kX264, twice).rate.reason, HasSubstr("does not rise strictly"));
}

TEST(Bjontegaard, WarnsOfCurvesThatFallOrBendTheWrongWay)
{
    Points falls = kX265;
    std::swap(falls[1].quality, falls[2].quality);
    ASSERT_EQ(bjontegaard(kX264, falls).warnings.size(), 1u);
    EXPECT_THAT(bjontegaard(kX264, falls).warnings[0], HasSubstr("test: quality does not rise"));
    const Points hollow = {{1000, 30}, {2000, 31}, {3000, 34}, {4000, 38}};
    EXPECT_THAT(bjontegaard(kX264, hollow).warnings[0], HasSubstr("non-convex"));
}

// VMAF near its end: the least-squares cubic swings by decades of rate between these points.
TEST(Bjontegaard, WithholdsWhatACubicThatLeavesItsPointsWouldGive)
{
    const Points anchor = {
        {5012.39, 99.97751}, {4012.23, 99.91607}, {3014.7, 99.51432}, {2014.65, 96.622}};
    const Points test = {
        {5096.02, 99.98146}, {4000.03, 99.94996}, {3067.89, 99.66744}, {2054.35, 97.1181}};
    const BdResult cubic = bjontegaard(anchor, test, CurveMethod::cubic);
    EXPECT_FALSE(cubic.rate.value);
    EXPECT_THAT(cubic.rate.reason, HasSubstr("leaves its points"));
    EXPECT_NEAR(*cubic.quality.value, 0.1021, 1e-3);
    EXPECT_NEAR(*bjontegaard(anchor, test, CurveMethod::pchip).rate.value, -3.139, 1e-3);
}

TEST(Bjontegaard, AsksForUnitsWhereRatesLieFarApart)
{
    Points bits = kX264;
    for (RatePoint& point : bits)
        point.rate *= 1000;
    const BdResult result = bjontegaard(bits, kX265);
    ASSERT_EQ(result.warnings.size(), 1u);
    EXPECT_THAT(result.warnings[0], HasSubstr("as if their units differed"));
    EXPECT_TRUE(result.rate.value);
}

TEST(Bjontegaard, EqualsTheGoldenCases)
{
    const auto path = tests::goldenData("metrics/bd/bd_rate.json");
    if (!path)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    const Json golden = parseJson(readFile(*path, 16 << 20).value(), "bd").value();
    const auto pointsOf = [](const Json& curve) {
        Points points;
        for (std::size_t i = 0; i < curve["rate"].size(); ++i)
            points.push_back({curve["rate"][i], curve["quality"][i]});
        return points;
    };
    int numbers = 0;
    for (const Json& c : golden["cases"])
        for (const CurveMethod method : kMethods) {
            const std::string name = c["name"], m(curveMethodName(method));
            const BdResult result = bjontegaard(pointsOf(c["anchor"]), pointsOf(c["test"]), method);
            for (const auto& [delta, key] : {std::pair(&result.rate, "bd_rate_percent"),
                                             std::pair(&result.quality, "bd_quality_dB")}) {
                const Json& expected = c[key][m];
                if (!delta->value) {
                    EXPECT_TRUE(expected.is_null() || delta->overlap.share() < kLeastOverlap)
                        << name << " " << m << " " << key << ": " << delta->reason;
                    continue;
                }
                ASSERT_TRUE(expected.is_number()) << name << " " << m << " " << key;
                EXPECT_NEAR(*delta->value, expected.get<double>(),
                            1e-6 * std::abs(expected.get<double>()))
                    << name << " " << m << " " << key;
                ++numbers;
            }
        }
    EXPECT_GT(numbers, 30);
}

} // namespace
} // namespace vitrine::video
