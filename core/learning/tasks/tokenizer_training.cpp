#include "core/learning/tasks/tokenizer_training.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <stdexcept>

namespace vitrine::learning
{
namespace
{

constexpr size_t kPiece = 2000;              // bytes: the trainer drops longer sentences
constexpr size_t kBytesPerShare = 40u << 20; // a source of share 0.1 gives at most 4 MiB

// Pieces of paragraphs, cut at spaces.
void appendPieces(std::vector<std::string>& pieces, const std::string& paragraph)
{
    size_t at = 0;
    while (paragraph.size() - at > kPiece) {
        size_t end = paragraph.rfind(' ', at + kPiece);
        if (end == std::string::npos || end <= at)
            end = at + kPiece;
        pieces.push_back(paragraph.substr(at, end - at));
        at = end + (end < paragraph.size() && paragraph[end] == ' ');
    }
    pieces.push_back(paragraph.substr(at));
}

// Every n-th document of a source that has more text than its share deserves.
std::vector<std::string> trainingPieces(const Corpus& corpus)
{
    std::vector<std::string> pieces;
    for (const auto& part : corpus.train) {
        size_t bytes = 0;
        for (const auto& one : part.documents)
            for (const auto& paragraph : one.paragraphs)
                bytes += paragraph.size();
        const auto wanted =
            static_cast<size_t>(part.source.share * static_cast<double>(kBytesPerShare));
        const size_t every = 1 + bytes / (wanted + 1);
        for (size_t i = 0; i < part.documents.size(); i += every)
            for (const auto& paragraph : part.documents[i].paragraphs)
                appendPieces(pieces, paragraph);
    }
    return pieces;
}

class Pieces : public sentencepiece::SentenceIterator
{
public:
    explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

    bool done() const override { return at_ >= pieces_.size(); }
    void Next() override { ++at_; }
    const std::string& value() const override { return pieces_[at_]; }
    sentencepiece::util::Status status() const override { return {}; }

private:
    std::vector<std::string> pieces_;
    size_t at_ = 0;
};

} // namespace

std::string trainTokenizer(const Corpus& corpus, int vocabulary)
{
    Pieces pieces(trainingPieces(corpus));
    std::string model;
    const auto status =
        sentencepiece::SentencePieceTrainer::Train({{"model_type", "bpe"},
                                                    {"vocab_size", std::to_string(vocabulary)},
                                                    {"byte_fallback", "true"},
                                                    {"character_coverage", "0.9999"},
                                                    {"split_digits", "true"},
                                                    {"normalization_rule_name", "identity"},
                                                    {"remove_extra_whitespaces", "false"},
                                                    {"unk_id", "0"},
                                                    {"bos_id", "1"},
                                                    {"eos_id", "2"},
                                                    {"pad_id", "-1"},
                                                    {"num_threads", "1"},
                                                    {"minloglevel", "1"}},
                                                   &pieces, &model);
    if (!status.ok())
        throw std::runtime_error("the tokenizer could not be trained: " + status.ToString());
    return model;
}

std::string tokenizerConfigJson(int context)
{
    return "{\n"
           "  \"tokenizer_class\": \"LlamaTokenizer\",\n"
           "  \"add_bos_token\": true,\n"
           "  \"add_eos_token\": false,\n"
           "  \"add_prefix_space\": true,\n"
           "  \"legacy\": false,\n"
           "  \"clean_up_tokenization_spaces\": false,\n"
           "  \"model_max_length\": " +
           std::to_string(context) +
           ",\n"
           "  \"unk_token\": \"<unk>\",\n"
           "  \"bos_token\": \"<s>\",\n"
           "  \"eos_token\": \"</s>\"\n"
           "}\n";
}

TextEncoder::TextEncoder(const std::string& serialisedModel)
    : processor_(std::make_unique<sentencepiece::SentencePieceProcessor>())
{
    const auto status = processor_->LoadFromSerializedProto(serialisedModel);
    if (!status.ok())
        throw std::runtime_error("the tokenizer cannot be read: " + status.ToString());
}

TextEncoder::~TextEncoder() = default;

std::vector<int> TextEncoder::encode(const std::string& text) const
{
    std::vector<int> ids;
    processor_->Encode(text, &ids);
    return ids;
}

} // namespace vitrine::learning
