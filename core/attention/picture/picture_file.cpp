#include "core/attention/picture/picture_file.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::attention
{
namespace
{

constexpr std::string_view kPictureFormat = "vitrine-picture-1";
constexpr std::array<std::string_view, 3> kKindNames = {"softmax", "windows", "linear"};
constexpr std::int64_t kMostLayers = 512, kMostHeads = 4096, kMostPictureSide = 16384;

std::string layerTensor(const char* what, std::size_t layer)
{
    return fmt::format("{}.{}", what, layer);
}

Json layerJson(const PictureLayer& layer)
{
    return {{"name", layer.name},
            {"kind", kKindNames[static_cast<std::size_t>(layer.kind)]},
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
        tensors.addFloats(layerTensor("q", l), {layer.heads, layer.queries.tokens(), layer.dim},
                          std::move(q), half && fits);
        tensors.addFloats(layerTensor("k", l), {layer.heads, layer.keys.tokens(), layer.dim},
                          std::move(k), half && fits);
        if (const auto places = static_cast<std::int64_t>(bias.size()) / layer.heads; places > 0)
            tensors.addFloats(layerTensor("bias", l), {layer.heads, places}, std::move(bias),
                              false);
        tensors.addFloats(layerTensor("norms", l), {layer.queries.tokens()},
                          picture.tensors[l].norms, false);
        for (std::int64_t head = 0; head < layer.heads; ++head, ++look)
            received.insert(received.end(), look->received.begin(), look->received.end());
        tensors.addFloats(layerTensor("received", l), {layer.heads, layer.keys.tokens()},
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

struct PictureCapture::Private {
    std::optional<Safetensors> file;
    std::string model, name;
    SeenPicture picture;
    std::vector<PictureLayer> layers;
    std::vector<std::string> prefixNames;
    std::vector<TensorView> q, k; // of each layer, in the mapped file
    std::vector<std::vector<float>> bias, norms, received;
};

namespace
{

// Reads and checks; `place` is what sentences call the file.
class PictureReader
{
public:
    PictureReader(const Safetensors& file, std::string place)
        : file_(file), place_(std::move(place))
    {
    }

    Result<Json> listIn(const char* key) const
    {
        const auto found = file_.metadata().find(key);
        if (found == file_.metadata().end())
            return wrong("metadata \"{}\" is missing", key);
        VITRINE_TRY(Json list, parseJson(found->second, place_));
        if (!list.is_array())
            return wrong("metadata \"{}\" is no list", key);
        return list;
    }
    std::string textIn(const char* key) const
    {
        const auto found = file_.metadata().find(key);
        return found == file_.metadata().end() ? std::string() : found->second;
    }

    Result<PictureLayer> layer(const Json& json, std::size_t prefix) const
    {
        constexpr std::int64_t kMostPatches = 4096; // a side
        JsonFields fields(json, fmt::format("{}, an entry of \"layers\"", place_));
        PictureLayer layer;
        layer.name = fields.neededText("name");
        const std::string kind = fields.neededText("kind");
        layer.heads = fields.integer("heads", 1, kMostHeads);
        layer.dim = fields.integer("dim", 1, 65536);
        layer.queries = {fields.integer("prefix", 0, 4096), fields.integer("rows", 1, kMostPatches),
                         fields.integer("columns", 1, kMostPatches)};
        layer.keys = {fields.integer("key_prefix", 0, 4096),
                      fields.integer("key_rows", 1, kMostPatches),
                      fields.integer("key_columns", 1, kMostPatches)};
        layer.window = fields.integer("window", 0, kMostPatches);
        layer.offset = fields.integer("offset", 0, kMostPatches);
        layer.epsilon = static_cast<float>(fields.real("epsilon", 0));
        VITRINE_CHECK(fields.done());
        const auto found = std::ranges::find(kKindNames, kind);
        if (found == kKindNames.end())
            return wrong("layer {} has a kind that is not known", layer.name);
        layer.kind = static_cast<AttentionKind>(found - kKindNames.begin());
        if (!(layer.epsilon >= 0 && layer.epsilon <= 1))
            return wrong("layer {}: \"epsilon\" from 0 to 1 expected", layer.name);
        VITRINE_CHECK(checkGrids(layer, static_cast<std::int64_t>(prefix)));
        return layer;
    }

    Result<TensorView> tensor(const std::string& name, const std::vector<std::int64_t>& shape,
                              bool halfToo = false) const
    {
        VITRINE_TRY(TensorView view, file_.tensor(name));
        if (view.type != DType::f32 && !(halfToo && view.type == DType::f16))
            return wrong("tensor \"{}\" is {}", name, dtypeName(view.type));
        if (view.shape != shape)
            return wrong("tensor \"{}\" has shape [{}], [{}] expected", name,
                         fmt::join(view.shape, ", "), fmt::join(shape, ", "));
        return view;
    }

    Result<SeenPicture> picture() const
    {
        VITRINE_TRY(const TensorView view, file_.tensor("picture"));
        if (view.type != DType::u8 || view.shape.size() != 3 || view.shape[0] != view.shape[1] ||
            view.shape[2] != 3 || view.shape[0] < 1 || view.shape[0] > kMostPictureSide)
            return wrong("tensor \"picture\" is no square of bytes in three colours");
        SeenPicture seen{view.shape[0], std::vector<std::uint8_t>(view.bytes.size())};
        std::ranges::transform(view.bytes, seen.rgb.begin(),
                               [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
        return seen;
    }

    template <typename... Values>
    tl::unexpected<Error> wrong(fmt::format_string<Values...> text, Values&&... values) const
    {
        return inputError("cannot read {}: {}", place_,
                          fmt::format(text, std::forward<Values>(values)...));
    }

private:
    Result<void> checkGrids(const PictureLayer& layer, std::int64_t prefix) const
    {
        for (const TokenGrid& grid : {layer.queries, layer.keys})
            if (grid.prefix != prefix)
                return wrong("layer {} has {} tokens before its patches, {} are named", layer.name,
                             grid.prefix, prefix);
        const bool isWindows = layer.kind == AttentionKind::windows;
        const TokenGrid& grid = layer.queries;
        if (isWindows != (layer.window > 0) ||
            (isWindows && (prefix > 0 || grid != layer.keys || grid.rows != grid.columns ||
                           grid.columns % layer.window != 0 || layer.offset >= layer.window)))
            return wrong("layer {}: its windows do not fit its {} x {} patches", layer.name,
                         grid.rows, grid.columns);
        return {};
    }

    const Safetensors& file_;
    std::string place_;
};

} // namespace

Result<PictureCapture> PictureCapture::open(const std::filesystem::path& path)
{
    auto made = std::make_shared<Private>();
    VITRINE_TRY(made->file, Safetensors::open(path));
    const PictureReader reader(*made->file, path.filename().string());
    if (reader.textIn("format") != kPictureFormat)
        return reader.wrong("it is no picture that a vision transformer looked at");
    made->model = reader.textIn("model");
    made->name = reader.textIn("name");
    VITRINE_TRY(made->picture, reader.picture());
    VITRINE_TRY(const Json prefix, reader.listIn("prefix"));
    for (const Json& name : prefix) {
        if (!name.is_string())
            return reader.wrong("\"prefix\" is no list of names");
        made->prefixNames.push_back(name.get<std::string>());
    }
    VITRINE_TRY(const Json layers, reader.listIn("layers"));
    if (layers.empty() || layers.size() > static_cast<std::size_t>(kMostLayers))
        return reader.wrong("{} layers, 1 to {} expected", layers.size(), kMostLayers);
    for (std::size_t l = 0; l < layers.size(); ++l) {
        VITRINE_TRY(PictureLayer layer, reader.layer(layers[l], made->prefixNames.size()));
        const std::int64_t queries = layer.queries.tokens(), keys = layer.keys.tokens();
        VITRINE_TRY(TensorView q,
                    reader.tensor(layerTensor("q", l), {layer.heads, queries, layer.dim}, true));
        VITRINE_TRY(TensorView k,
                    reader.tensor(layerTensor("k", l), {layer.heads, keys, layer.dim}, true));
        VITRINE_TRY(const TensorView norms, reader.tensor(layerTensor("norms", l), {queries}));
        VITRINE_TRY(const TensorView received,
                    reader.tensor(layerTensor("received", l), {layer.heads, keys}));
        std::vector<float> bias;
        if (layer.kind == AttentionKind::windows) {
            const std::int64_t reach = 2 * layer.window - 1;
            VITRINE_TRY(const TensorView view,
                        reader.tensor(layerTensor("bias", l), {layer.heads, reach * reach}));
            bias = toFloat(view);
        }
        made->q.push_back(std::move(q));
        made->k.push_back(std::move(k));
        made->norms.push_back(toFloat(norms));
        made->received.push_back(toFloat(received));
        made->bias.push_back(std::move(bias));
        made->layers.push_back(std::move(layer));
    }
    return PictureCapture(std::move(made));
}

const std::string& PictureCapture::model() const
{
    return d_->model;
}

const std::string& PictureCapture::name() const
{
    return d_->name;
}

const SeenPicture& PictureCapture::picture() const
{
    return d_->picture;
}

const std::vector<PictureLayer>& PictureCapture::layers() const
{
    return d_->layers;
}

const std::vector<std::string>& PictureCapture::prefixNames() const
{
    return d_->prefixNames;
}

const std::vector<float>& PictureCapture::norms(std::size_t layer) const
{
    return d_->norms.at(layer);
}

std::span<const float> PictureCapture::received(std::size_t layer, std::int64_t head) const
{
    const auto keys = static_cast<std::size_t>(d_->layers.at(layer).keys.tokens());
    return std::span(d_->received[layer]).subspan(static_cast<std::size_t>(head) * keys, keys);
}

HeadMap PictureCapture::map(std::size_t layer, std::int64_t head, Attending attending) const
{
    const PictureLayer& of = d_->layers.at(layer);
    const auto part = [&](const TensorView& all, std::int64_t tokens) {
        const std::size_t bytes = static_cast<std::size_t>(tokens * of.dim) * dtypeSize(all.type);
        return toFloat({all.type,
                        {tokens, of.dim},
                        all.bytes.subspan(static_cast<std::size_t>(head) * bytes, bytes)});
    };
    HeadTensors tensors{
        part(d_->q[layer], of.queries.tokens()), part(d_->k[layer], of.keys.tokens()), {}};
    const std::vector<float>& bias = d_->bias[layer];
    const auto places = static_cast<std::int64_t>(bias.size()) / of.heads;
    tensors.bias.assign(bias.begin() + head * places, bias.begin() + (head + 1) * places);
    return {of, std::move(tensors), attending};
}

} // namespace vitrine::attention
