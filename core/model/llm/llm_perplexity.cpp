#include "core/model/llm/llm.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace vitrine::model
{
namespace
{

// -ln softmax(row)[target]
double crossEntropy(std::span<const float> row, std::size_t target)
{
    const double top = *std::ranges::max_element(row);
    double sum = 0;
    for (const float logit : row)
        sum += std::exp(logit - top);
    return std::log(sum) + top - row[target];
}

} // namespace

double perplexity(std::span<const float> logits, std::span<const std::int32_t> ids,
                  std::int64_t vocabulary)
{
    const auto width = static_cast<std::size_t>(vocabulary);
    assert(logits.size() == ids.size() * width);
    if (ids.size() < 2)
        return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (std::size_t t = 0; t + 1 < ids.size(); ++t)
        sum += crossEntropy(logits.subspan(t * width, width), static_cast<std::size_t>(ids[t + 1]));
    return std::exp(sum / static_cast<double>(ids.size() - 1));
}

} // namespace vitrine::model
