#pragma once

#include "core/learning/nets/language/language_model.h"
#include "core/learning/nets/language/token_store.h"

#include <string>
#include <vector>

namespace vitrine::learning
{

struct HeldOutLoss {
    std::string source;
    int64_t tokens;     // predicted tokens
    double natPerToken; // perplexity is its exponential
};

// Loss on the documents of each source: every token after <s> is predicted once, with at least half
// a window before it (all of its document, where that is shorter), up to `window` tokens. `limit` >
// 0 stops after about so many tokens per source.
std::vector<HeldOutLoss> heldOutLoss(LanguageModel& model, const TokenStore& store, int64_t window,
                                     int64_t limit);

struct SinkSummary {
    int64_t tokens; // T
    int64_t texts;
    double share;       // of all heads: first-token mass >= max(0.1, 5 * uniform)
    double strongShare; // of all heads: the same and >= 0.3
    double meanMass;    // first-token mass, mean over heads of layers >= 2
    double bestMass;
    std::vector<double> mass; // layer by layer, head by head; mean over the texts
};

// First-token mass of a head: mean over rows i >= 1 of A[i, 0], mean over texts. The texts are the
// starts of windows spread evenly over the store's longest documents, each <s> and then tokens - 1
// tokens.
SinkSummary firstTokenSinks(LanguageModel& model, const TokenStore& store, int64_t texts,
                            int64_t tokens);

struct LaterSinkSummary {
    int64_t tokens;
    double bestFirst;  // mass on position 0 of the head that gives the second <s> most
    double bestLater;  // mass on the second <s>, mean over the rows after it, best head
    double shareLater; // of all heads: that mass >= 0.1 and >= 5 times uniform
};

// The same windows with the second half taken from another place after a second <s>.
LaterSinkSummary laterSink(LanguageModel& model, const TokenStore& store, int64_t texts,
                           int64_t tokens);

// One line of JSON for each.
std::string toJson(const HeldOutLoss& loss);
std::string toJson(const SinkSummary& sinks);
std::string toJson(const LaterSinkSummary& sinks);

} // namespace vitrine::learning
