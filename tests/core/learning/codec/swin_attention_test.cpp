#include "core/learning/nets/codec/swin_attention.h"

#include "core/learning/nets/codec/window_attention.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::learning::codec
{
namespace
{

// The definition, with libtorch's own functions.
torch::Tensor plainWindowAttention(const torch::Tensor& qkv, const torch::Tensor& table)
{
    const int64_t windows = qkv.size(0), channels = qkv.size(2) / 3, width = channels / kHeads;
    const auto parts = qkv.view({windows, 64, 3, kHeads, width}).permute({2, 0, 3, 1, 4});
    const auto place = torch::arange(64);
    const auto y = place.div(8, "floor"), x = place.remainder(8);
    const auto row =
        (y.view({64, 1}) - y.view({1, 64}) + 7) * 15 + x.view({64, 1}) - x.view({1, 64}) + 7;
    const auto bias =
        table.index_select(0, row.flatten()).view({64, 64, kHeads}).permute({2, 0, 1});
    const auto scores =
        parts[0].matmul(parts[1].transpose(-1, -2)) / std::sqrt(static_cast<double>(width)) + bias;
    return scores.softmax(-1).matmul(parts[2]).transpose(1, 2).reshape({windows, 64, channels});
}

TEST(WindowAttention, AndItsGradientsAreThoseOfTheDefinition)
{
    torch::manual_seed(4);
    const auto qkv = torch::randn({3, 64, 3 * 16}).requires_grad_();
    const auto table = torch::randn({225, kHeads}).requires_grad_();
    const auto direction = torch::randn({3, 64, 16});

    const auto fast = windowAttention(qkv, table), slow = plainWindowAttention(qkv, table);
    const auto fastBack = torch::autograd::grad({fast}, {qkv, table}, {direction});
    const auto slowBack = torch::autograd::grad({slow}, {qkv, table}, {direction});

    EXPECT_TRUE(torch::allclose(fast, slow, 1e-4, 1e-5));
    EXPECT_TRUE(torch::allclose(fastBack[0], slowBack[0], 1e-4, 1e-5));
    EXPECT_TRUE(torch::allclose(fastBack[1], slowBack[1], 1e-3, 1e-4));
}

TEST(SwinAttention, KeepsSizesThatAreNoMultiplesOfTheWindow)
{
    SwinAttention attention(16);

    EXPECT_EQ(attention(torch::randn({2, 16, 5, 11})).sizes(), torch::IntArrayRef({2, 16, 5, 11}));
}

// 8 C^2 weights, 11 C biases and norms, 225 biases of places for each of 4 heads; two blocks.
TEST(SwinAttention, HasTheParametersOfTwoBlocks)
{
    SwinAttention attention(48);

    int64_t count = 0;
    for (const auto& parameter : attention->parameters())
        count += parameter.numel();

    EXPECT_EQ(count, 2 * (8 * 48 * 48 + 11 * 48 + 900));
}

// A pixel of the left upper window reaches, through the shifted block, windows across the border:
// the shift is cyclic. It reaches nothing through the plain block alone.
TEST(SwinAttention, ShiftsCyclically)
{
    torch::manual_seed(5);
    WindowBlock shifted(16, 4), plain(16, 0);
    const auto x = torch::randn({1, 16, 16, 16});
    auto moved = x.clone();
    moved[0][0][0] += torch::randn({16}); // of one pixel, its 16 channels

    const auto farCorner = [&](WindowBlock& block) {
        return (block(moved) - block(x))[0][15][15].abs().max().item<float>();
    };

    EXPECT_GT(farCorner(shifted), 0.0f);
    EXPECT_EQ(farCorner(plain), 0.0f);
}

} // namespace
} // namespace vitrine::learning::codec
