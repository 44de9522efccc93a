#pragma once

#include "core/base/random.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace vitrine::quant
{

// Independent random choices, given that their costs keep within a budget: what drawing again until
// it fits would give, without the waiting. (In DeiT-Tiny at 1.1 times 4 bits about one of 10^5 free
// draws fits.)
class BudgetSampler
{
public:
    struct Option {
        std::int64_t cost = 0;
        double weight = 1; // probability, or 1 to count
    };
    // Each item takes one of its options; at least one each. Failure where nothing fits, or where
    // there are too many different sums.
    static Result<BudgetSampler> prepare(std::vector<std::vector<Option>> items,
                                         std::int64_t budget);

    // Index of the option of each item.
    std::vector<std::size_t> draw(Random& random) const;
    // Sum over all that fits of the products of weights: their number where all weights are 1.
    double total() const { return total_; }

private:
    BudgetSampler() = default;
    // The same sum over items from `item` on, within what is left of the budget.
    double weightOf(std::size_t item, std::int64_t left) const;
    double remembered(std::size_t item, std::int64_t left);

    std::vector<std::vector<Option>> items_;
    std::int64_t budget_ = 0;
    std::vector<std::int64_t> least_, most_; // cost of the items from i on
    std::vector<double> free_;               // weight of the items from i on, without a budget
    std::vector<std::unordered_map<std::int64_t, double>> known_;
    std::size_t states_ = 0;
    double total_ = 0;
};

} // namespace vitrine::quant
