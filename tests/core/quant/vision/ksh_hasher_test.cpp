#include "core/quant/vision/ksh_hasher.h"

#include "tests/core/quant/vision/normal_rows.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using tests::normalRows;

Result<KshHasher> fittedHasher(const HeadRows& tokens, const KshOptions& options = {})
{
    return KshHasher::fit({&tokens, 1}, options);
}

TEST(KshHasher, NeverRaisesTheObjectiveOfABit)
{
    const std::vector<HeadRows> pictures = {normalRows(60, 8, 5), normalRows(50, 8, 6)};
    for (const std::size_t count : {1u, 2u}) {
        const auto hasher = KshHasher::fit(std::span(pictures).first(count), {});
        ASSERT_TRUE(hasher) << hasher.error().message;
        ASSERT_EQ(hasher->bits().size(), 16u);
        int accepted = 0;
        for (const KshHasher::Bit& bit : hasher->bits()) {
            EXPECT_LE(bit.after, bit.before);
            EXPECT_EQ(bit.accepted, bit.after < bit.before);
            accepted += bit.accepted;
        }
        EXPECT_GT(accepted, 0) << "larger steps find something";
    }
}

TEST(KshHasher, CodesDoNotChangeWithAPositiveFactor)
{
    const HeadRows tokens = normalRows(40, 8, 6);
    const auto hasher = fittedHasher(tokens);
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
    const auto hasher = fittedHasher(tokens, {.rate = 0.05});
    ASSERT_TRUE(hasher);

    const Eigen::MatrixXi distances = hammingMap(hasher->encode(tokens), hasher->encode(tokens));

    const double within = distances.topLeftCorner(30, 30).cast<double>().mean(),
                 between = distances.topRightCorner(30, 30).cast<double>().mean();
    EXPECT_LT(within + 3, between);
}

// A picture twice: the same anchors, mean and objective as once, and so the same functions.
TEST(KshHasher, PicturesCountAlike)
{
    const HeadRows tokens = normalRows(40, 8, 8);
    const std::vector<HeadRows> twice = {tokens, tokens};
    const auto once = fittedHasher(tokens), both = KshHasher::fit(twice, {});
    ASSERT_TRUE(once && both);
    EXPECT_EQ(once->encode(tokens), both->encode(tokens));
    for (std::size_t bit = 0; bit < 16; ++bit)
        EXPECT_NEAR(once->bits()[bit].after, both->bits()[bit].after, 1e-6);
}

TEST(KshHasher, AnchorsAreTokensOfTheFirstPicture)
{
    const std::vector<HeadRows> pictures = {normalRows(30, 4, 1), normalRows(30, 4, 2)};
    const auto hasher = KshHasher::fit(pictures, {});
    ASSERT_TRUE(hasher);
    const HeadRows unit = unitRows(pictures[0]);
    const auto& hash = hasher->hash();
    for (std::int64_t j = 0; j < hash.anchors; ++j) {
        const Eigen::RowVectorXd anchor =
            Eigen::Map<const Eigen::RowVectorXf>(hash.anchorRows.data() + 4 * j, 4).cast<double>();
        EXPECT_LT((unit.rowwise() - anchor).rowwise().norm().minCoeff(), 1e-6);
    }
}

TEST(KshHasher, ThePublishedSizesAreAskedFor)
{
    EXPECT_FALSE(KshHasher::fit({}, {}));
    EXPECT_FALSE(fittedHasher(normalRows(24, 8, 1)));
    EXPECT_FALSE(fittedHasher(normalRows(60, 8, 1), {.bits = 0}));
    EXPECT_FALSE(fittedHasher(normalRows(60, 8, 1), {.neighbours = 31}));
}

} // namespace
} // namespace vitrine::quant
