#include "core/quant/layer_record.h"

#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/model/checkpoint/packed_codes.h"

#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr const char* kRecordKey = "vitrine.layer";
constexpr const char* kSubjectKey = "vitrine.subject";
constexpr std::int64_t kMostRecordSide = std::int64_t{1} << 31;

Json toJson(const LayerRecord& record)
{
    return Json{{"name", record.name},
                {"block", record.block},
                {"outputs", record.outputs},
                {"inputs", record.inputs},
                {"bits", record.bits},
                {"stored_bits", record.storedBits},
                {"packed", record.isPacked ? 1 : 0},
                {"weight_error", record.weightError},
                {"output_error", record.outputError},
                {"output_energy", record.outputEnergy},
                {"loss", record.loss ? Json(*record.loss) : Json()},
                {"importance", record.importance},
                {"round_errors", record.roundErrors},
                {"seconds", record.seconds}};
}

Result<LayerRecord> recordFrom(const Json& json)
{
    JsonFields fields(json, "a kept layer");
    const Json all = toJson({});
    for (const auto& [key, value] : all.items()) // an absent number would read as 0
        if (!json.contains(key))
            return inputError("a kept layer lacks \"{}\"", key);
    LayerRecord record;
    record.name = fields.neededText("name");
    record.block = static_cast<int>(fields.integer("block", 0, 1 << 20));
    record.outputs = fields.integer("outputs", 1, kMostRecordSide);
    record.inputs = fields.integer("inputs", 1, kMostRecordSide);
    record.bits = static_cast<int>(fields.integer("bits", 1, 8));
    record.storedBits = fields.integer("stored_bits", 1, std::int64_t{1} << 62);
    record.isPacked = fields.integer("packed", 0, 1) == 1;
    record.weightError = fields.real("weight_error", 0);
    record.outputError = fields.real("output_error", 0);
    record.outputEnergy = fields.real("output_energy", 0);
    if (const double loss = fields.real("loss", 0); !std::isnan(loss)) // null: there is none
        record.loss = loss;
    record.importance = fields.real("importance", 0);
    for (const Json& error : fields.list("round_errors")) {
        if (!error.is_number())
            return inputError("a kept layer has a round error that is no number");
        record.roundErrors.push_back(error.get<double>());
    }
    record.seconds = fields.real("seconds", 0);
    fields.refuseOthers();
    VITRINE_CHECK(fields.done());
    return record;
}

Result<KeptLayer> readLayer(const std::filesystem::path& path, const std::string& name,
                            const std::string& subject)
{
    KeptLayer kept;
    VITRINE_TRY(kept.file, Safetensors::open(path));
    const auto& metadata = kept.file.metadata();
    const auto found = metadata.find(kSubjectKey), described = metadata.find(kRecordKey);
    if (found == metadata.end() || found->second != subject || described == metadata.end())
        return inputError("{} is of something else", path.string());
    VITRINE_TRY(const Json json, parseJson(described->second, path.string()));
    VITRINE_TRY(kept.record, recordFrom(json));
    VITRINE_TRY(auto packed, model::readPackedCodes(kept.file));
    std::int64_t outputs = 0, inputs = 0;
    if (const auto codes = packed.find(name); codes != packed.end()) {
        kept.codes = std::move(codes->second);
        outputs = kept.codes->outputs, inputs = kept.codes->inputs;
    } else {
        VITRINE_TRY(kept.dense, kept.file.tensor(name));
        if (kept.dense.type != DType::f32 || kept.dense.shape.size() != 2)
            return inputError("{} holds no matrix", path.string());
        outputs = kept.dense.shape[0], inputs = kept.dense.shape[1];
    }
    if (kept.record.name != name || kept.record.outputs != outputs ||
        kept.record.inputs != inputs || kept.record.isPacked != kept.codes.has_value())
        return inputError("{} is of another layer", path.string());
    return kept;
}

} // namespace

std::vector<float> KeptLayer::numbers() const
{
    if (!codes)
        return toFloat(dense);
    std::vector<float> rows(static_cast<std::size_t>(codes->outputs * codes->inputs));
    kernels::decodeRows(*codes, codes->planes, 0, codes->outputs, rows.data());
    return rows;
}

std::optional<KeptLayer> readKeptLayer(const std::filesystem::path& file, const std::string& name,
                                       const std::string& subject)
{
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return std::nullopt;
    auto kept = readLayer(file, name, subject);
    if (!kept)
        return std::nullopt;
    return *std::move(kept);
}

Result<void> writeKeptLayer(const std::filesystem::path& file, const LayerRecord& record,
                            const QuantizedLayer& layer, const std::string& subject)
{
    model::PackedWriter writer;
    std::vector<float> dense;
    if (layer.codes) {
        VITRINE_CHECK(writer.add(record.name, *layer.codes));
    } else {
        dense.resize(static_cast<std::size_t>(layer.decoded.size()));
        for (std::size_t i = 0; i < dense.size(); ++i)
            dense[i] = static_cast<float>(layer.decoded.data()[i]);
        writer.add(
            {record.name,
             {DType::f32, {record.outputs, record.inputs}, std::as_bytes(std::span(dense))}});
    }
    auto metadata = writer.metadata();
    metadata[kSubjectKey] = subject;
    metadata[kRecordKey] = dumpJson(toJson(record));
    return writeSafetensors(file, writer.tensors(), metadata);
}

} // namespace vitrine::quant
