#include "core/quant/vision/binary_codes.h"

#include "core/base/random.h"
#include "core/quant/vision/ksh_hasher.h"

#include <gtest/gtest.h>

#include <numbers>

namespace vitrine::quant
{
namespace
{

HeadRows normalRows(Eigen::Index tokens, Eigen::Index channels, std::uint64_t seed)
{
    Random random(seed);
    return HeadRows::NullaryExpr(tokens, channels, [&] { return random.normal(); });
}

TEST(MeanCodes, CompareUnitVectorsWithTheMeanOfAllHeads)
{
    const HeadRows one{{3, 4}, {0, 0}}, other{{-5, 0}, {0, 2}};
    // Unit rows: (0.6, 0.8), (0, 0), (-1, 0), (0, 1); their mean is 1.4 / 8 = 0.175.

    const auto codes = meanCodes({one, other});

    ASSERT_EQ(codes.size(), 2u);
    EXPECT_EQ(codes[0], (CodeRows{{1, 1}, {0, 0}}));
    EXPECT_EQ(codes[1], (CodeRows{{0, 0}, {0, 1}}));
}

TEST(MeanCodes, DoNotChangeWithAPositiveFactor)
{
    const HeadRows x = normalRows(20, 8, 1);
    EXPECT_EQ(meanCodes({x}), meanCodes({37.5 * x}));
}

TEST(BinaryAttention, SumsTheTokensWhoseBitsAreSetInBoth)
{
    const CodeRows queries{{1, 0}, {0, 0}, {1, 1}}, keys{{1, 1}, {0, 1}, {1, 0}};
    const HeadRows v{{1, 0}, {0, 2}, {3, 1}};

    const HeadRows out = binaryAttention(queries, keys, v);

    // Bit 0 is set in keys 0 and 2, whose values sum up to (4, 1); bit 1 in keys 0 and 1: (1, 2).
    HeadRows expected = 0.5 * v;
    expected.row(0) += Eigen::RowVector2d(4, 1) * std::numbers::inv_pi;
    expected.row(2) += Eigen::RowVector2d(5, 3) * std::numbers::inv_pi;
    for (Eigen::Index row = 0; row < 3; ++row)
        EXPECT_TRUE(out.row(row).isApprox(expected.row(row) / expected.row(row).norm(), 1e-12));
}

TEST(BinaryAttention, GivesUnitVectorsExceptWhereAllIsZero)
{
    HeadRows v = normalRows(10, 4, 3);
    v.row(7).setZero();
    CodeRows codes = meanCodes({normalRows(10, 4, 2)})[0];
    codes.row(7).setZero();

    const HeadRows out = binaryAttention(codes, codes, v);

    for (Eigen::Index row = 0; row < 10; ++row)
        EXPECT_NEAR(out.row(row).norm(), row == 7 ? 0 : 1, 1e-12);
}

TEST(HammingMap, CountsBitsThatDiffer)
{
    const CodeRows queries{{1, 0, 1}, {0, 0, 0}}, keys{{1, 1, 1}, {0, 0, 1}};
    EXPECT_EQ(hammingMap(queries, keys), (Eigen::MatrixXi{{1, 1}, {3, 1}}));
    EXPECT_EQ(maskedAdditions(queries, keys, 10), 60);
}

TEST(KshHasher, NeverRaisesTheObjectiveOfABit)
{
    const auto hasher = KshHasher::fit(normalRows(60, 8, 5), {});
    ASSERT_TRUE(hasher) << hasher.error().message;
    ASSERT_EQ(hasher->bits().size(), 16u);
    int accepted = 0;
    for (const KshHasher::Bit& bit : hasher->bits()) {
        EXPECT_LE(bit.after, bit.before);
        EXPECT_EQ(bit.accepted, bit.after < bit.before);
        accepted += bit.accepted;
    }
    EXPECT_GT(accepted, 0); // larger steps find something
}

TEST(KshHasher, CodesDoNotChangeWithAPositiveFactor)
{
    const HeadRows tokens = normalRows(40, 8, 6);
    const auto hasher = KshHasher::fit(tokens, {});
    ASSERT_TRUE(hasher);
    EXPECT_EQ(hasher->encode(tokens), hasher->encode(0.01 * tokens));
    EXPECT_EQ(hasher->encode(tokens).cols(), 16);
}

// Two bunches of directions: codes within a bunch differ less than codes of both.
TEST(KshHasher, TokensThatAreAlikeHaveCodesThatAreAlike)
{
    HeadRows tokens = 0.2 * normalRows(60, 8, 7);
    tokens.topRows(30).col(0).array() += 1;
    tokens.bottomRows(30).col(1).array() += 1;
    const auto hasher = KshHasher::fit(tokens, {.rate = 0.05});
    ASSERT_TRUE(hasher);

    const Eigen::MatrixXi distances = hammingMap(hasher->encode(tokens), hasher->encode(tokens));

    const double within = distances.topLeftCorner(30, 30).cast<double>().mean(),
                 between = distances.topRightCorner(30, 30).cast<double>().mean();
    EXPECT_LT(within + 3, between);
}

TEST(KshHasher, ThePublishedSizesAreAskedFor)
{
    EXPECT_FALSE(KshHasher::fit(normalRows(24, 8, 1), {}));
    EXPECT_FALSE(KshHasher::fit(normalRows(60, 8, 1), {.bits = 0}));
    EXPECT_FALSE(KshHasher::fit(normalRows(60, 8, 1), {.neighbours = 31}));
}

} // namespace
} // namespace vitrine::quant
