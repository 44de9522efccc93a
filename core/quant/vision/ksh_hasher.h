#pragma once

#include "core/base/result.h"
#include "core/quant/vision/binary_codes.h"

#include <cstdint>

namespace vitrine::quant
{

// How the hash functions are found; the defaults are the released code's.
struct KshOptions {
    int bits = 16, anchors = 25, neighbours = 10; // of each row's most and least similar tokens
    int steps = 100;
    double rate = 5e-4, momentum = 0.9; // Nesterov's
    std::uint64_t seed = 1;             // which tokens become anchors, where the search begins
};

// Kernelised hashing of tokens (Liu et al. 2012, as ShiftAddViT's "path B"): bit r of a token x is
//   1[ sum_j A_rj (kappa_j(x) - mu_j) > 0 ],  kappa_j(x) = exp(-|x - a_j|^2 / (2 sigma)),
// x to unit length first. Anchors a_j are tokens of the first picture; sigma is the mean squared
// distance of the tokens at hand from the anchors; mu is the mean of kappa over the tokens of
// `fit`. Queries and keys share one projection and so one code.
class KshHasher
{
public:
    // What the search for one bit did: its objective -(1 / (n bits)) y^T S y with signs y, before
    // and after. Where gradient steps made it worse they are not taken.
    struct Bit {
        double before, after;
        bool accepted;
    };

    // From the tokens of one head. Each bit is trained on what the bits before leave of the target
    // (+1 at each row's most similar tokens, -1 at the least, times the bits): S <- S - y y^T.
    // Argument error for fewer tokens than anchors or than twice the neighbours, and for options
    // out of range.
    static Result<KshHasher> fit(const HeadRows& tokens, const KshOptions& options);

    CodeRows encode(const HeadRows& tokens) const;
    const std::vector<Bit>& bits() const { return bits_; }

private:
    HeadRows kernel(const HeadRows& unitTokens) const; // tokens x anchors, before the mean is taken

    HeadRows anchors_;     // anchors x channels
    Eigen::VectorXd mean_; // mu
    HeadRows weights_;     // A: bits x anchors
    std::vector<Bit> bits_;
};

} // namespace vitrine::quant
