#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace vitrine::attention
{

// Which columns of a head's map count as sinks (ACT, section 3; the uniform rule is ours).
enum class SinkRule {
    absolute, // s[j] > tau
    relative, // s[j] > alpha / N
    uniform,  // s[j] > alpha * u[j]
};

// As parameters and files write them: "absolute", "relative", "uniform".
std::string_view sinkRuleName(SinkRule rule);
std::optional<SinkRule> parseSinkRule(std::string_view name);

struct SinkOptions {
    SinkRule rule = SinkRule::uniform;
    double tau = 0.1;
    double alpha = 5;
    int protect = 1; // the first columns are never listed
    int minRows = 8; // columns seen by fewer queries are never listed

    friend bool operator==(const SinkOptions&, const SinkOptions&) = default;
};

// What uniform causal attention, A[i,j] = 1/(i+1) for j <= i, gives for each measure: the value
// that a measured one is compared with. With a sliding window of W keys (0: none) row i spreads
// over min(i+1, W) keys.

// Column score: u[j] = (H(N) - H(j)) / (N - j), H harmonic numbers. [N]
std::vector<double> uniformScore(std::int64_t tokens, std::int64_t window = 0);
// Mean over rows i >= 1 of A[i,0]: (H(N) - 1)/(N - 1). 0 for fewer than two tokens.
double uniformFirstTokenMass(std::int64_t tokens, std::int64_t window = 0);
// Mean over all rows of -sum_j A ln A, in nat.
double uniformEntropy(std::int64_t tokens, std::int64_t window = 0);
// Mean over all rows of sum_j A (i - j), in tokens.
double uniformDistance(std::int64_t tokens, std::int64_t window = 0);

// Queries that see key j: N - j, at most the window. [N]
std::vector<std::int32_t> columnRows(std::int64_t tokens, std::int64_t window = 0);

// What s[j] is compared with: one value per column. [N]
std::vector<double> thresholds(std::int64_t tokens, const SinkOptions& options,
                               std::int64_t window = 0);

struct Sink {
    std::int32_t position = 0;
    double score = 0;
    double scoreOverUniform = 0;
    std::int32_t rows = 0; // queries that see it
};

// Columns above their threshold, heaviest first, equal ones by position. `rows` are as columnRows
// gives them (a window is known from rows[0]). A score that is not a number is no sink.
std::vector<Sink> findSinks(std::span<const float> columnScore, std::span<const std::int32_t> rows,
                            const SinkOptions& options);

// Whether all scores are finite. Where they are not, a head has neither sinks nor none: what is
// said of its sinks is not a number either.
bool areFinite(std::span<const float> columnScore);

// Mean weight that rows i >= 1 give to these sinks together (m-bar of ACT, section 4), and what
// uniform attention would give.
struct SinkMass {
    double mass = 0, uniform = 0;
};
SinkMass sinkMass(const std::vector<Sink>& sinks, std::int64_t tokens);

// A first-token sink: mass at least 5 times its uniform value and at least 0.1; a strong one at
// least 0.3.
bool hasFirstTokenSink(double firstTokenMass, std::int64_t tokens, std::int64_t window = 0);
bool hasStrongFirstTokenSink(double firstTokenMass, std::int64_t tokens, std::int64_t window = 0);

} // namespace vitrine::attention
