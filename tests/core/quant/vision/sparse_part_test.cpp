// The sparse part of ViTALiTy, by its algebra and against values of the authors' code.
#include "core/quant/vision/sparse_part.h"

#include "core/tensor/safetensors.h"
#include "tests/core/quant/vision/random_head.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using tests::farthest;
using Head = tests::RandomHead<double>;

template <typename Real>
std::span<const Real> entriesOf(const HeadMatrix<Real>& matrix)
{
    return {matrix.data(), static_cast<std::size_t>(matrix.size())};
}

HeadMatrix<double> predictionOf(const Head& h)
{
    return predictedMap(h.q, h.k, predictionGrids(entriesOf(h.q), entriesOf(h.k)));
}

TEST(FewBitGrid, CodesOfFourBitsStayWithinHalfAStep) // (12)
{
    const auto x = tests::normalMatrix<double>(40, 5, 4);
    const auto grid = fewBitGrid(entriesOf(x), 4);
    for (const double value : entriesOf(x)) {
        EXPECT_GE(grid.code(value), 0);
        EXPECT_LE(grid.code(value), 15);
        EXPECT_LE(std::abs(grid.nearest(value) - value), grid.scale() / 2 * (1 + 1e-12));
    }
    // Beyond the ends the last codes stand; a grid without a range has a scale all the same.
    EXPECT_EQ(grid.code(100), 15);
    EXPECT_EQ(grid.code(-100), 0);
    EXPECT_EQ((FewBitGrid<double>{2, 0, 4}.nearest(2)), 2);
}

TEST(FewBitGrid, HalvesGoToTheEvenCode)
{
    const FewBitGrid<float> grid{0, 15, 4};
    EXPECT_EQ(grid.code(2.5f), 2);
    EXPECT_EQ(grid.code(3.5f), 4);
}

TEST(SparsePart, KeepsAllAtThresholdZeroNoneAtOneAndEverLess) // (11)
{
    const auto predicted = predictionOf(Head(50, 16));
    double before = 1.0;
    for (const double threshold : {0.0, 1e-4, 0.002, 0.01, 0.05, 0.2, 0.5, 1.0}) {
        const double density = maskDensity(sparseMask(predicted, threshold));
        EXPECT_LE(density, before) << threshold;
        before = density;
    }
    EXPECT_EQ(maskDensity(sparseMask(predicted, 0.0)), 1);
    EXPECT_EQ(before, 0);
}

TEST(SparsePart, TogetherWithTheLowRankPartIsSoftmaxOrTaylorAtTheEnds)
{
    const Head h(50, 16);
    const auto predicted = predictionOf(h);
    const auto at = [&](double threshold) {
        return unifiedResult(h.q, h.k, h.v, sparseMask(predicted, threshold));
    };
    const HeadMatrix<double> exact = exactMap(h.q, h.k) * h.v;
    const HeadMatrix<double> lowRank = taylorSteps(h.q, h.k, h.v).result;
    EXPECT_LT(farthest(at(0), exact), 1e-12);
    EXPECT_LT(farthest(at(1), lowRank), 1e-14);
    // In between it is nearer to softmax than the low-rank part alone.
    const auto error = [&](const HeadMatrix<double>& z) { return (z - exact).norm(); };
    EXPECT_LT(error(at(0.02)), 0.7 * error(lowRank));
}

// One attention module of the authors' code: two pictures, three heads of 16 channels, 50 tokens.
class ReleasedVitality : public testing::Test
{
protected:
    using Single = HeadMatrix<float>;

    void SetUp() override
    {
        const auto folder = vitrine::tests::goldenData("methods/vitality");
        if (!folder)
            GTEST_SKIP() << "golden data of methods/vitality are not there";
        file_.emplace(*Safetensors::open(*folder / "vitality_d48_t50.safetensors"));
        q_ = values("q"), k_ = values("k"), v_ = values("v");
    }

    std::vector<float> values(const std::string& name) const
    {
        return toFloat(*file_->tensor(name));
    }

    static Single headOf(const std::vector<float>& all, std::size_t head)
    {
        return Eigen::Map<const Single>(all.data() + head * kTokens * kChannels, kTokens,
                                        kChannels);
    }

    // Grids as its training has them, and the running one after that batch.
    PredictionGrids<float> batchGrids() const
    {
        return predictionGrids(std::span<const float>(q_), std::span<const float>(k_));
    }
    RunningGrid<float> runningGrid() const
    {
        RunningGrid<float> running;
        running.see(batchGrids().queries);
        running.see(batchGrids().keys);
        return running;
    }

    // Sums of 50 products in another order, in single precision.
    void expectResults(const std::string& name, const PredictionGrids<float>& grids,
                       float threshold = 0.002f) const
    {
        const auto all = values(name);
        for (std::size_t head = 0; head < kHeads; ++head) {
            const Single expected = headOf(all, head);
            const Single ours = releasedResult(headOf(q_, head), headOf(k_, head), headOf(v_, head),
                                               grids, threshold);
            EXPECT_LT(farthest(ours, expected),
                      1e-6 * static_cast<double>(expected.cwiseAbs().maxCoeff()))
                << name << " head " << head;
        }
    }

    static constexpr std::size_t kHeads = 2 * 3, kTokens = 50, kChannels = 16;
    std::optional<Safetensors> file_;
    std::vector<float> q_, k_, v_;
};

TEST_F(ReleasedVitality, RoundsToTheSameNumbersBitForBit)
{
    const auto expectRounded = [this](const std::string& name, const std::vector<float>& from,
                                      const FewBitGrid<float>& grid) {
        const auto expected = values(name);
        for (std::size_t i = 0; i < from.size(); ++i)
            ASSERT_EQ(grid.nearest(from[i]), expected[i]) << name << " " << i;
    };
    expectRounded("quant4.q", q_, batchGrids().queries);
    expectRounded("quant4.k", k_, batchGrids().keys);
}

TEST_F(ReleasedVitality, KeepsTheSameRunningRange)
{
    EXPECT_EQ(runningGrid().grid().range, values("train.running_range").front());
    EXPECT_EQ(runningGrid().grid().least, values("train.running_zero_point").front());
}

TEST_F(ReleasedVitality, GivesTheResultsOfTraining)
{
    expectResults("train.attn_times_v", batchGrids());
}

TEST_F(ReleasedVitality, AddsTheSparsePartInEvaluationTooByTheRunningRange)
{
    const FewBitGrid<float> running = runningGrid().grid();
    expectResults("eval.attn_times_v", {running, running});
}

TEST_F(ReleasedVitality, ItsLinearTermIsWhatIsLeftWithoutTheSparsePart)
{
    expectResults("linear_term", batchGrids(), 1.0f);
}

TEST_F(ReleasedVitality, IsNotThePapersFormula)
{
    const Single q = headOf(q_, 0), k = headOf(k_, 0), v = headOf(v_, 0);
    EXPECT_GT(farthest(releasedResult(q, k, v, batchGrids(), 1.0f), taylorSteps(q, k, v).result),
              0.1);
}

TEST_F(ReleasedVitality, ItsPlainAttentionIsOurs)
{
    const auto expected = values("vanilla.attn");
    for (std::size_t head = 0; head < kHeads; ++head) {
        const Eigen::Map<const Single> map(expected.data() + head * kTokens * kTokens, kTokens,
                                           kTokens);
        EXPECT_LT(farthest(exactMap(headOf(q_, head), headOf(k_, head)), map), 1e-6);
    }
}

} // namespace
} // namespace vitrine::quant
