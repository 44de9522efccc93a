#pragma once

#include "core/figure/figure.h"
#include "core/quant/allocation.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <functional>
#include <string>
#include <vector>

// What other budgets than its own a run could have had: its table `candidates` says what every
// layer loses with each number of bits, so that the knapsack of any budget can be solved.
namespace vitrine::quantization_plugin
{

struct BudgetQuestion {
    std::vector<std::string> layers; // tensors, in order
    std::vector<int> candidates;     // bits, ascending
    std::vector<quant::LayerChoice> choices;
    std::vector<int> chosen; // bits that the run gave to each layer
    std::string costHelp;    // what is lost, in the run's words

    double meanBits(const std::vector<int>& bits) const;
    double cost(const std::vector<int>& bits) const; // NaN where bits are no candidates
};

// Whether the run has tried candidates. budgetQuestion is then an input error where its tables are
// not what such a run writes.
bool hasBudget(const RunRecord& run);
Result<BudgetQuestion> budgetQuestion(const RunRecord& run);

// Evenly from the fewest bits to the most, fewer of them for many layers.
std::vector<double> budgetsTried(const BudgetQuestion& question);
// Place of the budget nearest to `budget`.
std::size_t nearestBudget(const std::vector<double>& budgets, double budget);

struct BudgetCurve {
    BudgetQuestion question;
    std::vector<double> budgets;
    std::vector<quant::Allocation> best; // for each of them
};
// Solves them, one after the other; cancelled where goOn answers false. Any thread.
Result<BudgetCurve> budgetCurve(const RunRecord& run, const std::function<bool()>& goOn = {});

// The bits that the state's budget gives to each layer; the run's own where it names none.
const std::vector<int>& bitsAt(const BudgetCurve& curve, const State& state);

// Figures of the selected run, which the curve is of:
//   "budget"      what the layers lose over mean bits; runs that are shown with their perplexity
//   "budget-map"  bits of each layer under the state's budget, and what they were
std::vector<figure::Figure> budgetFigures(const BudgetCurve& curve, const Runs& runs,
                                          const State& state);
// The same where nothing is solved yet; none where the selected run has no budget.
std::vector<figure::Figure> budgetFigures(const Runs& runs, const State& state);

} // namespace vitrine::quantization_plugin
