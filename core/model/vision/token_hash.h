#pragma once

#include <cstdint>
#include <span>
#include <vector>

// Kernelised hashing of the tokens of one head (Liu et al., CVPR 2012; "path B" of ShiftAddViT's
// released code): what its functions give, once they were found.
namespace vitrine::model
{

// Bit r of a token x, which is brought to unit length first, is
//   1[ sum_j A_rj (kappa_j(x) - mu_j) > 0 ],  kappa_j(x) = exp(-|x - a_j|^2 / (2 sigma)).
// Single precision, as a checkpoint stores it.
struct TokenHash {
    std::int64_t channels = 0, anchors = 0, bits = 0;
    std::vector<float> anchorRows; // a: [anchors, channels]
    std::vector<float> means;      // mu: [anchors]
    std::vector<float> weights;    // A: [bits, anchors]
};

// Tokens of one head of one picture, row-major, one behind the other.
struct HeadTokens {
    std::span<const double> values; // [tokens, channels]
    std::int64_t channels = 0;

    std::int64_t count() const { return std::ssize(values) / channels; }
};

// kappa: [tokens, anchors]. sigma is the mean squared distance of these tokens from the anchors, as
// released; a row of zeros stays one. Computed in double precision.
std::vector<double> hashKernel(const TokenHash& hash, HeadTokens tokens);

// Zeros and ones: [tokens, bits].
std::vector<std::uint8_t> hashedCodes(const TokenHash& hash, HeadTokens tokens);

} // namespace vitrine::model
