#include "core/superres/tfjs/tfjs_model.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/tensor/printable.h"

#include <fmt/ranges.h>

namespace vitrine::superres
{
namespace
{

constexpr std::uint64_t kMostModelJson = 8 << 20;

std::string sizesText(const std::vector<std::int64_t>& shape)
{
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

// Takes a weight out, so that what is left at the end is surplus.
Result<std::vector<float>> takenWeight(TfjsTensors& tensors, const std::string& weight,
                                       const std::vector<std::int64_t>& shape,
                                       const std::string& file)
{
    const auto found = tensors.find(weight);
    if (found == tensors.end())
        return inputError("cannot read {}: the weight \"{}\" is missing", file, printable(weight));
    if (found->second.shape != shape)
        return inputError("cannot read {}: the weight \"{}\" has the shape {}, {} is expected",
                          file, printable(weight), sizesText(found->second.shape),
                          sizesText(shape));
    auto values = std::move(found->second.values);
    tensors.erase(found);
    return values;
}

// [height, width, in, out] becomes [out, in, height, width].
std::vector<float> outputsFirst(const std::vector<float>& values, std::size_t taps, std::size_t in,
                                std::size_t out)
{
    std::vector<float> turned(values.size());
    for (std::size_t tap = 0; tap < taps; ++tap)
        for (std::size_t i = 0; i < in; ++i)
            for (std::size_t o = 0; o < out; ++o)
                turned[(o * in + i) * taps + tap] = values[(tap * in + i) * out + o];
    return turned;
}

Result<TfjsKernel> tfjsKernelOf(const TfjsTopology& topology, const TfjsLayer& layer,
                                TfjsTensors& tensors, const std::string& file)
{
    const std::int64_t in = topology.inChannels(layer);
    TfjsKernel kernel;
    VITRINE_TRY(const auto values,
                takenWeight(tensors, layer.name + "/kernel",
                            {layer.kernelHeight, layer.kernelWidth, in, layer.channels}, file));
    kernel.weights =
        outputsFirst(values, static_cast<std::size_t>(layer.kernelHeight * layer.kernelWidth),
                     static_cast<std::size_t>(in), static_cast<std::size_t>(layer.channels));
    if (layer.bias) {
        VITRINE_TRY(kernel.bias,
                    takenWeight(tensors, layer.name + "/bias", {layer.channels}, file));
    }
    return kernel;
}

} // namespace

std::int64_t TfjsModel::parameters() const
{
    std::size_t count = 0;
    for (const TfjsKernel& kernel : kernels)
        count += kernel.weights.size() + kernel.bias.size();
    return static_cast<std::int64_t>(count);
}

Result<TfjsModel> parseTfjsModel(std::string_view text, const std::string& name,
                                 const ReadShard& shards)
{
    VITRINE_TRY(const Json json, parseJson(text, name));
    JsonFields fields(json, name);
    const std::string format = fields.neededText("format");
    fields.text("generatedBy");
    fields.text("convertedBy");
    const Json &modelTopology = fields.object("modelTopology"),
               &manifest = fields.list("weightsManifest");
    fields.refuseOthers();
    VITRINE_CHECK(fields.done());
    if (format != "layers-model")
        return inputError("cannot read {}: its \"format\" is {}, \"layers-model\" is expected",
                          name, printable(format));

    TfjsModel model;
    VITRINE_TRY(model.topology, parseTfjsTopology(modelTopology, name));
    VITRINE_TRY(TfjsTensors tensors, readTfjsTensors(manifest, name, shards));
    for (const TfjsLayer& layer : model.topology.layers) {
        model.kernels.emplace_back();
        if (layer.kind != TfjsKind::convolution)
            continue;
        VITRINE_TRY(model.kernels.back(), tfjsKernelOf(model.topology, layer, tensors, name));
    }
    if (!tensors.empty())
        return inputError("cannot read {}: no layer has the weight \"{}\"", name,
                          printable(tensors.begin()->first));
    return model;
}

Result<TfjsModel> readTfjsModel(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / "model.json";
    VITRINE_TRY(const std::string text, readFile(path, kMostModelJson));
    std::vector<std::filesystem::path> files{path};
    const auto shard = [&](const std::string& name, std::uint64_t most) {
        files.push_back(folder / name);
        return readFile(files.back(), most);
    };
    VITRINE_TRY(TfjsModel model, parseTfjsModel(text, printableName(path.string()), shard));
    model.files = std::move(files);
    return model;
}

} // namespace vitrine::superres
