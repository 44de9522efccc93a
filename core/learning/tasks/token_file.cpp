#include "core/learning/tasks/token_file.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{

size_t TokenisedSource::tokenCount() const
{
    size_t count = 0;
    for (const auto& document : documents)
        count += document.size();
    return count;
}

std::vector<TokenisedSource> tokenise(const std::vector<CorpusPart>& parts,
                                      const TextEncoder& encoder)
{
    std::vector<TokenisedSource> sources;
    for (const auto& part : parts) {
        sources.push_back({part.source.name, part.source.share, {}});
        for (const auto& document : part.documents) {
            std::vector<uint16_t> ids = {kDocumentStart};
            for (const int id : encoder.encode(document.text()))
                ids.push_back(static_cast<uint16_t>(id));
            ids.push_back(kDocumentEnd);
            sources.back().documents.push_back(std::move(ids));
        }
    }
    return sources;
}

void writeTokens(const std::vector<TokenisedSource>& sources, const std::string& folder,
                 const std::string& name)
{
    const std::string base = folder + "/" + name;
    std::ofstream tokens(base + ".tokens", std::ios::binary), index(base + ".documents");
    index.imbue(std::locale::classic());
    size_t at = 0;
    for (const auto& source : sources) {
        index << "source " << source.name << ' ' << source.share << ' ' << at << ' '
              << source.tokenCount() << '\n';
        at += source.tokenCount();
    }
    at = 0;
    for (size_t s = 0; s < sources.size(); ++s)
        for (const auto& document : sources[s].documents) {
            index << "document " << s << ' ' << at << ' ' << document.size() << '\n';
            at += document.size();
            for (const uint16_t id : document) {
                tokens.put(static_cast<char>(id & 0xff));
                tokens.put(static_cast<char>(id >> 8));
            }
        }
    if (!tokens.flush() || !index.flush())
        throw std::runtime_error("cannot write " + base + ".tokens");
}

std::vector<TokenisedSource> readTokens(const std::string& folder, const std::string& name)
{
    const std::string base = folder + "/" + name;
    std::ifstream tokens(base + ".tokens", std::ios::binary), index(base + ".documents");
    const std::string bytes{std::istreambuf_iterator<char>(tokens), {}};
    if (!tokens || !index)
        throw std::runtime_error("cannot read " + base + ".tokens and .documents");
    std::vector<TokenisedSource> sources;
    const size_t total = bytes.size() / 2;
    int number = 1;
    for (std::string line; std::getline(index, line); ++number) {
        std::istringstream words(line);
        words.imbue(std::locale::classic());
        std::string kind, source, rest;
        double share = 0.0;
        size_t which = 0, first = 0, count = 0;
        words >> kind;
        if (kind == "source" && words >> source >> share >> first >> count && !(words >> rest)) {
            sources.push_back({source, share, {}});
            continue;
        }
        if (kind != "document" || !(words >> which >> first >> count) || words >> rest ||
            which >= sources.size() || first > total || count > total - first)
            throw std::runtime_error(base + ".documents:" + std::to_string(number) + ": \"" + line +
                                     "\" does not fit the tokens");
        std::vector<uint16_t> document(count);
        for (size_t i = 0; i < count; ++i)
            document[i] =
                static_cast<uint16_t>(static_cast<unsigned char>(bytes[2 * (first + i)]) |
                                      static_cast<unsigned char>(bytes[2 * (first + i) + 1]) << 8);
        sources[which].documents.push_back(std::move(document));
    }
    return sources;
}

} // namespace vitrine::learning
