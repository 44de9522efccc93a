#include "core/quant/hessian.h"

#include "tests/core/quant/sample_layer.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include <numeric>

namespace vitrine::quant
{
namespace
{

std::vector<Eigen::Index> ownOrder(Eigen::Index inputs)
{
    std::vector<Eigen::Index> order(static_cast<std::size_t>(inputs));
    std::iota(order.begin(), order.end(), 0);
    return order;
}

TEST(Hessian, IsTheSumOfProductsOverTheNumberOfSequences)
{
    HessianSum sum(2);
    EXPECT_EQ(sum.mean(), Matrix::Zero(2, 2));
    sum.add(std::vector<float>{1, 2, 3, 4}); // two tokens
    sum.add(std::vector<float>{1, -1});      // one
    Matrix expected(2, 2);
    expected << 5.5, 6.5, 6.5, 10.5;
    EXPECT_EQ(sum.mean(), expected);
    EXPECT_EQ(sum.sequences(), 2);
}

// U U^T = H and, as GPTQ has it, H^-1 = R^T R with R = U^-1. 300: more than one tile.
TEST(Hessian, FactorIsTheInverseOfGptqs)
{
    for (const Eigen::Index inputs : {1, 5, 40, 300}) {
        const Matrix h = sampleLayer(1, inputs).hessian;
        const auto factor = factorize(h, ownOrder(inputs), 0.01);
        ASSERT_TRUE(factor);
        Matrix damped = h;
        damped.diagonal().array() += 0.01 * h.diagonal().mean();
        const Matrix& u = factor->upper;
        EXPECT_LT((u * u.transpose() - damped).norm(), 1e-12 * damped.norm());
        EXPECT_TRUE(u.isUpperTriangular(0));

        const Eigen::MatrixXd inverse = Eigen::MatrixXd(damped).inverse();
        const Eigen::MatrixXd r = Eigen::LLT<Eigen::MatrixXd>(inverse).matrixU();
        for (Eigen::Index c = 0; c < inputs; ++c)
            EXPECT_NEAR(r(c, c) * u(c, c), 1, 1e-9);
    }
}

TEST(Hessian, OrderIsThatOfTheFactor)
{
    Matrix h(2, 2);
    h << 4, 1, 1, 9;
    const std::vector<Eigen::Index> order = {1, 0};
    const Matrix u = factorize(h, order, 0)->upper;
    EXPECT_NEAR((u * u.transpose())(0, 0), 9, 1e-12);
}

TEST(Hessian, InputsThatNeverComeGetOnes)
{
    Matrix h = Matrix::Zero(3, 3);
    h(0, 0) = 2;
    h(2, 2) = 3;
    const auto factor = factorize(h, ownOrder(3), 0.5);
    ASSERT_TRUE(factor);
    EXPECT_EQ(factor->dead, std::vector<Eigen::Index>{1});
    EXPECT_DOUBLE_EQ(factor->added, 0.5 * (2 + 1 + 3) / 3);
    EXPECT_NEAR(std::pow(factor->upper(1, 1), 2), 1 + factor->added, 1e-12);
}

TEST(Hessian, WhatIsNotPositiveDefiniteAsksForDamping)
{
    const Matrix h = Matrix::Ones(3, 3); // of rank one
    const auto factor = factorize(h, ownOrder(3), 0);
    ASSERT_FALSE(factor);
    EXPECT_NE(factor.error().message.find("damping 0"), std::string::npos);
    EXPECT_TRUE(factorize(h, ownOrder(3), 0.01));
}

} // namespace
} // namespace vitrine::quant
