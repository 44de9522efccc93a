#include "plugins/superres/experiments/upscale_params.h"

#include "core/base/resources.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::superres_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr const char* kDefaultMethod = "s2r-fast";

ParamSpec fileSpec(const char* name, const char* label, const char* help)
{
    ParamSpec spec;
    spec.name = name;
    spec.label = label;
    spec.type = ParamType::file;
    spec.help = help;
    spec.group = "Pictures";
    spec.fileKind = "picture";
    return spec;
}

ParamSpec methodSpec(const std::vector<superres::UpscalingMethod>& methods)
{
    ParamSpec spec;
    spec.name = "method";
    spec.label = "Method";
    spec.type = ParamType::choice;
    spec.group = "Enlarging";
    spec.help = "What makes the picture larger";
    for (const auto& method : methods)
        spec.choices.push_back({method.id, method.title, method.about});
    spec.fallback = ParamValue(std::string(kDefaultMethod));
    return spec;
}

// Scales of the method that is chosen.
ParamSpec scaleSpec(const superres::UpscalingMethod& method)
{
    ParamSpec spec;
    spec.name = "scale";
    spec.label = "Scale";
    spec.type = ParamType::choice;
    spec.group = "Enlarging";
    spec.help = "How many times as wide and as high";
    for (const std::int64_t scale : method.scales)
        spec.choices.push_back({std::to_string(scale), fmt::format("x{}", scale), ""});
    spec.fallback = ParamValue(spec.choices.front().value);
    return spec;
}

const superres::UpscalingMethod& chosenMethod(const std::vector<superres::UpscalingMethod>& methods,
                                              const Params& chosen)
{
    const std::string id = chosen.has("method") ? chosen.text("method") : kDefaultMethod;
    const auto found = std::ranges::find(methods, id, &superres::UpscalingMethod::id);
    return found == methods.end() ? methods.front() : *found;
}

} // namespace

std::vector<ParamSpec> upscaleParams(const Params& chosen)
{
    const auto methods = superres::upscalingMethods();
    const auto& method = chosenMethod(methods, chosen);
    ParamSpec truth = fileSpec("ground_truth", "Ground truth",
                               "The original of the input, or a folder of them: what the result is "
                               "measured against");
    truth.optional = true;
    ParamSpec degrade;
    degrade.name = "degrade";
    degrade.label = "Make it small first";
    degrade.type = ParamType::boolean;
    degrade.group = "Pictures";
    degrade.help = "The input is the original: it is reduced (bicubic, as MATLAB does it), "
                   "enlarged again and measured against";
    degrade.fallback = ParamValue(false);
    ParamSpec output = fileSpec("output", "Output",
                                "A folder for the enlarged pictures; without it they are kept with "
                                "the run");
    output.optional = true;
    output.fileKind = "";
    output.advanced = true;
    std::vector<ParamSpec> specs = {
        fileSpec("input", "Input",
                 "A picture, or a folder of pictures; NAME_HR and NAME_LR in it are pairs"),
        truth,
        degrade,
        methodSpec(methods),
        scaleSpec(method),
        output};
    if (method.model) {
        ParamSpec weights =
            fileSpec("weights", "Weights",
                     "A folder with other weights of this network; without it those "
                     "that are shipped");
        weights.optional = true;
        weights.group = "Enlarging";
        weights.fileKind = "";
        weights.advanced = true;
        specs.push_back(std::move(weights));
    }
    return specs;
}

PictureSources sourcesIn(const Params& params)
{
    return {params.text("input"),
            params.has("ground_truth") ? fs::path(params.text("ground_truth")) : fs::path(),
            params.boolean("degrade")};
}

std::int64_t scaleIn(const Params& params)
{
    return std::stoll(params.text("scale"));
}

Result<OpenMethod> openMethod(const Params& params)
{
    const auto methods = superres::upscalingMethods();
    OpenMethod open{chosenMethod(methods, params), nullptr};
    const std::int64_t scale = scaleIn(params);
    fs::path weights;
    if (params.has("weights") && !params.text("weights").empty()) {
        weights = params.text("weights");
    } else if (open.method.model) {
        VITRINE_TRY(weights, findResource("models/" + open.method.model(scale)));
    }
    VITRINE_TRY(open.upscaler, open.method.open(scale, weights));
    return open;
}

} // namespace vitrine::superres_plugin
