#include "core/attention/item_judge.h"

#include "core/attention/head_search.h"
#include "core/base/random.h"
#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

namespace vitrine::attention
{
namespace
{

// Nothing here is read as text.
class NoTokenizer : public model::Tokenizer
{
public:
    std::int64_t size() const override { return 50; }
    Result<std::vector<std::int32_t>> encode(std::string_view) const override
    {
        return std::vector<std::int32_t>{};
    }
    std::string decode(std::span<const std::int32_t>) const override { return {}; }
    std::string piece(std::int32_t) const override { return {}; }
    std::optional<std::int32_t> bos() const override { return {}; }
    std::vector<std::int32_t> eos() const override { return {}; }
    std::vector<std::int32_t> front() const override { return {}; }
    std::vector<std::int32_t> back() const override { return {}; }
    std::string fingerprint() const override { return {}; }
};

// Random ids: a context of its own and `choices` continuations of one to three tokens for each
// item.
model::PreparedTask randomTask(std::size_t items, std::size_t choices, std::uint64_t seed)
{
    Random random(seed);
    const auto id = [&] { return static_cast<std::int32_t>(random.below(50)); };
    model::PreparedTask task;
    for (std::size_t i = 0; i < items; ++i) {
        model::PreparedItem item;
        item.index = i;
        item.answer = static_cast<int>(random.below(choices));
        std::vector<std::int32_t> context;
        for (std::uint64_t n = 6 + random.below(12); n > 0; --n)
            context.push_back(id());
        for (std::size_t c = 0; c < choices; ++c) {
            model::TaskQuery query{context, static_cast<std::int64_t>(1 + random.below(3)), {}};
            for (std::int64_t t = 0; t < query.rows; ++t) {
                query.targets.push_back(id());
                if (t + 1 < query.rows)
                    query.ids.push_back(query.targets.back());
            }
            item.queries.push_back(std::move(query));
            item.characters.push_back(1);
        }
        task.items.push_back(std::move(item));
    }
    return task;
}

model::Llm threeLayers()
{
    auto config = tests::tinyConfig();
    config.layers = 3;
    return *model::Llm::open(tests::tinyCheckpoint(config));
}

// Low enough for a random model to have sinks in many heads and in none of others.
Calibration strong()
{
    Calibration calibration;
    calibration.sinks.tau = 0.25;
    calibration.sinks.minRows = 4;
    calibration.beta = 0;
    return calibration;
}

// So low that most heads have sinks: a search needs answers that change.
Calibration stronger()
{
    Calibration calibration = strong();
    calibration.sinks.tau = 0.12;
    calibration.sinks.minRows = 2;
    return calibration;
}

HeadSet allHeads()
{
    HeadSet heads;
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head)
            heads.push_back({layer, head});
    return heads;
}

// The obvious way: every query as a whole pass through all layers.
JudgedItem wholePass(const model::Llm& llm, const model::PreparedTask& task, const HeadSet& heads,
                     std::size_t item)
{
    const NoTokenizer tokenizer;
    const auto calibrated = CalibratedLlm::open(llm, {.heads = heads, .calibration = strong()});
    EXPECT_TRUE(calibrated);
    JudgedItem judged;
    const auto score = model::scoreItem(
        task.items[item], task.scoring, tokenizer,
        [&](std::span<const std::int32_t> ids, std::int64_t rows) -> Result<std::vector<float>> {
            model::ForwardRequest request;
            request.lastRows = rows;
            VITRINE_TRY(auto pass, calibrated->forward(ids, request));
            judged.count += pass.count;
            return std::move(pass.forward.logits);
        });
    EXPECT_TRUE(score);
    judged.score = *score;
    return judged;
}

TEST(ItemJudge, GivesToTheLastBitWhatWholePassesGive)
{
    const auto llm = threeLayers();
    const NoTokenizer tokenizer;
    const auto task = randomTask(12, 3, 1);
    for (const std::uint64_t budget :
         {std::uint64_t{1} << 30, std::uint64_t{20'000}, std::uint64_t{0}}) {
        ItemJudge judge(llm, tokenizer, task,
                        {.calibration = strong(), .decode = {}, .cacheBudget = budget});
        std::int64_t modified = 0;
        std::size_t untouched = 0;
        for (const HeadSet& heads : {HeadSet{}, HeadSet{{0, 1}}, HeadSet{{2, 3}},
                                     HeadSet{{1, 0}, {1, 2}, {2, 1}}, allHeads()})
            for (std::size_t item = 0; item < task.items.size(); ++item) {
                const auto judged = judge.judge(heads, item);
                const JudgedItem expected = wholePass(llm, task, heads, item);
                ASSERT_TRUE(judged);
                ASSERT_EQ(judged->score, expected.score)
                    << "heads " << headsText(heads) << " item " << item;
                ASSERT_EQ(judged->count, expected.count);
                modified += judged->count.rowsModified;
                untouched += judged->count.rowsModified == 0 && !heads.empty() ? 1 : 0;
            }
        EXPECT_GT(modified, 0);
        EXPECT_GT(untouched, 0u); // or the short cut was never taken
        if (budget > 0) {
            EXPECT_GT(judge.effort().layersSaved, 0);
        }
    }
}

TEST(ItemJudge, DecodingModesAgreeOnTheFirstTokenBehindTheContext)
{
    const auto llm = threeLayers();
    const NoTokenizer tokenizer;
    auto task = randomTask(6, 2, 2);
    for (auto& item : task.items)
        for (auto& query : item.queries) {
            query.ids.resize(query.ids.size() - query.targets.size() + 1);
            query.targets.resize(1), query.rows = 1;
        }
    ItemJudge whole(llm, tokenizer, task, {.calibration = strong()});
    for (const auto mode : {DecodeMode::prefill, DecodeMode::frozen, DecodeMode::streaming}) {
        ItemJudge decoding(llm, tokenizer, task, {.calibration = strong(), .decode = mode});
        for (std::size_t item = 0; item < task.items.size(); ++item) {
            const auto one = whole.judge(allHeads(), item),
                       other = decoding.judge(allHeads(), item);
            ASSERT_TRUE(one && other);
            for (std::size_t c = 0; c < 2; ++c)
                EXPECT_NEAR(one->score.scores[c], other->score.scores[c], 1e-4);
        }
    }
}

TEST(ItemJudge, ForgetsAndReadsAgain)
{
    const auto llm = threeLayers();
    const NoTokenizer tokenizer;
    const auto task = randomTask(2, 2, 3);
    ItemJudge judge(llm, tokenizer, task, {.calibration = strong()});

    const auto before = judge.judge(allHeads(), 1);
    judge.forget(1);
    judge.forget(1);
    const auto again = judge.judge(allHeads(), 1);

    ASSERT_TRUE(before && again);
    EXPECT_EQ(before->score, again->score);
}

// The requirement: on a model of three layers stopping and the proxy keep the heads that brute
// force keeps.
TEST(HeadSearchOnAModel, StoppingKeepsTheHeadsThatBruteForceKeeps)
{
    const auto llm = threeLayers();
    const NoTokenizer tokenizer;
    std::size_t kept = 0, saved = 0;
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        for (const int cap : {0, 2}) {
            const auto task = randomTask(80, 8, seed);
            const auto search = [&](Stopping stopping) {
                ItemJudge judge(llm, tokenizer, task, {.calibration = stronger()});
                SearchOptions options{.cap = cap, .stopping = stopping, .controls = 2};
                options.seed = seed;
                HeadSearch one(allHeads(), std::vector<int>(task.items.size(), 0), options, "tiny");
                return one.run([&](const HeadSet& heads, std::size_t item) -> Result<Outcome> {
                    VITRINE_TRY(const auto judged, judge.judge(heads, item));
                    return Outcome{judged.score.chosen == task.items[item].answer,
                                   judged.score.goldLogProbability};
                });
            };

            const auto brute = search(Stopping::none), quick = search(Stopping::exact);

            ASSERT_TRUE(brute && quick);
            EXPECT_EQ(quick->kept, brute->kept) << "seed " << seed << " cap " << cap;
            EXPECT_EQ(quick->heldOutCounts, brute->heldOutCounts);
            kept += brute->kept.size();
            saved += brute->evaluations - quick->evaluations;
        }
    EXPECT_GT(kept, 0u);
    EXPECT_GT(saved, 0u);
}

} // namespace
} // namespace vitrine::attention
