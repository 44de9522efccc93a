#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace vitrine::learning
{

constexpr int64_t kBeginOfText = 1; // <s>, the first token of every window and of every document
constexpr int64_t kEndOfText = 2;   // </s>, the last token of every document

// A run of documents of one origin in the token stream.
struct TokenSource {
    std::string name;
    double share;   // of the windows drawn in training
    int64_t first;  // its first token in the stream
    int64_t tokens; // with <s> and </s>
};

struct Document {
    size_t source;
    int64_t first, tokens;
};

// Tokenised text: NAME.tokens holds 16-bit little-endian ids, NAME.documents the index, one line
// each of `source NAME SHARE FIRST TOKENS` and `document SOURCE_INDEX FIRST TOKENS`. Every document
// is <s> ... </s>.
struct TokenStore {
    std::vector<uint16_t> ids;
    std::vector<TokenSource> sources;
    std::vector<Document> documents;
};

// Reads folder/name.tokens and folder/name.documents. Throws std::runtime_error naming the file.
TokenStore readTokenStore(const std::string& folder, const std::string& name);

struct Batch {
    torch::Tensor inputs,
        targets; // windows x tokens, int64; targets are the inputs one token later
};

// Draws windows: <s>, then text from a random place of a source chosen by share. Each source is
// walked in a shuffled order of blocks, so that all of it is seen before any of it comes again. A
// share of windows is packed from two to four pieces of different places, each after its own <s>.
class WindowSampler
{
public:
    WindowSampler(const TokenStore& store, double mixedShare, uint64_t seed);

    Batch draw(int64_t windows, int64_t tokens, int64_t step);

    // Tokens taken from each source so far: with the step, all the state there is.
    std::vector<int64_t> taken() const { return taken_; }
    void restore(std::vector<int64_t> taken) { taken_ = std::move(taken); }

private:
    void appendPiece(std::vector<int64_t>& ids, int64_t tokens, std::mt19937_64& random);

    const TokenStore& store_;
    double mixedShare_;
    uint64_t seed_;
    std::discrete_distribution<size_t> choice_;
    std::vector<int64_t> taken_;
};

} // namespace vitrine::learning
