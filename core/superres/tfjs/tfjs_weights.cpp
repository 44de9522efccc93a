#include "core/superres/tfjs/tfjs_weights.h"

#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/tensor/printable.h"
#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace vitrine::superres
{
namespace
{

constexpr std::uint64_t kMostWeightBytes = 1 << 30; // of all groups
constexpr std::size_t kMostSizes = 8;

struct TensorOfGroup {
    std::string name;
    std::vector<std::int64_t> shape;
    std::uint64_t bytes = 0;
};
struct WeightGroup {
    std::vector<std::string> shards;
    std::vector<TensorOfGroup> tensors;
    std::uint64_t bytes = 0; // of all its tensors
};

// One sentence of what is wrong with a tensor's list of sizes, else its bytes in the tensor.
std::string readShape(const Json& sizes, TensorOfGroup& tensor)
{
    if (sizes.empty() || sizes.size() > kMostSizes)
        return fmt::format("it has {} sizes", sizes.size());
    for (const Json& size : sizes) {
        if (!size.is_number_unsigned() || size < 1 || size > kMostWeightBytes)
            return "one of its sizes is no whole number above 0";
        tensor.shape.push_back(size.get<std::int64_t>());
    }
    const auto count = elementCount(tensor.shape);
    if (!count || *count > static_cast<std::int64_t>(kMostWeightBytes / sizeof(float)))
        return "it is too large";
    tensor.bytes = static_cast<std::uint64_t>(*count) * sizeof(float);
    return {};
}

Result<TensorOfGroup> readTensorEntry(const Json& json, const std::string& file)
{
    JsonFields fields(json, file + ", a weight");
    TensorOfGroup tensor;
    tensor.name = fields.neededText("name");
    const std::string type = fields.neededText("dtype");
    const Json& sizes = fields.list("shape");
    const auto refuse = [&](std::string_view why) {
        fields.fail(fmt::format("\"{}\": {}", printable(tensor.name), why));
    };
    if (json.is_object() && json.contains("quantization"))
        refuse("quantized weights are not supported");
    if (type != "float32")
        refuse(fmt::format("the type {} is not supported, only float32", printable(type)));
    if (const std::string why = readShape(sizes, tensor); !why.empty())
        refuse(why);
    fields.refuseOthers();
    VITRINE_CHECK(fields.done());
    return tensor;
}

bool isPlainFileName(const std::string& name)
{
    return !name.empty() && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

Result<WeightGroup> readGroup(const Json& json, const std::string& file, std::uint64_t most)
{
    JsonFields fields(json, file + ", \"weightsManifest\"");
    const Json &paths = fields.list("paths"), &weights = fields.list("weights");
    fields.refuseOthers();
    WeightGroup group;
    for (const Json& path : paths)
        if (!path.is_string() || !isPlainFileName(path.get<std::string>()))
            fields.fail("one of \"paths\" is not the name of a file beside it");
        else
            group.shards.push_back(path.get<std::string>());
    VITRINE_CHECK(fields.done());
    for (const Json& weight : weights) {
        VITRINE_TRY(auto tensor, readTensorEntry(weight, file));
        group.bytes += tensor.bytes;
        if (group.bytes > most)
            return inputError("cannot read {}: its weights need more than {} bytes", file,
                              kMostWeightBytes);
        group.tensors.push_back(std::move(tensor));
    }
    return group;
}

// The shards of a group behind each other.
Result<std::string> bytesOfGroup(const WeightGroup& group, const std::string& file,
                                 const ReadShard& shards)
{
    std::string bytes;
    for (const std::string& shard : group.shards) {
        VITRINE_TRY(const std::string more, shards(shard, group.bytes - bytes.size()));
        bytes += more;
    }
    if (bytes.size() != group.bytes)
        return inputError("cannot read {}: its weights need {} bytes, the shards hold {}", file,
                          group.bytes, bytes.size());
    return bytes;
}

Result<TfjsTensor> tensorAt(const char* bytes, const TensorOfGroup& entry, const std::string& file)
{
    static_assert(std::endian::native == std::endian::little);
    TfjsTensor tensor{entry.shape, std::vector<float>(entry.bytes / sizeof(float))};
    std::memcpy(tensor.values.data(), bytes, entry.bytes);
    if (!std::ranges::all_of(tensor.values, [](float value) { return std::isfinite(value); }))
        return inputError("cannot read {}: the weight \"{}\" holds what is not a finite number",
                          file, printable(entry.name));
    return tensor;
}

} // namespace

Result<TfjsTensors> readTfjsTensors(const Json& manifest, const std::string& name,
                                    const ReadShard& shards)
{
    TfjsTensors tensors;
    std::uint64_t left = kMostWeightBytes;
    for (const Json& each : manifest) {
        VITRINE_TRY(const WeightGroup group, readGroup(each, name, left));
        left -= group.bytes;
        VITRINE_TRY(const std::string bytes, bytesOfGroup(group, name, shards));
        const char* at = bytes.data();
        for (const TensorOfGroup& entry : group.tensors) {
            VITRINE_TRY(auto tensor, tensorAt(at, entry, name));
            at += entry.bytes;
            if (!tensors.emplace(entry.name, std::move(tensor)).second)
                return inputError("cannot read {}: the weight \"{}\" occurs twice", name,
                                  printable(entry.name));
        }
    }
    return tensors;
}

} // namespace vitrine::superres
