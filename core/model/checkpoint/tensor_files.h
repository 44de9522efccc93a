#pragma once

#include "core/model/checkpoint/packed_codes.h"
#include "core/tensor/safetensors.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// The tensors of one or more safetensors files under the names the files give them. A matrix that
// is stored as codes is one tensor among them, under its own name.
class TensorFiles
{
public:
    // model.safetensors of a folder, or the shards that model.safetensors.index.json names.
    static Result<TensorFiles> openFolder(const std::filesystem::path& folder);
    static Result<TensorFiles> openFile(const std::filesystem::path& file);

    std::vector<std::string> names() const;
    bool has(const std::string& name) const { return shardOf_.contains(name); }
    Result<TensorView> tensor(const std::string& name) const;         // input error for codes too
    const kernels::BinaryCodes* codes(const std::string& name) const; // nullptr: not stored so
    // The index, where one was read, then the shards.
    const std::vector<std::filesystem::path>& files() const { return files_; }
    const std::vector<std::string>& notes() const { return notes_; }

private:
    Result<void> addFolder();
    Result<void> addSharded(const std::filesystem::path& index);
    Result<void> addShard(const std::filesystem::path& path);

    std::filesystem::path place_; // folder or file
    std::vector<std::filesystem::path> files_;
    std::vector<std::string> notes_;
    std::vector<Safetensors> shards_;
    std::map<std::string, std::size_t> shardOf_;
    std::map<std::string, kernels::BinaryCodes> packed_;
};

// Whether a LoRA adapter lies in the folder, and the sentence that says that it is not applied.
bool hasAdapter(const std::filesystem::path& folder);
inline constexpr std::string_view kAdapterNote =
    "The folder also holds a LoRA adapter (adapter_config.json, adapter_model), which is not "
    "applied: what is shown is the model without it.";

} // namespace vitrine::model
