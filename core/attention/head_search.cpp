#include "core/attention/head_search.h"

#include "core/attention/head_tally.h"
#include "core/base/random.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <optional>

namespace vitrine::attention
{

// One call of run().
struct HeadSearch::Run {
    HeadSearch& search;
    const Evaluate& evaluate;
    const Advance& advance;
    double total = 0;
    double done = 0;
    SearchResult result = {};
    std::vector<std::size_t> order = {}; // searched items, as heads see them
    struct Judged {
        Tally tally;
        std::size_t seen = 0;
        std::int64_t wrongSeen = 0; // how many of the items seen the model as it is got wrong
        double proxySum = 0;
    };
    std::vector<Judged> judged = {};

    const SearchOptions& options() const { return search.options_; }

    // An outcome out of memory, or a new one.
    Result<Outcome> outcome(std::size_t set, const HeadSet& heads, std::size_t item)
    {
        const Key key{static_cast<std::uint32_t>(set), static_cast<std::uint32_t>(item)};
        auto found = search.outcomes_.find(key);
        const bool isNew = found == search.outcomes_.end();
        if (isNew) {
            VITRINE_TRY(const Outcome fresh, evaluate(heads, item));
            found = search.outcomes_.emplace(key, fresh).first;
        }
        ++result.evaluations;
        ++done;
        const Outcome value = found->second;
        if (isNew && advance && !advance(done, total))
            return cancelled();
        return value;
    }

    Result<PairedCounts> compare(std::size_t set, const HeadSet& heads,
                                 const std::vector<std::size_t>& items)
    {
        PairedCounts counts;
        for (const std::size_t item : items) {
            VITRINE_TRY(const Outcome after, outcome(set, heads, item));
            add(counts, before(item).correct, after.correct);
        }
        return counts;
    }

    static void add(PairedCounts& counts, bool before, bool after)
    {
        ++(before ? (after ? counts.bothRight : counts.lost)
                  : (after ? counts.gained : counts.bothWrong));
    }

    // Half of each dataset, by chance.
    void split()
    {
        Random random(options().seed);
        const auto& datasets = search.datasets_;
        const int count = datasets.empty() ? 0 : *std::ranges::max_element(datasets) + 1;
        bool larger = false; // of an odd number the halves take the extra item in turn
        for (int dataset = 0; dataset < count; ++dataset) {
            std::vector<std::size_t> items;
            for (std::size_t i = 0; i < datasets.size(); ++i)
                if (datasets[i] == dataset)
                    items.push_back(i);
            for (std::size_t i = items.size(); i > 1; --i)
                std::swap(items[i - 1], items[random.below(i)]);
            const std::size_t half = (items.size() + (larger ? 1 : 0)) / 2;
            larger = items.size() % 2 == 1 ? !larger : larger;
            result.searched.insert(result.searched.end(), items.begin(),
                                   items.begin() + static_cast<std::ptrdiff_t>(half));
            result.heldOut.insert(result.heldOut.end(),
                                  items.begin() + static_cast<std::ptrdiff_t>(half), items.end());
        }
        std::ranges::sort(result.searched);
        std::ranges::sort(result.heldOut);
    }

    Result<void> baseline()
    {
        for (const auto* half : {&result.searched, &result.heldOut})
            for (const std::size_t item : *half)
                VITRINE_CHECK(outcome(0, {}, item));
        return {};
    }

    Outcome before(std::size_t item) const
    {
        return search.outcomes_.at({0, static_cast<std::uint32_t>(item)});
    }

    // Wrong ones first: only they can be gained, so that what is left can soon only be lost. Within
    // these the closest to the border first; for the Wilson bound, which needs chance, shuffled.
    void orderItems()
    {
        order = result.searched;
        if (options().stopping == Stopping::wilson) {
            Random random(options().seed + 1);
            for (std::size_t i = order.size(); i > 1; --i)
                std::swap(order[i - 1], order[random.below(i)]);
        } else {
            std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
                const double x = before(a).goldLogProbability, y = before(b).goldLogProbability;
                return before(a).correct ? x < y : x > y;
            });
        }
        std::ranges::stable_partition(order,
                                      [&](std::size_t item) { return !before(item).correct; });
    }

    Tally freshTally() const
    {
        Tally tally;
        for (const std::size_t item : result.searched) {
            const auto dataset = static_cast<std::size_t>(search.datasets_[item]);
            if (tally.parts.size() <= dataset)
                tally.parts.resize(dataset + 1);
            ++tally.parts[dataset].items;
            tally.parts[dataset].canGain += before(item).correct ? 0 : 1;
        }
        return tally;
    }

    Result<void> see(std::size_t candidate)
    {
        Judged& one = judged[candidate];
        const std::size_t item = order[one.seen];
        VITRINE_TRY(const Outcome after,
                    outcome(1 + candidate, {search.candidates_[candidate]}, item));
        const Outcome was = before(item);
        ++one.seen;
        one.proxySum += after.goldLogProbability - was.goldLogProbability;
        add(one.tally.counts, was.correct, after.correct);
        auto& part = one.tally.parts[static_cast<std::size_t>(search.datasets_[item])];
        if (was.correct) {
            part.lost += after.correct ? 0 : 1;
            return {};
        }
        ++one.wrongSeen;
        --part.canGain;
        part.gained += after.correct ? 1 : 0;
        return {};
    }

    // The cap-th best of the heads that have seen everything, as gain and place.
    std::optional<std::pair<double, std::size_t>> barrier() const
    {
        if (options().cap <= 0)
            return std::nullopt;
        auto best = keepable();
        const auto cap = static_cast<std::size_t>(options().cap);
        if (best.size() < cap)
            return std::nullopt;
        const std::size_t last = best[cap - 1];
        return std::pair{mostGain(judged[last].tally, options().rule), last};
    }

    bool isFutile(std::size_t candidate) const
    {
        const Judged& one = judged[candidate];
        if (options().stopping == Stopping::none)
            return false;
        if (!canBeKept(one.tally, options()))
            return true;
        if (const auto limit = barrier()) {
            const double most = mostGain(one.tally, options().rule);
            if (most < limit->first || (most == limit->first && candidate > limit->second))
                return true;
        }
        return options().stopping == Stopping::wilson && options().rule == KeepRule::pooled &&
               isUnlikely(one);
    }

    bool isUnlikely(const Judged& one) const
    {
        const double looks = static_cast<double>(judged.size()) * static_cast<double>(order.size());
        const Interval rate = wilsonInterval(one.tally.counts.gained, one.wrongSeen,
                                             1 - 2 * options().wilsonError / looks);
        double left = 0;
        for (const auto& part : one.tally.parts)
            left += static_cast<double>(part.canGain);
        const double most =
            one.tally.counts.difference() * static_cast<double>(one.tally.counts.items()) +
            rate.high * left;
        return most <= options().margin * static_cast<double>(order.size());
    }

    Result<void> seeUntil(std::size_t candidate, std::size_t items)
    {
        while (judged[candidate].seen < std::min(items, order.size()) && !isFutile(candidate))
            VITRINE_CHECK(see(candidate));
        return {};
    }

    // Heads that saw everything and beat the margin, best first.
    std::vector<std::size_t> keepable() const
    {
        std::vector<std::size_t> list;
        for (std::size_t i = 0; i < judged.size(); ++i)
            if (judged[i].seen == order.size() && canBeKept(judged[i].tally, options()))
                list.push_back(i);
        std::ranges::stable_sort(list, [&](std::size_t a, std::size_t b) {
            return mostGain(judged[a].tally, options().rule) >
                   mostGain(judged[b].tally, options().rule);
        });
        return list;
    }

    Result<void> judgeHeads()
    {
        judged.assign(search.candidates_.size(), {freshTally(), 0, 0, 0});
        const auto first = static_cast<std::size_t>(std::max(options().proxyItems, 0));
        for (std::size_t i = 0; i < judged.size(); ++i)
            VITRINE_CHECK(seeUntil(i, first));
        std::vector<double> proxies;
        for (const Judged& one : judged)
            proxies.push_back(one.seen == 0 ? 0 : one.proxySum / static_cast<double>(one.seen));
        std::vector<std::size_t> ranking(judged.size());
        std::iota(ranking.begin(), ranking.end(), std::size_t{0});
        std::ranges::stable_sort(ranking, std::ranges::greater{},
                                 [&](std::size_t i) { return proxies[i]; });
        for (const std::size_t i : ranking) {
            VITRINE_CHECK(seeUntil(i, order.size()));
            done += static_cast<double>(order.size() - judged[i].seen); // saved
        }
        for (std::size_t i = 0; i < judged.size(); ++i)
            result.heads.push_back(finding(i, proxies[i]));
        keepBest();
        return {};
    }

    HeadFinding finding(std::size_t candidate, double proxy) const
    {
        const Tally& tally = judged[candidate].tally;
        HeadFinding found{search.candidates_[candidate],
                          proxy,
                          tally.counts,
                          mostGain(tally, options().rule),
                          {-1, 1}};
        found.stopped = judged[candidate].seen < order.size();
        if (!found.stopped)
            found.interval = pairedDifferenceInterval(tally.counts);
        return found;
    }

    void keepBest()
    {
        auto best = keepable();
        if (options().cap > 0 && best.size() > static_cast<std::size_t>(options().cap))
            best.resize(static_cast<std::size_t>(options().cap));
        std::ranges::sort(best);
        for (const std::size_t i : best) {
            result.heads[i].kept = true;
            result.kept.push_back(search.candidates_[i]);
        }
    }

    // The kept heads together, and as many heads drawn at random, on the half that chose nothing.
    Result<void> judgeSets()
    {
        const std::size_t keptSet = 1 + search.candidates_.size();
        if (result.kept.empty()) {
            for (const std::size_t item : result.heldOut)
                add(result.heldOutCounts, before(item).correct, before(item).correct);
            return {};
        }
        VITRINE_TRY(result.heldOutCounts, compare(keptSet, result.kept, result.heldOut));
        if (result.kept.size() == search.candidates_.size())
            return {};
        for (int i = 0; i < options().controls; ++i) {
            const auto number = static_cast<std::size_t>(i);
            result.controlSets.push_back(
                randomHeads(search.candidates_, result.kept.size(), options().seed + 1 + number));
            VITRINE_TRY(const PairedCounts counts,
                        compare(keptSet + 1 + number, result.controlSets.back(), result.heldOut));
            result.controls.push_back(counts);
        }
        return {};
    }

    Result<SearchResult> go()
    {
        split();
        const double half = static_cast<double>(result.heldOut.size());
        const double heads = static_cast<double>(search.candidates_.size());
        total = static_cast<double>(search.datasets_.size()) +
                heads * static_cast<double>(result.searched.size()) +
                half * (1 + options().controls);
        result.bruteForceEvaluations =
            search.datasets_.size() + search.candidates_.size() * result.searched.size();
        VITRINE_CHECK(baseline());
        orderItems();
        VITRINE_CHECK(judgeHeads());
        VITRINE_CHECK(judgeSets());
        return std::move(result);
    }
};

HeadSearch::HeadSearch(HeadSet candidates, std::vector<int> datasets, SearchOptions options,
                       std::string subject)
    : candidates_(std::move(candidates)),
      datasets_(std::move(datasets)),
      options_(options),
      subject_(std::move(subject))
{
    assert(std::ranges::is_sorted(candidates_));
    assert(std::ranges::all_of(datasets_, [](int dataset) { return dataset >= 0; }));
    options_.controls = std::max(options_.controls, 0);
}

Result<SearchResult> HeadSearch::run(const Evaluate& evaluate, const Advance& advance)
{
    return Run{*this, evaluate, advance}.go();
}

} // namespace vitrine::attention
