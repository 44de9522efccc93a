#include "core/model/tokenizer.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/model/piece_table.h"
#include "core/model/utf8.h"

#include <sentencepiece_processor.h>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kModelLimit = 64 << 20;

class SentencePieceTokenizer : public Tokenizer
{
public:
    static Result<std::unique_ptr<Tokenizer>> open(const std::filesystem::path& file);

    std::int64_t size() const override { return processor_.GetPieceSize(); }
    Result<std::vector<std::int32_t>> encode(std::string_view text) const override
    {
        if (text.size() > kLongestText)
            return inputError("the text has {} bytes, at most {} can be tokenized at once",
                              text.size(), kLongestText);
        VITRINE_CHECK(checkUtf8(text));
        std::vector<int> ids;
        if (const auto status = processor_.Encode({text.data(), text.size()}, &ids); !status.ok())
            return failure("sentencepiece cannot tokenize the text: {}", status.error_message());
        return ids;
    }
    std::string decode(std::span<const std::int32_t> ids) const override
    {
        std::vector<int> known;
        for (const std::int32_t id : ids)
            if (id >= 0 && id < size())
                known.push_back(id);
        std::string text;
        const auto status = processor_.Decode(known, &text);
        return status.ok() ? repairUtf8(text) : std::string();
    }
    std::string piece(std::int32_t id) const override
    {
        return id >= 0 && id < size() ? processor_.IdToPiece(id) : fmt::format("<no token {}>", id);
    }
    std::optional<std::int32_t> bos() const override
    {
        return processor_.bos_id() >= 0 ? std::optional<std::int32_t>(processor_.bos_id())
                                        : std::nullopt;
    }
    std::vector<std::int32_t> eos() const override
    {
        if (processor_.eos_id() < 0)
            return {};
        return {processor_.eos_id()};
    }
    bool addsBos() const override { return bos().has_value(); }
    std::string fingerprint() const override { return fingerprint_; }

private:
    sentencepiece::SentencePieceProcessor processor_;
    std::string fingerprint_;
};

Result<std::unique_ptr<Tokenizer>> SentencePieceTokenizer::open(const std::filesystem::path& file)
{
    VITRINE_TRY(const std::string bytes, readFile(file, kModelLimit));
    auto opened = std::make_unique<SentencePieceTokenizer>();
    if (const auto status = opened->processor_.LoadFromSerializedProto(bytes); !status.ok())
        return inputError("cannot read {}: it is not a sentencepiece model", file.string());
    if (opened->size() < 1 || static_cast<std::size_t>(opened->size()) > kVocabularyLimit)
        return inputError("cannot read {}: a vocabulary of {} pieces is outside 1 to {}",
                          file.string(), opened->size(), kVocabularyLimit);
    opened->fingerprint_ = sha256(std::as_bytes(std::span(bytes)));
    return opened;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> openSentencePiece(const std::filesystem::path& file)
{
    return SentencePieceTokenizer::open(file);
}

} // namespace vitrine::model
