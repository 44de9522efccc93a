#include "core/attention/picture/picture_file.h"

#include "core/attention/picture/picture_format.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention
{
namespace
{

Json layerJson(const PictureLayer& layer)
{
    return {{"name", layer.name},
            {"kind", kPictureKinds[static_cast<std::size_t>(layer.kind)]},
            {"heads", layer.heads},
            {"dim", layer.dim},
            {"prefix", layer.queries.prefix},
            {"rows", layer.queries.rows},
            {"columns", layer.queries.columns},
            {"key_prefix", layer.keys.prefix},
            {"key_rows", layer.keys.rows},
            {"key_columns", layer.keys.columns},
            {"window", layer.window},
            {"offset", layer.offset},
            {"epsilon", static_cast<double>(layer.epsilon)}};
}

std::vector<float> together(const std::vector<HeadTensors>& heads,
                            std::vector<float> HeadTensors::*part)
{
    std::vector<float> all;
    for (const HeadTensors& head : heads)
        all.insert(all.end(), (head.*part).begin(), (head.*part).end());
    return all;
}

// Half precision ends at 65504.
bool fitsHalf(std::span<const float> values)
{
    return std::ranges::none_of(
        values, [](float value) { return std::isfinite(value) && std::abs(value) > 65504.0f; });
}

// Bytes of tensors, held until the file is written.
class PictureTensorList
{
public:
    template <typename T>
    void add(std::string name, DType type, std::vector<std::int64_t> shape, std::vector<T> values)
    {
        const auto kept = std::make_shared<std::vector<T>>(std::move(values));
        list.push_back(
            {std::move(name), {type, std::move(shape), std::as_bytes(std::span(*kept))}});
        owned_.push_back(kept);
    }
    void addFloats(std::string name, std::vector<std::int64_t> shape, std::vector<float> values,
                   bool half)
    {
        if (!half)
            return add(std::move(name), DType::f32, std::move(shape), std::move(values));
        std::vector<std::uint16_t> halves(values.size());
        std::ranges::transform(values, halves.begin(), toHalf);
        add(std::move(name), DType::f16, std::move(shape), std::move(halves));
    }

    std::vector<NamedTensor> list;

private:
    std::vector<std::shared_ptr<void>> owned_;
};

std::uint64_t keptBytes(const PictureTensors& picture)
{
    std::uint64_t numbers = 0;
    for (const LayerTensors& layer : picture.tensors)
        for (const HeadTensors& head : layer.heads)
            numbers += head.queries.size() + head.keys.size();
    return numbers * sizeof(float);
}

} // namespace

Result<std::vector<std::string>> writePictureCapture(const std::filesystem::path& path,
                                                     const PictureInfo& info,
                                                     const PictureTensors& picture,
                                                     std::span<const HeadLook> looks,
                                                     std::uint64_t budget)
{
    PictureTensorList tensors;
    tensors.add("picture", DType::u8, {info.picture.side, info.picture.side, 3}, info.picture.rgb);
    const std::uint64_t bytes = keptBytes(picture);
    const bool half = bytes > budget;
    std::size_t large = 0;
    auto look = looks.begin();
    Json layers = Json::array();
    for (std::size_t l = 0; l < picture.layers.size(); ++l) {
        const PictureLayer& layer = picture.layers[l];
        layers.push_back(layerJson(layer));
        std::vector<float> q = together(picture.tensors[l].heads, &HeadTensors::queries),
                           k = together(picture.tensors[l].heads, &HeadTensors::keys),
                           bias = together(picture.tensors[l].heads, &HeadTensors::bias), received;
        const bool fits = fitsHalf(q) && fitsHalf(k);
        large += half && !fits;
        tensors.addFloats(pictureTensor("q", l), {layer.heads, layer.queries.tokens(), layer.dim},
                          std::move(q), half && fits);
        tensors.addFloats(pictureTensor("k", l), {layer.heads, layer.keys.tokens(), layer.dim},
                          std::move(k), half && fits);
        if (const auto places = static_cast<std::int64_t>(bias.size()) / layer.heads; places > 0)
            tensors.addFloats(pictureTensor("bias", l), {layer.heads, places}, std::move(bias),
                              false);
        tensors.addFloats(pictureTensor("norms", l), {layer.queries.tokens()},
                          picture.tensors[l].norms, false);
        for (std::int64_t head = 0; head < layer.heads; ++head, ++look)
            received.insert(received.end(), look->received.begin(), look->received.end());
        tensors.addFloats(pictureTensor("received", l), {layer.heads, layer.keys.tokens()},
                          std::move(received), false);
    }
    VITRINE_CHECK(writeSafetensors(path, tensors.list,
                                   {{"format", std::string(kPictureFormat)},
                                    {"layers", dumpJson(layers)},
                                    {"prefix", dumpJson(Json(picture.prefixNames))},
                                    {"model", info.model},
                                    {"name", info.name}}));
    std::vector<std::string> notes;
    if (half)
        notes.push_back(fmt::format("Queries and keys are kept in half precision (F16): in F32 "
                                    "they would take {}, the budget is {}.",
                                    bytesText(bytes), bytesText(budget)));
    if (large > 0)
        notes.push_back(fmt::format("Of {} layers queries and keys are kept in single precision "
                                    "all the same: half precision ends at 65504.",
                                    large));
    return notes;
}

} // namespace vitrine::attention
