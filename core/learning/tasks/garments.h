#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::learning
{

// What the head of an IDX file of bytes says: 00 00 08, the number of sizes, the sizes as 32-bit
// big-endian numbers; then the bytes themselves, the last size running fastest.
struct IdxHead {
    std::vector<uint32_t> sizes;
    uint64_t headBytes = 0, dataBytes = 0;
};

// Throws std::runtime_error (the reason, without the file's name) where this is no IDX of `sizes`
// sizes, or where their product is beyond a GiB.
IdxHead idxHead(std::span<const uint8_t> bytes, size_t sizes);

// Fashion-MNIST out of Debian's dataset-fashion-mnist under `packages` (what packaging/fetch made)
// to out/{train,t10k}-{images-idx3,labels-idx1}-ubyte, unpacked and checked: pictures of 28x28, as
// many labels as pictures, labels below ten. Gives the text of out/sources.tsv, which it writes
// last. Throws std::runtime_error naming the file and what is wrong.
std::string prepareGarments(const std::string& packages, const std::string& out);

} // namespace vitrine::learning
