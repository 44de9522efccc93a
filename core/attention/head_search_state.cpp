#include "core/attention/head_search.h"

#include "core/base/format.h"
#include "core/base/hash.h"

#include <cmath>
#include <cstring>

// The bytes of a search: "VTHS", u32 version, 64 digits of the subject's SHA-256, u64 number of
// records, records {u32 set, u32 item, u8 correct, f64 gold log-probability}, 64 digits of the
// SHA-256 of all before. Little-endian. Sets: 0 none, 1.. the candidates, then all kept ones, then
// the controls.
namespace vitrine::attention
{
namespace
{

constexpr std::string_view kMagic = "VTHS";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kDigest = 64, kRecord = 17, kHead = 4 + 4 + kDigest + 8;

std::string digestOf(std::string_view bytes)
{
    return sha256(std::as_bytes(std::span(bytes)));
}

template <typename T>
void append(std::string& bytes, T value)
{
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T take(std::string_view bytes, std::size_t at)
{
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

} // namespace

std::string HeadSearch::fingerprint() const
{
    std::string text = fmt::format(
        "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", subject_, headsText(candidates_), datasets_.size(),
        static_cast<int>(options_.rule), shortest(options_.margin), options_.cap,
        static_cast<int>(options_.stopping), options_.proxyItems, options_.controls, options_.seed);
    for (const int dataset : datasets_)
        text += fmt::format(",{}", dataset);
    return digestOf(text);
}

std::string HeadSearch::state() const
{
    std::string bytes(kMagic);
    append(bytes, kVersion);
    bytes += fingerprint();
    append(bytes, static_cast<std::uint64_t>(outcomes_.size()));
    for (const auto& [key, outcome] : outcomes_) {
        append(bytes, key.first);
        append(bytes, key.second);
        append(bytes, static_cast<std::uint8_t>(outcome.correct ? 1 : 0));
        append(bytes, outcome.goldLogProbability);
    }
    return bytes + digestOf(bytes);
}

Result<void> HeadSearch::restore(std::string_view bytes)
{
    if (bytes.size() < kHead + kDigest || !bytes.starts_with(kMagic))
        return inputError("the saved state is no state of a head search");
    if (const auto version = take<std::uint32_t>(bytes, 4); version != kVersion)
        return inputError("the saved state has version {}, {} expected", version, kVersion);
    const std::string_view body = bytes.substr(0, bytes.size() - kDigest);
    if (digestOf(body) != bytes.substr(body.size()))
        return inputError("the saved state is damaged");
    if (bytes.substr(8, kDigest) != fingerprint())
        return inputError("the saved state belongs to a search with other parameters");
    const auto count = take<std::uint64_t>(bytes, 8 + kDigest);
    if (count != (body.size() - kHead) / kRecord || (body.size() - kHead) % kRecord != 0)
        return inputError("the saved state does not hold the {} outcomes it announces", count);
    const std::size_t sets = candidates_.size() + 2 + static_cast<std::size_t>(options_.controls);
    std::map<Key, Outcome> outcomes;
    for (std::size_t at = kHead; at < body.size(); at += kRecord) {
        const Key key{take<std::uint32_t>(bytes, at), take<std::uint32_t>(bytes, at + 4)};
        const auto correct = take<std::uint8_t>(bytes, at + 8);
        const Outcome outcome{correct == 1, take<double>(bytes, at + 9)};
        if (key.first >= sets || key.second >= datasets_.size() || correct > 1 ||
            !outcomes.emplace(key, outcome).second)
            return inputError("the saved state holds an outcome that this search cannot have");
    }
    outcomes_ = std::move(outcomes);
    return {};
}

} // namespace vitrine::attention
