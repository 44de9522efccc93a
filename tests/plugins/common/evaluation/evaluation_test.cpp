#include "plugins/common/evaluation/evaluation.h"

#include "plugins/common/evaluation/verdict.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace vitrine::evaluation
{
namespace
{

using testing::HasSubstr;

// Stops when it has been asked so often.
class Impatient : public QuietProgress
{
public:
    Impatient(std::filesystem::path artifacts, int answers)
        : QuietProgress(std::move(artifacts)), left_(answers)
    {
    }
    bool advance(double, double, std::string_view) override { return left_-- > 0; }

private:
    int left_;
};

// Loss = 10 contender + item; notes whom it asked.
struct Asked {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    Contenders contenders{
        .answer = [this](std::size_t contender, std::size_t item) -> Result<Answer> {
            pairs.emplace_back(contender, item);
            Answer answer;
            answer.loss = static_cast<double>(10 * contender + item);
            return answer;
        },
        .controls = 2};
};

TEST(Evaluate, AsksEveryContenderItemByItem)
{
    const tests::TemporaryFolder folder;
    QuietProgress progress(folder.path);
    Asked asked;

    const auto evaluation = evaluate(asked.contenders, 2, "subject", progress);

    ASSERT_TRUE(evaluation);
    EXPECT_EQ(asked.pairs, (std::vector<std::pair<std::size_t, std::size_t>>{
                               {0, 0}, {1, 0}, {2, 0}, {3, 0}, {0, 1}, {1, 1}, {2, 1}, {3, 1}}));
    EXPECT_EQ(evaluation->before[1].loss, 1);
    EXPECT_EQ(evaluation->after[1].loss, 11);
    EXPECT_EQ(evaluation->controls[1][1].loss, 31);
}

TEST(Evaluate, GoesOnWhereItWasStopped)
{
    const tests::TemporaryFolder folder;
    Asked first, second;
    Impatient stopped(folder.path, 6); // within the second item
    EXPECT_FALSE(evaluate(first.contenders, 3, "subject", stopped));
    ASSERT_TRUE(stopped.loadState());
    QuietProgress progress(folder.path);
    ASSERT_TRUE(progress.saveState(*stopped.loadState()));

    const auto evaluation = evaluate(second.contenders, 3, "subject", progress);

    ASSERT_TRUE(evaluation);
    EXPECT_EQ(second.pairs.size(), 8u) << "the first item was known";
    EXPECT_EQ(evaluation->controls[0][0].loss, 20);
}

TEST(AddLosses, SpeaksOfTheChangeInItsOwnWords)
{
    Evaluation evaluation{{{.loss = 2}, {.loss = 2}}, {{.loss = 1}, {.loss = 1}}, {}};
    RunResult out;

    addLosses(evaluation,
              {.column = "quantized",
               .with = "with 4-bit weights",
               .noun = "quantization",
               .act = "Quantizing to 4 bits",
               .sets = "codes",
               .controlsHelp = {},
               .noControls = {},
               .label = {},
               .labels = {}},
              1, out);

    ASSERT_EQ(out.tables.size(), 1u);
    EXPECT_EQ(out.tables[0].columns[2].name, "quantized");
    EXPECT_THAT(out.notes, testing::ElementsAre(HasSubstr("Quantizing to 4 bits lowers the loss")));
}

TEST(EvaluationState, IsRefusedWhereItIsCutOrChanged)
{
    Evaluation whole{{{}, {}}, {{}, {}}, {{{}, {}}}};
    whole.after[1].score.scores = {-1.5, -2.5};
    const std::string state = evaluationState(whole, "subject");
    const auto isTaken = [&](const std::string& bytes, const char* subject = "subject",
                             std::size_t items = 2) {
        Evaluation empty{{}, {}, {{}}};
        const bool taken = restoreEvaluation(bytes, subject, items, empty).has_value();
        EXPECT_EQ(empty.before.size(), taken ? 2u : 0u);
        EXPECT_TRUE(!taken || empty.after[1].score == whole.after[1].score);
        return taken;
    };

    EXPECT_TRUE(isTaken(state));
    EXPECT_FALSE(isTaken(state, "other"));
    EXPECT_FALSE(isTaken(state, "subject", 1));
    for (std::size_t length = 0; length < state.size(); ++length)
        ASSERT_FALSE(isTaken(state.substr(0, length))) << length;
    for (std::size_t at = 0; at < state.size(); ++at) {
        std::string damaged = state;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        ASSERT_FALSE(isTaken(damaged)) << at;
    }
}

TEST(VerdictSentence, SaysPlainlyWhatTheIntervalSays)
{
    EXPECT_THAT(verdictSentence(verdictOf({50, 20, 2, 28}), "ACT"), HasSubstr("ACT helps"));
    EXPECT_THAT(verdictSentence(verdictOf({50, 2, 20, 28}), "ACT"), HasSubstr("ACT harms"));
    EXPECT_THAT(verdictSentence(verdictOf({50, 5, 4, 41}), "ACT"),
                HasSubstr("interval of the difference contains 0"));
    EXPECT_THAT(verdictSentence(verdictOf({50, 0, 0, 50}), "ACT"), HasSubstr("changes no answer"));
}

TEST(ControlOf, IsTheMiddleOfTheSets)
{
    std::vector<PairedCounts> sets;
    for (int right = 0; right <= 40; ++right)
        sets.push_back({right, 0, 0, 40 - right});

    const Control control = controlOf(sets);

    EXPECT_DOUBLE_EQ(control.mean, 0.5);
    EXPECT_DOUBLE_EQ(control.low, 1 / 40.0);
    EXPECT_DOUBLE_EQ(control.high, 39 / 40.0);
    EXPECT_THAT(controlSentence(control, 1.0, "sets of as many heads"),
                HasSubstr("above that range"));
    EXPECT_EQ(controlOf({}).sets, 0u);
}

} // namespace
} // namespace vitrine::evaluation
