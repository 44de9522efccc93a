#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

// Sentences about versions. They claim no more than the intervals allow.
namespace vitrine::quantization_plugin
{
namespace
{

constexpr double kEqualBits = 1.05; // of bits per weight, the larger over the smaller
constexpr std::size_t kMostPairs = 2, kMostNamed = 3;

double bitsOf(const RunRecord& run)
{
    return metricOf(run.result, "bits_per_weight");
}

// "10 %", and in brackets "8 to 12 %"; from a factor of two on "×3.4" and "3.1 to 3.8".
struct RatioWords {
    std::string value, interval;
    bool isFactor = false;
};

RatioWords wordsOf(const Ratio& ratio)
{
    if (ratio.value >= 2) {
        const int decimals = ratio.high < 10 ? 2 : ratio.high < 100 ? 1 : 0;
        return {columnText(ratio.value, decimals),
                columnText(ratio.low, decimals) + " to " + columnText(ratio.high, decimals), true};
    }
    const double low = 100 * (ratio.low - 1), high = 100 * (ratio.high - 1);
    const int decimals = std::max(std::abs(low), std::abs(high)) < 10 ? 1 : 0;
    const auto percent = [&](double value) {
        return withTrueMinus(fmt::format("{:.{}f}", value, decimals));
    };
    return {percent(100 * (ratio.value - 1)) + " %", percent(low) + " to " + percent(high) + " %"};
}

// "3.5 bits a weight cost 10 % of perplexity (8 to 12 %)", without a full stop.
std::string costOf(const RunRecord& run)
{
    const Ratio ratio = ratioOf(run);
    const std::string bits = significant(bitsOf(run), 3) + " bits a weight";
    if (!ratio.isKnown())
        return bits +
               ": the run holds no interval of the perplexity ratio, so nothing is said of it";
    const RatioWords words = wordsOf(ratio);
    if (words.isFactor)
        return fmt::format("{} make perplexity {} times as large ({})", bits, words.value,
                           words.interval);
    if (ratio.low > 1)
        return fmt::format("{} cost {} of perplexity ({})", bits, words.value, words.interval);
    if (ratio.high < 1)
        return fmt::format("{} lower perplexity on this text ({}), which one would not expect of "
                           "rounding",
                           bits, words.interval);
    return fmt::format("{} cost nothing that this text can show: perplexity changes by {} ({})",
                       bits, words.value, words.interval);
}

bool isApart(const Ratio& less, const Ratio& more)
{
    return less.high < more.low;
}

// Place in the order that one would expect: 1, 2, 3; 0: none.
int expectedPlace(const RunRecord& run)
{
    const std::string method = parameterText(run.params, "method"),
                      layout = parameterText(run.params, "layout");
    if (method == "shiftadd")
        return layout == "column" ? 1 : layout == "block" ? 2 : 0;
    return method == "rtn" || method == "optq" || method == "bcq" ? 3 : 0;
}

std::string listed(const std::vector<std::string>& pairs)
{
    std::string all;
    for (std::size_t i = 0; i < std::min(pairs.size(), kMostPairs); ++i)
        all += (i == 0 ? "" : "; ") + pairs[i];
    if (pairs.size() > kMostPairs)
        all += fmt::format("; and {} more", pairs.size() - kMostPairs);
    return all;
}

std::string orderAtEqualBits(const Runs& runs)
{
    std::size_t holding = 0, alike = 0;
    std::vector<std::string> against, open;
    for (const RunRecord* a : runs)
        for (const RunRecord* b : runs) {
            const int before = expectedPlace(*a), after = expectedPlace(*b);
            const double bits = bitsOf(*a) / bitsOf(*b);
            if (before == 0 || before >= after || std::max(bits, 1 / bits) > kEqualBits)
                continue;
            const Ratio first = ratioOf(*a), second = ratioOf(*b);
            if (isApart(second, first))
                against.push_back(
                    fmt::format("{} costs less than {}", spokenName(*b), spokenName(*a)));
            else if (isApart(first, second))
                ++holding;
            else if (after == 2) // columns may do as well as blocks
                ++alike;
            else
                open.push_back(spokenName(*a) + " and " + spokenName(*b));
        }
    const std::string where = " At equal bits a weight (within 5 %) ";
    const std::string order = "(columns, blocks, other methods)";
    std::string said;
    if (!against.empty())
        said = where + "the order that one would expect " + order +
               " does not hold: " + listed(against) + ".";
    if (!open.empty())
        said += (said.empty() ? where : " ") + std::string(said.empty() ? "these" : "These") +
                " cannot be told apart: " + listed(open) + ".";
    if (said.empty() && holding > 0)
        said = where + (alike > 0 ? "ShiftAddLLM comes before the other methods, as expected."
                                  : "the order is the expected one " + order + ".");
    return said;
}

// What cannot be deployed as it is: no rival of packed versions, but what they could come to.
std::string studies(const Runs& runs)
{
    std::vector<std::string> each;
    for (const RunRecord* run : runs)
        each.push_back(spokenName(*run) + ": " + costOf(*run));
    return "Accuracy stud" + std::string(runs.size() == 1 ? "y" : "ies") +
           ", whose weights are dense and cannot be packed, apart: " + listed(each) + ".";
}

std::string nearest(const Runs& runs)
{
    const RunRecord& best = **std::ranges::min_element(
        runs, {}, [](const RunRecord* run) { return ratioOf(*run).value; });
    std::vector<std::string> like;
    for (const RunRecord* run : runs)
        if (run != &best && !isApart(ratioOf(best), ratioOf(*run)))
            like.push_back(spokenName(*run));
    std::string said = spokenName(best) + " is nearest to the original: " + costOf(best);
    for (std::size_t i = 0; i < std::min(like.size(), kMostNamed); ++i)
        said += (i == 0 ? "; " : i + 1 == like.size() ? " and " : ", ") + like[i];
    if (like.size() > kMostNamed)
        said += fmt::format(" and {} more", like.size() - kMostNamed);
    return said + (like.empty() ? "." : " cannot be told apart from it.");
}

} // namespace

std::string verdict(const Runs& runs)
{
    if (runs.size() == 1)
        return isRotated(*runs.front()) ? studies(runs) : costOf(*runs.front()) + ".";
    Runs known, rotated;
    std::vector<std::string> unknown;
    for (const RunRecord* run : runs)
        if (!ratioOf(*run).isKnown())
            unknown.push_back(versionTick(*run));
        else
            (isRotated(*run) ? rotated : known).push_back(run);
    std::string said;
    const bool same = std::ranges::all_of(
        known, [&](const RunRecord* run) { return haveSameOriginal(*known.front(), *run); });
    if (known.size() == 1)
        said = spokenName(*known.front()) + ": " + costOf(*known.front()) + ".";
    else if (!known.empty() && !same)
        said = "The runs were not judged on the same text against the same original: their ratios "
               "are not compared.";
    else if (!known.empty())
        said = nearest(known) + orderAtEqualBits(known);
    if (!rotated.empty())
        said += (said.empty() ? "" : " ") + studies(rotated);
    if (!unknown.empty())
        said += (said.empty() ? "" : " ") + std::string("No interval of the perplexity ratio: ") +
                listed(unknown) + ".";
    return said;
}

} // namespace vitrine::quantization_plugin
