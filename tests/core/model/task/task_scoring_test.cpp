#include "core/model/task/task_scoring.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

// Every byte is a token, but "ab" is one too (id 200): what joint and separate encoding differ by.
class LetterTokenizer : public Tokenizer
{
public:
    explicit LetterTokenizer(bool bos = false) : bos_(bos) {}
    std::int64_t size() const override { return 256; }
    Result<std::vector<std::int32_t>> encode(std::string_view text) const override
    {
        std::vector<std::int32_t> ids;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool pair = text.substr(i, 2) == "ab";
            ids.push_back(pair ? 200 : static_cast<unsigned char>(text[i]));
            i += pair ? 1 : 0;
        }
        return ids;
    }
    std::string decode(std::span<const std::int32_t> ids) const override
    {
        std::string text;
        for (const std::int32_t id : ids)
            text += id == 200 ? "ab" : std::string(1, static_cast<char>(id));
        return text;
    }
    std::string piece(std::int32_t id) const override { return decode({&id, 1}); }
    std::optional<std::int32_t> bos() const override { return 1; }
    std::vector<std::int32_t> eos() const override { return {2}; }
    std::vector<std::int32_t> front() const override
    {
        return bos_ ? std::vector<std::int32_t>{1} : std::vector<std::int32_t>{};
    }
    std::vector<std::int32_t> back() const override { return {}; }
    std::string fingerprint() const override { return "letters"; }

private:
    bool bos_;
};

// Every row the same distribution: the given probabilities, the rest spread evenly over 256 tokens.
LogitsOf constant(const std::map<char, double>& probabilities)
{
    std::vector<float> row(256);
    double rest = 1;
    for (const auto& [letter, p] : probabilities)
        rest -= p;
    for (float& logit : row)
        logit =
            static_cast<float>(std::log(rest / static_cast<double>(256 - probabilities.size())));
    for (const auto& [letter, p] : probabilities)
        row[static_cast<unsigned char>(letter)] = static_cast<float>(std::log(p));
    return [row](std::span<const std::int32_t>, std::int64_t rows) -> Result<std::vector<float>> {
        std::vector<float> all;
        for (std::int64_t i = 0; i < rows; ++i)
            all.insert(all.end(), row.begin(), row.end());
        return all;
    };
}

Task choiceTask(std::string prompt, std::vector<std::string> choices, int answer = 0)
{
    TaskItem item;
    item.prompt = std::move(prompt), item.choices = std::move(choices), item.answer = answer;
    Task task;
    task.name = "t.jsonl", task.items = {item};
    return task;
}

PreparedTask prepared(const Task& task, TaskRequest request,
                      const Tokenizer& tokenizer = LetterTokenizer(), std::int64_t context = 64,
                      TaskEncoding encoding = TaskEncoding::joint)
{
    auto result = prepareTask(task, request, tokenizer, context, encoding);
    EXPECT_TRUE(result) << result.error().message;
    return result ? std::move(*result) : PreparedTask{};
}

TaskRequest asking(TaskKind kind, TaskScoring scoring)
{
    TaskRequest request;
    request.kind = kind, request.scoring = scoring;
    return request;
}

const TaskRequest kChoice = asking(TaskKind::choice, TaskScoring::likelihood);

// By hand: " x" has ln .1 + ln .2 = -3.912 on 1 character; " yyyy" ln .1 + 4 ln .5 = -5.075 on 4:
// -1.269 each. The sum takes x, the mean per character takes yyyy.
TEST(Likelihood, NormalisationByCharactersChangesTheChoice)
{
    const auto task = prepared(choiceTask("Q", {"x", "yyyy"}, 1), kChoice);

    const auto score = scoreItem(task.items[0], TaskScoring::likelihood, LetterTokenizer(),
                                 constant({{' ', 0.1}, {'x', 0.2}, {'y', 0.5}}));

    ASSERT_TRUE(score);
    EXPECT_NEAR(score->scores[0], std::log(0.1) + std::log(0.2), 1e-6);
    EXPECT_NEAR(score->scores[1], std::log(0.1) + 4 * std::log(0.5), 1e-6);
    EXPECT_EQ(score->chosen, 0);
    EXPECT_EQ(score->chosenNormalised, 1);
    EXPECT_NEAR(score->goldLogProbability, std::log(0.00625 / (0.02 + 0.00625)), 1e-6);
}

// "x" is likely anywhere; "y" only after "Q". What the context adds is 0 for x and ln(.3 / .05) for
// y.
TEST(Likelihood, MutualInformationTakesTheChoiceThatTheContextMakesLikely)
{
    TaskRequest request = kChoice;
    request.style.spacedAnswers = false;
    request.mutual = true;
    const auto task = prepared(choiceTask("Q", {"x", "y"}, 1), request);
    ASSERT_EQ(task.items[0].queries.size(), 4u);
    EXPECT_THAT(task.items[0].queries[3].ids, ElementsAre(1));
    EXPECT_THAT(task.items[0].queries[3].targets, ElementsAre('y'));

    const auto score = scoreItem(task.items[0], TaskScoring::likelihood, LetterTokenizer(),
                                 [](std::span<const std::int32_t> ids, std::int64_t rows) {
                                     const double y = ids.back() == 'Q' ? 0.3 : 0.05;
                                     return constant({{'x', 0.4}, {'y', y}})(ids, rows);
                                 });

    ASSERT_TRUE(score);
    EXPECT_EQ(score->chosen, 0);
    EXPECT_EQ(score->chosenMutual, 1);
    EXPECT_NEAR(score->goldLogProbability, std::log(6.0 / 7), 1e-5);
}

TEST(Likelihood, CharactersAreNeitherBytesNorTokens)
{
    const auto task = prepared(choiceTask("Q", {"\u00e9\u00e9", "ab"}), kChoice);

    EXPECT_THAT(task.items[0].characters, ElementsAre(2, 2)); // four bytes, and one token
}

TEST(Likelihood, TiesGoToTheLowestIndex)
{
    const auto task = prepared(choiceTask("Q", {"x", "y"}, 1), kChoice);

    const auto score =
        scoreItem(task.items[0], TaskScoring::likelihood, LetterTokenizer(), constant({}));

    EXPECT_EQ(score->chosen, 0);
}

TEST(Likelihood, QueryEndsBeforeTheLastTokenAndAsksForEveryTarget)
{
    const auto task = prepared(choiceTask("Q", {"xy", "z"}), kChoice, LetterTokenizer(true));

    const TaskQuery& query = task.items[0].queries[0];
    EXPECT_THAT(query.ids, ElementsAre(1, 'Q', ' ', 'x'));
    EXPECT_THAT(query.targets, ElementsAre(' ', 'x', 'y'));
    EXPECT_EQ(query.rows, 3);
}

TEST(Likelihood, SpacesAtTheContextsEndGoToTheContinuation)
{
    const auto task = prepared(choiceTask("Q  ", {"x", "y"}), kChoice);

    EXPECT_THAT(task.items[0].queries[0].ids, ElementsAre('Q', ' ', ' '));
    EXPECT_THAT(task.items[0].queries[0].targets, ElementsAre(' ', ' ', 'x'));
}

TEST(Likelihood, EncodingsDifferOnlyWhereAMergeCrossesTheBorder)
{
    TaskRequest request = kChoice;
    request.style.spacedAnswers = false;
    const Task crossing = choiceTask("Qa", {"bc", "z"});
    const auto joint = prepared(crossing, request),
               separate =
                   prepared(crossing, request, LetterTokenizer(), 64, TaskEncoding::separate);
    // "Qabc" is Q ab c: two tokens of context, as many as "Qa" has, so "c" alone is judged.
    EXPECT_THAT(joint.items[0].queries[0].ids, ElementsAre('Q', 200));
    EXPECT_THAT(joint.items[0].queries[0].targets, ElementsAre('c'));
    EXPECT_THAT(separate.items[0].queries[0].ids, ElementsAre('Q', 'a', 'b'));
    EXPECT_THAT(separate.items[0].queries[0].targets, ElementsAre('b', 'c'));
    // The second choice merges nothing.
    EXPECT_EQ(joint.items[0].queries[1].ids, separate.items[0].queries[1].ids);
    EXPECT_EQ(joint.items[0].queries[1].targets, separate.items[0].queries[1].targets);
}

TEST(Likelihood, CutsFromTheLeft)
{
    const auto task =
        prepared(choiceTask("abcdefgh", {"xy", "z"}), kChoice, LetterTokenizer(true), 5);

    // <s> ab c d e f g h _ x y: one more than fits stays, and its last token is not read.
    EXPECT_THAT(task.items[0].queries[0].ids, ElementsAre('f', 'g', 'h', ' ', 'x'));
    EXPECT_THAT(task.items[0].queries[0].targets, ElementsAre(' ', 'x', 'y'));
    EXPECT_TRUE(task.items[0].truncated);
    EXPECT_THAT(task.notes.front(), HasSubstr("1 of 1 items are longer"));
}

TEST(Likelihood, RefusesAChoiceLongerThanTheContext)
{
    const auto result = prepareTask(choiceTask("Q", {"wxyz", "z"}), kChoice, LetterTokenizer(), 3);

    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("longer than the model's context"));
}

TEST(Labels, RestrictTheLastRowToLastTokens)
{
    const TaskRequest request = asking(TaskKind::classification, TaskScoring::labels);
    const auto task = prepared(choiceTask("Review: good ", {"negative", "positiv"}, 1), request);

    ASSERT_EQ(task.items[0].queries.size(), 1u);
    EXPECT_EQ(task.items[0].queries[0].ids.size(), 13u);
    EXPECT_THAT(task.items[0].options, ElementsAre('e', 'v'));
    // 'z' is likelier than both, but is no label.
    const auto score = scoreItem(task.items[0], TaskScoring::labels, LetterTokenizer(),
                                 constant({{'z', 0.5}, {'e', 0.1}, {'v', 0.3}}));
    EXPECT_EQ(score->chosen, 1);
    EXPECT_NEAR(score->goldLogProbability, std::log(0.75), 1e-6);
    EXPECT_TRUE(task.notes.empty());
}

TEST(Labels, WarnOfCollisions)
{
    const auto task = prepared(choiceTask("Q", {"like", "hate", "other"}),
                               asking(TaskKind::classification, TaskScoring::labels));

    ASSERT_EQ(task.notes.size(), 1u);
    EXPECT_THAT(task.notes[0], HasSubstr("\" like\" and \" hate\""));
}

TEST(Labels, RefuseATokenBeyondTheModelsVocabulary)
{
    const auto task = prepared(choiceTask("Q", {"x", "y"}),
                               asking(TaskKind::classification, TaskScoring::labels));

    const auto score =
        scoreItem(task.items[0], TaskScoring::labels, LetterTokenizer(),
                  [](auto, auto) -> Result<std::vector<float>> { return std::vector<float>(100); });

    ASSERT_FALSE(score);
    EXPECT_THAT(score.error().message, HasSubstr("token 120"));
}

TEST(Letter, TheGreedyTokenMustBeTheLetter)
{
    const auto task = prepared(choiceTask("Q", {"red", "blue"}, 1),
                               asking(TaskKind::choice, TaskScoring::letter));
    const auto chosen = [&](const std::map<char, double>& p) {
        return scoreItem(task.items[0], TaskScoring::letter, LetterTokenizer(), constant(p))
            ->chosen;
    };

    EXPECT_EQ(chosen({{'B', 0.5}, {'A', 0.3}}), 1);
    EXPECT_EQ(chosen({{'A', 0.5}, {'B', 0.3}}), 0);
    EXPECT_EQ(chosen({{'x', 0.5}, {'B', 0.3}}), -1); // likelier than A, but "x" was said
    EXPECT_EQ(chosen({{'C', 0.5}, {'B', 0.3}}), -1); // there are two options
}

Task runningText(std::string text)
{
    Task task;
    task.name = "t.txt";
    task.kind = TaskKind::perplexity;
    task.items.resize(1);
    task.items[0].text = std::move(text);
    return task;
}

const TaskRequest kPerplexity = asking(TaskKind::perplexity, TaskScoring::likelihood);

TEST(Perplexity, OfAUniformModelIsTheVocabulary)
{
    const auto task =
        prepared(runningText(std::string(50, 'x')), kPerplexity, LetterTokenizer(), 16);

    ASSERT_EQ(task.items.size(), 3u); // floor(50 / 16)
    for (const auto& window : task.items) {
        EXPECT_EQ(window.queries[0].ids.size(), 16u);
        EXPECT_EQ(window.queries[0].targets.size(), 15u);
        EXPECT_NEAR(std::exp(*windowLoss(window, constant({}))), 256, 1e-3);
    }
}

TEST(Perplexity, OfAnOracleIsOne)
{
    const LogitsOf oracle = [](std::span<const std::int32_t> ids,
                               std::int64_t rows) -> Result<std::vector<float>> {
        std::vector<float> logits(static_cast<std::size_t>(rows) * 256);
        for (std::size_t i = 0; i + 1 < ids.size(); ++i)
            logits[i * 256 + static_cast<std::size_t>(ids[i + 1])] = 100;
        return logits;
    };
    const auto task = prepared(runningText("the whale, the sea"), kPerplexity);

    ASSERT_EQ(task.items.size(), 1u);
    EXPECT_NEAR(std::exp(*windowLoss(task.items[0], oracle)), 1, 1e-6);
}

TEST(Perplexity, KindMustFitTheFile)
{
    EXPECT_FALSE(prepareTask(runningText("abc def"), kChoice, LetterTokenizer(), 64));
    EXPECT_FALSE(prepareTask(choiceTask("Q", {"x", "y"}), kPerplexity, LetterTokenizer(), 64));
}

} // namespace
} // namespace vitrine::model
