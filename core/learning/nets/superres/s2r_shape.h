#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::learning
{

// One record for the three sizes of S2R (She, Mao, Shi, Wang, ICANN 2023, arXiv 2308.08142): the
// paper's own, and two smaller ones of ours without its head and its tail.
struct S2rShape {
    std::string name;
    int64_t scale;    // 2, 3 or 4
    int64_t channels; // a multiple of 15: five groups are shifted, three attend
    int64_t blocks;   // ELABs; every second one works on rolled windows
    std::array<int64_t, 3> windows;
    bool head;          // LayerNorm and MBConv before the blocks, two LayerNorms behind them
    bool deformable;    // deformable convolution before the up-sampling
    bool rolled = true; // false: no block rolls (for tests of translation)

    int64_t
    padding() const; // height and width are padded to a multiple of this: the largest window
};

// s2r, s2r-fast or s2r-live; std::runtime_error for any other name or scale.
S2rShape s2rShape(const std::string& name, int64_t scale);
std::vector<std::string> s2rNames();

// What a reader of the exported weights must know, as one JSON object.
std::string s2rConfigJson(const S2rShape& shape);

// Subtracted from red, green and blue in 0..1 before the network and added behind it.
inline constexpr std::array<double, 3> kS2rMean{0.4488, 0.4371, 0.4040};

} // namespace vitrine::learning
