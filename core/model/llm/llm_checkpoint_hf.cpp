#include "core/model/llm/llm_checkpoint_hf.h"

#include "core/base/file.h"
#include "core/model/checkpoint/tensor_files.h"
#include "core/model/network/llm_network.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kConfigLimit = 1 << 20;
constexpr std::size_t kNamesInNote = 4;

class HuggingFaceLlm : public LlmCheckpoint
{
public:
    const LlmConfig& config() const override { return config_; }
    std::vector<std::string> tensorNames() const override
    {
        std::vector<std::string> names;
        for (const auto& [name, stored] : storedName_)
            names.push_back(name);
        return names;
    }
    bool has(const std::string& name) const override { return storedName_.contains(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        const auto found = storedName_.find(name);
        if (found == storedName_.end())
            return inputError("{} holds no tensor \"{}\"", folder_.string(), printable(name));
        return tensors_.tensor(found->second);
    }
    const kernels::BinaryCodes* codes(const std::string& name) const override
    {
        const auto found = storedName_.find(name);
        return found == storedName_.end() ? nullptr : tensors_.codes(found->second);
    }
    std::vector<std::filesystem::path> files() const override { return files_; }
    std::vector<std::string> notes() const override { return notes_; }

    static Result<std::shared_ptr<const LlmCheckpoint>> open(const std::filesystem::path& folder);

private:
    Result<void> readGenerationConfig();
    Result<void> openTensors();
    Result<void> checkWrappers() const;
    Result<void> settleHead();
    Result<std::vector<std::string>> checkRequired();
    void noteAdapter();
    void noteUnexpected(const std::vector<std::string>& unexpected);

    std::filesystem::path folder_;
    std::vector<std::filesystem::path> files_;
    std::vector<std::string> notes_;
    LlmConfig config_;
    TensorFiles tensors_;
    std::map<std::string, std::string> storedName_; // of each tensor, as the file spells it
};

Result<std::shared_ptr<const LlmCheckpoint>>
HuggingFaceLlm::open(const std::filesystem::path& folder)
{
    const auto checkpoint = std::make_shared<HuggingFaceLlm>();
    checkpoint->folder_ = folder;
    const auto configPath = folder / "config.json";
    if (!std::filesystem::exists(configPath))
        return inputError(
            "{} holds no config.json: a model folder of the Hugging Face hub is expected",
            folder.string());
    VITRINE_TRY(const std::string text, readFile(configPath, kConfigLimit));
    VITRINE_TRY(ConfigFile file, readConfigFile(text, configPath.string()));
    checkpoint->config_ = std::move(file.config);
    checkpoint->notes_ = std::move(file.notes);
    checkpoint->files_.push_back(configPath);
    VITRINE_CHECK(checkpoint->readGenerationConfig());
    VITRINE_CHECK(checkpoint->openTensors());
    VITRINE_CHECK(checkpoint->checkWrappers());
    VITRINE_CHECK(checkpoint->settleHead());
    VITRINE_TRY(const auto unexpected, checkpoint->checkRequired());
    checkpoint->noteAdapter();
    checkpoint->noteUnexpected(unexpected);
    return checkpoint;
}

Result<void> HuggingFaceLlm::readGenerationConfig()
{
    const auto path = folder_ / "generation_config.json";
    if (!std::filesystem::exists(path))
        return {};
    VITRINE_TRY(const std::string text, readFile(path, kConfigLimit));
    VITRINE_TRY(auto eos, parseGenerationEos(text, path.string(), config_.vocabulary));
    if (eos)
        config_.eos = std::move(*eos);
    files_.push_back(path);
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

Result<void> HuggingFaceLlm::openTensors()
{
    VITRINE_TRY(tensors_, TensorFiles::openFolder(folder_));
    std::ranges::copy(tensors_.files(), std::back_inserter(files_));
    std::ranges::copy(tensors_.notes(), std::back_inserter(notes_));
    for (const std::string& name : tensors_.names())
        if (!storedName_.emplace(fullName(name), name).second)
            return inputError("{} holds tensor \"{}\" twice", folder_.string(), printable(name));
    return {};
}

// What stands before "model." in the names of a model that another one wraps, as "module." or
// "base_model.model.".
std::string wrapperPrefix(const std::string& name)
{
    static constexpr std::string_view kPeft = "base_model.model.";
    if (name.starts_with(kPeft))
        return std::string(kPeft);
    for (const std::string_view end : {"model.embed_tokens.weight", "embed_tokens.weight"})
        if (name.ends_with(end))
            return name.substr(0, name.size() - end.size());
    return {};
}

Result<void> HuggingFaceLlm::checkWrappers() const
{
    for (const auto& [name, stored] : storedName_) {
        const std::string prefix = has(std::string(kEmbeddingTensor)) ? "" : wrapperPrefix(name);
        if (!prefix.empty())
            return inputError(
                "{}: the names of its tensors start with \"{}\", \"model.\" is expected; {}",
                folder_.string(), printable(prefix),
                prefix.starts_with("base_model.")
                    ? "merge the LoRA adapter into the model (merge_and_unload) and save that"
                    : "save the model that is wrapped, not its wrapper");
        if (name.find(".base_layer.") != std::string::npos)
            return inputError(
                "{}: tensor \"{}\" belongs to a LoRA adapter; merge it into the model "
                "(merge_and_unload) and save that",
                folder_.string(), printable(name));
    }
    return {};
}

// Whether two tensors hold the same bytes.
bool areSame(const Result<TensorView>& a, const Result<TensorView>& b)
{
    return a && b && a->type == b->type && a->shape == b->shape &&
           std::memcmp(a->bytes.data(), b->bytes.data(), a->bytes.size()) == 0;
}

// The head is there where config.json asks for one: tied to the embeddings, or of its own.
Result<void> HuggingFaceLlm::settleHead()
{
    const std::string head(kHeadTensor);
    if (!config_.languageHead) {
        notes_.push_back("The model has no language head (\"architectures\" in config.json names "
                         "none): there are no next tokens and no perplexity.");
        return {};
    }
    if (config_.tiedEmbeddings && has(head)) {
        if (!areSame(tensor(head), tensor(std::string(kEmbeddingTensor))))
            return inputError("{}: config.json ties the head to the embeddings "
                              "(\"tie_word_embeddings\"), but {} is another tensor than {}; set "
                              "\"tie_word_embeddings\" to false, or leave the tensor out",
                              folder_.string(), kHeadTensor, kEmbeddingTensor);
        storedName_.erase(head);
    }
    if (!config_.tiedEmbeddings && !has(head)) {
        config_.languageHead = false;
        notes_.push_back(
            "The model has no language head: there is no lm_head.weight, and config.json "
            "does not tie the head to the embeddings (\"tie_word_embeddings\"). There "
            "are no next tokens and no perplexity.");
    }
    return {};
}

// Gives the names of stored tensors that the model does not need, in order.
Result<std::vector<std::string>> HuggingFaceLlm::checkRequired()
{
    VITRINE_TRY(TensorCheck check,
                checkTensors(llmNetwork(config_).network, *this, folder_.string()));
    if (const std::size_t wide = check.doubles)
        notes_.push_back(fmt::format("{} {} stored as F64 and rounded to single precision.", wide,
                                     wide == 1 ? "tensor is" : "tensors are"));
    return std::move(check.unexpected);
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

void HuggingFaceLlm::noteUnexpected(const std::vector<std::string>& unexpected)
{
    const auto isOfNeededWeight = [&](const std::string& bias) {
        const std::string weight = bias.substr(0, bias.size() - 4) + "weight";
        return has(weight) && !std::ranges::binary_search(unexpected, weight);
    };
    std::vector<std::string> rotary, adapter, biases, others;
    for (const std::string& name : unexpected)
        (name.ends_with("rotary_emb.inv_freq")                    ? rotary
         : name.find(".lora_") != std::string::npos               ? adapter
         : name.ends_with("_proj.bias") && isOfNeededWeight(name) ? biases
                                                                  : others)
            .push_back(name);
    const auto note = [&](const std::vector<std::string>& names, std::string_view one,
                          std::string_view many) {
        if (!names.empty())
            notes_.push_back(fmt::format("{} {}: {}.", names.size(), names.size() == 1 ? one : many,
                                         namesForNote(names)));
    };
    if (!rotary.empty())
        notes_.push_back(fmt::format("{} rotary_emb.inv_freq {} not used: rotary frequencies come "
                                     "from config.json.",
                                     rotary.size(),
                                     rotary.size() == 1 ? "buffer is" : "buffers are"));
    note(adapter, "tensor of a LoRA adapter is not applied",
         "tensors of a LoRA adapter are not applied");
    note(biases, "stored bias is not used, since config.json does not ask for it",
         "stored biases are not used, since config.json does not ask for them");
    note(others, "tensor is not part of this model and is not used",
         "tensors are not part of this model and are not used");
}

void HuggingFaceLlm::noteAdapter()
{
    if (hasAdapter(folder_))
        notes_.emplace_back(kAdapterNote);
}

} // namespace

Result<std::shared_ptr<const LlmCheckpoint>> openHuggingFace(const std::filesystem::path& folder)
{
    return HuggingFaceLlm::open(folder);
}

} // namespace vitrine::model
