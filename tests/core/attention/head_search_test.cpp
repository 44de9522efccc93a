#include "core/attention/head_search.h"

#include "core/base/random.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

namespace vitrine::attention
{
namespace
{

using testing::HasSubstr;

HeadSet someHeads(int layers, int heads)
{
    HeadSet set;
    for (int layer = 2; layer < 2 + layers; ++layer)
        for (int head = 0; head < heads; ++head)
            set.push_back({layer, head});
    return set;
}

// A model by dice: the same question has always the same answer. Each head has a talent of its own,
// so that some help, some harm and most do a little of both.
class Dice
{
public:
    Dice(std::uint64_t seed, double baseline) : seed_(seed), baseline_(baseline) {}

    Outcome operator()(const HeadSet& heads, std::size_t item) const
    {
        const bool before = roll(item, 0) < baseline_;
        if (heads.empty())
            return {before, before ? -0.5 - roll(item, 1) : -1.5 - roll(item, 1)};
        std::uint64_t name = 0;
        double talent = 0;
        for (const auto& head : heads) {
            name = name * 1009 + static_cast<std::uint64_t>(head.layer * 64 + head.head + 1);
            talent += roll(name, 7) - 0.5;
        }
        const double flip = roll(name * 7919 + item, 2);
        const bool after = before ? flip > 0.12 - 0.1 * talent : flip < 0.12 + 0.2 * talent;
        return {after, -1 + talent + 0.3 * roll(name + item, 3) - (after ? 0 : 1)};
    }
    Evaluate evaluator() const
    {
        return [*this](const HeadSet& heads, std::size_t item) -> Result<Outcome> {
            return (*this)(heads, item);
        };
    }

private:
    double roll(std::uint64_t a, std::uint64_t b) const
    {
        return Random(seed_ * 1'000'003 + a * 31 + b).uniform();
    }
    std::uint64_t seed_;
    double baseline_;
};

// The obvious way: every head on every item of the searching half.
HeadSet bruteForce(const Dice& dice, const HeadSet& candidates, const std::vector<int>& datasets,
                   const std::vector<std::size_t>& items, const SearchOptions& options)
{
    const int count = *std::ranges::max_element(datasets) + 1;
    std::vector<std::pair<double, std::size_t>> found; // minus gain, place
    for (std::size_t c = 0; c < candidates.size(); ++c) {
        std::vector<double> net(static_cast<std::size_t>(count)),
            size(static_cast<std::size_t>(count));
        for (const std::size_t item : items) {
            const auto dataset = static_cast<std::size_t>(datasets[item]);
            ++size[dataset];
            net[dataset] += static_cast<double>(dice({candidates[c]}, item).correct) -
                            static_cast<double>(dice({}, item).correct);
        }
        double pooled =
            std::accumulate(net.begin(), net.end(), 0.0) / static_cast<double>(items.size());
        if (options.rule == KeepRule::datasetMean) {
            double sum = 0, used = 0;
            for (std::size_t d = 0; d < net.size(); ++d)
                if (size[d] > 0)
                    sum += net[d] / size[d], ++used;
            pooled = sum / used;
        }
        const bool worse = std::ranges::any_of(net, [](double n) { return n < 0; });
        if (pooled > options.margin && !(options.rule == KeepRule::everyDataset && worse))
            found.emplace_back(-pooled, c);
    }
    std::ranges::sort(found);
    if (options.cap > 0 && found.size() > static_cast<std::size_t>(options.cap))
        found.resize(static_cast<std::size_t>(options.cap));
    HeadSet kept;
    for (const auto& [gain, c] : found)
        kept.push_back(candidates[c]);
    std::ranges::sort(kept);
    return kept;
}

std::vector<int> datasetsOf(std::size_t items, int count)
{
    std::vector<int> datasets;
    for (std::size_t i = 0; i < items; ++i)
        datasets.push_back(static_cast<int>(i % static_cast<std::size_t>(count)));
    return datasets;
}

TEST(HeadSearch, StoppingKeepsTheHeadsThatBruteForceKeeps)
{
    const HeadSet candidates = someHeads(3, 4);
    std::size_t asked = 0, needed = 0, kept = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed)
        for (const auto rule : {KeepRule::pooled, KeepRule::datasetMean, KeepRule::everyDataset})
            for (const double margin : {0.0, 0.05})
                for (const int cap : {0, 1, 3})
                    for (const auto stopping :
                         {Stopping::none, Stopping::exact, Stopping::wilson}) {
                        const Dice dice(seed, 0.2 + 0.1 * static_cast<double>(seed % 7));
                        const auto datasets = datasetsOf(40, 1 + static_cast<int>(seed % 3));
                        SearchOptions options{
                            .rule = rule, .margin = margin, .cap = cap, .stopping = stopping};
                        options.controls = 0;
                        options.seed = seed;
                        HeadSearch search(candidates, datasets, options, "dice");

                        const auto result = search.run(dice.evaluator());

                        ASSERT_TRUE(result);
                        ASSERT_EQ(result->kept,
                                  bruteForce(dice, candidates, datasets, result->searched, options))
                            << "seed " << seed << " rule " << static_cast<int>(rule) << " margin "
                            << margin << " cap " << cap << " stopping "
                            << static_cast<int>(stopping);
                        if (stopping == Stopping::exact) {
                            asked += result->evaluations;
                            needed += result->bruteForceEvaluations;
                            kept += result->kept.size();
                        }
                    }
    EXPECT_LT(asked, needed * 9 / 10); // or stopping would be for nothing
    EXPECT_GT(kept, 100u);             // or the test would say nothing
}

// Large pools with a margin are where the statistical bound may help; its promise is 1 wrong search
// in 1,000.
TEST(HeadSearch, WilsonStopsEarlierOnLargePoolsAndKeepsTheSame)
{
    const HeadSet candidates = someHeads(2, 4);
    std::size_t exact = 0, wilson = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Dice dice(seed, 0.4);
        SearchOptions options{.margin = 0.15};
        options.controls = 0;
        HeadSearch one(candidates, datasetsOf(800, 1), options, "dice");
        options.stopping = Stopping::wilson;
        HeadSearch other(candidates, datasetsOf(800, 1), options, "dice");

        const auto first = one.run(dice.evaluator()), second = other.run(dice.evaluator());

        ASSERT_TRUE(first && second);
        EXPECT_EQ(first->kept, second->kept) << "seed " << seed;
        exact += first->evaluations;
        wilson += second->evaluations;
    }
    EXPECT_LT(wilson, exact);
}

TEST(HeadSearch, TheProxyOrdersAndNeverExcludes)
{
    // The proxy of this head is the worst, its gain the only one.
    const HeadSet candidates = someHeads(1, 3);
    const Evaluate evaluate = [&](const HeadSet& heads, std::size_t) -> Result<Outcome> {
        const bool good = heads == HeadSet{candidates[2]};
        return Outcome{good, good ? -100.0 : -1.0};
    };
    SearchOptions options{.cap = 1};
    HeadSearch search(candidates, datasetsOf(20, 1), options, "x");

    const auto result = search.run(evaluate);

    ASSERT_TRUE(result);
    EXPECT_EQ(result->kept, HeadSet{candidates[2]});
    EXPECT_DOUBLE_EQ(result->heads[2].proxy, -99);
    EXPECT_DOUBLE_EQ(result->heads[2].gain, 1);
}

TEST(HeadSearch, HalfOfEachDatasetIsHeldOutAndNotLookedAtBeforeTheChoice)
{
    const Dice dice(3, 0.4);
    const auto datasets = datasetsOf(31, 2);
    std::vector<std::pair<HeadSet, std::size_t>> calls;
    HeadSearch search(someHeads(2, 3), datasets, {}, "dice");

    const auto result = search.run([&](const HeadSet& heads, std::size_t item) -> Result<Outcome> {
        calls.emplace_back(heads, item);
        return dice(heads, item);
    });

    ASSERT_TRUE(result);
    ASSERT_FALSE(result->kept.empty());
    EXPECT_EQ(result->searched.size() + result->heldOut.size(), 31u);
    EXPECT_LE(std::max(result->searched.size(), result->heldOut.size()), 16u);
    for (const auto& [heads, item] : calls)
        if (heads.size() == 1 && heads != result->kept &&
            std::ranges::find(result->controlSets, heads) == result->controlSets.end()) {
            EXPECT_TRUE(std::ranges::binary_search(result->searched, item));
        }
}

TEST(HeadSearch, ControlsAreAsLargeAsTheChoiceAndSeeTheHeldOutHalf)
{
    const Dice dice(3, 0.4);
    HeadSearch search(someHeads(2, 3), datasetsOf(40, 1), {.controls = 7}, "dice");

    const auto result = search.run(dice.evaluator());

    ASSERT_TRUE(result);
    ASSERT_EQ(result->controls.size(), 7u);
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(result->controlSets[i].size(), result->kept.size());
        PairedCounts counts;
        for (const std::size_t item : result->heldOut) {
            const bool before = dice({}, item).correct,
                       after = dice(result->controlSets[i], item).correct;
            ++(before ? (after ? counts.bothRight : counts.lost)
                      : (after ? counts.gained : counts.bothWrong));
        }
        EXPECT_EQ(result->controls[i], counts);
    }
}

// Kills the search after every number of evaluations there is, goes on in a new object, and must
// get the same; some are killed a second time on the way.
TEST(HeadSearch, GoingOnAfterAnyKillGivesTheSameResult)
{
    const Dice dice(3, 0.4);
    const HeadSet candidates = someHeads(2, 3);
    const auto datasets = datasetsOf(40, 2);
    const SearchOptions options{.cap = 2, .controls = 3};
    const auto fresh = [&] { return HeadSearch(candidates, datasets, options, "dice"); };
    std::size_t calls = 0;
    HeadSearch whole = fresh();
    const auto expected = whole.run(dice.evaluator(), [&](double, double) { return ++calls > 0; });
    ASSERT_TRUE(expected);
    ASSERT_FALSE(expected->kept.empty());
    ASSERT_GT(calls, 60u);

    for (std::size_t kill = 0; kill <= calls; ++kill) {
        std::string state;
        std::size_t done = 0;
        HeadSearch first = fresh();
        (void)first.run(dice.evaluator(), [&](double, double) { return ++done < kill; });
        state = first.state();
        if (kill % 3 == 0) { // and again, a little later
            HeadSearch second = fresh();
            ASSERT_TRUE(second.restore(state));
            std::size_t more = 0;
            (void)second.run(dice.evaluator(), [&](double, double) { return ++more < 5; });
            state = second.state();
        }
        HeadSearch last = fresh();
        ASSERT_TRUE(last.restore(state));
        const std::size_t remembered = last.remembered();
        std::size_t evaluated = 0;
        const auto result =
            last.run([&](const HeadSet& heads, std::size_t item) -> Result<Outcome> {
                ++evaluated;
                return dice(heads, item);
            });

        ASSERT_TRUE(result);
        ASSERT_EQ(*result, *expected) << "killed after " << kill;
        ASSERT_EQ(evaluated + remembered, calls) << "something was asked twice";
        ASSERT_EQ(last.state(), whole.state());
    }
}

TEST(HeadSearch, RefusesAStateThatIsNotItsOwn)
{
    const Dice dice(1, 0.5);
    HeadSearch search(someHeads(1, 3), datasetsOf(10, 1), {}, "dice");
    ASSERT_TRUE(search.run(dice.evaluator()));
    const std::string state = search.state();
    const auto whyNot = [&](const std::string& bytes, const char* subject = "dice") {
        HeadSearch other(someHeads(1, 3), datasetsOf(10, 1), {}, subject);
        const auto restored = other.restore(bytes);
        EXPECT_EQ(other.remembered(), restored ? search.remembered() : 0u);
        return restored ? std::string("accepted") : restored.error().message;
    };

    EXPECT_EQ(whyNot(state), "accepted");
    EXPECT_THAT(whyNot(state, "other model"), HasSubstr("other parameters"));
    EXPECT_THAT(whyNot(""), HasSubstr("no state"));
    for (std::size_t length = 0; length < state.size(); ++length)
        ASSERT_NE(whyNot(state.substr(0, length)), "accepted") << length;
    for (std::size_t at = 0; at < state.size(); ++at) {
        std::string damaged = state;
        damaged[at] = static_cast<char>(damaged[at] ^ 4);
        ASSERT_NE(whyNot(damaged), "accepted") << at;
    }
}

TEST(HeadSearch, HandsOnErrorsAndKeepsWhatItHas)
{
    const Dice dice(1, 0.5);
    HeadSearch search(someHeads(1, 3), datasetsOf(10, 1), {}, "dice");
    std::size_t calls = 0;

    const auto result = search.run([&](const HeadSet& heads, std::size_t item) -> Result<Outcome> {
        if (++calls > 13)
            return failure("the model is gone");
        return dice(heads, item);
    });

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "the model is gone");
    EXPECT_EQ(search.remembered(), 13u);
}

TEST(HeadSearch, WithoutCandidatesOrItemsThereIsNothingToKeep)
{
    const Dice dice(1, 0.5);
    HeadSearch noHeads({}, datasetsOf(10, 1), {}, "dice"), noItems(someHeads(1, 2), {}, {}, "dice");

    EXPECT_TRUE(noHeads.run(dice.evaluator())->kept.empty());
    EXPECT_TRUE(noItems.run(dice.evaluator())->kept.empty());
}

TEST(HeadSearch, ProgressReachesItsTotal)
{
    const Dice dice(5, 0.4);
    HeadSearch search(someHeads(2, 3), datasetsOf(30, 1), {}, "dice");
    double last = 0, sum = 0;

    const auto result = search.run(dice.evaluator(), [&](double done, double total) {
        EXPECT_GE(done, last);
        EXPECT_LE(done, total);
        last = done, sum = total;
        return true;
    });

    ASSERT_TRUE(result);
    if (!result->controls.empty()) {
        EXPECT_DOUBLE_EQ(last, sum);
    }
}

} // namespace
} // namespace vitrine::attention
