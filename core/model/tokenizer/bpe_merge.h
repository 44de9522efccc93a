#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace vitrine::model
{

// A stretch of a text on its way to a token; neighbours are linked by index, -1: none. Length 0:
// merged into another.
struct Symbol {
    std::uint32_t begin = 0, length = 0; // bytes
    std::int32_t id = -1;                // -1: not in the vocabulary
    std::int32_t previous = -1, next = -1;
    bool frozen = false; // takes part in no merge
};

struct Merge {
    float priority = 0; // the lowest is merged first, the leftmost among equals
    std::int32_t id = -1;
};

// Appends a symbol, linked to the one before it.
inline void appendSymbol(std::vector<Symbol>& symbols, Symbol symbol)
{
    const auto at = static_cast<std::int32_t>(symbols.size());
    symbol.previous = at - 1;
    symbol.next = -1;
    if (at > 0)
        symbols.back().next = at;
    symbols.push_back(symbol);
}

// Merges neighbours until `merge(left, right) -> std::optional<Merge>` knows no pair any more. A
// heap over linked symbols: O(n log n). The result is the chain from symbols[0] along `next`.
template <typename Find>
void mergeSymbols(std::vector<Symbol>& symbols, Find&& merge)
{
    struct Candidate {
        float priority;
        std::int32_t left;
        std::uint32_t length; // of both parts: a candidate whose parts have changed is stale
        std::int32_t id;
        bool operator<(const Candidate& other) const // the top of the heap is the largest
        {
            return priority != other.priority ? priority > other.priority : left > other.left;
        }
    };
    const auto candidate = [&](std::int32_t left) -> std::optional<Candidate> {
        if (left < 0 || symbols[static_cast<std::size_t>(left)].next < 0)
            return {};
        const Symbol& a = symbols[static_cast<std::size_t>(left)];
        const Symbol& b = symbols[static_cast<std::size_t>(a.next)];
        if (a.frozen || b.frozen)
            return {};
        const std::optional<Merge> found = merge(a, b);
        if (!found)
            return {};
        return Candidate{found->priority, left, a.length + b.length, found->id};
    };

    std::vector<Candidate> first;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i)
        if (const auto found = candidate(static_cast<std::int32_t>(i)))
            first.push_back(*found);
    std::priority_queue<Candidate> heap({}, std::move(first)); // heap order in linear time
    const auto consider = [&](std::int32_t left) {
        if (const auto found = candidate(left))
            heap.push(*found);
    };
    while (!heap.empty()) {
        const Candidate best = heap.top();
        heap.pop();
        Symbol& left = symbols[static_cast<std::size_t>(best.left)];
        if (left.length == 0 || left.next < 0)
            continue;
        Symbol& right = symbols[static_cast<std::size_t>(left.next)];
        if (left.length + right.length != best.length)
            continue;
        left.length = best.length;
        left.id = best.id;
        left.next = right.next;
        right.length = 0;
        if (left.next >= 0)
            symbols[static_cast<std::size_t>(left.next)].previous = best.left;
        consider(left.previous);
        consider(best.left);
    }
}

} // namespace vitrine::model
