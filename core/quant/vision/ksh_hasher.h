#pragma once

#include "core/base/result.h"
#include "core/model/vision/token_hash.h"
#include "core/quant/vision/binary_codes.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// How the hash functions are found; the defaults are the released code's.
struct KshOptions {
    int bits = 16, anchors = 25, neighbours = 10; // of each row's most and least similar tokens
    int steps = 100;
    double rate = 5e-4, momentum = 0.9; // Nesterov's
    std::uint64_t seed = 1;             // which tokens become anchors, where the search begins
};

// Finds the functions of kernelised hashing (token_hash.h) for one head: ShiftAddViT's "path B".
// Anchors are tokens of the first picture; mu is the mean of kappa over the tokens of `fit`, with
// sigma that of each picture. Queries and keys share one projection and so one code.
class KshHasher
{
public:
    // What the search for one bit did: its objective -(1 / (n bits)) y^T S y with signs y, before
    // and after. Where gradient steps made it worse they are not taken.
    struct Bit {
        double before, after;
        bool accepted;
    };

    // From the tokens of one head, a matrix for each picture. Each bit is trained on what the bits
    // before leave of the target (+1 at each row's most similar tokens, -1 at the least, times the
    // bits): S <- S - y y^T. The release has one picture's S; attention compares tokens within a
    // picture only, so that the objective of several is the sum of theirs [ours]. Argument error
    // without pictures, for fewer tokens than anchors or than twice the neighbours, and for options
    // out of range.
    static Result<KshHasher> fit(std::span<const HeadRows> pictures, const KshOptions& options);

    CodeRows encode(const HeadRows& tokens) const; // of one picture
    const std::vector<Bit>& bits() const { return bits_; }
    const model::TokenHash& hash() const { return hash_; }

private:
    model::TokenHash hash_;
    std::vector<Bit> bits_;
};

} // namespace vitrine::quant
