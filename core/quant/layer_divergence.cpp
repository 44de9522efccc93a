#include "core/quant/layer_divergence.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/model/llm/llm.h"
#include "core/model/llm/next_tokens.h"

#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr std::uint64_t kLargestSums = 64 << 20; // bytes

// Of the texts so far.
struct DivergenceSums {
    std::size_t windows = 0;
    std::vector<double> nat; // by variant
};

// Nothing where the file does not hold sums of that subject whole.
Result<DivergenceSums> readSums(const std::filesystem::path& file, const std::string& subject,
                                std::size_t variants, std::size_t windows)
{
    VITRINE_TRY(const std::string text, readFile(file, kLargestSums));
    VITRINE_TRY(const Json json, parseJson(text, file.string()));
    JsonFields fields(json, file.string());
    DivergenceSums sums;
    sums.windows =
        static_cast<std::size_t>(fields.integer("windows", 0, static_cast<std::int64_t>(windows)));
    for (const Json& each : fields.list("nat"))
        sums.nat.push_back(each.is_number() ? each.get<double>() : NAN);
    if (fields.neededText("subject") != subject || sums.nat.size() != variants)
        fields.fail("it is of something else");
    for (const double each : sums.nat)
        if (!std::isfinite(each))
            fields.fail("a sum is no number");
    fields.refuseOthers();
    VITRINE_CHECK(fields.done());
    return sums;
}

Result<void> writeSums(const std::filesystem::path& file, const std::string& subject,
                       const DivergenceSums& sums)
{
    return writeFileAtomically(
        file,
        dumpJson(Json{{"subject", subject}, {"windows", sums.windows}, {"nat", sums.nat}}) + "\n");
}

// The checkpoint with one layer changed.
Result<model::Llm> changedLlm(const std::shared_ptr<const model::LlmCheckpoint>& checkpoint,
                              const LayerVariant& variant)
{
    return model::Llm::open(checkpoint,
                            [&](const std::string& name,
                                kernels::SharedWeights stored) -> Result<kernels::SharedWeights> {
                                return name == variant.layer ? variant.weights()
                                                             : std::move(stored);
                            });
}

// One text; every variant begins at its own block, with what the original gives before it.
Result<void> addWindow(const model::Llm& original,
                       const std::shared_ptr<const model::LlmCheckpoint>& checkpoint,
                       std::span<const LayerVariant> variants, std::span<const std::int32_t> ids,
                       std::vector<double>& nat, const std::function<bool(double)>& tell)
{
    const std::int64_t vocabulary = checkpoint->config().vocabulary;
    VITRINE_TRY(auto read, original.forward(ids, {.hidden = true}));
    const model::NextTokens plain = model::nextTokens(std::move(read.logits), vocabulary);
    const std::vector<float> p = model::probabilities(plain);
    for (std::size_t v = 0; v < variants.size(); ++v) {
        if (!tell(static_cast<double>(v) / static_cast<double>(variants.size())))
            return cancelled();
        const int block = variants[v].block;
        const auto before =
            block > 0 ? std::span<const float>(read.hidden[static_cast<std::size_t>(block)])
                      : std::span<const float>();
        VITRINE_TRY(const model::Llm llm, changedLlm(checkpoint, variants[v]));
        VITRINE_TRY(auto changed, llm.forward(ids, {.fromLayer = block, .residual = before}));
        const auto kl =
            model::divergences(p, plain, model::nextTokens(std::move(changed.logits), vocabulary));
        for (std::size_t t = 0; t + 1 < ids.size(); ++t)
            nat[v] += kl[t];
    }
    return {};
}

} // namespace

Result<std::vector<double>>
layerDivergences(const std::shared_ptr<const model::LlmCheckpoint>& checkpoint,
                 std::span<const LayerVariant> variants,
                 std::span<const std::vector<std::int32_t>> windows,
                 const std::filesystem::path& file, const std::string& subject,
                 const std::function<bool(double share)>& progress)
{
    double predicted = 0;
    for (const auto& window : windows)
        predicted += window.empty() ? 0 : static_cast<double>(window.size() - 1);
    if (predicted == 0)
        return argumentError("no text in which a token can be predicted");
    VITRINE_TRY(const model::Llm original, model::Llm::open(checkpoint));
    DivergenceSums sums{.nat = std::vector<double>(variants.size())};
    if (auto kept = readSums(file, subject, variants.size(), windows.size()))
        sums = *std::move(kept);
    while (sums.windows < windows.size()) {
        VITRINE_CHECK(addWindow(
            original, checkpoint, variants, windows[sums.windows], sums.nat, [&](double share) {
                return !progress || progress((static_cast<double>(sums.windows) + share) /
                                             static_cast<double>(windows.size()));
            }));
        ++sums.windows;
        VITRINE_CHECK(writeSums(file, subject, sums));
    }
    for (double& each : sums.nat)
        each /= predicted;
    return sums.nat;
}

} // namespace vitrine::quant
