#include "core/quant/vision/linear_attention.h"

#include <algorithm>
#include <cassert>

namespace vitrine::quant
{

HeadValues<double> linearAttention(HeadSize size, std::span<const double> q,
                                   std::span<const double> k, std::span<const double> v,
                                   double epsilon, std::optional<Log2Rule> rule)
{
    const auto [tokens, dim] = size;
    assert(q.size() == tokens * dim && k.size() == q.size() && v.size() == q.size());
    HeadValues<double> head{.context = std::vector<double>(dim * dim),
                            .keySums = std::vector<double>(dim),
                            .divisors = std::vector<double>(tokens),
                            .dividends = std::vector<double>(tokens * dim),
                            .outputs = std::vector<double>(tokens * dim)};
    for (std::size_t token = 0; token < tokens; ++token)
        for (std::size_t i = 0; i < dim; ++i) {
            const double key = std::max(k[token * dim + i], 0.0);
            head.keySums[i] += key;
            for (std::size_t j = 0; j < dim; ++j)
                head.context[i * dim + j] += key * v[token * dim + j];
        }
    for (std::size_t token = 0; token < tokens; ++token) {
        for (std::size_t i = 0; i < dim; ++i) {
            const double query = std::max(q[token * dim + i], 0.0);
            head.divisors[token] += query * head.keySums[i];
            for (std::size_t j = 0; j < dim; ++j)
                head.dividends[token * dim + j] += query * head.context[i * dim + j];
        }
        const double divisor = head.divisors[token] + epsilon;
        for (std::size_t j = token * dim; j < (token + 1) * dim && divisor > 0; ++j)
            head.outputs[j] = rule ? dividedByLog2(head.dividends[j], divisor, *rule)
                                   : head.dividends[j] / divisor;
    }
    return head;
}

} // namespace vitrine::quant
