#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/superres/tfjs/tfjs_settings.h"
#include "core/superres/tfjs/tfjs_topology.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <map>

namespace vitrine::superres
{
namespace
{

constexpr std::size_t kMostLayers = 1024;
constexpr std::int64_t kMostChannels = 4096, kMostFactor = 16, kMostKernel = 15;
// Of a pixel of the input, at once: 400 KB. A tile of the smallest size would take gigabytes.
constexpr std::int64_t kMostNumbers = 100'000;

using TfjsLayers = std::vector<TfjsLayer>;

// The layer's numbers from those that it reads, by the settings of its kind. False: the settings
// say why.
using ReadLayer = bool (*)(TfjsSettings& settings, const TfjsLayers& before, TfjsLayer& layer);

bool readInput(TfjsSettings& settings, const TfjsLayers& before, TfjsLayer&)
{
    settings.expect("batch_input_shape", {nullptr, nullptr, nullptr, 3});
    settings.expect("sparse", false);
    settings.expect("ragged", false);
    return before.empty() || settings.refuse("it is the second input");
}

bool readPair(TfjsSettings& settings, const char* key, std::int64_t most, std::int64_t& first,
              std::int64_t& second)
{
    const Json& pair = settings.value(key);
    const auto good = [most](const Json& number) {
        return number.is_number_unsigned() && number >= 1 && number <= most;
    };
    if (!pair.is_array() || pair.size() != 2 || !good(pair[0]) || !good(pair[1]))
        return settings.refuse(
            fmt::format("\"{}\" is not a pair of whole numbers from 1 to {}", key, most));
    first = pair[0].get<std::int64_t>();
    second = pair[1].get<std::int64_t>();
    return true;
}

bool readConvolution(TfjsSettings& settings, const TfjsLayers&, TfjsLayer& layer)
{
    for (const char* key : {"strides", "dilation_rate"})
        settings.expect(key, {1, 1});
    settings.expect("groups", 1);
    settings.expect("data_format", "channels_last");
    settings.expect("activation", "linear");
    if (!readPair(settings, "kernel_size", kMostKernel, layer.kernelHeight, layer.kernelWidth))
        return false;
    const Json &filters = settings.value("filters"), &padding = settings.value("padding"),
               &bias = settings.value("use_bias");
    if (!filters.is_number_unsigned() || filters < 1 || filters > kMostChannels)
        return settings.refuse(
            fmt::format("\"filters\" is not a whole number from 1 to {}", kMostChannels));
    if (!bias.is_boolean())
        return settings.refuse("\"use_bias\" is neither true nor false");
    layer.channels = filters.get<std::int64_t>();
    layer.bias = bias.get<bool>();
    if (layer.kernelHeight % 2 == 0 || layer.kernelWidth % 2 == 0)
        return settings.refuse("a kernel of even size is not supported");
    const bool isPoint = layer.kernelHeight == 1 && layer.kernelWidth == 1;
    return padding == "same" || (padding == "valid" && isPoint) ||
           settings.refuse("\"padding\" is not \"same\", which alone is supported");
}

bool readActivation(TfjsSettings& settings, const TfjsLayers&, TfjsLayer&)
{
    settings.expect("activation", "relu");
    return true;
}

bool readAdd(TfjsSettings& settings, const TfjsLayers& before, TfjsLayer& layer)
{
    return std::ranges::all_of(
               layer.from,
               [&](std::size_t from) { return before[from].channels == layer.channels; }) ||
           settings.refuse("it adds maps of different numbers of channels");
}

bool readConcatenate(TfjsSettings& settings, const TfjsLayers& before, TfjsLayer& layer)
{
    if (const Json& axis = settings.value("axis"); axis != 3 && axis != -1)
        return settings.refuse("its \"axis\" is not that of channels, 3 or -1");
    layer.channels = 0;
    for (const std::size_t from : layer.from)
        layer.channels += before[from].channels;
    return layer.channels <= kMostChannels ||
           settings.refuse(fmt::format("it has more than {} channels", kMostChannels));
}

bool readUpsampling(TfjsSettings& settings, const TfjsLayers&, TfjsLayer& layer)
{
    settings.expect("data_format", "channels_last");
    settings.expect("interpolation", "nearest");
    std::int64_t height = 1, width = 1;
    if (!readPair(settings, "size", kMostFactor, height, width))
        return false;
    layer.factor *= height;
    return (height == width && layer.factor <= kMostFactor) ||
           settings.refuse(fmt::format("it enlarges by {} x {}; equal sides of up to {} in all are "
                                       "supported",
                                       height, width, kMostFactor));
}

struct KindOfLayer {
    const char* className;
    TfjsKind kind;
    std::size_t fewest, most; // maps that it reads
    ReadLayer read;
};
constexpr KindOfLayer kKindsOfLayers[] = {
    {"InputLayer", TfjsKind::input, 0, 0, readInput},
    {"Conv2D", TfjsKind::convolution, 1, 1, readConvolution},
    {"Activation", TfjsKind::relu, 1, 1, readActivation},
    {"Add", TfjsKind::add, 2, 64, readAdd},
    {"Concatenate", TfjsKind::concatenate, 2, 64, readConcatenate},
    {"UpSampling2D", TfjsKind::upsampling, 1, 1, readUpsampling},
};

class LayersReader
{
public:
    explicit LayersReader(std::string name) : file_(std::move(name)) {}

    Result<TfjsLayers> read(const Json& list)
    {
        if (list.size() > kMostLayers)
            return inputError("cannot read {}: it has {} layers, at most {} are supported", file_,
                              list.size(), kMostLayers);
        for (const Json& each : list)
            VITRINE_CHECK(add(each));
        return std::move(layers_);
    }

private:
    // {"class_name": "Add", "name": "a", "config": {...}, "inbound_nodes": [[["b", 0, 0, {}],
    // ...]]}
    Result<void> add(const Json& json)
    {
        JsonFields fields(json, fmt::format("{}, layer {}", file_, layers_.size()));
        const std::string kindName = fields.neededText("class_name"),
                          name = fields.neededText("name");
        const Json &config = fields.object("config"), &nodes = fields.list("inbound_nodes");
        fields.refuseOthers();
        VITRINE_CHECK(fields.done());

        TfjsSettings settings(config, fmt::format("{}, layer \"{}\"", file_, printable(name)));
        TfjsLayer layer;
        layer.name = name;
        if (!readFrom(settings, nodes, layer) || !readKind(settings, kindName, layer))
            return settings.done();
        settings.expect("name", name);
        if (!numbers_.emplace(name, layers_.size()).second)
            settings.refuse("there are two of this name");
        settings.refuseOthers();
        layers_.push_back(std::move(layer));
        return settings.done();
    }
    bool readKind(TfjsSettings& settings, const std::string& className, TfjsLayer& layer) const
    {
        const auto* kind = std::ranges::find(kKindsOfLayers, className, &KindOfLayer::className);
        if (kind == std::end(kKindsOfLayers))
            return settings.refuse(
                fmt::format("layers of the kind {} are not supported", printable(className)));
        layer.kind = kind->kind;
        if (layer.from.size() < kind->fewest || layer.from.size() > kind->most)
            return settings.refuse(fmt::format("it reads {} maps", layer.from.size()));
        return kind->read(settings, layers_, layer);
    }
    bool readFrom(TfjsSettings& settings, const Json& nodes, TfjsLayer& layer) const
    {
        if (nodes.empty())
            return true;
        if (nodes.size() != 1 || !nodes[0].is_array())
            return settings.refuse("it is used more than once, which is not supported");
        for (const Json& node : nodes[0])
            if (!addFrom(settings, node, layer))
                return false;
        return true;
    }
    bool addFrom(TfjsSettings& settings, const Json& node, TfjsLayer& layer) const
    {
        if (!node.is_array() || node.size() != 4 || !node[0].is_string() ||
            node != Json{node[0], 0, 0, Json::object()})
            return settings.refuse("\"inbound_nodes\" does not say which layers it reads");
        const auto from = numbers_.find(node[0].get<std::string>());
        if (from == numbers_.end())
            return settings.refuse(fmt::format("it reads \"{}\", which does not stand before it",
                                               printable(node[0].get<std::string>())));
        const TfjsLayer& read = layers_[from->second];
        if (!layer.from.empty() && read.factor != layer.factor)
            return settings.refuse("it reads maps of different sizes");
        layer.from.push_back(from->second);
        layer.channels = layers_[layer.from.front()].channels;
        layer.factor = read.factor;
        return true;
    }

    std::string file_;
    TfjsLayers layers_;
    std::map<std::string, std::size_t> numbers_;
};

Result<void> checkWholeNetwork(const TfjsTopology& topology, const std::string& file)
{
    const TfjsLayers& layers = topology.layers;
    if (layers.size() < 2 || layers.front().kind != TfjsKind::input)
        return inputError("cannot read {}: it has no layers from an input on", file);
    const auto last = topology.lastReaders();
    for (std::size_t i = 0; i + 1 < layers.size(); ++i)
        if (last[i] == layers.size())
            return inputError("cannot read {}: nobody reads its layer \"{}\"", file,
                              printable(layers[i].name));
    if (layers.back().channels != 3)
        return inputError("cannot read {}: its output has {} channels, 3 are expected", file,
                          layers.back().channels);
    if (topology.peakNumbers() > kMostNumbers)
        return inputError("cannot read {}: it holds {} numbers for each pixel at once, at most {} "
                          "are supported",
                          file, topology.peakNumbers(), kMostNumbers);
    return {};
}

} // namespace

Result<TfjsTopology> parseTfjsTopology(const Json& modelTopology, const std::string& name)
{
    JsonFields fields(modelTopology, name + ", \"modelTopology\"");
    fields.text("keras_version");
    fields.text("backend");
    const Json& model = fields.object("model_config");
    fields.refuseOthers();
    VITRINE_CHECK(fields.done());
    JsonFields modelFields(model, name + ", \"model_config\"");
    const std::string kind = modelFields.neededText("class_name");
    if (kind != "Functional" && kind != "Model")
        modelFields.fail(fmt::format("models of the kind {} are not supported", printable(kind)));
    const Json& config = modelFields.object("config");
    modelFields.refuseOthers();
    VITRINE_CHECK(modelFields.done());

    JsonFields whole(config, name + ", \"config\"");
    whole.text("name");
    const Json &layers = whole.list("layers"), &inputs = whole.list("input_layers"),
               &outputs = whole.list("output_layers");
    whole.refuseOthers();
    VITRINE_CHECK(whole.done());
    TfjsTopology topology;
    VITRINE_TRY(topology.layers, LayersReader(name).read(layers));
    VITRINE_CHECK(checkWholeNetwork(topology, name));
    const auto isOnly = [](const Json& list, const TfjsLayer& layer) {
        return list == Json::array({Json::array({layer.name, 0, 0})});
    };
    if (!isOnly(inputs, topology.layers.front()) || !isOnly(outputs, topology.layers.back()))
        return inputError("cannot read {}: its input is not the first layer alone, or its output "
                          "not the last",
                          name);
    return topology;
}

} // namespace vitrine::superres
