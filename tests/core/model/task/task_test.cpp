#include "core/model/task/task.h"

#include "core/model/task/task_prompt.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

Task parsed(std::string_view text, std::string_view name = "x.jsonl")
{
    auto task = parseTask(text, name);
    EXPECT_TRUE(task) << task.error().message;
    return task ? std::move(*task) : Task{};
}

TaskItem firstItem(std::string_view text)
{
    const Task task = parsed(text);
    return task.items.empty() ? TaskItem{} : task.items.front();
}

std::string whyRefused(std::string_view text, std::string_view name = "x.jsonl")
{
    const auto task = parseTask(text, name);
    return task ? "accepted" : task.error().message;
}

TEST(Task, ReadsOurOwnForm)
{
    const Task task = parsed("{\"prompt\": \"The sea was\", \"choices\": [\"calm\", \"loud\", "
                             "\"wet\"], \"answer\": 2}\n\n"
                             "{\"prompt\": \"The sky\", \"choices\": [\"fell\", \"rose\"], "
                             "\"answer\": 0, \"part\": \"train\"}\r\n");

    ASSERT_EQ(task.items.size(), 2u);
    EXPECT_EQ(task.format, "jsonl");
    EXPECT_EQ(task.kind, TaskKind::choice);
    EXPECT_EQ(task.items[0].prompt, "The sea was");
    EXPECT_THAT(task.items[0].choices, ElementsAre("calm", "loud", "wet"));
    EXPECT_EQ(task.items[0].answer, 2);
    EXPECT_EQ(task.items[1].part, "train");
}

TEST(Task, ReadsRunningText)
{
    const Task task = parsed("{\"text\": \"one\"}\n{\"text\": \"two\"}");

    EXPECT_EQ(task.kind, TaskKind::perplexity);
    EXPECT_EQ(task.items[1].text, "two");
    EXPECT_EQ(parsed("Once upon a time", "story.txt").kind, TaskKind::perplexity);
}

TEST(Task, KnowsTheFieldNamesOfCommonSets)
{
    struct Case {
        const char *row, *prompt;
        int choices, answer;
    };
    const Case cases[] = {
        {R"({"ctx": "A man", "endings": ["sits", "runs", "eats", "sings"], "label": "3"})", "A man",
         4, 3},
        {R"({"question": "What?", "choices": {"text": ["x", "y"], "label": ["1", "2"]}, "answerKey": "2"})",
         "What?", 2, 1},
        {R"({"question": {"stem": "Which?", "choices": [{"text": "x", "label": "A"}, {"text": "y", "label": "B"}]}, "answerKey": "B"})",
         "Which?", 2, 1},
        {R"({"question_stem": "It is", "choices": {"text": ["x", "y", "z"], "label": ["A", "B", "C"]}, "answerKey": "C"})",
         "It is", 3, 2},
        {R"({"goal": "Open it", "sol1": "pull", "sol2": "push", "label": 1})", "Open it", 2, 1},
        {R"({"question": "Sum?", "choices": ["1", "2", "3", "4"], "answer": "C"})", "Sum?", 4, 2},
        {R"({"query": "Q", "choices": ["a", "b"], "gold": 1})", "Q", 2, 1},
        {R"({"premise": "The man fell.", "choice1": "He slipped.", "choice2": "He flew.", "question": "cause", "label": 0})",
         "The man fell because", 2, 0},
    };
    for (const Case& one : cases) {
        const TaskItem item = firstItem(one.row);
        EXPECT_EQ(item.prompt, one.prompt) << one.row;
        EXPECT_EQ(item.choices.size(), static_cast<std::size_t>(one.choices)) << one.row;
        EXPECT_EQ(item.answer, one.answer) << one.row;
    }
}

TEST(Task, AnswersMayBeNumbersThatAreChoicesOnlyByIndex)
{
    EXPECT_EQ(firstItem(R"({"prompt": "2 + 1", "choices": ["2", "3", "1"], "answer": 1})").answer,
              1);
    EXPECT_EQ(firstItem(R"({"prompt": "p", "choices": ["yes", "no"], "answer": "no"})").answer, 1);
}

TEST(Task, CopaContinuesThePremise)
{
    const TaskItem item = firstItem(
        R"({"premise": "The man fell.", "choice1": "He slipped.", "choice2": "I pushed.", "question": "effect", "label": 0})");

    EXPECT_EQ(item.prompt, "The man fell therefore");
    EXPECT_THAT(item.choices, ElementsAre("he slipped.", "I pushed."));
}

TEST(Task, LabelsWithoutChoicesComeFromTheWholeFile)
{
    const Task task =
        parsed("{\"text\": \"a\", \"label\": \"spam\"}\n{\"text\": \"b\", \"label\": \"ham\"}\n"
               "{\"text\": \"c\", \"label\": \"spam\"}");

    EXPECT_EQ(task.kind, TaskKind::classification);
    EXPECT_THAT(task.items[0].choices, ElementsAre("ham", "spam"));
    EXPECT_EQ(task.items[0].answer, 1);
    EXPECT_EQ(task.items[1].answer, 0);
}

TEST(Task, ReadsTables)
{
    const Task task = parsed("sentence\tlabel\na fine film\t1\na dull one\t0\n", "dev.tsv");

    EXPECT_EQ(task.format, "tsv");
    EXPECT_EQ(task.kind, TaskKind::classification);
    EXPECT_THAT(task.items[0].choices, ElementsAre("negative", "positive"));
    EXPECT_EQ(task.items[0].answer, 1);
    EXPECT_THAT(task.style.body, HasSubstr("{sentence}"));
}

TEST(Task, ReadsTheFilesOfSst2AndTrec)
{
    const Task sst2 = parsed("1 a moving film .\n0 dull\n", "sst2.dev.txt"),
               trec = parsed("NUM:dist How far ?\nHUM:desc Who was he ?\n", "trec.test.txt");

    EXPECT_EQ(sst2.format, "sst2");
    EXPECT_EQ(sst2.items[0].prompt, "a moving film .");
    EXPECT_EQ(sst2.items[0].choices[static_cast<std::size_t>(sst2.items[0].answer)], "positive");
    EXPECT_EQ(trec.format, "trec");
    EXPECT_EQ(trec.items[0].choices.size(), 6u);
    EXPECT_EQ(trec.items[0].choices[static_cast<std::size_t>(trec.items[0].answer)], "Number");
    EXPECT_EQ(trec.items[1].choices[static_cast<std::size_t>(trec.items[1].answer)], "Person");
}

constexpr const char* kCopa =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE copa-corpus SYSTEM \"copa.dtd\">\n<copa-corpus>\n"
    "<item id=\"1\" asks-for=\"cause\" most-plausible-alternative=\"2\">\n"
    "<p>The lamp &amp; the cup broke.</p><a1>It rained.</a1><a2>The cat&#39;s jump.</a2>\n</item>\n"
    "<item id='2' asks-for='effect' most-plausible-alternative='1'>"
    "<p>He slept.</p><a1>He woke.</a1><a2>He left.</a2></item></copa-corpus>";

TEST(Task, ReadsCopaXml)
{
    const Task task = parsed(kCopa, "copa.xml");

    ASSERT_EQ(task.items.size(), 2u);
    EXPECT_EQ(task.kind, TaskKind::choice);
    EXPECT_EQ(task.items[0].prompt, "The lamp & the cup broke because");
    EXPECT_THAT(task.items[0].choices, ElementsAre("it rained.", "the cat's jump."));
    EXPECT_EQ(task.items[0].answer, 1);
    EXPECT_EQ(task.items[1].prompt, "He slept therefore");
}

TEST(Task, RefusesInOneLineThatSaysWhereAndWhat)
{
    EXPECT_THAT(whyRefused(""), HasSubstr("no task"));
    EXPECT_THAT(whyRefused("{\"prompt\": 1"), HasSubstr("x.jsonl, line 1"));
    EXPECT_THAT(whyRefused("{\"prompt\": \"p\", \"choices\": [\"a\"], \"answer\": 0}"),
                HasSubstr("1 choices"));
    EXPECT_THAT(whyRefused("{\"prompt\": \"p\", \"choices\": [\"a\", \"\"], \"answer\": 0}"),
                HasSubstr("empty choice"));
    EXPECT_THAT(whyRefused("{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"], \"answer\": 2}"),
                HasSubstr("\"2\" is none"));
    EXPECT_THAT(whyRefused("{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"], \"answer\": -1}"),
                HasSubstr("none of the 2"));
    EXPECT_THAT(whyRefused("{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"]}"),
                HasSubstr("no \"answer\""));
    EXPECT_THAT(whyRefused("{\"prompt\": \"p\", \"choices\": [\"a\", [1]], \"answer\": 0}"),
                HasSubstr("choice 1 is not"));
    EXPECT_THAT(whyRefused("{\"choices\": [\"a\", \"b\"], \"answer\": 0}"),
                HasSubstr("no \"prompt\""));
    EXPECT_THAT(whyRefused("{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": 1}"),
                HasSubstr("same label"));
    EXPECT_THAT(whyRefused("{\"text\": \"a\"}\n{\"text\": \"b\", \"label\": 1}"),
                HasSubstr("another kind"));
    EXPECT_THAT(whyRefused("[1]"), HasSubstr("no task"));
    EXPECT_THAT(whyRefused("{}"), HasSubstr("neither"));
    EXPECT_THAT(whyRefused("a\tb\n1\n"), HasSubstr("line 2 has 1 values, its header 2"));
    EXPECT_THAT(whyRefused("1 good\nbad", "x.txt"), HasSubstr("line 2"));
    EXPECT_THAT(whyRefused("<item id=\"1\">"), HasSubstr("does not end"));
    EXPECT_THAT(
        whyRefused("<item asks-for=\"cause\" most-plausible-alternative=\"1\"><p>&x;</p></item>"),
        HasSubstr("&x;"));
    EXPECT_THAT(whyRefused("1 caf\xe9", "x.txt"), HasSubstr("UTF-8"));
}

TEST(Task, RefusesMoreItemsThanItHolds)
{
    std::string many;
    for (int i = 0; i <= 75'000; ++i)
        many += "0 a\n";

    EXPECT_THAT(whyRefused(many, "x.txt"), HasSubstr("more than 75000 items"));
}

TEST(TaskPrompt, FillsTheTemplateAndShowsExamples)
{
    Task task = parsed("1 fine\n0 dull\n1 great\n", "s.txt");
    TaskRequest request{TaskKind::classification,
                        TaskScoring::labels,
                        {"Judge.\n\n", "{{{sentence}}} is", "\n", true}};

    const auto prompt = taskPrompt(task, request, std::vector<std::size_t>{1, 2}, task.items[0]);

    ASSERT_TRUE(prompt) << prompt.error().message;
    EXPECT_EQ(prompt->context, "Judge.\n\n{dull} is negative\n{great} is positive\n{fine} is");
    EXPECT_THAT(prompt->continuations, ElementsAre(" negative", " positive"));
    EXPECT_EQ(prompt->answer, 1);
}

TEST(TaskPrompt, SaysWhichFieldATemplateLacks)
{
    const auto text =
        renderBody({.body = "{premise}!"}, parsed("1 fine\n0 dull\n", "s.txt").items[0]);

    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().message, HasSubstr("{premise}"));
}

TEST(TaskPrompt, LettersOptionsAsTheAuthorsDo)
{
    const Task task = parsed(kCopa, "copa.xml");
    const TaskRequest request{TaskKind::choice, TaskScoring::letter, task.style};

    const auto prompt = taskPrompt(task, request, {}, task.items[1]);

    ASSERT_TRUE(prompt);
    EXPECT_EQ(prompt->context, "He slept. What is the effect?\nA. he woke.\nB. he left.\nAnswer:");
    EXPECT_THAT(prompt->continuations, ElementsAre(" A", " B"));
}

TEST(TaskPrompt, ClozeJoinsChoicesByOneSpace)
{
    const Task task =
        parsed(R"({"prompt": "The sea", "choices": ["was calm", " rose"], "answer": 0})");

    const auto prompt =
        taskPrompt(task, {TaskKind::cloze, TaskScoring::likelihood, task.style}, {}, task.items[0]);

    EXPECT_THAT(prompt->continuations, ElementsAre(" was calm", " rose"));
}

std::string tenItems()
{
    std::string lines;
    for (int i = 0; i < 10; ++i)
        lines +=
            fmt::format("{{\"prompt\": \"p{}\", \"choices\": [\"a\", \"b\"], \"answer\": {}{}}}\n",
                        i, i % 2, i < 4 ? ", \"part\": \"train\"" : "");
    return lines;
}

TEST(SelectItems, ShotsComeFromTheTrainingPartAndAreNeverAsked)
{
    const Task task = parsed(tenItems());
    TaskRequest request{TaskKind::choice, TaskScoring::likelihood, {}};
    request.shots = 3;

    const auto selection = selectItems(task, request);

    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->shots.size(), 3u);
    EXPECT_EQ(selection->asked.size(), 7u);
    for (const std::size_t shot : selection->shots) {
        EXPECT_LT(shot, 4u);
        EXPECT_THAT(selection->asked, testing::Not(testing::Contains(shot)));
    }
}

TEST(SelectItems, LimitDrawsBySeedAndPartFilters)
{
    const Task task = parsed(tenItems());
    TaskRequest request{TaskKind::choice, TaskScoring::likelihood, {}};
    request.limit = 4;
    request.part = "train";
    EXPECT_THAT(selectItems(task, request)->asked, ElementsAre(0, 1, 2, 3));

    request.part.clear();
    const auto once = selectItems(task, request)->asked;
    EXPECT_EQ(once.size(), 4u);
    EXPECT_TRUE(std::ranges::is_sorted(once));
    EXPECT_EQ(selectItems(task, request)->asked, once);
    request.seed = 43;
    EXPECT_NE(selectItems(task, request)->asked, once);

    request.part = "elsewhere";
    EXPECT_FALSE(selectItems(task, request));
    request.part.clear();
    request.shots = 10;
    EXPECT_FALSE(selectItems(task, request));
}

TEST(SelectItems, LeavesOutWhatIsExcluded)
{
    const Task task = parsed(tenItems());
    TaskRequest request{TaskKind::choice, TaskScoring::likelihood, {}};
    request.excluded = {0, 1, 2, 5};
    request.shots = 1; // "train" is 0 to 3, of which 3 is left, and one item must stay

    EXPECT_FALSE(selectItems(task, request));
    request.shots = 0;
    EXPECT_THAT(selectItems(task, request)->asked, ElementsAre(3, 4, 6, 7, 8, 9));
}

class TaskData : public testing::Test
{
protected:
    void SetUp() override
    {
        if (!std::getenv("VITRINE_TEST_DATA"))
            GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    }
    static Task open(const char* name)
    {
        auto task =
            openTask(std::filesystem::path(std::getenv("VITRINE_TEST_DATA")) / "tasks" / name);
        EXPECT_TRUE(task) << task.error().message;
        return task ? std::move(*task) : Task{};
    }
    static std::map<std::string, int> answers(const Task& task)
    {
        std::map<std::string, int> counts;
        for (const auto& item : task.items)
            ++counts[item.choices[static_cast<std::size_t>(item.answer)]];
        return counts;
    }
};

// Counts by grep -c on the files.
TEST_F(TaskData, HasTheKnownCounts)
{
    const Task dev = open("sst2.dev.txt");
    EXPECT_EQ(dev.items.size(), 872u);
    EXPECT_EQ(answers(dev), (std::map<std::string, int>{{"negative", 428}, {"positive", 444}}));
    EXPECT_EQ(open("sst2.test.txt").items.size(), 1821u);

    const Task trec = open("trec.test.txt");
    EXPECT_EQ(answers(trec)["Number"], 113);
    EXPECT_EQ(answers(trec)["Description"], 138);

    const Task cb = open("cb.val.jsonl");
    EXPECT_EQ(cb.items.size(), 56u);
    EXPECT_EQ(answers(cb), (std::map<std::string, int>{{"Yes", 23}, {"No", 28}, {"Maybe", 5}}));
    EXPECT_FALSE(cb.style.spacedAnswers);

    const Task copa = open("copa.balanced.xml");
    EXPECT_EQ(copa.items.size(), 1000u);
    EXPECT_EQ(copa.items[0].prompt, "My body cast a shadow over the grass because");
    EXPECT_THAT(copa.items[0].choices, ElementsAre("the sun was rising.", "the grass was cut."));
}

} // namespace
} // namespace vitrine::model
