#include "core/jobs/experiment/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::map<std::string, std::string>;

SweepStudy studyOf(const std::string& vary, const std::string& set = "{}")
{
    auto study = parseSweep(R"({"format":1,"name":"s","experiment":"test.echo","set":)" + set +
                                R"(,"vary":)" + vary + "}",
                            "study.json");
    EXPECT_TRUE(study) << study.error().message;
    return study.value_or(SweepStudy{});
}

std::string problemOf(const std::string& text)
{
    const auto study = parseSweep(text, "study.json");
    if (study)
        return "";
    EXPECT_EQ(study.error().kind, ErrorKind::input);
    return study.error().message;
}

TEST(Sweep, TheParameterVariedLastChangesFastest)
{
    const auto points = sweepPoints(studyOf(R"({"beta":[0,0.4],"rule":["absolute","relative"]})",
                                            R"({"model":"m","layers":[2,3]})"));

    ASSERT_EQ(points.size(), 4u);
    EXPECT_EQ(points[0],
              (Values{{"beta", "0"}, {"layers", "2,3"}, {"model", "m"}, {"rule", "absolute"}}));
    EXPECT_EQ(points[1].at("rule"), "relative");
    EXPECT_EQ(points[1].at("beta"), "0");
    EXPECT_EQ(points[2].at("beta"), "0.4");
}

TEST(Sweep, ARangeHasBothEndsAndReadableValues)
{
    EXPECT_THAT(studyOf(R"({"beta":{"from":0,"to":1,"steps":6}})").varied[0].second,
                ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1"));
    EXPECT_THAT(
        studyOf(R"({"alpha":{"from":1,"to":1000,"steps":4,"scale":"log"}})").varied[0].second,
        ElementsAre("1", "10", "100", "1000"));
    EXPECT_THAT(studyOf(R"({"beta":{"from":1,"to":0,"steps":2}})").varied[0].second,
                ElementsAre("1", "0"));
}

TEST(Sweep, AListOfWholeNumbersIsOneValue)
{
    EXPECT_THAT(studyOf(R"({"layers":[[2],[2,3]],"on":[true]})").varied[0].second,
                ElementsAre("2", "2,3"));
}

TEST(Sweep, SaysWhatIsWrongWithAStudy)
{
    const auto withVary = [](const std::string& vary) {
        return problemOf(R"({"format":1,"name":"s","experiment":"e","vary":)" + vary + "}");
    };
    EXPECT_THAT(withVary("{}"), HasSubstr("names no parameter"));
    EXPECT_THAT(withVary(R"({"beta":[]})"), HasSubstr("beta has no values"));
    EXPECT_THAT(withVary(R"({"beta":[{}]})"), HasSubstr("beta has an item"));
    EXPECT_THAT(withVary(R"({"beta":0.4})"), HasSubstr("neither a list nor a range"));
    EXPECT_THAT(withVary(R"({"beta":{"from":0,"steps":3}})"), HasSubstr("\"from\" and \"to\""));
    EXPECT_THAT(withVary(R"({"beta":{"from":0,"to":1,"steps":1}})"), HasSubstr("steps"));
    EXPECT_THAT(withVary(R"({"beta":{"from":0,"to":1,"steps":3,"scale":"log"}})"),
                HasSubstr("above zero"));
    EXPECT_THAT(problemOf(R"({"format":2})"), HasSubstr("format"));
    EXPECT_THAT(problemOf("[]"), HasSubstr("JSON object"));
    EXPECT_THAT(problemOf(R"({"format":1,"name":"s","experiment":"e","very":{}})"),
                HasSubstr("\"very\" is not part of a study"));
    EXPECT_THAT(
        problemOf(R"({"format":1,"name":"s","experiment":"e","set":{"b":1},"vary":{"b":[1]}})"),
        HasSubstr("set as well"));
}

TEST(Sweep, TooManyCombinationsAreRefusedBeforeTheyAreMade)
{
    const std::string range = R"({"from":0,"to":1,"steps":10000})";

    EXPECT_THAT(problemOf(R"({"format":1,"name":"s","experiment":"e","vary":{"a":)" + range +
                          R"(,"b":)" + range + R"(,"c":)" + range + "}}"),
                HasSubstr("more than 100000 combinations"));
}

TEST(Sweep, TheUidIsThatOfTheStudyTheVersionAndTheParameters)
{
    const SweepStudy study = studyOf(R"({"beta":[0,1]})");
    SweepStudy other = study;
    other.name = "another";
    Params a, b;
    a.set("beta", 0.0);
    b.set("beta", 1.0);

    EXPECT_EQ(sweepUid(study, 1, a), sweepUid(study, 1, a));
    EXPECT_EQ(sweepUid(study, 1, a).size(), 32u);
    EXPECT_NE(sweepUid(study, 1, a), sweepUid(study, 1, b));
    EXPECT_NE(sweepUid(study, 1, a), sweepUid(study, 2, a));
    EXPECT_NE(sweepUid(study, 1, a), sweepUid(other, 1, a));
}

} // namespace
} // namespace vitrine
