#include "plugins/attention/experiments/forward_experiment.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/base/format.h"
#include "core/tensor/safetensors.h"
#include "plugins/attention/experiments/forward_outputs.h"
#include "plugins/attention/experiments/vision_forward.h"
#include "plugins/common/experiment_input.h"

namespace vitrine::attention_plugin
{

namespace
{

constexpr std::uint64_t kLargestOutput = 4ull << 30; // bytes of one kind of output
constexpr std::size_t kTopTokens = 20;

struct Wanted : ForwardOutputs {
    std::vector<int> layers;
    std::vector<int> heads;
};

Result<Wanted> wanted(const Params& params, const model::LlmConfig& config)
{
    VITRINE_TRY(const ForwardOutputs outputs, wantedOutputs(params.text("outputs")));
    Wanted result{outputs, {}, {}};
    VITRINE_TRY(result.layers, chosenLayers(params, config));
    std::set<int> heads;
    for (const std::int64_t head : params.integers("heads")) {
        if (head < 0 || head >= config.heads)
            return argumentError("there is no head {}: the model has the heads 0 to {}", head,
                                 config.heads - 1);
        heads.insert(static_cast<int>(head));
    }
    for (int head = 0; heads.empty() && head < config.heads; ++head)
        result.heads.push_back(head);
    result.heads.insert(result.heads.end(), heads.begin(), heads.end());
    return result;
}

double gibibytes(double bytes)
{
    return bytes / static_cast<double>(1ull << 30);
}

Result<void> checkSize(const Wanted& what, const model::LlmConfig& config, std::size_t tokens)
{
    const auto t = static_cast<double>(tokens);
    const double maps =
        4 * t * t * static_cast<double>(config.heads) * static_cast<double>(what.layers.size());
    const double logits = 4 * t * static_cast<double>(config.vocabulary);
    if (what.attention && maps > static_cast<double>(kLargestOutput))
        return argumentError(
            "the maps of {} layers would take {:.1f} GiB: choose layers=, a shorter text, or "
            "attention.capture, which needs no maps",
            what.layers.size(), gibibytes(maps));
    if (what.logits && logits > static_cast<double>(kLargestOutput))
        return argumentError("the logits of {} tokens would take {:.1f} GiB: choose a shorter text",
                             tokens, gibibytes(logits));
    return {};
}

// The rows of `heads` of a [H, T, T] block.
std::vector<float> headsOf(const std::vector<float>& maps, const std::vector<int>& heads,
                           std::size_t tokens)
{
    std::vector<float> result;
    result.reserve(heads.size() * tokens * tokens);
    for (const int head : heads) {
        const auto first = maps.begin() + static_cast<std::ptrdiff_t>(
                                              static_cast<std::size_t>(head) * tokens * tokens);
        result.insert(result.end(), first, first + static_cast<std::ptrdiff_t>(tokens * tokens));
    }
    return result;
}

Result<Artifact> writeTensors(const std::filesystem::path& folder, const Wanted& what,
                              const model::LlmConfig& config, const TokenText& text,
                              model::ForwardResult& result)
{
    const auto tokens = static_cast<std::int64_t>(text.ids.size());
    const std::vector<std::int64_t> ids(text.ids.begin(), text.ids.end());
    std::vector<NamedTensor> tensors;
    const auto add = [&](std::string name, std::vector<std::int64_t> shape,
                         const std::vector<float>& values) {
        tensors.push_back(
            {std::move(name), {DType::f32, std::move(shape), std::as_bytes(std::span(values))}});
    };
    tensors.push_back({"input_ids", {DType::i64, {tokens}, std::as_bytes(std::span(ids))}});
    if (what.logits)
        add("logits", {tokens, config.vocabulary}, result.logits);
    const auto heads = static_cast<std::int64_t>(what.heads.size());
    for (std::size_t i = 0; what.attention && i < what.layers.size(); ++i) {
        if (heads < config.heads)
            result.maps[i] = headsOf(result.maps[i], what.heads, text.ids.size());
        add(fmt::format("attention.{}", what.layers[i]), {heads, tokens, tokens}, result.maps[i]);
    }
    for (std::size_t l = 0; what.hidden && l < result.hidden.size(); ++l) {
        const bool last = l + 1 == result.hidden.size();
        if (last || std::ranges::binary_search(what.layers, static_cast<int>(l)))
            add(fmt::format("hidden.{}", l), {tokens, config.hidden}, result.hidden[l]);
    }
    Artifact artifact;
    artifact.name = "forward.safetensors";
    artifact.kind = "tensors";
    artifact.path = folder / artifact.name;
    VITRINE_CHECK(writeSafetensors(artifact.path, std::move(tensors)));
    return artifact;
}

Table topTable(std::span<const float> logits, const OpenModel& opened)
{
    Table table{"top",
                {{"rank", "1", {}, "1: the likeliest next token"},
                 {"id", "1", {}, "Token id"},
                 {"token", "", {}, "The token as the tokenizer spells it"},
                 {"logit", "1", {}, "Unnormalised log-probability"},
                 {"probability", "1", {}, "Softmax of the last position's logits"}},
                {}};
    const double top = *std::ranges::max_element(logits);
    double sum = 0;
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit) - top);
    std::vector<std::int32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto count = std::min(kTopTokens, order.size());
    const auto logit = [&](std::int32_t id) {
        return static_cast<double>(logits[static_cast<std::size_t>(id)]);
    };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(), [&](std::int32_t a, std::int32_t b) {
                          return logit(a) != logit(b) ? logit(a) > logit(b) : a < b;
                      });
    for (std::size_t i = 0; i < count; ++i)
        table.rows.push_back({static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(order[i]),
                              pieceOf(opened, order[i]), logit(order[i]),
                              std::exp(logit(order[i]) - top) / sum});
    return table;
}

} // namespace

ExperimentInfo ForwardExperiment::info() const
{
    return {
        "model.forward", "Forward pass",
        "Runs a language model once over a text, or a vision transformer over a picture, and keeps "
        "what it computed as tensors.",
        1};
}

std::vector<ParamSpec> ForwardExperiment::params(const Params& chosen) const
{
    const bool sees = isVisionModel(chosen);
    ParamSpec model = modelParam();
    model.help += "; or a vision transformer";
    model.fileKind = "any";
    std::vector<ParamSpec> specs = {model};
    for (ParamSpec& spec : sees ? seenParams() : promptParams())
        specs.push_back(std::move(spec));
    ParamSpec outputs;
    outputs.name = "outputs";
    outputs.label = "Outputs";
    outputs.help = sees
                       ? "Comma-separated: logits [classes], attention [H,T,T] per layer (Swin: "
                         "[windows,H,T,T]), hidden [T,D] per layer and at the end"
                       : "Comma-separated: logits [T,V], attention [H,T,T] per layer, hidden [T,D] "
                         "per layer and at the end";
    outputs.fallback = ParamValue(std::string("logits"));
    outputs.group = "Outputs";
    ParamSpec layers =
        layersParam("Layers whose attention and hidden states are written; empty: all");
    ParamSpec heads = layers;
    heads.name = "heads";
    heads.label = "Heads";
    heads.help = "Query heads whose attention is written; empty: all";
    specs.insert(specs.end(), {outputs, layers, heads});
    return specs;
}

Result<RunResult> ForwardExperiment::run(const Params& params, Progress& progress) const
{
    if (isVisionModel(params))
        return visionForward(params, progress);
    VITRINE_TRY(const OpenModel opened, openModel(params, &progress));
    VITRINE_TRY(const TokenText text, readTokens(params, opened));
    const model::LlmConfig& config = opened.config();
    VITRINE_TRY(Wanted what, wanted(params, config));
    what.logits = what.logits && config.languageHead;
    VITRINE_CHECK(checkSize(what, config, text.ids.size()));

    model::ForwardRequest request;
    request.logits = config.languageHead && static_cast<double>(text.ids.size()) * 4 *
                                                    static_cast<double>(config.vocabulary) <=
                                                static_cast<double>(kLargestOutput);
    request.hidden = what.hidden;
    request.allowNotFinite = true;
    if (what.attention)
        request.maps = what.layers;
    request.onLayer = [&](int layer) {
        return progress.advance(layer, static_cast<double>(config.layers), "layers");
    };
    const auto start = std::chrono::steady_clock::now();
    VITRINE_TRY(model::ForwardResult result, opened.llm.forward(text.ids, request));
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    RunResult out;
    append(out.inputs, opened.inputs);
    append(out.inputs, text.inputs);
    append(out.notes, opened.notes);
    append(out.notes, text.notes);
    if (result.notFinite)
        out.notes.push_back(model::notFiniteText(*result.notFinite));
    const bool areLogitsFinite =
        std::ranges::all_of(result.logits, [](float logit) { return std::isfinite(logit); });
    double perplexity = std::numeric_limits<double>::quiet_NaN();
    if (!areLogitsFinite)
        out.notes.push_back("No perplexity and no table of next tokens: logits are not finite.");
    else if (request.logits && text.ids.size() > 1)
        perplexity = model::perplexity(result.logits, text.ids, config.vocabulary);
    else if (config.languageHead) // else the checkpoint's notes say so
        out.notes.push_back(
            text.ids.size() > 1
                ? "No perplexity: the logits of all positions would need too much memory."
                : "No perplexity: it needs at least two tokens.");
    const auto tokens = static_cast<double>(text.ids.size());
    out.metrics = {
        {"tokens", tokens, "1", Origin::computed, "Tokens read, BOS among them"},
        {"layers", static_cast<double>(config.layers), "1", Origin::computed,
         "Layers of the model"},
        {"heads", static_cast<double>(config.heads), "1", Origin::computed,
         "Query heads per layer"},
        {"perplexity", perplexity, "1", Origin::computed,
         "exp of the mean cross entropy of each token after the first, given those before it"},
        {"seconds_prefill", seconds, "s", Origin::measured,
         "Time of the pass, with the weights' first reading"},
        {"tokens_per_second", tokens / seconds, "token/s", Origin::measured,
         "tokens / seconds_prefill"}};
    if (config.languageHead && areLogitsFinite)
        out.tables.push_back(topTable(
            std::span(result.logits).last(static_cast<std::size_t>(config.vocabulary)), opened));
    VITRINE_TRY(Artifact artifact,
                writeTensors(progress.artifactFolder(), what, config, text, result));
    out.artifacts.push_back(std::move(artifact));
    return out;
}

} // namespace vitrine::attention_plugin
