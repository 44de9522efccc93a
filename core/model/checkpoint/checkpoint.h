#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/binary_codes.h"
#include "core/tensor/tensor_view.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::model
{

// The tensors of a network on disk, mapped, nothing copied: whatever the network is. Immutable; any
// thread.
class Checkpoint
{
public:
    virtual ~Checkpoint() = default;

    virtual std::vector<std::string> tensorNames() const = 0; // in order
    virtual bool has(const std::string& name) const = 0;
    // Input error naming tensor and file where it is missing. The view lives as long as this
    // object.
    virtual Result<TensorView> tensor(const std::string& name) const = 0;
    // Of a matrix that is stored as codes rather than as numbers (`tensor` then is an input error);
    // nullptr for every other. Lives as long as this object.
    virtual const kernels::BinaryCodes* codes(const std::string& /*name*/) const { return nullptr; }
    // Files read, for hashes and "Where from?".
    virtual std::vector<std::filesystem::path> files() const = 0;
    // Sentences worth showing: what was assumed, and what lies there and is not used.
    virtual std::vector<std::string> notes() const = 0;
};

// A folder that holds model.safetensors, or the shards that its model.safetensors.index.json names;
// or one safetensors file. Tensors carry the names of the file. `files` of a folder begins with its
// config.json where there is one, for it says what the tensors are of; it is not read here. Input
// error where there are no such files, with a line that says what to convert to for pickles (.bin
// of torch, .pt).
Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const std::filesystem::path& path);

} // namespace vitrine::model
