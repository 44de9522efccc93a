#include "core/tensor/kernels/edit_row.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace vitrine::kernels
{
namespace
{

// Sums over one class of a row's keys, of p = e / sum.
struct Part {
    double mass = 0, entropy = 0, distance = 0; // sum p, -sum p ln p, sum p (position - j)

    void add(double p, double tokensAway)
    {
        mass += p;
        entropy -= p > 0 ? p * std::log(p) : 0;
        distance += p * tokensAway;
    }
};

// -sum (f p) ln (f p) from that of p.
double scaledEntropy(const Part& part, double f)
{
    return f > 0 ? f * part.entropy - f * std::log(f) * part.mass : 0;
}

std::span<const std::int32_t> seenColumns(const WeightEdit& edit, std::int64_t low,
                                          std::int64_t position)
{
    const auto begin = std::ranges::lower_bound(edit.columns, low);
    const auto end = std::upper_bound(begin, edit.columns.end(), position);
    return {begin, end};
}

// The stretches of receivers between the columns: body(first, end), counted from `low`.
template <typename Body>
void overReceivers(const WeightEdit& edit, std::span<const std::int32_t> columns, std::int64_t low,
                   std::int64_t position, const Body& body)
{
    std::int64_t next = std::max(low, edit.receiversFrom);
    for (const std::int32_t t : columns) {
        if (t > next)
            body(next - low, t - low);
        next = std::max<std::int64_t>(next, t + 1);
    }
    if (next <= position)
        body(next - low, position + 1 - low);
}

void editAsReleased(const WeightEdit& edit, const SoftmaxRow& row,
                    std::span<const std::int32_t> columns, std::int64_t low, std::int64_t position,
                    double mass, float* e)
{
    const double freed = (1 - edit.beta) * mass;
    overReceivers(edit, columns, low, position, [&](std::int64_t first, std::int64_t end) {
        scaleBy(e + first, end - first, static_cast<float>(1 + freed));
    });
    for (const std::int32_t t : columns)
        e[t - low] *= static_cast<float>(edit.beta + freed);
    if (low == 0)
        e[0] = row.sum;
}

} // namespace

EditedRow editRow(const WeightEdit& edit, const SoftmaxRow& row, std::int64_t low,
                  std::int64_t position, float* e)
{
    const double sum = row.sum;
    const double wholeEntropy = std::log(sum) - static_cast<double>(row.weighted) / sum;
    EditedRow result{.entropy = wholeEntropy, .distance = row.distance / sum};
    const auto columns = seenColumns(edit, low, position);
    Part sinks;
    for (const std::int32_t t : columns)
        sinks.add(e[t - low] / sum, static_cast<double>(position - t));
    result.mass = sinks.mass;
    if (position == 0 || sinks.mass == 0)
        return result;
    if (edit.releasedSingleRow) {
        editAsReleased(edit, row, columns, low, position, sinks.mass, e);
        result.modified = true;
        return result;
    }

    // The receivers' sum is taken itself: 1 - m would be all rounding where the sinks have nearly
    // everything.
    double rest = 0;
    overReceivers(edit, columns, low, position, [&](std::int64_t first, std::int64_t end) {
        for (std::int64_t j = first; j < end; ++j)
            rest += static_cast<double>(e[j]);
    });
    rest /= sum;
    result.skipped = rest <= edit.leastRest;
    if (result.skipped)
        return result;
    result.modified = true;

    const double factor = 1 + (1 - edit.beta) * sinks.mass / rest;
    Part bystanders; // neither sink nor receiver
    for (std::int64_t j = low, t = 0; j < std::min(edit.receiversFrom, position + 1); ++j) {
        const bool isSink = t < std::ssize(columns) && columns[static_cast<std::size_t>(t)] == j;
        t += isSink;
        if (!isSink)
            bystanders.add(e[j - low] / sum, static_cast<double>(position - j));
    }
    const Part receivers{rest, wholeEntropy - sinks.entropy - bystanders.entropy,
                         result.distance - sinks.distance - bystanders.distance};
    result.entropy =
        scaledEntropy(receivers, factor) + scaledEntropy(sinks, edit.beta) + bystanders.entropy;
    result.distance =
        factor * receivers.distance + edit.beta * sinks.distance + bystanders.distance;

    overReceivers(edit, columns, low, position, [&](std::int64_t first, std::int64_t end) {
        scaleBy(e + first, end - first, static_cast<float>(factor));
    });
    for (const std::int32_t t : columns)
        e[t - low] *= static_cast<float>(edit.beta);
    return result;
}

} // namespace vitrine::kernels
