#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vitrine::superres
{

struct TfjsTensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values; // row by row
};
using TfjsTensors = std::map<std::string, TfjsTensor>;

// The bytes of a shard, by its name in the manifest, which is that of a file and no path: input
// error where there is none or it has more than `most` bytes.
using ReadShard = std::function<Result<std::string>(const std::string& shard, std::uint64_t most)>;

// Reads "weightsManifest" and the shards it names: groups of tensors whose numbers (float32, little
// endian) stand one behind the other in the shards of the group. Nothing is allocated for a tensor
// before the shards were found to hold exactly what all of the group need. Input error for other
// types, quantized weights, sizes that don't fit, names that occur twice and numbers that are
// infinite or none. `name` names the file in messages.
Result<TfjsTensors> readTfjsTensors(const Json& manifest, const std::string& name,
                                    const ReadShard& shards);

} // namespace vitrine::superres
