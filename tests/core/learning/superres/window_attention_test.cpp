#include "core/learning/nets/superres/window_attention.h"

#include "core/learning/nets/superres/elab.h"

#include <gtest/gtest.h>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

double farthest(const Tensor& a, const Tensor& b)
{
    return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>();
}

// Attends twice, as a block does, and weighs what comes out.
struct TwoAttentions {
    Tensor value, qvSlope, vSlope;
};
template <typename Attend, typename Mix>
TwoAttentions attendTwice(const Tensor& qv, const Tensor& v, Attend attend, Mix mix)
{
    const Tensor q = qv.detach().clone().requires_grad_(), w = v.detach().clone().requires_grad_();
    const Attended first = attend(q);
    const Tensor value = torch::cat({first.y.tanh(), mix(w + first.y, first.maps)}, 3);
    const Tensor weights = torch::linspace(-1, 1, value.numel(), value.options()).view_as(value);
    const auto slopes = torch::autograd::grad({(value * weights).sum()}, {q, w});
    return {value.detach(), slopes[0], slopes[1]};
}

class WindowAttention : public testing::TestWithParam<Windows>
{
};

// The loops in F32 against tensor expressions in F64, values and gradients.
TEST_P(WindowAttention, AgreesWithPlainTensorExpressions)
{
    torch::manual_seed(2);
    const Windows windows = GetParam();
    const Tensor qv = torch::randn({2, 16, 32, 60}), v = torch::randn({2, 16, 32, 30});

    const auto ours = attendTwice(
        qv, v, [&](const Tensor& x) { return attendInWindows(x, windows); },
        [&](const Tensor& x, const WindowMaps& maps) { return mixInWindows(x, maps, windows); });
    const auto judge = attendTwice(
        qv.to(torch::kDouble), v.to(torch::kDouble),
        [&](const Tensor& x) { return plain::attendInWindows(x, windows); },
        [&](const Tensor& x, const WindowMaps& maps) {
            return plain::mixInWindows(x, maps, windows);
        });

    EXPECT_LT(farthest(ours.value, judge.value), 1e-5);
    EXPECT_LT(farthest(ours.qvSlope, judge.qvSlope), 1e-4);
    EXPECT_LT(farthest(ours.vSlope, judge.vSlope), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Sizes, WindowAttention,
                         testing::Values(Windows{{4, 8, 16}, false}, Windows{{4, 8, 16}, true},
                                         Windows{{4, 8, 8}, true}));

TEST(WindowMaps, HaveRowsThatSumToOne)
{
    torch::manual_seed(3);

    const auto attended = attendInWindows(4.0 * torch::randn({1, 16, 16, 60}), {{4, 8, 16}, true});

    ASSERT_EQ(attended.maps.size(), 3u);
    EXPECT_EQ(attended.maps[0].sizes(), (std::vector<int64_t>{16, 16, 16}));
    EXPECT_EQ(attended.maps[2].sizes(), (std::vector<int64_t>{1, 256, 256}));
    for (const Tensor& maps : attended.maps)
        EXPECT_LT((maps.sum(-1) - 1.0).abs().max().item<double>(), 1e-6);
}

// The queries of a window are far apart from each other, so each pixel attends to itself.
TEST(WindowMaps, OfAnIdentityLeaveTheValues)
{
    const Windows windows{{4, 8, 16}, true};
    const Tensor v = torch::randn({1, 16, 16, 30});
    WindowMaps maps;
    for (const int64_t size : windows.sizes)
        maps.push_back(torch::eye(size * size).repeat({16 / size * (16 / size), 1, 1}));

    EXPECT_EQ(farthest(mixInWindows(v, maps, windows), v), 0.0);
}

// So an attention that takes identity maps is two projections and a normalisation.
TEST(GroupAttention, WithIdentityMapsIsItsProjections)
{
    torch::manual_seed(4);
    const Windows windows{{4, 8, 16}, false};
    GroupAttention attention(30, windows, GroupAttentionImpl::Kind::takesMaps);
    attention->eval();
    const torch::NoGradGuard noGradient;
    const Tensor x = torch::randn({1, 16, 16, 30});
    WindowMaps maps;
    for (const int64_t size : windows.sizes)
        maps.push_back(torch::eye(size * size).repeat({16 / size * (16 / size), 1, 1}));

    const auto named = attention->named_parameters();
    const auto matrix = [&](const std::string& name) { return named[name].view({30, 30}).t(); };
    const Tensor inner = (x.matmul(matrix("project_inp.0.weight")) + named["project_inp.0.bias"]) /
                         std::sqrt(1.0 + 1e-5);
    const Tensor judge = inner.matmul(matrix("project_out.weight")) + named["project_out.bias"];

    EXPECT_LT(farthest(attention->takeMaps(x, maps), judge), 1e-5);
}

TEST(Elab, WithOneByOneWeightsOfZeroIsTheIdentity)
{
    for (const bool rolled : {false, true}) {
        Elab block(30, Windows{{4, 8, 16}, rolled});
        const torch::NoGradGuard noGradient;
        for (const auto& parameter : block->named_parameters())
            if (parameter.key().find("conv1x1") != std::string::npos ||
                parameter.key().find("project_out") != std::string::npos)
                parameter.value().zero_();
        const Tensor x = torch::randn({1, 32, 16, 30});

        EXPECT_TRUE(torch::equal(block(x), x));
    }
}

} // namespace
} // namespace vitrine::learning
