#include "core/attention/picture/picture_file.h"

#include "core/attention/picture/picture_format.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/base/near_name.h"
#include "core/tensor/printable.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <set>

namespace vitrine::attention
{

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

constexpr std::int64_t kMostLayers = 512, kMostHeads = 4096, kMostPictureSide = 16384;

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
        fields.refuseOthers();
        VITRINE_CHECK(fields.done());
        const auto found = std::ranges::find(kPictureKinds, kind);
        if (found == kPictureKinds.end())
            return wrong("layer {} has a kind that is not known", printable(layer.name));
        layer.kind = static_cast<AttentionKind>(found - kPictureKinds.begin());
        if (!(layer.epsilon >= 0 && layer.epsilon <= 1))
            return wrong("layer {}: \"epsilon\" from 0 to 1 expected", printable(layer.name));
        VITRINE_CHECK(checkGrids(layer, static_cast<std::int64_t>(prefix)));
        return layer;
    }

    Result<TensorView> tensor(const std::string& name, const std::vector<std::int64_t>& shape,
                              bool halfToo = false)
    {
        asked_.insert(name);
        VITRINE_TRY(TensorView view, file_.tensor(name));
        if (view.type != DType::f32 && !(halfToo && view.type == DType::f16))
            return wrong("tensor \"{}\" is {}", name, dtypeName(view.type));
        if (view.shape != shape)
            return wrong("tensor \"{}\" has shape [{}], [{}] expected", name,
                         fmt::join(view.shape, ", "), fmt::join(shape, ", "));
        return view;
    }

    Result<SeenPicture> picture()
    {
        asked_.insert("picture");
        VITRINE_TRY(const TensorView view, file_.tensor("picture"));
        if (view.type != DType::u8 || view.shape.size() != 3 || view.shape[0] != view.shape[1] ||
            view.shape[2] != 3 || view.shape[0] < 1 || view.shape[0] > kMostPictureSide)
            return wrong("tensor \"picture\" is no square of bytes in three colours");
        SeenPicture seen{view.shape[0], std::vector<std::uint8_t>(view.bytes.size())};
        std::ranges::transform(view.bytes, seen.rgb.begin(),
                               [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
        return seen;
    }

    // What the format does not have, and no layer asked for.
    Result<void> refuseOthers() const
    {
        for (const auto& [key, value] : file_.metadata())
            if (std::ranges::find(kPictureKeys, key) == kPictureKeys.end())
                return wrong("unknown metadata \"{}\"; {}", printable(key),
                             nameAdvice(key, kPictureKeys));
        for (const auto& [name, entry] : file_.entries())
            if (!asked_.contains(name))
                return wrong("unknown tensor \"{}\"", printable(name));
        return {};
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
                return wrong("layer {} has {} tokens before its patches, {} are named",
                             printable(layer.name), grid.prefix, prefix);
        const bool isWindows = layer.kind == AttentionKind::windows;
        const TokenGrid& grid = layer.queries;
        if (isWindows != (layer.window > 0) ||
            (isWindows && (prefix > 0 || grid != layer.keys || grid.rows != grid.columns ||
                           grid.columns % layer.window != 0 || layer.offset >= layer.window)))
            return wrong("layer {}: its windows do not fit its {} x {} patches",
                         printable(layer.name), grid.rows, grid.columns);
        return {};
    }

    const Safetensors& file_;
    std::string place_;
    std::set<std::string> asked_;
};

} // namespace

Result<PictureCapture> PictureCapture::open(const std::filesystem::path& path)
{
    auto made = std::make_shared<Private>();
    VITRINE_TRY(made->file, Safetensors::open(path));
    PictureReader reader(*made->file, path.filename().string());
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
                    reader.tensor(pictureTensor("q", l), {layer.heads, queries, layer.dim}, true));
        VITRINE_TRY(TensorView k,
                    reader.tensor(pictureTensor("k", l), {layer.heads, keys, layer.dim}, true));
        VITRINE_TRY(const TensorView norms, reader.tensor(pictureTensor("norms", l), {queries}));
        VITRINE_TRY(const TensorView received,
                    reader.tensor(pictureTensor("received", l), {layer.heads, keys}));
        std::vector<float> bias;
        if (layer.kind == AttentionKind::windows) {
            const std::int64_t reach = 2 * layer.window - 1;
            VITRINE_TRY(const TensorView view,
                        reader.tensor(pictureTensor("bias", l), {layer.heads, reach * reach}));
            bias = toFloat(view);
        }
        made->q.push_back(std::move(q));
        made->k.push_back(std::move(k));
        made->norms.push_back(toFloat(norms));
        made->received.push_back(toFloat(received));
        made->bias.push_back(std::move(bias));
        made->layers.push_back(std::move(layer));
    }
    VITRINE_CHECK(reader.refuseOthers());
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
