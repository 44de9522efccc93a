#include "core/learning/nets/superres/bicubic.h"

#include <gtest/gtest.h>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

std::vector<double> rowOf(const Tensor& matrix, int64_t row)
{
    const Tensor values = matrix[row].contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

// Keys' kernel at a quarter and three quarters: 111/128 is its value at 1/4, 29/128 at 3/4, -9/128
// at 5/4, -3/128 at 7/4.
TEST(ResampleMatrix, EnlargesByTwoWithKeysWeights)
{
    const Tensor matrix = resampleMatrix(8, 16);

    const std::vector<double> expected{0, 0, -3, 29, 111, -9, 0, 0};
    for (size_t i = 0; i < 8; ++i)
        EXPECT_NEAR(rowOf(matrix, 8)[i], expected[i] / 128.0, 1e-12);
}

// At half the size the kernel is twice as wide: eight weights, at 1/4, 3/4, 5/4, 7/4 of it, halved.
TEST(ResampleMatrix, ReducesByTwoWithoutAliasing)
{
    const Tensor matrix = resampleMatrix(16, 8);

    const std::vector<double> expected{-3, -9, 29, 111, 111, 29, -9, -3};
    for (size_t i = 0; i < 8; ++i)
        EXPECT_NEAR(rowOf(matrix, 4)[5 + i], expected[i] / 256.0, 1e-12);
}

TEST(ResampleMatrix, KeepsSumsOfOneAndReflectsAtTheEdge)
{
    for (const auto& [from, to] :
         {std::pair<int64_t, int64_t>{16, 8}, {12, 4}, {5, 20}, {1, 2}, {2, 1}})
        EXPECT_LT((resampleMatrix(from, to).sum(1) - 1.0).abs().max().item<double>(), 1e-12);
    // The first of eight reads the pixels -3..4, of which -1, -2, -3 are 0, 1, 2 once more.
    const std::vector<double> expected{111 + 29, 111 - 9, 29 - 3, -9, -3};
    for (size_t i = 0; i < 5; ++i)
        EXPECT_NEAR(rowOf(resampleMatrix(16, 8), 0)[i], expected[i] / 256.0, 1e-12);
}

// A single bright pixel reduced by two lands where it was, spread over the kernel; even places lie
// left of the middle of their pair, so both pixels of a pair weigh the same on it.
TEST(Bicubic, KeepsThePhase)
{
    const Tensor left = torch::zeros({3, 16, 16}, torch::kUInt8), right = left.clone();
    left.select(1, 8).select(1, 8).fill_(255);
    right.select(1, 9).select(1, 9).fill_(255);

    const Tensor small = bicubic(left, 8, 8), other = bicubic(right, 8, 8);

    EXPECT_EQ(small[0][4][4].item<int>(), 48); // 255 (111/256)^2
    EXPECT_EQ(other[0][4][4].item<int>(), 48);
    EXPECT_EQ(small[0][3][4].item<int>(), 13); // 255 * 29 * 111 / 256^2
    EXPECT_EQ(other[0][5][4].item<int>(), 13);
}

TEST(Bicubic, OfAFlatPictureIsFlat)
{
    const Tensor flat = torch::full({3, 12, 20}, 77, torch::kUInt8);

    EXPECT_TRUE(torch::equal(bicubic(flat, 4, 5), torch::full({3, 4, 5}, 77, torch::kUInt8)));
    EXPECT_TRUE(torch::equal(bicubic(flat, 24, 40), torch::full({3, 24, 40}, 77, torch::kUInt8)));
}

} // namespace
} // namespace vitrine::learning
