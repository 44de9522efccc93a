#include "plugins/accelerators/experiments/input.h"

#include "core/base/file.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/model/network/llm_network.h"
#include "core/model/network/vision_config.h"
#include "core/sim/workload/bit_map.h"
#include "core/sim/workload/topology.h"
#include "core/sim/workload/workloads.h"
#include "plugins/common/evidence_params.h"

#include <algorithm>
#include <filesystem>

namespace vitrine::accelerators_plugin
{
namespace
{

constexpr std::uint64_t kLargestTable = 4 << 20;

bool isTable(const std::string& workload)
{
    constexpr std::string_view ending = ".csv";
    return workload.size() > ending.size() &&
           std::ranges::equal(workload.substr(workload.size() - ending.size()), ending,
                              [](char x, char y) { return std::tolower(x) == y; });
}

bool isFile(const std::string& workload)
{
    return workload.find('/') != std::string::npos || isTable(workload);
}

Result<sim::Workload> openTable(const std::filesystem::path& path, RunResult& result)
{
    VITRINE_TRY(const std::string text, readFile(path, kLargestTable));
    VITRINE_TRY(InputFile input, hashInput("workload", path));
    result.inputs.push_back(std::move(input));
    return sim::parseTopology(text, path.filename().string());
}

// A Hugging Face folder of a vision transformer: only its config.json is read.
Result<sim::Workload> openVisionModel(const std::filesystem::path& folder, RunResult& result)
{
    const std::filesystem::path path = folder / "config.json";
    VITRINE_TRY(const std::string text, readFile(path, kLargestTable));
    VITRINE_TRY(InputFile input, hashInput("workload", path));
    result.inputs.push_back(std::move(input));
    VITRINE_TRY(const model::Network network,
                model::visionNetwork(text, folder.filename().string()));
    return sim::workloadOf(network);
}

bool isVisionModel(const std::filesystem::path& folder)
{
    const auto text = readFile(folder / "config.json", kLargestTable);
    return text && model::isVisionConfig(*text);
}

Result<void> addBitMap(sim::Workload& workload, const Params& params, RunResult& result)
{
    if (!params.has("bit_map"))
        return {};
    const std::string& path = params.text("bit_map");
    VITRINE_TRY(const std::string text, readFile(path, kLargestTable));
    VITRINE_TRY(InputFile input, hashInput("bit_map", path));
    result.inputs.push_back(std::move(input));
    return sim::applyBitMap(workload, text, std::filesystem::path(path).filename().string());
}

Result<sim::Workload> openLanguageModel(const std::string& model, std::int64_t tokens,
                                        RunResult& result)
{
    VITRINE_TRY(const auto path, findModel(model));
    VITRINE_TRY(const auto checkpoint, model::openLlmCheckpoint(path));
    for (const auto& file : checkpoint->files()) {
        VITRINE_TRY(InputFile input, hashInput("workload", file));
        result.inputs.push_back(std::move(input));
    }
    return sim::workloadOf(
        model::llmNetwork(checkpoint->config(), tokens, path.filename().string()).network);
}

} // namespace

const sim::Accelerator& chosenAccelerator(const Params& chosen)
{
    const sim::Accelerator* found = sim::findAccelerator(parameterText(chosen, "accelerator"));
    return found ? *found : sim::accelerators().front();
}

std::vector<ParamSpec> acceleratorParams(const sim::Accelerator& accelerator)
{
    std::vector<ParamSpec> specs;
    for (const sim::Parameter& parameter : accelerator.parameters)
        specs.push_back(paramOf(parameter));
    return specs;
}

std::vector<ParamSpec> commonParams(const Params& chosen)
{
    const sim::Accelerator& accelerator = chosenAccelerator(chosen);
    ParamSpec machine;
    machine.name = "accelerator";
    machine.label = "Accelerator";
    machine.type = ParamType::choice;
    for (const sim::Accelerator& one : sim::accelerators())
        machine.choices.push_back({one.id, one.title, one.sentence});
    machine.fallback = sim::accelerators().front().id;
    machine.help = accelerator.sentence + ": " + accelerator.paper;

    ParamSpec workload;
    workload.name = "workload";
    workload.label = "Workload";
    // A path becomes absolute, a name stays what it is.
    const bool file = isFile(parameterText(chosen, "workload"));
    workload.type = file ? ParamType::file : ParamType::text;
    workload.fallback = accelerator.workloads.front();
    workload.fileKind = "topology";
    workload.help = "deit-tiny, efficientvit-b1@224, ctvc-ref@1080p, hybrid-shift-c@cifar10, a "
                    "topology table (.csv) or a "
                    "checkpoint";

    const auto bits = [](const char* name, const char* label) {
        ParamSpec spec;
        spec.name = name;
        spec.label = label;
        spec.type = ParamType::integer;
        spec.unit = "bit";
        spec.minimum = 0;
        spec.maximum = 32;
        spec.fallback = std::int64_t{0};
        spec.group = "Workload";
        spec.help = "Word width in all layers; 0: as the workload says, 8 where it does not";
        spec.advanced = true;
        return spec;
    };
    ParamSpec tokens;
    tokens.name = "tokens";
    tokens.label = "Tokens";
    tokens.type = ParamType::integer;
    tokens.unit = "token";
    tokens.minimum = 1;
    tokens.maximum = 1 << 20;
    tokens.fallback = std::int64_t{256};
    tokens.group = "Workload";
    tokens.help = "Length of the text, for a language model's checkpoint";
    tokens.advanced = true;
    ParamSpec bitMap;
    bitMap.name = "bit_map";
    bitMap.label = "Bits per layer";
    bitMap.type = ParamType::file;
    bitMap.fileKind = "bits";
    bitMap.optional = true;
    bitMap.group = "Workload";
    bitMap.help = "Table (.csv): layer, weight bits, activation bits; as a quantization leaves it. "
                  "None: all layers alike";
    bitMap.advanced = true;
    return {machine,
            workload,
            bits("workload_weight_bits", "Weights"),
            bits("workload_activation_bits", "Activations"),
            bitMap,
            tokens};
}

// What would change nothing is refused.
Result<void> checkWidths(const Params& params)
{
    const sim::Accelerator& accelerator = chosenAccelerator(params);
    if (accelerator.readsWidths)
        return {};
    for (const char* name : {"bit_map", "workload_weight_bits", "workload_activation_bits"})
        if (name == std::string_view("bit_map") ? params.has(name) : params.integer(name) > 0)
            return argumentError("{}: {} has the same widths in all layers, its parameters "
                                 "weight_bits and activation_bits; those of a workload would "
                                 "change nothing",
                                 name, accelerator.title);
    return {};
}

Result<sim::Workload> openWorkload(const Params& params, RunResult& result)
{
    VITRINE_CHECK(checkWidths(params));
    const std::string& name = params.text("workload");
    Result<sim::Workload> workload = sim::namedWorkload(name);
    if (isTable(name))
        workload = openTable(name, result);
    else if (!workload && isFile(name) && isVisionModel(name))
        workload = openVisionModel(name, result);
    else if (!workload && (isFile(name) || std::ranges::count(shippedLanguageModels(), name) > 0))
        workload = openLanguageModel(name, params.integer("tokens"), result);
    if (!workload)
        return workload;
    const auto weights = static_cast<int>(params.integer("workload_weight_bits"));
    const auto activations = static_cast<int>(params.integer("workload_activation_bits"));
    for (sim::Layer& layer : workload->layers) {
        if (activations > 0)
            layer.bitsIn = layer.bitsOut = activations;
        if (const int bits = layer.shape.weights ? weights : activations; bits > 0)
            layer.bitsWeight = bits;
    }
    VITRINE_CHECK(addBitMap(*workload, params, result));
    return workload;
}

sim::Settings settingsOf(const sim::Accelerator& accelerator, const Params& params)
{
    sim::Settings settings;
    for (const sim::Parameter& parameter : accelerator.parameters)
        settings.push_back(chosenValue(parameter, params));
    return settings;
}

} // namespace vitrine::accelerators_plugin
