// Rows that are decoded behind a prompt (ACT, section 7 and self-checks 9 and 11).
#include "core/attention/calibrated_llm.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace vitrine::attention
{
namespace
{

using model::LayerHead;
using testing::IsEmpty;
using testing::Not;
using tests::largestDifference;

constexpr std::int64_t kPrompt = 40, kMore = 12, kVocabulary = 50;

struct SequenceFixture {
    std::shared_ptr<const model::LlmCheckpoint> checkpoint;
    model::Llm llm;
    std::vector<std::int32_t> ids = tests::randomIds(kPrompt + kMore, kVocabulary);

    explicit SequenceFixture(std::int64_t window = 0)
        : checkpoint(tests::tinyCheckpoint(config(window))), llm(*model::Llm::open(checkpoint))
    {
    }
    static model::LlmConfig config(std::int64_t window)
    {
        model::LlmConfig c = tests::tinyConfig();
        c.layers = 3;
        c.slidingWindow = window;
        return c;
    }
    std::span<const std::int32_t> prompt() const { return std::span(ids).first(kPrompt); }
    std::span<const std::int32_t> more() const { return std::span(ids).subspan(kPrompt); }
    CalibratedLlm calibrated(const CalibrationPlan& plan) const
    {
        return *CalibratedLlm::open(llm, plan);
    }
};

CalibrationPlan planAround(HeadSet heads, double tau = 0.08, double beta = 0.3)
{
    CalibrationPlan plan;
    plan.heads = std::move(heads);
    plan.calibration.sinks.tau = tau;
    plan.calibration.sinks.minRows = 4;
    plan.calibration.beta = beta;
    return plan;
}

const HeadSet kHeads = {{0, 1}, {1, 0}, {1, 3}, {2, 2}};

// Logits of the prompt's last row and of every appended row, one by one.
std::vector<float> oneByOne(const CalibratedLlm& llm, const SequenceFixture& f, DecodeMode mode)
{
    const auto sequence = *llm.start(f.prompt(), kPrompt + kMore, mode);
    std::vector<float> logits = sequence->promptLogits();
    for (std::size_t i = 0; i < f.more().size(); ++i) {
        const auto row = sequence->append(f.more().subspan(i, 1));
        logits.insert(logits.end(), row->begin(), row->end());
    }
    return logits;
}

std::int32_t best(std::span<const float> logits)
{
    return static_cast<std::int32_t>(std::ranges::max_element(logits) - logits.begin());
}

TEST(CalibratedSequence, FrozenEqualsAPrefillWithTheSameSinks)
{
    for (const std::int64_t window : {0, 15}) {
        const SequenceFixture f(window);
        const CalibrationPlan plan = planAround(kHeads);
        const CalibratedLlm llm = f.calibrated(plan);
        CalibrationPlan fixed = planAround(kHeads, 1); // nothing is detected, T is given by hand
        bool any = false;
        const auto prompt = llm.forward(f.prompt());
        for (const CalibratedHead& head : prompt->heads) {
            fixed.on[head.where] = head.columns;
            any = any || !head.columns.empty();
        }
        ASSERT_TRUE(any);

        const auto decoded = oneByOne(llm, f, DecodeMode::frozen);
        const auto prefill = f.calibrated(fixed).forward(f.ids, {.lastRows = kMore + 1});

        ASSERT_TRUE(prefill);
        EXPECT_LT(largestDifference(decoded, prefill->forward.logits), 1e-4);
        for (std::size_t row = 0; row <= kMore; ++row)
            EXPECT_EQ(
                best(std::span(decoded).subspan(row * kVocabulary, kVocabulary)),
                best(std::span(prefill->forward.logits).subspan(row * kVocabulary, kVocabulary)));
    }
}

TEST(CalibratedSequence, RowsTogetherAreRowsOneByOne)
{
    const SequenceFixture f;
    const CalibratedLlm llm = f.calibrated(planAround(kHeads));
    for (const DecodeMode mode : {DecodeMode::prefill, DecodeMode::frozen, DecodeMode::streaming}) {
        const auto one = oneByOne(llm, f, mode);

        const auto together = llm.logits(f.ids, kMore + 1, mode);

        ASSERT_TRUE(together) << together.error().message;
        EXPECT_LT(largestDifference(*together, one), 1e-5);
    }
}

TEST(CalibratedSequence, PrefillModeLeavesNewRowsAlone)
{
    const SequenceFixture f;
    const CalibrationPlan plan = planAround({{0, 1}});
    const auto sequence = *f.calibrated(plan).start(f.prompt(), 60, DecodeMode::prefill);
    const auto counted = sequence->heads()[0].count;
    ASSERT_GT(counted.rowsModified, 0);

    ASSERT_TRUE(sequence->append(f.more()));

    EXPECT_EQ(sequence->heads()[0].count, counted);
    const auto frozen = *f.calibrated(plan).start(f.prompt(), 60, DecodeMode::frozen);
    ASSERT_TRUE(frozen->append(f.more()));
    EXPECT_EQ(frozen->heads()[0].count.rowsModified, counted.rowsModified + kMore);
    EXPECT_EQ(frozen->heads()[0].columns, sequence->heads()[0].columns);
}

// In layer 0 a head's uncalibrated weights do not depend on calibration: what streaming finds after
// each row is what the whole map of the rows so far shows.
TEST(CalibratedSequence, StreamingFindsSinksOnAllUncalibratedRowsSoFar)
{
    for (const SinkRule rule : {SinkRule::absolute, SinkRule::relative})
        for (const std::int64_t window : {0, 15}) {
            const SequenceFixture f(window);
            CalibrationPlan plan = planAround({{0, 1}, {0, 2}}, 0.07, 0.2);
            plan.calibration.sinks.rule = rule;
            plan.calibration.sinks.alpha = 1.7;
            const auto sequence =
                *f.calibrated(plan).start(f.prompt(), kPrompt + kMore, DecodeMode::streaming);
            std::size_t found = 0;
            for (std::int64_t length = kPrompt + 1; length <= kPrompt + kMore; ++length) {
                ASSERT_TRUE(sequence->append(
                    std::span(f.ids).subspan(static_cast<std::size_t>(length - 1), 1)));

                const auto plain = f.llm.forward(
                    std::span(f.ids).first(static_cast<std::size_t>(length)), {.summaries = true});
                for (const CalibratedHead& head : sequence->heads()) {
                    const auto& summary =
                        plain->summaries[0][static_cast<std::size_t>(head.where.head)];
                    std::vector<float> score(summary.columnSum);
                    for (std::size_t j = 0; j < score.size(); ++j)
                        score[j] /= static_cast<float>(summary.columnRows[j]);
                    EXPECT_LT(largestDifference(head.columnScore, score), 1e-6);
                    EXPECT_EQ(head.columns,
                              calibratedColumns(score, summary.columnRows, plan.calibration));
                    found += head.columns.size();
                }
            }
            EXPECT_GT(found, 0u);
        }
}

TEST(CalibratedSequence, RestartForgetsWhatWasAppended)
{
    const SequenceFixture f;
    const CalibratedLlm llm = f.calibrated(planAround(kHeads));
    for (const DecodeMode mode : {DecodeMode::frozen, DecodeMode::streaming}) {
        const auto sequence = *llm.start(f.prompt(), kPrompt + kMore, mode);
        const auto first = sequence->append(f.more(), 3);

        sequence->restart();
        ASSERT_EQ(sequence->length(), kPrompt);
        ASSERT_TRUE(sequence->append(tests::randomIds(5, kVocabulary, 99)));
        sequence->restart();

        EXPECT_EQ(*sequence->append(f.more(), 3), *first);
    }
}

// What a row of head 0.0 puts on the values, seen through a model whose values and output are such
// that the sum of the row's weights can be read: with all value vectors equal, the head's output is
// the row sum times that vector.
TEST(CalibratedSequence, OnlyTheReferenceBugBreaksTheRowSumOfANewRow)
{
    const SequenceFixture f;
    CalibrationPlan plan = planAround({{0, 1}}, 0.05);
    plan.calibration.sinks.minRows = 1;
    const auto massOf = [&](bool reference) {
        plan.calibration.reference = reference;
        const auto sequence =
            *f.calibrated(plan).start(f.prompt(), kPrompt + 1, DecodeMode::frozen);
        EXPECT_TRUE(sequence->append(f.more().first(1)));
        return sequence->heads()[0].columns;
    };
    const auto released = massOf(true), ours = massOf(false);
    ASSERT_THAT(released, Not(IsEmpty()));
    EXPECT_NE(released, ours) << "the new row's own weights are taken for column means";

    // The row itself, from the plain model: what the released function makes of it.
    const auto plain = f.llm.forward(std::span(f.ids).first(kPrompt + 1), {.maps = {0}});
    const std::size_t size = kPrompt + 1;
    std::vector<float> row(plain->maps[0].begin() +
                               static_cast<std::ptrdiff_t>(2 * size * size - size),
                           plain->maps[0].begin() + static_cast<std::ptrdiff_t>(2 * size * size));
    std::vector<float> sound = row;
    plan.calibration.reference = true;
    calibrateNewRowAsReleased(row, plan.calibration);
    calibrateRow(sound, ours, plan.calibration.beta, Receivers::all);
    EXPECT_GT(std::accumulate(row.begin(), row.end(), 0.0), 1.1);
    EXPECT_NEAR(std::accumulate(sound.begin(), sound.end(), 0.0), 1, 1e-6);
}

TEST(CalibratedGenerate, WithoutHeadsIsPlainGeneration)
{
    const SequenceFixture f;
    const model::Sampling sampling{.maxTokens = 10};
    const auto plain = model::generate(f.llm, f.prompt(), sampling, {});

    const auto none =
        generate(f.calibrated(planAround({})), f.prompt(), DecodeMode::frozen, sampling, {});
    const auto some = generate(f.calibrated(planAround(kHeads, 0.03, 0)), f.prompt(),
                               DecodeMode::streaming, sampling, {});

    ASSERT_TRUE(plain && none && some);
    EXPECT_EQ(*none, *plain);
    EXPECT_EQ(some->size(), 10u);
}

} // namespace
} // namespace vitrine::attention
