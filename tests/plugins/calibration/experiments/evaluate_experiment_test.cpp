#include "plugins/calibration/experiments/evaluate_experiment.h"

#include "core/base/file.h"
#include "core/base/statistics.h"
#include "core/jobs/bundle/bundle.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

using testing::HasSubstr;
using Given = std::map<std::string, std::string>;

// Runs on the shipped model, a few items: a second or two.
struct Evaluate : testing::Test {
    tests::TemporaryFolder folder;

    Result<RunResult> run(Given given)
    {
        const EvaluateExperiment experiment;
        VITRINE_TRY(const Params params, resolveParams(experiment, given));
        QuietProgress progress(folder.path);
        return experiment.run(params, progress);
    }
    std::string write(const char* name, const std::string& text)
    {
        EXPECT_TRUE(writeFileAtomically(folder.path / name, text));
        return (folder.path / name).string();
    }
    static double value(const RunResult& result, const char* name)
    {
        const Metric* metric = result.metric(name);
        EXPECT_NE(metric, nullptr) << name;
        return metric ? metric->value : std::nan("");
    }
};

TEST_F(Evaluate, ClozeTaskGivesNumbersThatAgreeWithItsItems)
{
    const auto result = run({{"limit", "12"}, {"controls", "2"}, {"heads", "random:4"}});

    ASSERT_TRUE(result) << result.error().message;
    const Table* items = result->table("items");
    ASSERT_NE(items, nullptr);
    ASSERT_EQ(items->rows.size(), 12u);
    double before = 0, after = 0, gained = 0, rows = 0;
    for (const auto& row : items->rows) {
        const auto text = [&](const char* name) {
            return std::get<std::string>(row[static_cast<std::size_t>(items->column(name))]);
        };
        before += text("baseline") == text("gold") ? 1 : 0;
        after += text("calibrated") == text("gold") ? 1 : 0;
        gained += text("flip") == "gained" ? 1 : 0;
        rows += static_cast<double>(
            std::get<std::int64_t>(row[static_cast<std::size_t>(items->column("rows_modified"))]));
    }
    EXPECT_DOUBLE_EQ(value(*result, "baseline_accuracy"), before / 12);
    EXPECT_DOUBLE_EQ(value(*result, "accuracy"), after / 12);
    EXPECT_DOUBLE_EQ(value(*result, "gained"), gained);
    EXPECT_DOUBLE_EQ(value(*result, "rows_modified"), rows);
    EXPECT_DOUBLE_EQ(value(*result, "chance"), 0.25);
    const Interval interval = wilsonInterval(std::llround(after), 12);
    EXPECT_DOUBLE_EQ(value(*result, "accuracy_low"), interval.low);
    EXPECT_DOUBLE_EQ(value(*result, "accuracy_high"), interval.high);
    EXPECT_EQ(result->table("controls")->rows.size(), 2u);
    EXPECT_EQ(value(*result, "heads_calibrated"), 4);
}

// The controls of ACT, section 12.
TEST_F(Evaluate, BetaOneAndNoHeadsChangeNothing)
{
    for (const Given& given : {Given{{"beta", "1"}}, Given{{"heads", "none"}}}) {
        Given all = given;
        all["limit"] = "6";
        const auto result = run(all);
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(value(*result, "accuracy"), value(*result, "baseline_accuracy"));
        EXPECT_EQ(value(*result, "perplexity"), value(*result, "baseline_perplexity"));
        EXPECT_EQ(value(*result, "difference"), 0);
        EXPECT_EQ(value(*result, "p_value"), 1);
        EXPECT_EQ(value(*result, "mass_moved"), 0);
        EXPECT_THAT(result->notes, testing::Contains(HasSubstr("changes no answer")));
    }
}

TEST_F(Evaluate, DecodingModesAndScoringsRun)
{
    for (const char* decode : {"whole", "prefill", "frozen", "streaming"}) {
        const auto result = run(
            {{"limit", "3"}, {"decode", decode}, {"heads", "all"}, {"scoring", "likelihood_norm"}});
        ASSERT_TRUE(result) << decode << ": " << result.error().message;
        EXPECT_GT(value(*result, "perplexity"), 1);
        EXPECT_GT(value(*result, "rows_modified"), 0) << decode;
    }
    const auto letters = run({{"limit", "3"}, {"scoring", "letter"}});
    ASSERT_TRUE(letters) << letters.error().message;
    EXPECT_TRUE(std::isnan(value(*letters, "perplexity")));
    EXPECT_THAT(letters->notes, testing::Contains(HasSubstr("Perplexity is not computed")));
}

TEST_F(Evaluate, RunningTextGivesPerplexityBeforeAndAfter)
{
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += "The people of this country have always known what the sea can give and what it "
                "can take. ";
    const auto result = run({{"task", write("t.txt", text)}, {"limit", "2"}, {"beta", "0.2"}});

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(value(*result, "items"), 2);
    EXPECT_GT(value(*result, "baseline_perplexity"), 1);
    EXPECT_NE(value(*result, "perplexity"), value(*result, "baseline_perplexity"));
    EXPECT_NEAR(value(*result, "difference"),
                std::log(value(*result, "perplexity") / value(*result, "baseline_perplexity")),
                1e-9);
    EXPECT_EQ(result->table("items")->rows.size(), 2u);
}

TEST_F(Evaluate, ClassificationUsesLabelsAndShots)
{
    std::string lines;
    for (int i = 0; i < 8; ++i)
        lines +=
            fmt::format("{{\"text\": \"The {} was {}.\", \"label\": \"{}\"}}\n",
                        i % 3 ? "sea" : "night", i % 2 ? "good" : "bad", i % 2 ? "good" : "bad");
    const auto result =
        run({{"task", write("c.jsonl", lines)}, {"shots", "2"}, {"template", "{text}\\nIt is"}});

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(value(*result, "items"), 6);
    EXPECT_THAT(result->notes, testing::Contains(HasSubstr("2 examples")));
    const auto& row = result->table("items")->rows[0];
    EXPECT_THAT(std::get<std::string>(row[3]), testing::AnyOf("good", "bad"));
}

// Stops at a number of answers.
class ImpatientEvaluation : public QuietProgress
{
public:
    ImpatientEvaluation(std::filesystem::path artifacts, int answers)
        : QuietProgress(std::move(artifacts)), left_(answers)
    {
    }
    bool advance(double, double, std::string_view) override { return --left_ > 0; }

private:
    int left_;
};

TEST_F(Evaluate, PausedAnywhereItGoesOnToTheSameResult)
{
    const Given given = {{"limit", "5"}, {"controls", "1"}, {"heads", "random:3"}};
    const auto expected = run(given);
    ASSERT_TRUE(expected);
    const EvaluateExperiment experiment;
    const auto params = resolveParams(experiment, given);
    ASSERT_TRUE(params);

    for (int pause = 1; pause < 15; ++pause) {
        ImpatientEvaluation first(folder.path, pause);
        ASSERT_FALSE(experiment.run(*params, first));
        ASSERT_TRUE(first.loadState());
        QuietProgress second(folder.path);
        ASSERT_TRUE(second.saveState(*first.loadState()));
        const auto result = experiment.run(*params, second);

        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result->metrics.size(), expected->metrics.size());
        for (const Metric& metric : expected->metrics)
            EXPECT_EQ(value(*result, metric.name.c_str()), metric.value)
                << metric.name << " paused after " << pause;
        EXPECT_EQ(result->tables, expected->tables);
    }
}

TEST_F(Evaluate, SaysWhatIsWrongWithATask)
{
    const auto noFile = run({{"task", "/nonexistent.jsonl"}});
    ASSERT_FALSE(noFile);
    EXPECT_EQ(noFile.error().kind, ErrorKind::input);
    const auto text = run({{"kind", "perplexity"}});
    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().message, HasSubstr("kind must be"));
    const auto field = run({{"template", "{nothing}"}});
    ASSERT_FALSE(field);
    EXPECT_THAT(field.error().message, HasSubstr("{nothing}"));
}

TEST_F(Evaluate, LeavesOutTheItemsThatChoseTheHeads)
{
    std::string lines;
    for (int i = 0; i < 6; ++i)
        lines += fmt::format(
            "{{\"prompt\": \"The sea {}\", \"choices\": [\"rose\", \"fell\"], \"answer\": {}}}\n",
            i, i % 2);
    const std::string task = write("t.jsonl", lines);
    const std::string heads = write(
        "heads.json",
        fmt::format("{{\"model\": \"vitrine-lm\", \"first_layer\": 2, \"heads\": [[0], [], [1]], "
                    "\"pool\": {{\"task\": \"t.jsonl\", \"sha256\": \"{}\", \"items\": [0, 3]}}}}",
                    hashInput("task", task)->sha256));

    const auto result = run({{"task", task}, {"kind", "cloze"}, {"heads", heads}});

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(value(*result, "items"), 4);
    EXPECT_THAT(result->notes,
                testing::Contains(HasSubstr("2 items of this task were in the pool")));
}

} // namespace
} // namespace vitrine::calibration_plugin
