#include "core/quant/vision/binary_codes.h"

#include "tests/core/quant/vision/normal_rows.h"

#include <gtest/gtest.h>

#include <numbers>

namespace vitrine::quant
{
namespace
{

using tests::normalRows;

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

} // namespace
} // namespace vitrine::quant
