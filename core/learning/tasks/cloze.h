#pragma once

#include "core/learning/tasks/corpus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::learning
{

// A text that breaks off before a sentence, and four sentences that might follow: the one that
// does, and three that begin elsewhere.
struct ClozeItem {
    std::string source, document; // "speeches", "2007_george_w_bush_r"
    std::string prompt;           // two or three whole sentences of one paragraph
    std::vector<std::string> choices;
    int answer = 0;
};

struct ClozeOptions {
    size_t items =
        300; // shared among the parts by their number of usable paragraphs, at least a quarter each
    uint64_t seed = 42;
};

// Items out of held-out parts; no sentence stands in two of their prompts. The three wrong choices
// continue other places, out of other documents of the same part (so that style does not give the
// answer away), and are drawn among the nearest in length. The same parts and options give the same
// items.
std::vector<ClozeItem> clozeItems(const std::vector<CorpusPart>& heldOut,
                                  const ClozeOptions& options);

// JSON lines {"prompt", "choices", "answer", "dataset", "document"}.
std::string clozeJson(const std::vector<ClozeItem>& items);

// Whole sentences of a normalised paragraph. Abbreviations ("Mr.", "U.S.", one letter) end none.
std::vector<std::string> sentences(const std::string& paragraph);

} // namespace vitrine::learning
