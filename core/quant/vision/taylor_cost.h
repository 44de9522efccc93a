#pragma once

#include <cstdint>
#include <string>

namespace vitrine::quant
{

// Operations of one head for n tokens of d channels, and the numbers that lie between its products.
struct AttentionCounts {
    std::int64_t macs = 0, additions = 0, divisions = 0, exponentials = 0, betweenNumbers = 0;

    friend bool operator==(const AttentionCounts&, const AttentionCounts&) = default;
};
// 2 n^2 d MACs, n^2 exponentials, n^2 divisions, a map of n^2. (Additions of the row sums and
// subtractions of the largest score are not counted, as in the paper.)
AttentionCounts softmaxCounts(std::int64_t tokens, std::int64_t channels);
// ViTALiTy's algorithm 1: 2 n d^2 + n d MACs, 5 n d + n additions, n d + d divisions, a context of
// d^2.
AttentionCounts taylorCounts(std::int64_t tokens, std::int64_t channels);

// Softmax's MACs over Taylor's, 2 n / (2 d + 1): below 1 Taylor costs more.
double taylorSaving(std::int64_t tokens, std::int64_t channels);
// What is to be said of it: that MACs, divisions or the numbers in between are more than softmax's,
// by how much and why. Empty where Taylor costs less in all three.
std::string taylorWarning(std::int64_t tokens, std::int64_t channels);

} // namespace vitrine::quant
