#include "core/quant/incoherence.h"

#include "core/quant/layer_errors.h"
#include "tests/core/quant/sample_layer.h"

namespace vitrine::quant
{
namespace
{

TEST(Incoherence, RotationsAreOrthogonalAndGoBack)
{
    for (const Eigen::Index size : {1, 2, 7, 12, 64, 172}) {
        Random random(8);
        const RandomRotation rotation(size, random);
        Matrix turned = Matrix::Identity(size, size);
        rotation.turnRows(turned);
        EXPECT_LT((turned * turned.transpose() - Matrix::Identity(size, size)).norm(), 1e-10);
        if (size > 2) {
            EXPECT_GT((turned - Matrix::Identity(size, size)).norm(), 0.5);
        }
        rotation.turnRowsBack(turned);
        EXPECT_LT((turned - Matrix::Identity(size, size)).norm(), 1e-10);
    }
}

TEST(Incoherence, UnquantizedWeightsComeBackAndOutputsKeepTheirShares)
{
    const SampleLayer layer = sampleLayer(20, 24);
    const Incoherence rotation(layer.weights, layer.hessian, 5);
    const Matrix turned = rotation.turnedWeights(layer.weights);
    EXPECT_LT((rotation.turnedBack(turned) - layer.weights).norm(), 1e-10);

    // Without what is added to the diagonal tr(W H W^T) is the same up to the trace's factor.
    Matrix h = rotation.turnedHessian(layer.hessian);
    EXPECT_NEAR(h.trace(), 24 * 1.01, 1e-9);
    h.diagonal().array() -= 0.01;
    const Matrix other = sampleLayer(20, 24, 2).weights;
    EXPECT_NEAR(outputEnergy(rotation.turnedWeights(other), h) / outputEnergy(turned, h),
                outputEnergy(other, layer.hessian) / outputEnergy(layer.weights, layer.hessian),
                1e-9);
}

TEST(Incoherence, RotatedLayersAreDenseAndLoseLess)
{
    SampleLayer layer = sampleLayer(64, 128);
    for (Eigen::Index k = 0; k < 128; k += 16)
        layer.weights(k % 64, k) *= 30; // weights that stand out
    const QuantSettings settings{.layout = Layout::column, .bits = 2, .terms = 3, .ordering = true};
    QuantSettings rotated = settings;
    rotated.incoherence = true;
    const auto plain = quantized("shiftadd", settings, layer);
    const auto dense = quantized("shiftadd", rotated, layer);
    EXPECT_FALSE(dense.codes);
    EXPECT_LT(*dense.outputError, *plain.outputError);
    EXPECT_EQ(dense.decoded, dense.decoded.cast<float>().cast<double>());
    EXPECT_EQ(dense.decoded, quantized("shiftadd", rotated, layer).decoded);
    rotated.seed = 1;
    EXPECT_NE(dense.decoded, quantized("shiftadd", rotated, layer).decoded);
}

} // namespace
} // namespace vitrine::quant
