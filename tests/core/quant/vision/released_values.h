#pragma once

#include "core/quant/matrix.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::quant
{

// Values of the released P²-ViT code: width 24, 2 x 17 tokens, 3 heads.
struct ReleasedP2Vit {
    Safetensors file;

    std::vector<float> values(const std::string& name) const
    {
        const auto tensor = file.tensor(name);
        EXPECT_TRUE(tensor) << name;
        return tensor ? toFloat(*tensor) : std::vector<float>{};
    }
    // All but the last dimension are rows.
    Matrix matrix(const std::string& name) const
    {
        const auto shape = file.tensor(name)->shape;
        return rows(name, shape.back());
    }
    Matrix rows(const std::string& name, Eigen::Index columns) const
    {
        const auto numbers = values(name);
        Matrix matrix(static_cast<Eigen::Index>(numbers.size()) / columns, columns);
        std::copy(numbers.begin(), numbers.end(), matrix.data());
        return matrix;
    }
};

inline std::optional<ReleasedP2Vit> releasedP2Vit()
{
    const auto folder = vitrine::tests::goldenData("methods/p2vit");
    if (!folder)
        return std::nullopt;
    return ReleasedP2Vit{*Safetensors::open(*folder / "p2vit_d24_t17.safetensors")};
}

// Softmax attention over q, k and v that lie side by side in the columns, as DeiT's do.
inline Matrix attended(const Matrix& qkv, Eigen::Index tokens, Eigen::Index heads)
{
    const Eigen::Index width = qkv.cols() / 3, dim = width / heads;
    Matrix out(qkv.rows(), width);
    for (Eigen::Index first = 0; first < qkv.rows(); first += tokens)
        for (Eigen::Index head = 0; head < heads; ++head) {
            const auto part = [&](Eigen::Index which) -> Matrix {
                return qkv.block(first, which * width + head * dim, tokens, dim);
            };
            Matrix scores = part(0) * part(1).transpose() / std::sqrt(static_cast<double>(dim));
            scores = scores.array().exp();
            for (Eigen::Index row = 0; row < tokens; ++row)
                scores.row(row) /= scores.row(row).sum();
            out.block(first, head * dim, tokens, dim) = scores * part(2);
        }
    return out;
}

// The suites that need it skip themselves without it.
class Released : public testing::Test
{
protected:
    void SetUp() override
    {
        found = releasedP2Vit();
        if (!found)
            GTEST_SKIP() << "the golden data of P²-ViT are not installed (VITRINE_TEST_DATA)";
    }
    const ReleasedP2Vit& released() const { return *found; }

private:
    std::optional<ReleasedP2Vit> found;
};

} // namespace vitrine::quant
