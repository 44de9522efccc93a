#include "plugins/quantization/experiments/planes_experiment.h"

#include "core/base/format.h"
#include "plugins/quantization/experiments/planes_session.h"
#include "plugins/quantization/experiments/text_windows.h"

#include <algorithm>
#include <optional>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kMostPlanes = 8;

} // namespace

std::string layerPlanesText(const std::map<std::string, int>& planes)
{
    std::string text;
    for (const auto& [layer, own] : planes)
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", layer, own);
    return text;
}

Result<std::map<std::string, int>> parseLayerPlanes(std::string_view text)
{
    std::map<std::string, int> planes;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        const auto sign = part.rfind('=');
        const auto own = sign == part.npos ? std::nullopt : parseReal(part.substr(sign + 1));
        if (sign == 0 || !own || *own != static_cast<int>(*own) || *own < 1 || *own > kMostPlanes)
            return argumentError("layer_planes: \"{}\" does not say a layer and its planes, as in "
                                 "model.layers.0.mlp.up_proj.weight=2",
                                 part);
        if (!planes.emplace(part.substr(0, sign), static_cast<int>(*own)).second)
            return argumentError("layer_planes: {} is there twice", part.substr(0, sign));
    }
    return planes;
}

ExperimentInfo PlanesExperiment::info() const
{
    return {"quantization.planes", "Drop bits of a packed model",
            "Runs a packed language model on the first of its planes, beside the original: what it "
            "says, how well it predicts, how fast it is.",
            1};
}

std::vector<ParamSpec> PlanesExperiment::params(const Params&) const
{
    std::vector<ParamSpec> specs = {modelParam()};
    specs.back().label = "Original";
    const auto add = [&](const char* name, const char* label, const char* group, ParamType type,
                         const char* help) -> ParamSpec& {
        ParamSpec spec;
        spec.name = name, spec.label = label, spec.group = group, spec.type = type;
        spec.help = help;
        return specs.emplace_back(std::move(spec));
    };
    add("packed", "Packed model", "Model", ParamType::file,
        "The folder of its quantized version: planes of codes");
    specs.push_back(numberParam("planes", "Planes", "Bits",
                                "The first ones of each layer, all it has where that is fewer; 0: "
                                "all",
                                0, kMostPlanes, std::int64_t{0}));
    ParamSpec& single = add("layer_planes", "Of single layers", "Bits", ParamType::text,
                            "Other planes of some layers: model.layers.0.mlp.up_proj.weight=2,...");
    single.fallback = ParamValue(std::string());
    single.advanced = true;
    single.check = [](const std::string& text) -> Result<void> {
        VITRINE_CHECK(parseLayerPlanes(text));
        return {};
    };
    ParamSpec& prompt = add("prompt", "Prompt", "Text", ParamType::text, "Text that both continue");
    prompt.fallback = ParamValue(std::string("Once upon a time"));
    prompt.multiline = true;
    specs.push_back(numberParam("max_tokens", "Tokens", "Text", "Of the continuation, at most", 0,
                                1024, std::int64_t{32}));
    add("evaluate", "Text that judges", "Text", ParamType::text,
        "A text, or .jsonl; empty: the shipped held-out texts; generated: texts that the original "
        "itself writes")
        .optional = true;
    specs.push_back(numberParam("evaluate_windows", "Its windows", "Text",
                                "The first ones; 0: not judged", 0, 64, std::int64_t{2}));
    specs.push_back(numberParam("window", "Window", "Text",
                                "Tokens of a window, at most the model's context", 32, 4096,
                                std::int64_t{512}));
    specs.push_back(numberParam("speed_tokens", "Tokens for speed", "Result",
                                "Decoded to measure tokens per second; 0: not measured", 0, 4096,
                                std::int64_t{16}));
    return specs;
}

Result<RunResult> PlanesExperiment::run(const Params& params, Progress& progress) const
{
    return runPlanes(params, progress);
}

Result<std::unique_ptr<LiveSession>> PlanesExperiment::open(const Params& params) const
{
    return openPlanes(params);
}

} // namespace vitrine::quantization_plugin
