#include "core/model/checkpoint/tensor_files.h"

#include "core/base/file.h"
#include "core/model/checkpoint/shard_index.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <set>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kIndexLimit = 64 << 20;

} // namespace

Result<TensorFiles> TensorFiles::openFolder(const std::filesystem::path& folder)
{
    TensorFiles tensors;
    tensors.place_ = folder;
    VITRINE_CHECK(tensors.addFolder());
    return tensors;
}

Result<TensorFiles> TensorFiles::openFile(const std::filesystem::path& file)
{
    TensorFiles tensors;
    tensors.place_ = file;
    VITRINE_CHECK(tensors.addShard(file));
    return tensors;
}

std::vector<std::string> TensorFiles::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, shard] : shardOf_)
        names.push_back(name);
    return names;
}

Result<TensorView> TensorFiles::tensor(const std::string& name) const
{
    const auto found = shardOf_.find(name);
    if (found == shardOf_.end())
        return inputError("{} holds no tensor \"{}\"", place_.string(), printable(name));
    if (packed_.contains(name))
        return inputError("tensor \"{}\" of {} is stored as binary codes, not as numbers",
                          printable(name), place_.string());
    return shards_[found->second].tensor(name);
}

const kernels::BinaryCodes* TensorFiles::codes(const std::string& name) const
{
    const auto found = packed_.find(name);
    return found == packed_.end() ? nullptr : &found->second;
}

Result<void> TensorFiles::addShard(const std::filesystem::path& path)
{
    VITRINE_TRY(Safetensors shard, Safetensors::open(path));
    VITRINE_TRY(auto packed, readPackedCodes(shard));
    std::set<std::string> names;
    for (const auto& [name, entry] : shard.entries())
        names.insert(name);
    for (const auto& [name, codes] : packed) {
        for (const std::string& part : packedTensorNames(name, codes))
            names.erase(part);
        names.insert(name);
    }
    for (const std::string& name : names)
        if (!shardOf_.emplace(name, shards_.size()).second)
            return inputError("{} holds tensor \"{}\" twice", place_.string(), printable(name));
    packed_.merge(packed);
    shards_.push_back(std::move(shard));
    files_.push_back(path);
    return {};
}

Result<void> TensorFiles::addFolder()
{
    const auto single = place_ / "model.safetensors",
               index = place_ / "model.safetensors.index.json";
    if (std::filesystem::exists(single) && std::filesystem::exists(index))
        notes_.push_back("The folder also holds model.safetensors.index.json, which is not used: "
                         "model.safetensors comes first, as in transformers.");
    if (std::filesystem::exists(single))
        return addShard(single);
    if (std::filesystem::exists(index))
        return addSharded(index);
    if (hasAdapter(place_))
        return inputError("{} holds a LoRA adapter without the model it belongs to; merge it into "
                          "its model (merge_and_unload) and save that",
                          place_.string());
    for (const char* pickle :
         {"pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth"})
        if (std::filesystem::exists(place_ / pickle))
            return inputError("{} holds pickled weights only ({}), which may run code when opened; "
                              "convert them to safetensors "
                              "(save_pretrained with safe_serialization=True)",
                              place_.string(), pickle);
    return inputError("{} holds no model.safetensors and no model.safetensors.index.json",
                      place_.string());
}

Result<void> TensorFiles::addSharded(const std::filesystem::path& index)
{
    VITRINE_TRY(const std::string text, readFile(index, kIndexLimit));
    VITRINE_TRY(const auto listed, parseShardIndex(text, index.string()));
    files_.push_back(index);

    std::map<std::string, std::size_t> numbers;
    for (const auto& [tensor, shard] : listed)
        numbers.emplace(shard, 0);
    for (auto& [shard, number] : numbers) {
        number = shards_.size();
        VITRINE_CHECK(addShard(place_ / shard));
    }
    for (const auto& [tensor, shard] : listed)
        if (!shards_[numbers.at(shard)].has(tensor))
            return inputError("{} says that {} holds tensor \"{}\", but it does not",
                              index.string(), printable(shard), printable(tensor));
    return {};
}

bool hasAdapter(const std::filesystem::path& folder)
{
    return std::ranges::any_of(
        std::array{"adapter_config.json", "adapter_model.safetensors", "adapter_model.bin"},
        [&](const char* name) { return std::filesystem::exists(folder / name); });
}

} // namespace vitrine::model
