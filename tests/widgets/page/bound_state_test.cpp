#include "widgets/page/bound_state.h"

#include <QJsonArray>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

const QJsonObject kZoomed = {{"range", QJsonArray{2, 5}},
                             {"selection", QJsonObject{{"head", 3}, {"token", 7}}},
                             {"scale", "log"}};

TEST(BoundState, PartsHoldWhereTheyWereMadeAndNowhereElse)
{
    BoundState bound({"range", "selection.token"});
    bound.setSubject("speech");
    const QJsonObject kept = bound.written(kZoomed);
    EXPECT_EQ(bound.read(kept), kept);

    bound.setSubject("poem");
    EXPECT_EQ(bound.read(kept),
              (QJsonObject{{"selection", QJsonObject{{"head", 3}}}, {"scale", "log"}}));

    bound.setSubject("speech"); // and back
    EXPECT_EQ(bound.read(kept), kept);
}

TEST(BoundState, AStateWithoutSuchPartsNamesNoSubject)
{
    BoundState bound({"range"});
    bound.setSubject("speech");

    EXPECT_EQ(bound.written({{"scale", "log"}}), (QJsonObject{{"scale", "log"}}));
    EXPECT_EQ(bound.written({{"scale", "log"}, {"about", "poem"}}),
              (QJsonObject{{"scale", "log"}}));
}

TEST(BoundState, AStateThatNamesNoSubjectIsTakenAsItIs)
{
    BoundState bound({"range"});
    bound.setSubject("speech");
    EXPECT_EQ(bound.read(kZoomed), kZoomed);
}

TEST(BoundState, TextsDifferByTheirTokens)
{
    EXPECT_EQ(subjectOfTokens({"a", "bc"}), subjectOfTokens({"a", "bc"}));
    EXPECT_NE(subjectOfTokens({"a", "bc"}), subjectOfTokens({"ab", "c"}));
    EXPECT_NE(subjectOfTokens({"a"}), subjectOfTokens({"a", ""}));
}

} // namespace
} // namespace vitrine
