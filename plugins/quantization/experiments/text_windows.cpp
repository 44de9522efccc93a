#include "plugins/quantization/experiments/text_windows.h"

#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/base/random.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/model/task/text_lines.h"

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

using Windows = std::vector<std::vector<std::int32_t>>;

constexpr std::uint64_t kLargestText = 64ull << 20;
constexpr std::size_t kLeastWindow = 16; // tokens
constexpr const char* kShippedCalibration = "texts/calibration-64.jsonl";
constexpr const char* kShippedEvaluation = "texts/held-out-20.jsonl";

void addWindows(const std::vector<std::int32_t>& ids, const std::vector<std::int32_t>& front,
                std::int64_t length, Windows& windows)
{
    const auto room = static_cast<std::size_t>(length) - front.size();
    for (std::size_t at = 0; at < ids.size(); at += room) {
        std::vector<std::int32_t> window = front;
        const std::size_t end = std::min(ids.size(), at + room);
        window.insert(window.end(), ids.begin() + static_cast<std::ptrdiff_t>(at),
                      ids.begin() + static_cast<std::ptrdiff_t>(end));
        if (window.size() >= kLeastWindow)
            windows.push_back(std::move(window));
    }
}

Result<void> readFileWindows(const std::filesystem::path& path, const char* name,
                             std::int64_t length, const OpenModel& opened, TextWindows& out)
{
    VITRINE_TRY(const std::string bytes, readFile(path, kLargestText));
    VITRINE_TRY(InputFile input, hashInput(name, path));
    out.inputs.push_back(std::move(input));
    std::vector<std::string> texts = {bytes};
    if (path.extension() == ".jsonl") {
        VITRINE_TRY(texts, model::parseTextLines(bytes, path.filename().string()));
    }
    for (const std::string& text : texts) {
        auto ids = inFile(path.string(), opened.tokenizer->encode(text));
        if (!ids) // the file is at fault, not who named it
            return tl::unexpected(Error{ErrorKind::input, ids.error().message});
        addWindows(*ids, opened.tokenizer->front(), length, out.windows);
    }
    if (out.windows.empty())
        return inputError("{} holds no text of at least {} tokens", path.string(), kLeastWindow);
    return {};
}

Result<void> writeWindows(const Params& params, TextUse use, std::int64_t length, std::int64_t most,
                          const OpenModel& opened, Progress& progress, TextWindows& out)
{
    const std::vector<std::int32_t> front = opened.tokenizer->front();
    if (front.empty())
        return argumentError("{} has no token that begins a text, so it cannot write texts of its "
                             "own; give a text file",
                             opened.name);
    constexpr std::int64_t kTexts = 64;
    const std::int64_t wanted = most > 0 ? most : kTexts;
    // Seeds of one use are no seeds of the other.
    const std::uint64_t first = static_cast<std::uint64_t>(params.integer("seed")) * 2'000'003 +
                                (use == TextUse::evaluation ? 1'000'000 : 0);
    for (std::int64_t i = 0; i < 4 * wanted; ++i) {
        if (static_cast<std::int64_t>(out.windows.size()) == wanted)
            break;
        if (!progress.advance(static_cast<double>(out.windows.size()), static_cast<double>(wanted),
                              "generated texts"))
            return cancelled();
        const model::Sampling sampling{
            .maxTokens = static_cast<int>(length - static_cast<std::int64_t>(front.size())),
            .temperature = 1,
            .seed = first + static_cast<std::uint64_t>(i)};
        VITRINE_TRY(const auto ids,
                    model::generate(opened.llm, front, sampling, opened.config().eos));
        addWindows(ids, front, length, out.windows);
    }
    if (out.windows.empty())
        return failure("{} writes no text of {} tokens", opened.name, kLeastWindow);
    out.notes.push_back(fmt::format(
        "{} {} texts that the model itself wrote at temperature 1: perplexities on them say how "
        "near a version is to the original, not how good the original is.",
        use == TextUse::calibration ? "Calibrated on" : "Judged on", out.windows.size()));
    return {};
}

} // namespace

std::int64_t TextWindows::tokens() const
{
    std::int64_t sum = 0;
    for (const auto& window : windows)
        sum += static_cast<std::int64_t>(window.size());
    return sum;
}

Result<TextWindows> readTextWindows(const Params& params, const char* name, TextUse use,
                                    std::int64_t length, std::int64_t most, const OpenModel& opened,
                                    Progress& progress)
{
    if (!opened.tokenizer)
        return argumentError("{} has no tokenizer, so it cannot read texts", opened.name);
    const std::string given = params.has(name) ? params.text(name) : std::string();
    TextWindows out;
    if (given == kGenerated) {
        VITRINE_CHECK(writeWindows(params, use, length, most, opened, progress, out));
        return out;
    }
    std::filesystem::path path = given;
    if (given.empty()) {
        VITRINE_TRY(path, findResource(use == TextUse::calibration ? kShippedCalibration
                                                                   : kShippedEvaluation));
    }
    VITRINE_CHECK(readFileWindows(path, name, length, opened, out));
    if (use == TextUse::calibration) {
        Random random(static_cast<std::uint64_t>(params.integer("seed")));
        for (std::size_t i = out.windows.size(); i > 1; --i)
            std::swap(out.windows[i - 1], out.windows[random.below(i)]);
    }
    if (most > 0 && static_cast<std::int64_t>(out.windows.size()) > most)
        out.windows.resize(static_cast<std::size_t>(most));
    return out;
}

} // namespace vitrine::quantization_plugin
