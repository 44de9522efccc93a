#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::learning
{

// Interpolated modified Kneser-Ney n-grams (Chen & Goodman 1999, section 3): the baseline that a
// trained network has to beat on the same tokens. Highest order: raw counts; lower orders: how many
// different tokens stand before. Three discounts for each order from its own counts of counts;
// below order one a uniform share over the vocabulary, so that every token has a probability.
class KneserNey
{
public:
    struct Options {
        int order = 5;           // 1..6
        uint32_t classes = 4096; // ids are below this
        uint16_t start = 1;      // <s>: begins every document and is never predicted
    };

    // Each document begins with `start`; n-grams do not reach across documents.
    KneserNey(std::span<const std::vector<uint16_t>> documents, Options options);

    // P(history's next token = id), given as many of the last tokens as the order uses.
    double probability(std::span<const uint16_t> history, uint16_t id) const;

    struct Score {
        uint64_t tokens = 0;
        double nat = 0.0; // sum of -ln P

        double perplexity() const;
    };
    // Every token of the document after its first.
    Score score(std::span<const uint16_t> document) const;

    // D1, D2, D3+ of an order (1..Options::order).
    std::array<double, 3> discounts(int order) const
    {
        return orders_[static_cast<size_t>(order - 1)].discount;
    }

private:
    __extension__ using Key = unsigned __int128;

    // The n-grams of one order, sorted by key; keys hold the tokens oldest first, so that all
    // n-grams of one history lie together.
    struct Order {
        std::vector<Key> keys;
        std::vector<uint32_t> counts;
        std::array<double, 3> discount{};

        struct Range {
            size_t first, last;
        };
        Range withHistory(Key history, int bits) const;
    };

    Key keyOf(std::span<const uint16_t> tokens) const;
    void count(std::span<const std::vector<uint16_t>> documents);
    void estimateDiscounts();

    Options options_;
    std::vector<Order> orders_; // [n - 1]
};

} // namespace vitrine::learning
