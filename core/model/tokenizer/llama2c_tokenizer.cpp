#include "core/model/tokenizer/tokenizer.h"

#include "core/base/file.h"
#include "core/model/tokenizer/piece_table.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <cstring>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kVocabularyFileLimit = 1 << 30;
constexpr std::size_t kPieceHeader = sizeof(float) + sizeof(std::int32_t);

template <typename T>
T take(std::string_view& bytes)
{
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return value;
}

bool isByteName(std::string_view text)
{
    return text.size() == 6 && text.starts_with("<0x") && text.ends_with('>');
}

// llama2.c writes spaces where sentencepiece has U+2581, and puts line breaks around BOS and EOS.
ScoredPiece asSentencePiece(std::int64_t id, std::string_view text, float score)
{
    using Kind = ScoredPiece::Kind;
    if (id <= 2)
        return {id == 0   ? "<unk>"
                : id == 1 ? "<s>"
                          : "</s>",
                score, id == 0 ? Kind::unknown : Kind::control};
    if (id < 3 + 256 && isByteName(text))
        return {std::string(text), score, Kind::byte};
    return {replaceAll(text, " ", "\u2581"), score, Kind::normal};
}

} // namespace

Result<std::unique_ptr<Tokenizer>>
parseLlama2cTokenizer(std::string_view bytes, std::int64_t vocabulary, std::string_view name)
{
    const auto refuse = [&](std::string_view why) {
        return inputError("cannot read {}: {}", printableName(name), why);
    };
    if (vocabulary < 1 || static_cast<std::size_t>(vocabulary) > kVocabularyFileLimit)
        return refuse(fmt::format("a vocabulary of {} pieces is outside 1 to {}", vocabulary,
                                  kVocabularyFileLimit));
    if (bytes.size() < sizeof(std::int32_t) + static_cast<std::size_t>(vocabulary) * kPieceHeader)
        return refuse(
            fmt::format("its {} bytes are too few for {} pieces", bytes.size(), vocabulary));

    take<std::int32_t>(bytes); // the longest piece, which follows from the pieces
    std::vector<ScoredPiece> pieces;
    for (std::int64_t id = 0; id < vocabulary; ++id) {
        if (bytes.size() < kPieceHeader)
            return refuse(fmt::format("it ends before piece {} of {}", id, vocabulary));
        const auto score = take<float>(bytes);
        const auto length = take<std::int32_t>(bytes);
        if (length < 0 || static_cast<std::size_t>(length) > kTokenBytesLimit ||
            static_cast<std::size_t>(length) > bytes.size())
            return refuse(
                fmt::format("piece {} would have {} bytes, {} are left and {} are allowed", id,
                            length, bytes.size(), kTokenBytesLimit));
        pieces.push_back(
            asSentencePiece(id, bytes.substr(0, static_cast<std::size_t>(length)), score));
        bytes.remove_prefix(static_cast<std::size_t>(length));
    }
    if (!bytes.empty())
        return refuse(fmt::format("{} bytes follow its {} pieces: it belongs to another vocabulary",
                                  bytes.size(), vocabulary));
    auto made = makeScoredBpe(std::move(pieces), true);
    return made ? std::move(made) : refuse(made.error().message);
}

Result<std::unique_ptr<Tokenizer>> openLlama2c(const std::filesystem::path& file,
                                               std::int64_t vocabulary)
{
    VITRINE_TRY(const std::string bytes, readFile(file, kVocabularyFileLimit));
    return parseLlama2cTokenizer(bytes, vocabulary, file.string());
}

} // namespace vitrine::model
