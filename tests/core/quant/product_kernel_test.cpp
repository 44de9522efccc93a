#include "core/quant/matrix.h"

#include "tests/core/quant/sample_layer.h"

namespace vitrine::quant
{
namespace
{

// Sizes around those of the kernel's panels, and beyond its blocks.
TEST(ProductKernel, IsTheProductForAllSizes)
{
    Random random(2);
    const auto expectEqual = [&](Eigen::Index rows, Eigen::Index inner, Eigen::Index columns) {
        const Matrix a = normalMatrix(rows, inner, 1, random);
        const Matrix b = normalMatrix(inner, columns, 1, random);
        Matrix c = normalMatrix(rows + 1, columns + 2, 1, random);
        const Matrix before = c;
        Matrix expected = c;
        expected.block(1, 1, rows, columns) -= a.lazyProduct(b);
        addProduct(c.block(1, 1, rows, columns), a, b, -1);
        ASSERT_LT((c - expected).norm(), 1e-12 * static_cast<double>(1 + inner))
            << rows << " x " << inner << " x " << columns;
        EXPECT_EQ(c.row(0), before.row(0)) << "what lies around stays";
        EXPECT_EQ(c.col(0), before.col(0));
        EXPECT_EQ(c.col(columns + 1), before.col(columns + 1));
    };
    for (Eigen::Index rows = 0; rows <= 7; ++rows)
        for (const Eigen::Index inner : {0, 1, 2, 5})
            for (Eigen::Index columns = 0; columns <= 35; ++columns)
                expectEqual(rows, inner, columns);
    expectEqual(13, 257, 515);
    expectEqual(6, 600, 1030);
}

TEST(ProductKernel, TakesTransposesBlocksAndColumns)
{
    Random random(3);
    const Matrix x = normalMatrix(40, 30, 1, random);
    const Eigen::MatrixXd columns = normalMatrix(40, 20, 1, random);
    Matrix c = Matrix::Zero(12, 12);
    addProduct(c, x.middleCols(3, 12).transpose(), x.rightCols(12));
    EXPECT_LT((c - x.middleCols(3, 12).transpose() * x.rightCols(12)).norm(), 1e-12);
    c.setZero();
    addProduct(c, columns.block(5, 2, 12, 4), x.block(0, 1, 12, 4).transpose(), 2);
    EXPECT_LT((c - 2 * columns.block(5, 2, 12, 4) * x.block(0, 1, 12, 4).transpose()).norm(),
              1e-12);
}

TEST(ProductKernel, TakesCodesOfEightBits)
{
    Random random(4);
    const Matrix x = normalMatrix(13, 300, 1, random);
    std::vector<std::int8_t> codes(70 * 300); // [outputs, inputs]
    Matrix weights(70, 300);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        codes[i] = static_cast<std::int8_t>(random.below(256));
        weights.data()[i] = codes[i];
    }
    Matrix c = normalMatrix(13, 70, 1, random), expected = c;
    addProduct(expected, x, weights.transpose());
    addProductOf({x.data(), x.cols(), 1}, CodeOperand{codes.data(), 1, 300}, 13, 300, 70, 1,
                 c.data(), c.cols());
    EXPECT_EQ(c, expected);
}

} // namespace
} // namespace vitrine::quant
