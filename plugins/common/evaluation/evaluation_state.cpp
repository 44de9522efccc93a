#include "plugins/common/evaluation/evaluation.h"

#include "core/base/hash.h"

#include <cstring>

// The bytes of an evaluation that was stopped: "VTEV", u32 version, 64 digits of the subject's
// SHA-256, u32 sets per item (2 and the controls), u32 items that are complete; for each item and
// set i32 chosen, per character and mutual, f64 gold log-probability, f64 loss, 3 i64 and f64 of
// the counts, u32 scores and these as f64; 64 digits of the SHA-256 of all before. Little-endian.
namespace vitrine::evaluation
{
namespace
{

constexpr std::string_view kMagic = "VTEV";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kDigest = 64;

std::string digestOf(std::string_view bytes)
{
    return sha256(std::as_bytes(std::span(bytes)));
}

template <typename T>
void appendBytes(std::string& bytes, T value)
{
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void appendItem(std::string& bytes, const Answer& item)
{
    appendBytes(bytes, static_cast<std::int32_t>(item.score.chosen));
    appendBytes(bytes, static_cast<std::int32_t>(item.score.chosenNormalised));
    appendBytes(bytes, static_cast<std::int32_t>(item.score.chosenMutual));
    appendBytes(bytes, item.score.goldLogProbability);
    appendBytes(bytes, item.loss);
    for (const std::int64_t count : item.counts)
        appendBytes(bytes, count);
    appendBytes(bytes, item.sum);
    appendBytes(bytes, static_cast<std::uint32_t>(item.score.scores.size()));
    for (const double score : item.score.scores)
        appendBytes(bytes, score);
}

// Takes values off the front; what is not there makes it fail for good.
struct Reader {
    std::string_view bytes;
    bool isWhole = true;

    template <typename T>
    T take()
    {
        T value{};
        isWhole = isWhole && bytes.size() >= sizeof value;
        if (!isWhole)
            return value;
        std::memcpy(&value, bytes.data(), sizeof value);
        bytes.remove_prefix(sizeof value);
        return value;
    }
    Answer takeItem()
    {
        Answer item;
        item.score.chosen = take<std::int32_t>();
        item.score.chosenNormalised = take<std::int32_t>();
        item.score.chosenMutual = take<std::int32_t>();
        item.score.goldLogProbability = take<double>();
        item.loss = take<double>();
        for (std::int64_t& count : item.counts)
            count = take<std::int64_t>();
        item.sum = take<double>();
        const auto scores = take<std::uint32_t>();
        isWhole = isWhole && scores <= bytes.size() / sizeof(double);
        for (std::uint32_t i = 0; isWhole && i < scores; ++i)
            item.score.scores.push_back(take<double>());
        return item;
    }
};

} // namespace

std::string evaluationState(const Evaluation& evaluation, std::string_view subject)
{
    // An item is complete when the last set has it.
    const std::size_t complete =
        evaluation.controls.empty() ? evaluation.after.size() : evaluation.controls.back().size();
    std::string bytes(kMagic);
    appendBytes(bytes, kVersion);
    bytes += digestOf(subject);
    appendBytes(bytes, static_cast<std::uint32_t>(2 + evaluation.controls.size()));
    appendBytes(bytes, static_cast<std::uint32_t>(complete));
    for (std::size_t i = 0; i < complete; ++i) {
        appendItem(bytes, evaluation.before[i]);
        appendItem(bytes, evaluation.after[i]);
        for (const auto& control : evaluation.controls)
            appendItem(bytes, control[i]);
    }
    return bytes + digestOf(bytes);
}

Result<void> restoreEvaluation(std::string_view bytes, std::string_view subject, std::size_t items,
                               Evaluation& evaluation)
{
    if (bytes.size() < kMagic.size() + 4 + 2 * kDigest || !bytes.starts_with(kMagic))
        return inputError("the saved state is no state of an evaluation");
    const std::string_view body = bytes.substr(0, bytes.size() - kDigest);
    if (digestOf(body) != bytes.substr(body.size()))
        return inputError("the saved state is damaged");
    Reader reader{body.substr(kMagic.size())};
    if (const auto version = reader.take<std::uint32_t>(); version != kVersion)
        return inputError("the saved state has version {}, {} expected", version, kVersion);
    if (reader.bytes.substr(0, kDigest) != digestOf(subject))
        return inputError("the saved state belongs to an evaluation with other parameters");
    reader.bytes.remove_prefix(kDigest);
    const auto sets = reader.take<std::uint32_t>(), complete = reader.take<std::uint32_t>();
    if (sets != 2 + evaluation.controls.size() || complete > items)
        return inputError("the saved state holds more than this evaluation asks");
    Evaluation restored = evaluation;
    for (std::uint32_t i = 0; reader.isWhole && i < complete; ++i) {
        restored.before.push_back(reader.takeItem());
        restored.after.push_back(reader.takeItem());
        for (auto& control : restored.controls)
            control.push_back(reader.takeItem());
    }
    if (!reader.isWhole || !reader.bytes.empty())
        return inputError("the saved state does not hold the {} items it announces", complete);
    evaluation = std::move(restored);
    return {};
}

} // namespace vitrine::evaluation
