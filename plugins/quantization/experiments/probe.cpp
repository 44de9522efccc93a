#include "plugins/quantization/experiments/probe.h"

#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/tensor/kernels/power_term.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr const char* kProbeKey = "vitrine.probe";
constexpr std::int64_t kMostTokens = 256, kMostLayers = 4096, kMostSide = 1024;

using Shape = std::vector<std::int64_t>;

std::int64_t sizeOf(const auto& list)
{
    return static_cast<std::int64_t>(list.size());
}

// -1: none.
std::int64_t countBelow(const Json& json, std::int64_t end)
{
    if (!json.is_number_integer() && !json.is_number_unsigned())
        return -1;
    const double value = json.get<double>(); // a whole number of any size
    return value >= 0 && value < static_cast<double>(end) ? json.get<std::int64_t>() : -1;
}

class ProbeWriter
{
public:
    template <typename Value>
    void add(std::string name, Shape shape, const std::vector<Value>& values)
    {
        static_assert(sizeof(Value) == 4 || sizeof(Value) == 1);
        tensors_.push_back({std::move(name),
                            {sizeof(Value) == 4 ? DType::f32 : DType::u8, std::move(shape),
                             std::as_bytes(std::span(values))}});
    }
    // Lives as long as the writer.
    std::vector<float>& kept() { return kept_.emplace_back(); }
    std::vector<NamedTensor> take() { return std::move(tensors_); }

private:
    std::vector<NamedTensor> tensors_;
    std::deque<std::vector<float>> kept_;
};

Json headOf(const ProbeLayer& layer)
{
    return Json{{"name", layer.name},
                {"rows", layer.rows},
                {"first_input", layer.firstInput},
                {"columns", layer.columns},
                {"chunk", layer.chunk},
                {"inputs", sizeOf(layer.inputs)},
                {"outputs", layer.outputs},
                {"planes", layer.planes},
                {"terms", layer.terms},
                {"offsets", layer.offsets.empty() ? 0 : 1},
                {"scaled_after", layer.isScaledAfter ? 1 : 0}};
}

void addLayer(ProbeWriter& writer, const ProbeLayer& layer, std::size_t place)
{
    const auto name = [&](const char* what) { return fmt::format("layer.{}.{}", place, what); };
    const std::int64_t outputs = sizeOf(layer.outputs), inputs = sizeOf(layer.inputs);
    writer.add(name("original"), {layer.rows, layer.columns}, layer.original);
    writer.add(name("decoded"), {layer.rows, layer.columns}, layer.decoded);
    writer.add(name("inputs"), {inputs}, layer.inputs);
    if (layer.planes == 0)
        return;
    writer.add(name("bytes"), {outputs, layer.planes}, layer.bytes);
    writer.add(name("scales"), {outputs, layer.planes, inputs}, layer.scales);
    if (layer.terms > 0)
        writer.add(name("powers"), {outputs, layer.planes, inputs, layer.terms}, layer.powers);
    if (!layer.offsets.empty())
        writer.add(name("offsets"), {outputs, inputs}, layer.offsets);
}

class ProbeReader
{
public:
    explicit ProbeReader(const Safetensors& file) : file_(file) {}

    Result<std::vector<float>> numbers(const std::string& name, const Shape& shape) const
    {
        VITRINE_TRY(const TensorView view, tensor(name, DType::f32, shape));
        return toFloat(view);
    }
    Result<std::vector<std::uint8_t>> bytes(const std::string& name, const Shape& shape) const
    {
        VITRINE_TRY(const TensorView view, tensor(name, DType::u8, shape));
        std::vector<std::uint8_t> values;
        for (const std::byte byte : view.bytes)
            values.push_back(static_cast<std::uint8_t>(byte));
        return values;
    }

private:
    Result<TensorView> tensor(const std::string& name, DType type, const Shape& shape) const
    {
        VITRINE_TRY(TensorView view, file_.tensor(name));
        if (view.type != type || view.shape != shape)
            return inputError("{}: tensor \"{}\" has another type or shape than the head says",
                              file_.path().string(), name);
        return view;
    }

    const Safetensors& file_;
};

Result<ProbeLayer> readLayer(const ProbeReader& reader, const Json& json, std::size_t place)
{
    ProbeLayer layer;
    JsonFields fields(json, "a layer of the probe");
    layer.name = fields.neededText("name");
    layer.rows = fields.integer("rows", 1, kMostSide);
    layer.columns = fields.integer("columns", 1, kMostSide);
    layer.firstInput = fields.integer("first_input", 0, std::int64_t{1} << 31);
    layer.chunk = fields.integer("chunk", layer.firstInput, layer.firstInput + layer.columns - 1);
    const std::int64_t inputs = fields.integer("inputs", 1, 8);
    layer.planes = static_cast<int>(fields.integer("planes", 0, 8));
    layer.terms = static_cast<int>(fields.integer("terms", 0, 4));
    const bool hasOffsets = fields.integer("offsets", 0, 1) == 1;
    layer.isScaledAfter = fields.integer("scaled_after", 0, 1) == 1;
    for (const Json& output : fields.list("outputs")) {
        layer.outputs.push_back(countBelow(output, layer.rows));
        if (layer.outputs.back() < 0 || sizeOf(layer.outputs) > kMostSide) {
            fields.fail("an output is no row of its weights");
            break;
        }
    }
    if (layer.chunk + inputs > layer.firstInput + layer.columns)
        fields.fail("the chunk lies outside its weights");
    if (layer.outputs.empty())
        fields.fail("there are no outputs");
    VITRINE_CHECK(fields.done());

    const auto name = [&](const char* what) { return fmt::format("layer.{}.{}", place, what); };
    const std::int64_t outputs = sizeOf(layer.outputs);
    VITRINE_TRY(layer.original, reader.numbers(name("original"), {layer.rows, layer.columns}));
    VITRINE_TRY(layer.decoded, reader.numbers(name("decoded"), {layer.rows, layer.columns}));
    VITRINE_TRY(layer.inputs, reader.numbers(name("inputs"), {inputs}));
    if (layer.planes == 0)
        return layer;
    VITRINE_TRY(layer.bytes, reader.bytes(name("bytes"), {outputs, layer.planes}));
    VITRINE_TRY(layer.scales, reader.numbers(name("scales"), {outputs, layer.planes, inputs}));
    if (layer.terms > 0) {
        VITRINE_TRY(layer.powers,
                    reader.bytes(name("powers"), {outputs, layer.planes, inputs, layer.terms}));
    }
    if (hasOffsets) {
        VITRINE_TRY(layer.offsets, reader.numbers(name("offsets"), {outputs, inputs}));
    }
    for (const std::uint8_t byte : layer.powers)
        if (!kernels::PowerTerm::ofByte(byte).isValid())
            return inputError("a layer of the probe has a power of two that means nothing");
    return layer;
}

Result<std::vector<ProbeMaps>> readMaps(const ProbeReader& reader, const Json& heads,
                                        std::int64_t tokens)
{
    std::vector<ProbeMaps> maps;
    const auto cells = static_cast<std::size_t>(tokens * tokens);
    VITRINE_TRY(const std::vector<float> all,
                reader.numbers("maps", {sizeOf(heads), 4, tokens, tokens}));
    for (const Json& head : heads) {
        ProbeMaps& layer = maps.emplace_back();
        layer.head = countBelow(head, kMostSide);
        if (layer.head < 0)
            return inputError("the probe names a head that no layer has");
        auto from = all.begin() + static_cast<std::ptrdiff_t>((maps.size() - 1) * 4 * cells);
        for (auto* map : {&layer.meanOriginal, &layer.meanQuantized, &layer.headOriginal,
                          &layer.headQuantized}) {
            map->assign(from, from + static_cast<std::ptrdiff_t>(cells));
            from += static_cast<std::ptrdiff_t>(cells);
        }
    }
    return maps;
}

} // namespace

Result<void> writeProbe(const std::filesystem::path& path, const Probe& probe)
{
    ProbeWriter writer;
    Json heads = Json::array(), layers = Json::array();
    std::vector<float>& maps = writer.kept();
    for (const ProbeMaps& layer : probe.maps) {
        heads.push_back(layer.head);
        for (const auto* map :
             {&layer.meanOriginal, &layer.meanQuantized, &layer.headOriginal, &layer.headQuantized})
            maps.insert(maps.end(), map->begin(), map->end());
    }
    const std::int64_t tokens = sizeOf(probe.tokens);
    writer.add("maps", {sizeOf(probe.maps), 4, tokens, tokens}, maps);
    for (std::size_t i = 0; i < probe.layers.size(); ++i) {
        layers.push_back(headOf(probe.layers[i]));
        addLayer(writer, probe.layers[i], i);
    }
    const Json head{{"tokens", probe.tokens}, {"heads", heads}, {"layers", layers}};
    return writeSafetensors(path, writer.take(), {{kProbeKey, dumpJson(head)}});
}

Result<Probe> readProbe(const std::filesystem::path& path)
{
    VITRINE_TRY(const Safetensors file, Safetensors::open(path));
    const auto found = file.metadata().find(kProbeKey);
    if (found == file.metadata().end())
        return inputError("{} is no probe of a quantized model", path.string());
    VITRINE_TRY(const Json json, parseJson(found->second, path.string()));
    Probe probe;
    JsonFields fields(json, path.filename().string());
    for (const Json& token : fields.list("tokens")) {
        if (!token.is_string() || sizeOf(probe.tokens) == kMostTokens)
            return inputError("{} has tokens that are no texts, or too many", path.string());
        probe.tokens.push_back(token.get<std::string>());
    }
    const Json &heads = fields.list("heads"), &layers = fields.list("layers");
    VITRINE_CHECK(fields.done());
    if (sizeOf(heads) > kMostLayers || sizeOf(layers) > kMostLayers)
        return inputError("{} has more layers than any model", path.string());
    const ProbeReader reader(file);
    VITRINE_TRY(probe.maps, readMaps(reader, heads, sizeOf(probe.tokens)));
    for (const Json& layer : layers) {
        VITRINE_TRY(ProbeLayer read, readLayer(reader, layer, probe.layers.size()));
        probe.layers.push_back(std::move(read));
    }
    VITRINE_CHECK(file.unchanged());
    return probe;
}

} // namespace vitrine::quantization_plugin
