#include "plugins/quantization/experiments/vision_rework.h"

#include "core/model/network/shift_add_network.h"
#include "core/quant/vision/taylor_cost.h"
#include "plugins/common/experiment_input.h"
#include "plugins/quantization/experiments/vision_experts.h"
#include "plugins/quantization/experiments/vision_mixed.h"
#include "plugins/quantization/experiments/vision_quant_tables.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

bool isParamGiven(const Params& params, const char* name)
{
    return params.has(name) && !params.text(name).empty();
}

// "blocks.3.attn" of "blocks.3.attn.context".
std::string attentionOf(const std::string& layer)
{
    return layer.substr(0, layer.rfind('.'));
}

Result<void> checkSeesAlike(const OpenVision& named, const OpenVision& opened)
{
    const model::Preprocessing &a = named.model.checkpoint().preprocessing(),
                               &b = opened.model.checkpoint().preprocessing();
    if (a.side != b.side || a.mean != b.mean || a.deviation != b.deviation ||
        a.resizedSide() != b.resizedSide() || a.resampling != b.resampling ||
        a.squashed != b.squashed || a.padded != b.padded || a.divisor != b.divisor)
        return inputError("{} prepares pictures otherwise than {}: they cannot be compared here, "
                          "vision.evaluate can",
                          named.name, opened.name);
    if (named.model.classes() != opened.model.classes() ||
        named.model.checkpoint().labels() != opened.model.checkpoint().labels())
        return inputError("{} has other classes than {}", named.name, opened.name);
    return {};
}

Result<model::VisionModel> originalOf(const quant::ReworkedVision& rework, const OpenVision& opened,
                                      const Params& params, RunResult& out)
{
    if (isParamGiven(params, "original")) {
        VITRINE_TRY(const OpenVision named, openClassifier(params, "original"));
        VITRINE_CHECK(checkSeesAlike(named, opened));
        append(out.inputs, named.inputs);
        append(out.notes, named.notes);
        out.notes.push_back(fmt::format("Compared with {}.", named.name));
        return named.model;
    }
    if (!rework.original)
        return inputError("{} has weights of its own: name the model that it was made from as "
                          "original",
                          opened.name);
    return model::VisionModel::open(rework.original);
}

// Bits of a weight: of a shift its sign and exponent.
Cell weightBitsOf(const NetworkLayer& layer)
{
    if (layer.shape.arithmetic == model::Arithmetic::shift)
        return 1 + static_cast<std::int64_t>(
                       std::ceil(std::log2(1 - static_cast<double>(layer.offset))));
    return layer.shape.weights || isHashed(layer) ? Cell{std::int64_t{32}} : Cell{};
}

std::int64_t outputBitsOf(const NetworkLayer& layer)
{
    return isHashed(layer) ? 1 : 32;
}

Table reworkInFloat(const model::Network& network)
{
    Table table{"in_float",
                {{"part", "", {}, "What is computed in floating point"}},
                {{std::string("everything (single precision)")}}};
    if (std::ranges::any_of(network.layers, model::isHashed))
        table.rows.push_back({std::string(
            "hash functions of queries and keys: unit lengths, products with anchors, exponentials "
            "and sums (double precision here, counted as single)")});
    return table;
}

Table reworkLayersTable(const model::Network& network, const std::vector<LayerDistance>& distances)
{
    Table table = emptyLayersTable();
    const auto operations = quant::operationsOf(network);
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const NetworkLayer& layer = network.layers[i];
        const bool isCompared = distances[i].signal > 0;
        if (!isCompared && operations[i].weightBytes <= 0)
            continue;
        const double error = isCompared ? distances[i].error / distances[i].signal : 0;
        table.rows.push_back({layer.shape.name, std::string(kindName(layer.shape.kind)),
                              weightBitsOf(layer), Cell{}, outputBitsOf(layer), Cell{},
                              operations[i].weightBytes, isCompared ? Cell{error} : Cell{},
                              isCompared && error > 0 ? Cell{-10 * std::log10(error)} : Cell{}});
    }
    return table;
}

// Where Taylor attention costs more than softmax does; notes say so in words.
void addAttentionCost(const model::Network& network, RunResult& out)
{
    Table table{"attention_cost",
                {{"layer", "", {}, "Attention of a block"},
                 {"tokens", "1", {}, ""},
                 {"channels", "1", {}, "Of a head"},
                 {"heads", "1", {}, ""},
                 {"macs_softmax", "1", {}, "Multiplications with additions, of all heads"},
                 {"macs_taylor", "1", {}, "Of the low-rank part"},
                 {"saving", "1", {}, "The first over the second: below 1 Taylor costs more"},
                 {"divisions_softmax", "1", {}, ""},
                 {"divisions_taylor", "1", {}, ""},
                 {"exponentials_softmax", "1", {}, "Taylor has none"},
                 {"between_softmax", "1", {}, "Numbers between its products"},
                 {"between_taylor", "1", {}, "Numbers between its products"}},
                {}};
    std::set<std::string> warnings;
    for (const NetworkLayer& layer : network.layers) {
        if (!layer.isTaylor || layer.shape.kind != LayerKind::context)
            continue;
        const std::int64_t heads = layer.shape.batch, channels = layer.shape.m,
                           tokens = layer.shape.k;
        const quant::AttentionCounts softmax = quant::softmaxCounts(tokens, channels),
                                     taylor = quant::taylorCounts(tokens, channels);
        table.rows.push_back({attentionOf(layer.shape.name), tokens, channels, heads,
                              heads * softmax.macs, heads * taylor.macs,
                              quant::taylorSaving(tokens, channels), heads * softmax.divisions,
                              heads * taylor.divisions, heads * softmax.exponentials,
                              heads * softmax.betweenNumbers, heads * taylor.betweenNumbers});
        if (const std::string warning = quant::taylorWarning(tokens, channels); !warning.empty())
            warnings.insert(warning);
    }
    append(out.notes, {warnings.begin(), warnings.end()});
    if (!table.rows.empty())
        out.tables.push_back(std::move(table));
}

// The share of each head's map that the sparse part keeps.
Result<void> addDensity(const model::VisionModel& changed,
                        std::span<const std::vector<float>> pictures, RunResult& out)
{
    const auto& layers = changed.network().layers;
    const auto isSparse = [](const NetworkLayer& layer) {
        return layer.isTaylor && layer.shape.kind == LayerKind::scores;
    };
    if (std::ranges::none_of(layers, isSparse))
        return {};
    std::map<std::size_t, std::vector<double>> kept; // by layer, of each head
    for (const std::vector<float>& picture : pictures) {
        VITRINE_TRY([[maybe_unused]] const auto logits,
                    changed.run(picture, {.observe = [&](const model::LayerOutput& output) {
                                    const NetworkLayer& layer = layers[output.layer];
                                    if (!isSparse(layer))
                                        return;
                                    auto& heads = kept[output.layer];
                                    heads.resize(static_cast<std::size_t>(layer.shape.batch));
                                    const std::size_t each = output.values.size() / heads.size();
                                    for (std::size_t i = 0; i < output.values.size(); ++i)
                                        heads[i / each] += output.values[i] != 0;
                                }}));
    }
    Table table{"sparse_density",
                {{"layer", "", {}, "Attention of a block"},
                 {"head", "1", {}, "From 0"},
                 {"density",
                  "1",
                  {},
                  "Share of the map that the sparse part keeps, over some "
                  "training pictures"}},
                {}};
    for (const auto& [layer, heads] : kept) {
        const model::LayerShape& shape = layers[layer].shape;
        const auto all =
            static_cast<double>(shape.m * shape.n) * static_cast<double>(pictures.size());
        for (std::size_t head = 0; head < heads.size(); ++head)
            table.rows.push_back(
                {attentionOf(shape.name), static_cast<std::int64_t>(head), heads[head] / all});
    }
    out.tables.push_back(std::move(table));
    return {};
}

} // namespace

std::vector<ParamSpec> reworkParams()
{
    ParamSpec original = visionModelParam("original", "Original",
                                          "Of vitality and shiftaddvit: what the model is compared "
                                          "with where it was fine-tuned; else its own weights with "
                                          "softmax attention");
    original.optional = true, original.advanced = true, original.fallback = std::nullopt;
    ParamSpec threshold =
        numberParam("sparse_threshold", "Threshold of the sparse part", "Quantization",
                    "Of vitality's step sparse: predicted weights above it are kept (0.002 is the "
                    "released code's)",
                    0, 1, 0.002);
    threshold.advanced = true;
    return {original, threshold};
}

Result<void> checkReworkParams(const quant::VisionMethod& method, const Params& params)
{
    if (!method.rework)
        return isParamGiven(params, "original")
                   ? argumentError("original: {} puts the model itself into codes and compares it "
                                   "with that",
                                   method.title)
                   : Result<void>();
    if (isParamGiven(params, "out"))
        return argumentError("out: {} gives no codes, it changes what layers compute",
                             method.title);
    if (isMixed(params))
        return argumentError("mixed: {} gives no codes, it changes what layers compute",
                             method.title);
    return {};
}

Result<VisionVersions> openRework(const quant::VisionMethod& method,
                                  const quant::VisionQuantSettings& settings,
                                  const OpenVision& opened, const Params& params,
                                  std::span<const std::vector<float>> pictures, RunResult& out)
{
    VITRINE_TRY(const auto rework, method.rework({opened.model.sharedCheckpoint(), settings.tricks,
                                                  params.real("sparse_threshold"), pictures}));
    append(out.notes, rework.notes);
    VITRINE_TRY(auto original, originalOf(rework, opened, params, out));
    VITRINE_TRY(auto changed, model::VisionModel::open(rework.checkpoint));
    out.notes.push_back(
        "All of it is computed in floating point: weight_bits and activation_bits are not read, "
        "and there is no pass in whole numbers.");
    return VisionVersions{opened, std::move(original), {}, {}, std::move(changed)};
}

Result<void> addReworked(const VisionVersions& versions, const JudgedPictures& judged,
                         std::span<const std::vector<float>> pictures,
                         const quant::OperationEnergies& energies, RunResult& out)
{
    const model::Network& network = versions.changedNetwork();
    const auto before = quant::operationsOf(versions.original.network()),
               after = quant::operationsOf(network);
    std::ranges::move(comparedMetrics(judged, before, after, energies),
                      std::back_inserter(out.metrics));
    out.metrics.push_back({"seconds_float", judged.secondsOriginal, "s", Origin::measured,
                           "Wall time for a picture of the original, all threads busy with "
                           "pictures of their own"});
    out.metrics.push_back({"seconds_changed", judged.secondsSimulated, "s", Origin::measured,
                           "The same of the changed network"});
    out.metrics.push_back({"pictures", static_cast<double>(judged.original.size()), "picture",
                           Origin::computed, "Judged"});
    VITRINE_TRY(const auto distances, layerDistances(versions, pictures));
    out.tables.push_back(reworkLayersTable(network, distances));
    out.tables.push_back(
        comparedOperations(quant::totalOf(before), quant::totalOf(after), energies));
    out.tables.push_back(reworkInFloat(network));
    addAttentionCost(network, out);
    VITRINE_CHECK(addDensity(*versions.reworked, pictures, out));
    return addExperts(*versions.reworked, pictures, out);
}

} // namespace vitrine::quantization_plugin
