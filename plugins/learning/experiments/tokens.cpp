#include "plugins/learning/experiments/tokens.h"

#include <cmath>
#include <sstream>

#include "core/base/file.h"
#ifdef VITRINE_HAS_BASELINE
#include "core/learning/tasks/kneser_ney.h"
#endif

namespace vitrine::learning_plugin
{

namespace
{

constexpr std::uint64_t kLargestFile = 4ull << 30;

std::vector<std::uint16_t> littleEndian(std::string_view bytes)
{
    std::vector<std::uint16_t> ids(bytes.size() / 2);
    for (std::size_t i = 0; i < ids.size(); ++i)
        ids[i] = static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[2 * i]) |
                                            static_cast<unsigned char>(bytes[2 * i + 1]) << 8);
    return ids;
}

} // namespace

Result<std::vector<TokenSourceText>> readTokenText(const std::filesystem::path& folder,
                                                   const std::string& name, std::int64_t vocabulary)
{
    VITRINE_TRY(const std::string bytes, readFile(folder / (name + ".tokens"), kLargestFile));
    VITRINE_TRY(const std::string index, readFile(folder / (name + ".documents"), 64ull << 20));
    const std::vector<std::uint16_t> ids = littleEndian(bytes);
    for (const std::uint16_t id : ids)
        if (id >= vocabulary)
            return inputError("cannot read {}.tokens: id {} is outside the vocabulary of {}", name,
                              id, vocabulary);

    std::vector<TokenSourceText> sources;
    std::istringstream lines(index);
    lines.imbue(std::locale::classic());
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        std::istringstream words(line);
        words.imbue(std::locale::classic());
        std::string kind, title;
        double share = 0;
        std::uint64_t source = 0, first = 0, count = 0;
        words >> kind;
        const bool good =
            kind == "source"
                ? static_cast<bool>(words >> title >> share >> first >> count)
                : kind == "document" && static_cast<bool>(words >> source >> first >> count);
        if (!good || first > ids.size() || count > ids.size() - first ||
            (kind == "document" && source >= sources.size()))
            return inputError("cannot read {}.documents: line {} does not fit {} tokens", name,
                              number, ids.size());
        if (kind == "source") {
            sources.push_back({title, {}});
            continue;
        }
        const auto start = ids.begin() + static_cast<std::ptrdiff_t>(first);
        sources[source].documents.emplace_back(start, start + static_cast<std::ptrdiff_t>(count));
    }
    return sources;
}

double TextLoss::natPerToken() const
{
    return tokens > 0 ? nat / static_cast<double>(tokens) : std::nan("");
}
double TextLoss::perplexity() const
{
    return std::exp(natPerToken());
}

TextLoss total(const std::vector<TextLoss>& losses)
{
    TextLoss all{"all"};
    for (const TextLoss& loss : losses) {
        all.tokens += loss.tokens;
        all.nat += loss.nat;
    }
    return all;
}

#ifdef VITRINE_HAS_BASELINE
Result<std::vector<TextLoss>> baselineLosses(const std::vector<TokenSourceText>& train,
                                             const std::vector<TokenSourceText>& heldOut,
                                             std::int64_t vocabulary)
{
    std::vector<std::vector<std::uint16_t>> documents;
    for (const TokenSourceText& source : train)
        documents.insert(documents.end(), source.documents.begin(), source.documents.end());
    learning::KneserNey::Options options;
    options.classes = static_cast<std::uint32_t>(vocabulary);
    const learning::KneserNey model(documents, options);
    std::vector<TextLoss> losses;
    for (const TokenSourceText& source : heldOut) {
        TextLoss loss{source.name};
        for (const auto& document : source.documents) {
            const learning::KneserNey::Score score = model.score(document);
            loss.tokens += static_cast<std::int64_t>(score.tokens);
            loss.nat += score.nat;
        }
        losses.push_back(std::move(loss));
    }
    return losses;
}
#else
Result<std::vector<TextLoss>> baselineLosses(const std::vector<TokenSourceText>&,
                                             const std::vector<TokenSourceText>&, std::int64_t)
{
    return failure("no n-gram baseline: this build leaves core/learning out");
}
#endif

} // namespace vitrine::learning_plugin
