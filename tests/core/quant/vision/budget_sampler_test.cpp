#include "core/quant/vision/budget_sampler.h"

#include <gtest/gtest.h>

#include <map>

namespace vitrine::quant
{
namespace
{

using Option = BudgetSampler::Option;

// All that fits, by trying everything; the weight of each.
std::map<std::vector<std::size_t>, double>
allThatFits(const std::vector<std::vector<Option>>& items, std::int64_t budget)
{
    std::map<std::vector<std::size_t>, double> fitting;
    std::vector<std::size_t> choice(items.size());
    for (;;) {
        std::int64_t cost = 0;
        double weight = 1;
        for (std::size_t i = 0; i < items.size(); ++i) {
            cost += items[i][choice[i]].cost;
            weight *= items[i][choice[i]].weight;
        }
        if (cost <= budget && weight > 0)
            fitting[choice] = weight;
        std::size_t i = 0;
        while (i < items.size() && ++choice[i] == items[i].size())
            choice[i++] = 0;
        if (i == items.size())
            return fitting;
    }
}

TEST(BudgetSampler, DrawsInProportionToWhatFits)
{
    const std::vector<std::vector<Option>> items = {
        {{4, 0.75}, {8, 0.25}}, {{4, 0.5}, {9, 0.5}}, {{1, 0.25}, {2, 0.75}}, {{3, 0}, {5, 1}}};
    for (const std::int64_t budget : {14, 18, 22, 100}) {
        const BudgetSampler sampler = *BudgetSampler::prepare(items, budget);
        const auto fitting = allThatFits(items, budget);
        double total = 0;
        for (const auto& [choice, weight] : fitting)
            total += weight;
        EXPECT_NEAR(sampler.total(), total, 1e-12);

        Random random(1);
        std::map<std::vector<std::size_t>, int> drawn;
        for (int i = 0; i < 20000; ++i)
            ++drawn[sampler.draw(random)];
        for (const auto& [choice, count] : drawn)
            ASSERT_TRUE(fitting.contains(choice)) << "beyond the budget";
        for (const auto& [choice, weight] : fitting)
            EXPECT_NEAR(drawn[choice] / 20000.0, weight / total, 0.02);
    }
}

TEST(BudgetSampler, CountsWhatFits)
{
    std::vector<std::vector<Option>> items;
    for (std::int64_t i = 1; i <= 12; ++i)
        items.push_back({{4 * i}, {8 * i}});
    EXPECT_EQ(BudgetSampler::prepare(items, 400)->total(),
              static_cast<double>(allThatFits(items, 400).size()));
}

TEST(BudgetSampler, SaysWhereNothingFits)
{
    const auto sampler = BudgetSampler::prepare({{{4}, {8}}, {{5}}}, 8);
    ASSERT_FALSE(sampler);
    EXPECT_EQ(sampler.error().message,
              "no choice of bits keeps within the budget: the least costs 9 of 8");
}

} // namespace
} // namespace vitrine::quant
