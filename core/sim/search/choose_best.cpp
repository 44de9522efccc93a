#include "core/sim/search/mapper.h"

#include <algorithm>
#include <numeric>

namespace vitrine::sim
{

namespace
{

using Indices = std::vector<std::size_t>;

Indices bestBy(const std::vector<std::vector<Candidate>>& lists, double Candidate::*first,
               double Candidate::*second)
{
    Indices chosen;
    for (const auto& list : lists)
        chosen.push_back(static_cast<std::size_t>(
            std::ranges::min_element(
                list, {}, [&](const Candidate& c) { return std::pair(c.*first, c.*second); }) -
            list.begin()));
    return chosen;
}

double across(const Candidate& o, const Candidate& a, const Candidate& b)
{
    return (a.cycles - o.cycles) * (b.picojoule - o.picojoule) -
           (a.picojoule - o.picojoule) * (b.cycles - o.cycles);
}

// From the fastest to the one with the least energy, along the convex lower left hull.
Indices hullOf(const std::vector<Candidate>& list)
{
    Indices order(list.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, {}, [&](std::size_t i) { return std::pair(list[i].cycles, list[i].picojoule); });
    Indices hull;
    for (const std::size_t i : order) {
        if (!hull.empty() && list[i].picojoule >= list[hull.back()].picojoule)
            continue;
        while (hull.size() > 1 &&
               across(list[hull[hull.size() - 2]], list[hull.back()], list[i]) <= 0)
            hull.pop_back();
        hull.push_back(i);
    }
    return hull;
}

struct Step { // one layer goes one point down its hull
    std::size_t list;
    double slope; // energy saved per cycle
};

// Energy times latency is concave in both, so its least value over all sums lies on a corner of
// their hull, which is the sum of the layers' hulls: their edges in order of slope.
Indices bestProduct(const std::vector<std::vector<Candidate>>& lists)
{
    std::vector<Indices> hulls;
    std::vector<Step> steps;
    Indices at(lists.size(), 0);
    double cycles = 0, energy = 0;
    for (std::size_t l = 0; l < lists.size(); ++l) {
        hulls.push_back(hullOf(lists[l]));
        const Indices& hull = hulls.back();
        cycles += lists[l][hull[0]].cycles;
        energy += lists[l][hull[0]].picojoule;
        for (std::size_t i = 1; i < hull.size(); ++i) {
            const Candidate &a = lists[l][hull[i - 1]], &b = lists[l][hull[i]];
            steps.push_back({l, (a.picojoule - b.picojoule) / (b.cycles - a.cycles)});
        }
    }
    std::ranges::stable_sort(steps, std::ranges::greater{}, &Step::slope);
    Indices best = at;
    double least = cycles * energy;
    for (const Step& step : steps) {
        const Indices& hull = hulls[step.list];
        const auto& list = lists[step.list];
        const Candidate from = list[hull[at[step.list]]], to = list[hull[at[step.list] + 1]];
        ++at[step.list];
        cycles += to.cycles - from.cycles;
        energy += to.picojoule - from.picojoule;
        if (cycles * energy < least) {
            least = cycles * energy;
            best = at;
        }
    }
    for (std::size_t l = 0; l < lists.size(); ++l)
        best[l] = hulls[l][best[l]];
    return best;
}

} // namespace

std::vector<std::size_t> chooseBest(const std::vector<std::vector<Candidate>>& lists,
                                    MapObjective objective)
{
    switch (objective) {
    case MapObjective::latency:
        return bestBy(lists, &Candidate::cycles, &Candidate::picojoule);
    case MapObjective::energy:
        return bestBy(lists, &Candidate::picojoule, &Candidate::cycles);
    case MapObjective::edp:
        break;
    }
    return bestProduct(lists);
}

} // namespace vitrine::sim
