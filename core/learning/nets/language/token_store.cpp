#include "core/learning/nets/language/token_store.h"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

std::vector<uint16_t> readIds(const std::string& path)
{
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    const auto bytes = static_cast<size_t>(in.tellg());
    std::vector<unsigned char> raw(bytes);
    in.seekg(0);
    in.read(reinterpret_cast<char*>(raw.data()), static_cast<std::streamsize>(bytes));
    std::vector<uint16_t> ids(bytes / 2);
    for (size_t i = 0; i < ids.size(); ++i)
        ids[i] = static_cast<uint16_t>(raw[2 * i] | raw[2 * i + 1] << 8);
    return ids;
}

// A number that depends on its arguments alone (SplitMix64, Steele et al. 2014).
uint64_t mixed(uint64_t seed, uint64_t value)
{
    uint64_t z =
        seed * 0x9e3779b97f4a7c15ULL + value * 0xd1b54a32d192ed03ULL + 0x2545f4914f6cdd1dULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

// Where walk number `round` visits block `index` of `blocks`: a step that has no common factor with
// their number reaches every block once.
int64_t shuffledBlock(int64_t index, int64_t blocks, uint64_t seed)
{
    uint64_t stride = mixed(seed, 1) % static_cast<uint64_t>(blocks) + 1;
    while (std::gcd(stride, static_cast<uint64_t>(blocks)) != 1)
        ++stride;
    const uint64_t start = mixed(seed, 2);
    return static_cast<int64_t>(
        (start % static_cast<uint64_t>(blocks) + static_cast<uint64_t>(index) * stride) %
        static_cast<uint64_t>(blocks));
}

} // namespace

TokenStore readTokenStore(const std::string& folder, const std::string& name)
{
    TokenStore store;
    store.ids = readIds(folder + "/" + name + ".tokens");
    const std::string path = folder + "/" + name + ".documents";
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    const auto total = static_cast<int64_t>(store.ids.size());
    int number = 1;
    for (std::string line; std::getline(in, line); ++number) {
        std::istringstream words(line);
        words.imbue(std::locale::classic());
        std::string kind, rest;
        int64_t first = -1, tokens = -1;
        words >> kind;
        if (kind == "source") {
            TokenSource source{};
            words >> source.name >> source.share >> first >> tokens;
            store.sources.push_back({source.name, source.share, first, tokens});
        } else if (kind == "document") {
            size_t source = 0;
            words >> source >> first >> tokens;
            store.documents.push_back({source, first, tokens});
            if (source >= store.sources.size())
                first = -1;
        }
        if (!words || words >> rest || first < 0 || tokens < 0 || first > total ||
            tokens > total - first)
            throw std::runtime_error(path + ":" + std::to_string(number) + ": \"" + line +
                                     "\" does not fit the tokens");
    }
    return store;
}

WindowSampler::WindowSampler(const TokenStore& store, double mixedShare, uint64_t seed)
    : store_(store), mixedShare_(mixedShare), seed_(seed), taken_(store.sources.size(), 0)
{
    std::vector<double> shares;
    for (const auto& source : store.sources)
        shares.push_back(source.share);
    choice_ = {shares.begin(), shares.end()};
}

void WindowSampler::appendPiece(std::vector<int64_t>& ids, int64_t tokens, std::mt19937_64& random)
{
    const size_t chosen = choice_(random);
    const TokenSource& source = store_.sources[chosen];
    const int64_t length = std::min(tokens, source.tokens);
    const int64_t blocks = std::max<int64_t>(1, source.tokens / length);
    const int64_t visit = taken_[chosen] / length;
    const uint64_t walk = mixed(seed_ + chosen, static_cast<uint64_t>(visit / blocks));
    const int64_t slack = source.tokens - blocks * length;
    const int64_t shift =
        slack > 0 ? static_cast<int64_t>(mixed(walk, 3) % static_cast<uint64_t>(slack + 1)) : 0;
    const int64_t start =
        source.first + shift + shuffledBlock(visit % blocks, blocks, walk) * length;
    taken_[chosen] += length;

    const uint16_t* from = store_.ids.data() + start;
    if (*from != kBeginOfText)
        ids.push_back(kBeginOfText);
    ids.insert(ids.end(), from, from + length);
}

Batch WindowSampler::draw(int64_t windows, int64_t tokens, int64_t step)
{
    std::mt19937_64 random(mixed(seed_, static_cast<uint64_t>(step)));
    Batch batch{torch::empty({windows, tokens}, torch::kLong),
                torch::empty({windows, tokens}, torch::kLong)};
    for (int64_t w = 0; w < windows; ++w) {
        std::vector<int64_t> ids;
        const auto wanted = static_cast<size_t>(tokens + 1);
        const bool packed = std::uniform_real_distribution<>()(random) < mixedShare_;
        const int64_t pieces = packed ? 2 + static_cast<int64_t>(random() % 3) : 1;
        while (ids.size() < wanted)
            appendPiece(ids, std::max<int64_t>(2, tokens / pieces), random);
        std::copy_n(ids.begin(), tokens, batch.inputs.data_ptr<int64_t>() + w * tokens);
        std::copy_n(ids.begin() + 1, tokens, batch.targets.data_ptr<int64_t>() + w * tokens);
    }
    return batch;
}

} // namespace vitrine::learning
