#include "core/attention/capture.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <functional>

#include "core/attention/capture_data.h"
#include "core/attention/capture_file.h"
#include "core/attention/sinks.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/tensor/printable.h"

namespace vitrine::attention
{

namespace
{

// Reads parts of a capture file; every complaint names the file.
struct Reader {
    const Safetensors& file;

    std::string name() const { return file.path().filename().string(); }

    Result<std::string> text(const std::string& key) const
    {
        const auto found = file.metadata().find(key);
        if (found == file.metadata().end())
            return inputError("cannot read {}: no metadata \"{}\": is it a capture?", name(), key);
        return found->second;
    }
    Result<std::int64_t> integer(const std::string& key, std::int64_t low, std::int64_t high) const
    {
        VITRINE_TRY(const std::string value, text(key));
        const auto number = parseInteger(value);
        if (!number || *number < low || *number > high)
            return inputError("cannot read {}: metadata \"{}\" is \"{}\", expected {} to {}",
                              name(), key, printable(value, 40), low, high);
        return *number;
    }
    Result<TensorView> tensor(const std::string& tensorName, std::vector<DType> types,
                              const std::vector<std::int64_t>& shape) const
    {
        VITRINE_TRY(TensorView view, file.tensor(tensorName));
        if (std::ranges::find(types, view.type) == types.end())
            return inputError("cannot read {}: tensor \"{}\" is {}, expected {}", name(),
                              tensorName, dtypeName(view.type), dtypeName(types.front()));
        if (view.shape != shape)
            return inputError("cannot read {}: tensor \"{}\" has shape [{}], expected [{}]", name(),
                              tensorName, fmt::join(view.shape, ", "), fmt::join(shape, ", "));
        return view;
    }
    template <typename T>
    Result<std::vector<T>> values(std::string_view tensorName, DType type,
                                  const std::vector<std::int64_t>& shape) const
    {
        VITRINE_TRY(const TensorView view, tensor(std::string(tensorName), {type}, shape));
        assert(view.bytes.size() % sizeof(T) == 0);
        std::vector<T> result(view.bytes.size() / sizeof(T));
        if (!result.empty())
            std::memcpy(result.data(), view.bytes.data(), view.bytes.size());
        return result;
    }
};

Result<std::vector<std::string>> tokenTexts(const Reader& reader)
{
    VITRINE_TRY(const std::string text, reader.text("tokens"));
    VITRINE_TRY(const Json json, parseJson(text, reader.name() + " (tokens)"));
    std::vector<std::string> texts;
    if (!json.is_array())
        return inputError("cannot read {}: metadata \"tokens\" is no list", reader.name());
    for (const Json& item : json) {
        if (!item.is_string())
            return inputError("cannot read {}: metadata \"tokens\" holds something that is no text",
                              reader.name());
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

Result<std::vector<int>> layerIds(const Reader& reader)
{
    VITRINE_TRY(const std::string text, reader.text("layer_ids"));
    VITRINE_TRY(const Json json, parseJson(text, reader.name() + " (layer_ids)"));
    std::vector<int> ids;
    const auto complaint = [&] {
        return inputError(
            "cannot read {}: metadata \"layer_ids\" is no ascending list of layers 0 to 511",
            reader.name());
    };
    if (!json.is_array())
        return complaint();
    for (const Json& item : json) {
        if (!item.is_number_integer())
            return complaint();
        const auto id = item.get<std::int64_t>();
        if (id < 0 || id > 511 || (!ids.empty() && id <= ids.back()))
            return complaint();
        ids.push_back(static_cast<int>(id));
    }
    return ids;
}

Result<void> readShape(const Reader& reader, CaptureData& data)
{
    VITRINE_TRY(const std::string format, reader.text("format"));
    if (format != captureFile::kFormat)
        return inputError("cannot read {}: format \"{}\", expected \"{}\"", reader.name(),
                          printable(format, 40), captureFile::kFormat);
    VITRINE_TRY(const auto layers, reader.integer("layers", 0, 512));
    VITRINE_TRY(data.heads, reader.integer("heads", 0, 4096));
    VITRINE_TRY(data.scores.headSize, reader.integer("head_size", 0, 65536));
    VITRINE_TRY(data.scores.window, reader.integer("window", 0, 1 << 30));
    VITRINE_TRY(const std::string scale, reader.text("scale"));
    const auto number = parseReal(scale);
    if (!number || !(std::abs(*number) < 1e30))
        return inputError("cannot read {}: metadata \"scale\" is no finite number", reader.name());
    data.scores.scale = *number;
    VITRINE_TRY(data.model, reader.text("model"));
    VITRINE_TRY(data.layerIds, layerIds(reader));
    VITRINE_TRY(data.texts, tokenTexts(reader));
    data.scores.tokens = static_cast<std::int64_t>(data.texts.size());
    if (data.layers() != layers)
        return inputError("cannot read {}: \"layers\" is {}, but \"layer_ids\" has {} entries",
                          reader.name(), layers, data.layers());
    return {};
}

Result<void> readSummaries(const Reader& reader, CaptureData& data)
{
    using namespace captureFile;
    const std::int64_t layers = data.layers(), heads = data.heads, tokens = data.scores.tokens;
    VITRINE_TRY(data.ids, reader.values<std::int64_t>(kTokenIds, DType::i64, {tokens}));
    VITRINE_TRY(data.columnRows, reader.values<std::int32_t>(kColumnRows, DType::i32, {tokens}));
    VITRINE_TRY(data.columnScore,
                reader.values<float>(kColumnScore, DType::f32, {layers, heads, tokens}));
    VITRINE_TRY(data.firstTokenMass,
                reader.values<double>(kFirstTokenMass, DType::f64, {layers, heads}));
    VITRINE_TRY(data.entropy, reader.values<double>(kEntropy, DType::f64, {layers, heads}));
    VITRINE_TRY(data.distance, reader.values<double>(kDistance, DType::f64, {layers, heads}));
    VITRINE_TRY(const TensorView thumbnail, reader.file.tensor(std::string(kThumbnail)));
    if (thumbnail.shape.size() == 4)
        data.side = thumbnail.shape[3];
    if (data.side > std::min<std::int64_t>(tokens, 64))
        return inputError(
            "cannot read {}: thumbnails of {} cells a side, at most min(tokens, 64) expected",
            reader.name(), data.side);
    VITRINE_TRY(data.thumbnail, reader.values<float>(kThumbnail, DType::f32,
                                                     {layers, heads, data.side, data.side}));
    if (data.columnRows != columnRows(tokens, data.scores.window))
        return inputError(
            "cannot read {}: \"column_rows\" does not belong to a causal map of {} tokens",
            reader.name(), tokens);
    return {};
}

// "edits": beta and receivers of every calibrated head.
Result<void> readEdits(const Reader& reader, CaptureData& data)
{
    const auto found = reader.file.metadata().find(captureFile::kEdits);
    if (found == reader.file.metadata().end())
        return {};
    VITRINE_TRY(const Json json, parseJson(found->second, reader.name() + " (edits)"));
    const auto complaint = [&] {
        return inputError(
            "cannot read {}: metadata \"edits\" is no list of layer, head, beta (0 to 1) and "
            "receivers_from",
            reader.name());
    };
    if (!json.is_array())
        return complaint();
    for (const Json& item : json) {
        const auto integer = [&](const char* key, std::int64_t high) -> std::int64_t {
            const bool good = item.is_object() && item.contains(key) &&
                              item[key].is_number_integer() && item[key] >= 0 && item[key] <= high;
            return good ? item[key].get<std::int64_t>() : -1;
        };
        const std::int64_t layer = integer("layer", 511), head = integer("head", 4095);
        KeptEdit edit;
        edit.receiversFrom = integer("receivers_from", data.scores.tokens);
        const bool hasBeta = item.is_object() && item.contains("beta") && item["beta"].is_number();
        edit.beta = hasBeta ? item["beta"].get<double>() : -1;
        if (layer < 0 || head < 0 || edit.receiversFrom < 0 ||
            !(edit.beta >= 0 && edit.beta <= 1) ||
            !data.edits.emplace(std::pair{layer, head}, edit).second)
            return complaint();
    }
    return {};
}

// How a kept head was calibrated; nothing where it was not.
Result<std::optional<KeptEdit>> readEdit(const Reader& reader, const CaptureData& data, int layer,
                                         std::int64_t head)
{
    const std::string columns = captureFile::headTensor(captureFile::kEditColumns, layer, head);
    const std::string factors = captureFile::headTensor(captureFile::kEditFactors, layer, head);
    const auto found = data.edits.find({layer, head});
    const bool named = found != data.edits.end();
    if (!named && !reader.file.has(columns) && !reader.file.has(factors))
        return std::nullopt;
    if (!named)
        return inputError("cannot read {}: \"{}\" has no entry in metadata \"edits\"",
                          reader.name(), columns);
    KeptEdit edit = found->second;
    const std::int64_t tokens = data.scores.tokens;
    VITRINE_TRY(const TensorView view, reader.file.tensor(columns));
    if (view.shape.size() != 1 || view.shape[0] < 1 || view.shape[0] > tokens)
        return inputError("cannot read {}: tensor \"{}\" has shape [{}], expected 1 to {} columns",
                          reader.name(), columns, fmt::join(view.shape, ", "), tokens);
    VITRINE_TRY(edit.columns, reader.values<std::int32_t>(columns, DType::i32, view.shape));
    VITRINE_TRY(edit.factors, reader.values<double>(factors, DType::f64, {tokens}));
    const bool ascending = std::ranges::adjacent_find(edit.columns, std::ranges::greater_equal{}) ==
                           edit.columns.end();
    if (!ascending || edit.columns.front() < 0 || edit.columns.back() >= tokens)
        return inputError(
            "cannot read {}: tensor \"{}\" does not hold ascending columns from 0 to {}",
            reader.name(), columns, tokens - 1);
    if (!std::ranges::all_of(edit.factors,
                             [](double factor) { return factor >= 0 && factor <= 1e12; }))
        return inputError(
            "cannot read {}: tensor \"{}\" holds a factor that is not within 0 to 1e12",
            reader.name(), factors);
    return edit;
}

// Nothing where the head is not kept.
Result<std::optional<CaptureData::Head>> readHead(const Reader& reader, const CaptureData& data,
                                                  int layer, std::int64_t head)
{
    const auto name = [&](std::string_view what) {
        return captureFile::headTensor(what, layer, head);
    };
    const std::int64_t tokens = data.scores.tokens;
    const std::vector<std::int64_t> shape = {tokens, data.scores.headSize};
    CaptureData::Head kept;
    if (reader.file.has(name("map"))) {
        VITRINE_TRY(kept.map, reader.tensor(name("map"), {DType::f32}, {tokens, tokens}));
        return kept;
    }
    if (!reader.file.has(name("q")))
        return std::nullopt;
    VITRINE_TRY(kept.q, reader.tensor(name("q"), {DType::f32, DType::f16}, shape));
    VITRINE_TRY(kept.k, reader.tensor(name("k"), {DType::f32, DType::f16}, shape));
    VITRINE_TRY(kept.lse, reader.values<double>(name("lse"), DType::f64, {tokens}));
    VITRINE_TRY(kept.edit, readEdit(reader, data, layer, head));
    return kept;
}

} // namespace

Result<Capture> Capture::open(const std::filesystem::path& path)
{
    auto data = std::make_shared<Private>();
    VITRINE_TRY(data->file, Safetensors::open(path));
    const Reader reader{*data->file};
    VITRINE_CHECK(readShape(reader, *data));
    VITRINE_CHECK(readSummaries(reader, *data));
    VITRINE_CHECK(readEdits(reader, *data));
    for (std::int64_t l = 0; l < data->layers(); ++l) {
        for (std::int64_t h = 0; h < data->heads; ++h) {
            VITRINE_TRY(auto kept,
                        readHead(reader, *data, data->layerIds[static_cast<std::size_t>(l)], h));
            if (kept)
                data->kept.emplace(std::pair{l, h}, *std::move(kept));
        }
    }
    VITRINE_CHECK(data->file->unchanged());
    Capture capture;
    capture.d_ = std::move(data);
    return capture;
}

} // namespace vitrine::attention
