#include "core/codec/compare/curves.h"

#include "core/codec/codec_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::codec
{
namespace
{

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Points "CODEC:RATE..." of which each takes `share` of what the anchor's would, at equal quality.
std::vector<CodedPoint> pointsOf(const char* list, double share = 1)
{
    const auto parsed = parseEncodeList(list).value();
    std::vector<CodedPoint> points;
    for (const EncodeOptions& options : parsed) {
        CodedPoint point;
        point.options = options;
        const auto step = static_cast<double>(points.size());
        point.kbps = share * 1000 * std::exp2(-step);
        point.psnrY = 42 - 3 * step;
        point.ssim = 1 - 0.01 * std::exp2(step);
        point.msSsim = std::nan("");
        points.push_back(point);
    }
    return points;
}

std::vector<CodedPoint> duel()
{
    auto points = pointsOf("x264:crf=22,27,32,37"), better = pointsOf("x265:crf=22,27,32,37", 0.8);
    points.insert(points.end(), better.begin(), better.end());
    nameCurves(points);
    return points;
}

std::vector<std::string> curveNames(std::vector<CodedPoint> points)
{
    nameCurves(points);
    std::vector<std::string> names;
    for (const CodedPoint& point : points)
        names.push_back(point.curve);
    return names;
}

TEST(NameCurves, IsTheCodecWherePointsDifferInRateOnly)
{
    EXPECT_THAT(curveNames(pointsOf("x264:crf=22,27;mpeg2:q=4")),
                ElementsAre("x264", "x264", "mpeg2"));
    EXPECT_THAT(curveNames(pointsOf("x264:crf=22:preset=slow;x264:crf=22:gop=8;mpeg2:q=4")),
                ElementsAre("x264 preset=slow:gop=32:protocol=ld",
                            "x264 preset=medium:gop=8:protocol=ld", "mpeg2"));
}

TEST(CompareCurves, FindsTheShareThatACurveNeedsByEveryMethod)
{
    const auto compared = compareCurves(duel(), "");

    ASSERT_TRUE(compared) << compared.error().message;
    EXPECT_EQ(compared->anchor, "x264");
    ASSERT_EQ(compared->deltas.size(), 3u);
    for (const CurveDelta& delta : compared->deltas) {
        EXPECT_EQ(delta.curve, "x265");
        EXPECT_NEAR(delta.psnr.rate.value.value(), -20, 1e-6);
        EXPECT_NEAR(delta.ssim.rate.value.value(), -20, 1e-6);
    }
    EXPECT_NEAR(compared->best.value(), -20, 1e-6);
    EXPECT_EQ(compared->bestCurve, "x265");
    EXPECT_THAT(compared->notes, IsEmpty());
}

TEST(CompareCurves, TakesTheAnchorByItsCurveOrItsCodec)
{
    EXPECT_NEAR(compareCurves(duel(), "x265")->deltas[0].psnr.rate.value.value(), 25, 1e-6);
    auto points = pointsOf("x264:crf=22,27:gop=8;mpeg2:q=4,9;x264:crf=22,27:gop=16");
    nameCurves(points);
    EXPECT_EQ(compareCurves(points, "x264")->anchor, "x264 preset=medium:gop=8:protocol=ld");
    EXPECT_EQ(compareCurves(points, "x264 preset=medium:gop=16:protocol=ld")->deltas[0].curve,
              "x264 preset=medium:gop=8:protocol=ld");

    const auto refused = compareCurves(duel(), "x26");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "anchor: \"x26\" is no curve: there are x264, x265");
    EXPECT_EQ(compareCurves({}, "").error().kind, ErrorKind::argument);
}

TEST(CompareCurves, LeavesOutPointsThatBrokeTheProtocolAndSaysWhatThereIsNoNumberFor)
{
    auto points = duel();
    points[5].point.violation = "frame 3 is a key frame";

    const auto compared = compareCurves(points, "x264");

    EXPECT_FALSE(compared->best);
    EXPECT_THAT(compared->notes, Contains(HasSubstr("No BD-rate (PSNR) of x265 against x264: ")));
    EXPECT_THAT(compared->notes, Contains(HasSubstr("No BD-rate (SSIM) of x265 against x264: ")));
}

TEST(Highest, PassesOverWhatHasNoValue)
{
    auto points = duel();
    EXPECT_EQ(highest(points, &CodedPoint::psnrY), &points[0]);
    EXPECT_EQ(highest(points, &CodedPoint::msSsim), nullptr);
    points[6].msSsim = 0.9;
    EXPECT_EQ(highest(points, &CodedPoint::msSsim), &points[6]);
}

TEST(SsimDecibel, CountsAnExactCopyAsAHundred)
{
    EXPECT_NEAR(ssimDecibel(0.9), 10, 1e-9);
    EXPECT_EQ(ssimDecibel(1), 100);
}

} // namespace
} // namespace vitrine::codec
