#include "plugins/superres/experiments/upscale_params.h"

#include "core/base/resources.h"
#include "core/superres/blur/kernel_file.h"
#include "plugins/common/experiment_input.h"

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

ParamSpec kernelSpec()
{
    ParamSpec spec;
    spec.name = "kernel";
    spec.label = "Blur kernel";
    spec.type = ParamType::model;
    spec.fileKind = "kernel";
    spec.group = "Pictures";
    spec.help = "What blurs the original before it is reduced, and what back-projection assumes: "
                "none (bicubic alone), a test kernel, or a file of numbers or a grey picture";
    spec.choices.push_back({"bicubic", "none, bicubic reduction", "The ideal case"});
    for (const superres::TestKernel& kernel : superres::testKernels())
        spec.choices.push_back({kernel.id, kernel.id, kernel.about});
    spec.choices.push_back({"fit", "estimated", "From the spectrum of each small picture"});
    spec.fallback = ParamValue(std::string("bicubic"));
    return spec;
}

// Of networks that can be trained further.
std::vector<ParamSpec> blindSpecs(const Params& chosen)
{
    ParamSpec mode = choiceParam(
        "mode", "Mode", "Enlarging", "Whether the network is fitted to each picture first",
        {{"ideal", "ideal",
          "The network as it was trained: for pictures that were reduced "
          "without blur"},
         {"blind", "blind",
          "Fitted to each picture by a few updates, for the blur kernel that is "
          "named"}});
    if (!chosen.has("mode") || chosen.text("mode") != "blind")
        return {mode};
    ParamSpec updates =
        numberParam("updates", "Updates", "Enlarging",
                    "Gradient updates on squares of the picture itself", 1, 1000, std::int64_t{10});
    ParamSpec rate =
        numberParam("learning_rate", "Learning rate", "Enlarging", "Of Adam", 1e-7, 1, 2e-4);
    rate.advanced = true;
    rate.logarithmic = true;
    return {mode, updates, rate};
}

std::vector<ParamSpec> refinementSpecs()
{
    ParamSpec ensemble;
    ensemble.name = "ensemble";
    ensemble.label = "Self-ensemble";
    ensemble.type = ParamType::boolean;
    ensemble.group = "Enlarging";
    ensemble.help = "The median of the eight mirrorings and turns of the picture: eight times the "
                    "work";
    ensemble.fallback = ParamValue(false);
    ParamSpec steps = numberParam(
        "back_projection", "Back-projection steps", "Enlarging",
        "How often the result is corrected by what its reduction differs from the small picture", 0,
        100, std::int64_t{0});
    steps.advanced = true;
    return {ensemble, steps};
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
    degrade.help = "The input is the original: it is blurred, reduced, enlarged again and measured "
                   "against";
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
        kernelSpec(),
        methodSpec(methods),
        scaleSpec(method)};
    for (ParamSpec& spec : refinementSpecs())
        specs.push_back(std::move(spec));
    specs.push_back(std::move(output));
    if (method.model) {
        for (ParamSpec& spec : blindSpecs(chosen))
            specs.push_back(std::move(spec));
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

Result<Degradation> degradationIn(const Params& params)
{
    const std::string& kernel = params.text("kernel");
    if (kernel == "fit" && params.boolean("degrade"))
        return argumentError(
            "with degrade the blur kernel is to be named: kernel=fit estimates one "
            "from pictures that are small already");
    if (kernel == "bicubic" || kernel == "fit")
        return Degradation{kernel, {}, superres::Sampling::bicubic, {}};
    for (const superres::TestKernel& known : superres::testKernels())
        if (known.id == kernel)
            return Degradation{kernel, known.kernel, known.sampling, {}};
    VITRINE_TRY(superres::BlurKernel read, superres::readKernel(kernel));
    return Degradation{fs::path(kernel).filename().string(), std::move(read),
                       superres::Sampling::direct, fs::path(kernel)};
}

bool isFitted(const Params& params)
{
    return params.text("kernel") == "fit";
}

bool isBlind(const Params& params)
{
    return params.has("mode") && params.text("mode") == "blind";
}

Result<OpenMethod> openMethod(const Params& params)
{
    const auto methods = superres::upscalingMethods();
    OpenMethod open{chosenMethod(methods, params), {}, nullptr};
    const std::int64_t scale = scaleIn(params);
    fs::path& weights = open.weights;
    if (params.has("weights") && !params.text("weights").empty()) {
        weights = params.text("weights");
    } else if (open.method.model) {
        VITRINE_TRY(weights, findResource("models/" + open.method.model(scale)));
    }
    VITRINE_TRY(open.upscaler, open.method.open(scale, weights));
    return open;
}

} // namespace vitrine::superres_plugin
