#pragma once

#include "core/learning/tasks/corpus.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sentencepiece
{
class SentencePieceProcessor;
}

namespace vitrine::learning
{

// Trains a sentencepiece BPE on the training parts of the corpus (sources without Moby-Dick-sized
// shares give a sample): byte fallback, <unk> 0, <s> 1, </s> 2, identity normalisation, no pieces
// of our own. Gives the serialised model. Throws std::runtime_error.
std::string trainTokenizer(const Corpus& corpus, int vocabulary);

// tokenizer_config.json for Hugging Face readers of tokenizer.model.
std::string tokenizerConfigJson(int context);

// A trained tokenizer at work.
class TextEncoder
{
public:
    explicit TextEncoder(const std::string& serialisedModel);
    ~TextEncoder();

    // Ids without <s> and </s>.
    std::vector<int> encode(const std::string& text) const;

private:
    std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
};

} // namespace vitrine::learning
