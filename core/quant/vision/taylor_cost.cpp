#include "core/quant/vision/taylor_cost.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace vitrine::quant
{

AttentionCounts softmaxCounts(std::int64_t n, std::int64_t d)
{
    return {
        .macs = 2 * n * n * d, .divisions = n * n, .exponentials = n * n, .betweenNumbers = n * n};
}

AttentionCounts taylorCounts(std::int64_t n, std::int64_t d)
{
    return {.macs = 2 * n * d * d + n * d,
            .additions = 5 * n * d + n, // sums of K, Khat and V; K - mean; T_N; t_D
            .divisions = n * d + d,     // by t_D; the mean of K
            .betweenNumbers = d * d};
}

double taylorSaving(std::int64_t tokens, std::int64_t channels)
{
    return static_cast<double>(softmaxCounts(tokens, channels).macs) /
           static_cast<double>(taylorCounts(tokens, channels).macs);
}

std::string taylorWarning(std::int64_t tokens, std::int64_t channels)
{
    const AttentionCounts exact = softmaxCounts(tokens, channels),
                          taylor = taylorCounts(tokens, channels);
    std::vector<std::string> more;
    const auto compare = [&more](const char* what, std::int64_t ours, std::int64_t softmax) {
        if (ours > softmax)
            more.push_back(fmt::format("{:.2f} times the {}",
                                       static_cast<double>(ours) / static_cast<double>(softmax),
                                       what));
    };
    compare("MACs", taylor.macs, exact.macs);
    compare("divisions", taylor.divisions, exact.divisions);
    compare("numbers between its products", taylor.betweenNumbers, exact.betweenNumbers);
    if (more.empty())
        return {};
    return fmt::format("With {} tokens and heads of {} channels Taylor attention costs more than "
                       "softmax: {}. It pays where there are more tokens than channels.",
                       tokens, channels, fmt::join(more, ", "));
}

} // namespace vitrine::quant
