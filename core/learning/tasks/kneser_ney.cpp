#include "core/learning/tasks/kneser_ney.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::learning
{
namespace
{

__extension__ using Key = unsigned __int128;

constexpr int kBits = 16; // of one token in a key

// Sorts and merges equal keys, adding their counts up.
void merge(std::vector<Key>& keys, std::vector<uint32_t>& counts)
{
    std::ranges::sort(keys);
    counts.clear();
    size_t kept = 0;
    for (size_t i = 0; i < keys.size(); ++i) {
        if (kept > 0 && keys[kept - 1] == keys[i]) {
            ++counts.back();
        } else {
            keys[kept++] = keys[i];
            counts.push_back(1);
        }
    }
    keys.resize(kept);
    keys.shrink_to_fit();
}

} // namespace

KneserNey::Order::Range KneserNey::Order::withHistory(Key history, int bits) const
{
    const Key low = history << bits;
    const auto first = std::lower_bound(keys.begin(), keys.end(), low);
    // Most histories have few followers: look ahead in growing steps rather than through the whole
    // rest.
    auto last = first;
    for (std::ptrdiff_t step = 1; last != keys.end() && (*last >> bits) == history; step *= 2) {
        const auto ahead = std::min(step, keys.end() - last);
        last = (*(last + (ahead - 1)) >> bits) == history
                   ? last + ahead
                   : std::partition_point(last, last + ahead,
                                          [&](Key k) { return (k >> bits) == history; });
        if (last != keys.end() && (*last >> bits) != history)
            break;
    }
    return {static_cast<size_t>(first - keys.begin()), static_cast<size_t>(last - keys.begin())};
}

KneserNey::KneserNey(std::span<const std::vector<uint16_t>> documents, Options options)
    : options_(options), orders_(static_cast<size_t>(options.order))
{
    assert(options.order >= 1 && options.order <= 6);
    count(documents);
    estimateDiscounts();
}

KneserNey::Key KneserNey::keyOf(std::span<const uint16_t> tokens) const
{
    Key key = 0;
    for (const uint16_t token : tokens)
        key = key << kBits | token;
    return key;
}

void KneserNey::count(std::span<const std::vector<uint16_t>> documents)
{
    const auto highest = static_cast<size_t>(options_.order);
    // N-grams that begin with <s> have nothing before them: as is usual, they keep their raw
    // counts.
    std::vector<std::vector<Key>> atStart(highest);
    std::vector<Key>& top = orders_[highest - 1].keys;
    for (const auto& document : documents)
        for (size_t i = 1; i < document.size(); ++i) {
            const size_t length = std::min(highest, i + 1);
            const Key key = keyOf(std::span(document).subspan(i + 1 - length, length));
            (length == highest ? top : atStart[length - 1]).push_back(key);
        }
    merge(top, orders_[highest - 1].counts);
    for (size_t n = highest - 1; n >= 1; --n) {
        // Continuation counts: each different n-gram one order up stands for one token before this
        // one.
        const Key mask = (static_cast<Key>(1) << (kBits * static_cast<int>(n))) - 1;
        Order& order = orders_[n - 1];
        order.keys = std::move(atStart[n - 1]);
        for (const Key key : orders_[n].keys)
            order.keys.push_back(key & mask);
        merge(order.keys, order.counts);
    }
}

void KneserNey::estimateDiscounts()
{
    for (Order& order : orders_) {
        // Chen & Goodman, eq. (26): Y = n1 / (n1 + 2 n2), D_i = i - (i + 1) Y n_{i+1} / n_i.
        std::array<double, 5> n{};
        for (const uint32_t count : order.counts)
            if (count <= 4)
                n[count] += 1.0;
        const double y = n[1] + 2.0 * n[2] > 0.0 ? n[1] / (n[1] + 2.0 * n[2]) : 0.0;
        for (size_t i = 1; i <= 3; ++i) {
            const double share = n[i] > 0.0 ? n[i + 1] / n[i] : 0.0;
            const double value = static_cast<double>(i) - static_cast<double>(i + 1) * y * share;
            // Tiny texts have no counts of counts to speak of; any value in (0, i) keeps the sum at
            // one.
            order.discount[i - 1] = value > 0.0 && value < static_cast<double>(i) ? value : 0.5;
        }
    }
}

double KneserNey::probability(std::span<const uint16_t> history, uint16_t id) const
{
    double p = 1.0 / static_cast<double>(options_.classes);
    const auto longest = std::min(history.size(), static_cast<size_t>(options_.order - 1));
    for (size_t length = 0; length <= longest; ++length) {
        const Order& order = orders_[length];
        const Key prefix = keyOf(history.last(length));
        const auto range =
            length == 0 ? Order::Range{0, order.keys.size()} : order.withHistory(prefix, kBits);
        if (range.first == range.last)
            break; // a history never seen: longer ones were not seen either
        double total = 0.0, held = 0.0, count = 0.0;
        for (size_t i = range.first; i < range.last; ++i) {
            const double c = order.counts[i];
            total += c;
            held += order.discount[static_cast<size_t>(std::min(c, 3.0)) - 1];
            if (static_cast<uint16_t>(order.keys[i]) == id)
                count = c;
        }
        const double discount =
            count > 0.0 ? order.discount[static_cast<size_t>(std::min(count, 3.0)) - 1] : 0.0;
        p = (count - discount + held * p) / total;
    }
    return p;
}

double KneserNey::Score::perplexity() const
{
    return std::exp(nat / static_cast<double>(std::max<uint64_t>(1, tokens)));
}

KneserNey::Score KneserNey::score(std::span<const uint16_t> document) const
{
    Score sum;
    for (size_t i = 1; i < document.size(); ++i) {
        sum.nat -= std::log(probability(document.first(i), document[i]));
        ++sum.tokens;
    }
    return sum;
}

} // namespace vitrine::learning
