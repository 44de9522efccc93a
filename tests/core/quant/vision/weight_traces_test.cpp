#include "core/quant/vision/weight_traces.h"

#include "tests/core/quant/vision/small_vit.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

// The head's own trace, exactly: logits are W x + b, so the Hessian of the divergence in W is
// (diag(p) - p p^T) x (x x^T), with the trace (1 - |p|^2) |x|^2.
double traceOfHead(const tests::SmallVit& vit, std::size_t first, std::size_t last)
{
    const auto opened = model::VisionModel::open(vit.checkpoint).value();
    const auto& layers = opened.network().layers;
    double sum = 0;
    for (std::size_t i = first; i < last; ++i) {
        double squares = 0;
        const auto logits =
            opened
                .run(vit.pictures[i], {.observe =
                                           [&](const model::LayerOutput& output) {
                                               if (output.layer != layers.back().inputs[0])
                                                   return;
                                               for (const float value : output.values)
                                                   squares += static_cast<double>(value) *
                                                              static_cast<double>(value);
                                           }})
                .value();
        double of = 1;
        for (const float p : model::probabilities(logits))
            of -= static_cast<double>(p) * static_cast<double>(p);
        sum += of * squares;
    }
    return sum / static_cast<double>(last - first);
}

TEST(WeightTraces, OfTheHeadAreThoseOfTheFormula)
{
    const tests::SmallVit vit(1, 6);
    Random random(3);
    const auto traces =
        weightTraces(vit.checkpoint, vit.mixed(), vit.pictures, random,
                     {.batches = 2, .estimate = {.mostDraws = 200, .tolerance = 0}});
    ASSERT_TRUE(traces) << traces.error().message;
    ASSERT_EQ(traces->size(), 2u);
    ASSERT_EQ(traces->front().size(), 5u) << "qkv, proj, fc1, fc2, head; not the stem";
    EXPECT_NEAR(traces->at(0).back() / traceOfHead(vit, 0, 3), 1, 0.1);
    EXPECT_NEAR(traces->at(1).back() / traceOfHead(vit, 3, 6), 1, 0.1);
}

// A tenth of the step gives the same: what is measured is the curvature, not the step.
TEST(WeightTraces, DoNotDependOnTheStep)
{
    const tests::SmallVit vit(1, 3);
    const auto of = [&](double step) {
        Random random(5);
        return weightTraces(
                   vit.checkpoint, vit.mixed(), vit.pictures, random,
                   {.batches = 1, .step = step, .estimate = {.mostDraws = 40, .tolerance = 0}})
            .value()
            .front();
    };
    const auto coarse = of(0.01), fine = of(0.002);
    for (std::size_t i = 0; i < coarse.size(); ++i)
        EXPECT_NEAR(coarse[i] / fine[i], 1, 0.03) << i;
}

TEST(WeightTraces, StopWhereTheyAreCancelled)
{
    const tests::SmallVit vit;
    Random random(1);
    const auto traces = weightTraces(vit.checkpoint, vit.mixed(), vit.pictures, random, {},
                                     [](double share) { return share < 0.3; });
    ASSERT_FALSE(traces);
    EXPECT_EQ(traces.error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::quant
