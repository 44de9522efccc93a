#include "plugins/accelerators/experiments/input.h"

#include "core/base/file.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/model/network/llm_network.h"
#include "core/model/vision/vision_checkpoint.h"
#include "core/sim/cost/left_out.h"
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

Result<sim::Workload> openTable(const std::filesystem::path& path, RunResult& result)
{
    VITRINE_TRY(const std::string text, readFile(path, kLargestTable));
    VITRINE_TRY(InputFile input, hashInput("workload", path));
    result.inputs.push_back(std::move(input));
    return sim::parseTopology(text, path.filename().string());
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

Result<void> addCheckpoint(const model::Checkpoint& checkpoint, RunResult& result)
{
    for (const auto& file : checkpoint.files()) {
        VITRINE_TRY(InputFile input, hashInput("workload", file));
        result.inputs.push_back(std::move(input));
    }
    for (std::string& note : checkpoint.notes())
        result.notes.push_back(std::move(note));
    return {};
}

// Only the shapes of its tensors are of matter.
Result<sim::Workload> openVisionModel(const std::filesystem::path& path, RunResult& result)
{
    VITRINE_TRY(const auto checkpoint, model::openVisionCheckpoint(path));
    VITRINE_CHECK(addCheckpoint(*checkpoint, result));
    return sim::workloadOf(checkpoint->network());
}

Result<sim::Workload> openLanguageModel(const std::filesystem::path& path, std::int64_t tokens,
                                        RunResult& result)
{
    VITRINE_TRY(const auto checkpoint, model::openLlmCheckpoint(path));
    VITRINE_CHECK(addCheckpoint(*checkpoint, result));
    return sim::workloadOf(
        model::llmNetwork(checkpoint->config(), tokens, path.filename().string()).network);
}

Result<sim::Workload> openModel(const std::filesystem::path& path, std::int64_t tokens,
                                RunResult& result)
{
    if (model::looksLikeVision(path))
        return openVisionModel(path, result);
    auto workload = openLanguageModel(path, tokens, result);
    if (workload)
        return workload;
    return inputError("{} is no workload: as a language model: {}; as a vision transformer: {}",
                      path.string(), workload.error().message,
                      model::openVisionCheckpoint(path).error().message);
}

Result<sim::Workload> openNamed(const std::string& name, std::int64_t tokens, RunResult& result)
{
    auto workload = sim::namedWorkload(name);
    if (workload)
        return workload;
    if (isTable(name))
        return openTable(name, result);
    // A name that is neither a path nor shipped is most likely a workload's with a mistake in it.
    const auto path = findModel(name);
    if (!path)
        return name.find('/') == std::string::npos ? workload : tl::unexpected(path.error());
    return openModel(*path, tokens, result);
}

// Those of the machine's paper first.
std::vector<ParamChoice> namedChoices(const sim::Accelerator& machine)
{
    static const std::vector<sim::NamedWorkload> kNamed = sim::workloadNames();
    std::vector<ParamChoice> choices;
    const auto add = [&](bool isPapers) {
        for (const sim::NamedWorkload& one : kNamed)
            if (isPapers == (std::ranges::count(machine.workloads, one.name) > 0))
                choices.push_back({one.name, one.title, one.family});
    };
    add(true);
    add(false);
    return choices;
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
    workload.type = ParamType::model;
    workload.fallback = accelerator.workloads.front();
    workload.choices = namedChoices(accelerator);
    workload.fileKind = "workload";
    workload.help = "deit-tiny, efficientvit-b1@224, ctvc-ref@1080p, hybrid-shift-c@cifar10; a "
                    "topology table (.csv); or a checkpoint: a shipped model's name, a folder or a "
                    "file";

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

// Of the layers: given by the workload's parameters.
std::vector<std::string> givenWidths(const Params& params)
{
    std::vector<std::string> given;
    if (params.has("bit_map"))
        given.emplace_back("bit_map");
    for (const char* name : {"workload_weight_bits", "workload_activation_bits"})
        if (params.integer(name) > 0)
            given.emplace_back(name);
    return given;
}

// What would change nothing is refused.
Result<void> checkWidths(const Params& params)
{
    const sim::Accelerator& accelerator = chosenAccelerator(params);
    const auto given = givenWidths(params);
    if (!accelerator.readsWidths && !given.empty())
        return argumentError("{}: {} has the same widths in all layers, its parameters "
                             "weight_bits and activation_bits; those of a workload would "
                             "change nothing",
                             given.front(), accelerator.title);
    if (params.has("weight_bits") && params.integer("weight_bits") > 0)
        return checkOneWidth(params);
    return {};
}

Result<void> checkOneWidth(const Params& params)
{
    const sim::Accelerator& accelerator = chosenAccelerator(params);
    for (const std::string& name : givenWidths(params))
        if (accelerator.readsWidths && name != "workload_activation_bits")
            return argumentError(
                "weight_bits and {} both say how wide weights are: with weight_bits "
                "above 0 {} has that width in all layers; leave one of them out",
                name, accelerator.title);
    return {};
}

Result<sim::Workload> openWorkload(const Params& params, RunResult& result)
{
    VITRINE_CHECK(checkWidths(params));
    VITRINE_TRY(sim::Workload workload,
                openNamed(params.text("workload"), params.integer("tokens"), result));
    const auto weights = static_cast<int>(params.integer("workload_weight_bits"));
    const auto activations = static_cast<int>(params.integer("workload_activation_bits"));
    for (sim::Layer& layer : workload.layers) {
        if (activations > 0)
            layer.bitsIn = layer.bitsOut = activations;
        if (const int bits = layer.shape.weights ? weights : activations; bits > 0)
            layer.bitsWeight = bits;
    }
    VITRINE_CHECK(addBitMap(workload, params, result));
    return workload;
}

Result<void> noteLeftOut(const sim::Workload& workload, const sim::Accelerator& accelerator,
                         const Params& params, RunResult& result)
{
    VITRINE_TRY(const sim::SimResult simulated,
                sim::simulate(workload, accelerator, settingsOf(accelerator, params)));
    if (std::string note = sim::leftOutNote(workload, simulated); !note.empty())
        result.notes.push_back(std::move(note));
    return {};
}

sim::Settings settingsOf(const sim::Accelerator& accelerator, const Params& params)
{
    sim::Settings settings;
    for (const sim::Parameter& parameter : accelerator.parameters)
        settings.push_back(chosenValue(parameter, params));
    return settings;
}

} // namespace vitrine::accelerators_plugin
