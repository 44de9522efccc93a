#include "plugins/attention/experiments/pass.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/attention/capture.h"
#include "core/attention/head_list.h"
#include "core/base/format.h"
#include "plugins/common/experiment_sinks.h"

namespace vitrine::attention_plugin
{

namespace
{

struct Keeping {
    std::vector<model::LayerHead> heads;
    std::string note;
};

std::uint64_t budgetOf(const Params& params)
{
    return static_cast<std::uint64_t>(params.integer("budget")) << 20;
}

Result<Keeping> keeping(const Params& params, const model::LlmConfig& config,
                        const std::vector<int>& layers, std::size_t tokens)
{
    Keeping result;
    const std::string& keep = params.text("keep");
    if (keep == "none")
        return result;
    if (keep != "all") {
        VITRINE_TRY(result.heads, attention::parseHeads(keep, "keep", config));
        return result;
    }
    for (const int layer : layers)
        for (int head = 0; head < config.heads; ++head)
            result.heads.push_back({layer, head});
    // Half precision must fit: Q and K of 2 bytes a number.
    const std::uint64_t perHead =
        std::max<std::uint64_t>(1, 4ull * tokens * static_cast<std::uint64_t>(config.headSize));
    const std::uint64_t fit = budgetOf(params) / perHead;
    if (fit < result.heads.size()) {
        result.note = fmt::format("Queries and keys of the first {} of {} heads are kept, as many "
                                  "as the budget of {} holds: "
                                  "raise budget, or choose layers or keep.",
                                  fit, result.heads.size(), bytesText(budgetOf(params)));
        result.heads.resize(static_cast<std::size_t>(fit));
    }
    return result;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

} // namespace

std::vector<ParamSpec> passParams()
{
    ParamSpec keep;
    keep.name = "keep";
    keep.label = "Heads to keep";
    keep.help = "Heads whose Q and K are kept, so that their map can be looked at: all, none, or "
                "layer.head,layer.head,...";
    keep.fallback = ParamValue(std::string("all"));
    keep.group = "Layers and heads";
    ParamSpec budget =
        numberParam("budget", "Budget", "Layers and heads",
                    "Room for Q and K: single precision within it, half precision beyond", 0,
                    1 << 20, std::int64_t{512});
    budget.unit = "MiB";
    budget.advanced = true;
    ParamSpec overhead;
    overhead.name = "overhead";
    overhead.label = "Measure the overhead";
    overhead.type = ParamType::boolean;
    overhead.help = "Times a plain pass beside the capturing one (metric capture_overhead); costs "
                    "about the pass again";
    overhead.fallback = ParamValue(true);
    overhead.group = "Layers and heads";
    overhead.advanced = true;
    return {layersParam("Layers to capture; empty: all"), keep, budget, overhead};
}

Result<CapturePass> runPass(const Params& params, const OpenModel& opened, Progress& progress)
{
    const model::LlmConfig& config = opened.config();
    CapturePass pass;
    VITRINE_TRY(pass.text, readTokens(params, opened));
    VITRINE_TRY(pass.layers, chosenLayers(params, config));
    VITRINE_TRY(Keeping keep, keeping(params, config, pass.layers, pass.text.ids.size()));
    if (!keep.note.empty())
        pass.notes.push_back(keep.note);

    model::ForwardRequest request;
    request.logits = false;
    request.summaries = true;
    request.allowNotFinite = true;
    request.keep = std::move(keep.heads);
    request.onLayer = [&](int layer) {
        return progress.advance(layer, static_cast<double>(config.layers), "layers");
    };
    VITRINE_TRY(pass.result, opened.llm.forward(pass.text.ids, request));
    if (pass.result.notFinite)
        pass.notes.push_back(model::notFiniteText(*pass.result.notFinite));
    pass.captured = captured(pass.result, pass.layers, config.slidingWindow, pass.text.pieces);
    return pass;
}

Result<Artifact> writePass(CapturePass& pass, const Params& params, const OpenModel& opened,
                           const std::filesystem::path& file)
{
    const model::LlmConfig& config = opened.config();
    attention::CaptureInfo info;
    info.model = opened.name;
    info.tokenTexts = pass.text.pieces;
    info.layerIds = pass.layers;
    info.scale = 1 / std::sqrt(static_cast<double>(config.headSize));
    info.window = config.slidingWindow;
    info.headSize = config.headSize;
    VITRINE_TRY(const auto notes,
                writeCapture(file, info, pass.text.ids, pass.result, budgetOf(params)));
    append(pass.notes, notes);
    Artifact artifact;
    artifact.name = "capture.safetensors";
    artifact.kind = "capture";
    artifact.path = file;
    return artifact;
}

RunResult captureResult(const CapturePass& pass, const Params& params, const OpenModel& opened,
                        Artifact artifact)
{
    RunResult result;
    append(result.inputs, opened.inputs);
    append(result.inputs, pass.text.inputs);
    append(result.notes, opened.notes);
    append(result.notes, pass.text.notes);
    append(result.notes, pass.notes);
    describe(pass.captured, sinkOptions(params), result);
    result.artifacts.push_back(std::move(artifact));
    return result;
}

Result<RunResult> captureResult(CapturePass& pass, const Params& params, const OpenModel& opened,
                                const std::filesystem::path& file)
{
    VITRINE_TRY(Artifact artifact, writePass(pass, params, opened, file));
    return captureResult(pass, params, opened, std::move(artifact));
}

Result<double> measureOverhead(const CapturePass& pass, const OpenModel& opened, Progress& progress)
{
    using Clock = std::chrono::steady_clock;
    constexpr double kPatience = 1; // seconds of repeating
    std::vector<double> plain, capture;
    double spent = 0;
    do {
        for (const bool summaries : {false, true}) {
            model::ForwardRequest request;
            request.logits = false;
            request.summaries = summaries;
            request.allowNotFinite = true;
            request.onLayer = [&](int) { return !progress.isCancelled(); };
            const auto start = Clock::now();
            VITRINE_TRY(const auto result, opened.llm.forward(pass.text.ids, request));
            const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
            (summaries ? capture : plain).push_back(seconds);
            spent += seconds;
        }
    } while (plain.size() < 9 && spent + spent / static_cast<double>(plain.size()) < kPatience);
    return median(capture) / median(plain) - 1;
}

} // namespace vitrine::attention_plugin
