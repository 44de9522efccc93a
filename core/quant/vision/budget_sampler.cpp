#include "core/quant/vision/budget_sampler.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace vitrine::quant
{
namespace
{

constexpr std::size_t kMostBudgetStates = std::size_t{1} << 22;

} // namespace

Result<BudgetSampler> BudgetSampler::prepare(std::vector<std::vector<Option>> items,
                                             std::int64_t budget)
{
    BudgetSampler sampler;
    const std::size_t count = items.size();
    sampler.items_ = std::move(items);
    sampler.budget_ = budget;
    sampler.least_.assign(count + 1, 0);
    sampler.most_.assign(count + 1, 0);
    sampler.free_.assign(count + 1, 1);
    sampler.known_.resize(count);
    for (std::size_t i = count; i-- > 0;) {
        const auto& options = sampler.items_[i];
        assert(!options.empty());
        const auto [least, most] = std::ranges::minmax(options, {}, &Option::cost);
        sampler.least_[i] = sampler.least_[i + 1] + least.cost;
        sampler.most_[i] = sampler.most_[i + 1] + most.cost;
        double weight = 0;
        for (const Option& option : options)
            weight += option.weight;
        sampler.free_[i] = weight * sampler.free_[i + 1];
    }
    sampler.total_ = sampler.remembered(0, budget);
    if (sampler.states_ > kMostBudgetStates)
        return failure("the layers have so many different sizes that their sums cannot be counted");
    if (!(sampler.total_ > 0))
        return failure("no choice of bits keeps within the budget: the least costs {} of {}",
                       sampler.least_[0], budget);
    return sampler;
}

double BudgetSampler::weightOf(std::size_t item, std::int64_t left) const
{
    if (left < least_[item])
        return 0;
    if (left >= most_[item])
        return free_[item];
    return known_[item].at(left);
}

double BudgetSampler::remembered(std::size_t item, std::int64_t left)
{
    if (left < least_[item] || left >= most_[item] || states_ > kMostBudgetStates)
        return left < least_[item] ? 0 : free_[item];
    if (const auto found = known_[item].find(left); found != known_[item].end())
        return found->second;
    double weight = 0;
    for (const Option& option : items_[item])
        weight += option.weight * remembered(item + 1, left - option.cost);
    ++states_;
    return known_[item][left] = weight;
}

std::vector<std::size_t> BudgetSampler::draw(Random& random) const
{
    std::vector<std::size_t> chosen;
    std::int64_t left = budget_;
    for (std::size_t item = 0; item < items_.size(); ++item) {
        double point = random.uniform() * weightOf(item, left);
        std::size_t last = 0; // with any weight: what rounding may leave over
        for (std::size_t option = 0; option < items_[item].size(); ++option) {
            const auto& [cost, weight] = items_[item][option];
            const double share = weight * weightOf(item + 1, left - cost);
            if (share <= 0)
                continue;
            last = option;
            if (point < share)
                break;
            point -= share;
        }
        chosen.push_back(last);
        left -= items_[item][last].cost;
    }
    return chosen;
}

} // namespace vitrine::quant
