#include "core/model/checkpoint_hf.h"

#include "core/base/file.h"
#include "core/model/checkpoint_tensors.h"
#include "core/tensor/printable.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kConfigLimit = 1 << 20, kIndexLimit = 64 << 20;
constexpr std::size_t kNamesInNote = 4;

struct Stored {
    std::size_t shard = 0;
    std::string name; // as the file spells it
};

class HuggingFaceCheckpoint : public Checkpoint
{
public:
    const LlmConfig& config() const override { return config_; }
    std::vector<std::string> tensorNames() const override
    {
        std::vector<std::string> names;
        for (const auto& [name, stored] : tensors_)
            names.push_back(name);
        return names;
    }
    bool has(const std::string& name) const override { return tensors_.contains(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        const auto found = tensors_.find(name);
        if (found == tensors_.end())
            return inputError("{} holds no tensor \"{}\"", folder_.string(), printable(name));
        return shards_[found->second.shard].tensor(found->second.name);
    }
    std::vector<std::filesystem::path> files() const override { return files_; }
    std::vector<std::string> notes() const override { return notes_; }

    static Result<std::shared_ptr<const Checkpoint>> open(const std::filesystem::path& folder);

private:
    Result<void> openShards();
    Result<void> openSharded(const std::filesystem::path& index);
    Result<void> addShard(const std::filesystem::path& path);
    Result<void> nameTensors();
    void settleHead();
    Result<void> checkRequired() const;
    void noteUnexpected();

    std::filesystem::path folder_;
    std::vector<std::filesystem::path> files_;
    std::vector<std::string> notes_;
    LlmConfig config_;
    std::vector<Safetensors> shards_;
    std::map<std::string, Stored> tensors_;
};

Result<std::shared_ptr<const Checkpoint>>
HuggingFaceCheckpoint::open(const std::filesystem::path& folder)
{
    const auto checkpoint = std::make_shared<HuggingFaceCheckpoint>();
    checkpoint->folder_ = folder;
    const auto configPath = folder / "config.json";
    if (!std::filesystem::exists(configPath))
        return inputError(
            "{} holds no config.json: a model folder of the Hugging Face hub is expected",
            folder.string());
    VITRINE_TRY(const std::string text, readFile(configPath, kConfigLimit));
    VITRINE_TRY(checkpoint->config_, parseLlmConfig(text, configPath.string()));
    checkpoint->files_.push_back(configPath);
    VITRINE_CHECK(checkpoint->openShards());
    VITRINE_CHECK(checkpoint->nameTensors());
    checkpoint->settleHead();
    VITRINE_CHECK(checkpoint->checkRequired());
    checkpoint->noteUnexpected();
    return checkpoint;
}

Result<void> HuggingFaceCheckpoint::addShard(const std::filesystem::path& path)
{
    VITRINE_TRY(Safetensors shard, Safetensors::open(path));
    shards_.push_back(std::move(shard));
    files_.push_back(path);
    return {};
}

Result<void> HuggingFaceCheckpoint::openShards()
{
    if (const auto single = folder_ / "model.safetensors"; std::filesystem::exists(single))
        return addShard(single);
    if (const auto index = folder_ / "model.safetensors.index.json"; std::filesystem::exists(index))
        return openSharded(index);
    for (const char* pickle :
         {"pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth"})
        if (std::filesystem::exists(folder_ / pickle))
            return inputError("{} holds pickled weights only ({}), which may run code when opened; "
                              "convert them to safetensors "
                              "(save_pretrained with safe_serialization=True)",
                              folder_.string(), pickle);
    return inputError("{} holds no model.safetensors and no model.safetensors.index.json",
                      folder_.string());
}

Result<void> HuggingFaceCheckpoint::openSharded(const std::filesystem::path& index)
{
    VITRINE_TRY(const std::string text, readFile(index, kIndexLimit));
    VITRINE_TRY(const auto shardOf, parseShardIndex(text, index.string()));
    files_.push_back(index);

    std::map<std::string, std::size_t> numbers;
    for (const auto& [tensor, shard] : shardOf)
        numbers.emplace(shard, 0);
    for (auto& [shard, number] : numbers) {
        number = shards_.size();
        VITRINE_CHECK(addShard(folder_ / shard));
    }
    for (const auto& [tensor, shard] : shardOf)
        if (!shards_[numbers.at(shard)].has(tensor))
            return inputError("{} says that {} holds tensor \"{}\", but it does not",
                              index.string(), printable(shard), printable(tensor));
    return {};
}

// Base models are exported without "model."; the names inside are the same otherwise.
std::string fullName(const std::string& stored)
{
    for (const std::string_view start : {"layers.", "embed_tokens.", "norm."})
        if (stored.starts_with(start))
            return "model." + stored;
    return stored;
}

Result<void> HuggingFaceCheckpoint::nameTensors()
{
    for (std::size_t shard = 0; shard < shards_.size(); ++shard)
        for (const auto& [name, entry] : shards_[shard].entries())
            if (!tensors_.emplace(fullName(name), Stored{shard, name}).second)
                return inputError("{} holds tensor \"{}\" twice", folder_.string(),
                                  printable(name));
    return {};
}

void HuggingFaceCheckpoint::settleHead()
{
    const std::string head(kHeadTensor);
    if (config_.tiedEmbeddings && tensors_.erase(head) > 0)
        notes_.push_back("lm_head.weight is ignored: config.json ties the head to the embeddings");
    if (!config_.tiedEmbeddings && !has(head)) {
        config_.tiedEmbeddings = true;
        notes_.push_back("there is no lm_head.weight, so the embeddings serve as head although "
                         "config.json does not say so");
    }
}

bool isFloat(DType type)
{
    return type == DType::f32 || type == DType::f16 || type == DType::bf16 || type == DType::f64;
}

Result<void> HuggingFaceCheckpoint::checkRequired() const
{
    for (const auto& [name, shape] : requiredTensors(config_)) {
        VITRINE_TRY(const TensorView view, tensor(name));
        if (view.shape != shape)
            return inputError("tensor \"{}\" of {} has the shape [{}], config.json needs [{}]",
                              name, folder_.string(), fmt::join(view.shape, ", "),
                              fmt::join(shape, ", "));
        if (!isFloat(view.type))
            return inputError(
                "tensor \"{}\" of {} is stored as {}; F32, F16, BF16 and F64 can be opened", name,
                folder_.string(), dtypeName(view.type));
    }
    return {};
}

std::string namesForNote(const std::vector<std::string>& names)
{
    std::vector<std::string> shown;
    for (const auto& name : names)
        if (shown.size() < kNamesInNote)
            shown.push_back(printable(name));
    const auto more = names.size() - shown.size();
    return fmt::format("{}{}", fmt::join(shown, ", "),
                       more > 0 ? fmt::format(" and {} more", more) : "");
}

void HuggingFaceCheckpoint::noteUnexpected()
{
    std::set<std::string> required;
    for (auto& tensor : requiredTensors(config_))
        required.insert(std::move(tensor.name));

    std::vector<std::string> rotary, unexpected;
    for (const auto& [name, stored] : tensors_)
        if (!required.contains(name))
            (name.ends_with("rotary_emb.inv_freq") ? rotary : unexpected).push_back(name);
    if (!rotary.empty())
        notes_.push_back(fmt::format(
            "{} rotary_emb.inv_freq buffers are ignored: rotary frequencies come from config.json",
            rotary.size()));
    if (!unexpected.empty())
        notes_.push_back(fmt::format("{} tensors are not part of this model and are ignored: {}",
                                     unexpected.size(), namesForNote(unexpected)));
}

} // namespace

Result<std::shared_ptr<const Checkpoint>> openHuggingFace(const std::filesystem::path& folder)
{
    return HuggingFaceCheckpoint::open(folder);
}

} // namespace vitrine::model
