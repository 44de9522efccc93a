#include "core/model/llm/llama2c.h"

#include "core/base/json.h"
#include "core/base/mapped_file.h"
#include "core/model/llm/llm_rope.h"
#include "core/model/network/llm_network.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <mutex>

namespace vitrine::model
{
namespace
{

static_assert(std::endian::native == std::endian::little, "llama2.c files are little-endian");

constexpr std::size_t kHeaderBytes = 7 * sizeof(std::int32_t);
constexpr std::int32_t kVersionedMagic = 0x616b3432; // "ak42": versions 1 and 2

struct Placed {
    std::string name;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, bytes = 0;
};

// Where each tensor lies; the second value is the size the whole file must have. The file goes kind
// by kind, each for all layers; two rotary tables between the final norm and the head are no
// tensors of the model: their values follow from the shape.
std::pair<std::vector<Placed>, std::uint64_t> place(const LlmConfig& config)
{
    static constexpr std::array kKinds{
        &LlmBlock::attentionNorm, &LlmBlock::q,    &LlmBlock::k,    &LlmBlock::v, &LlmBlock::o,
        &LlmBlock::mlpNorm,       &LlmBlock::gate, &LlmBlock::down, &LlmBlock::up};
    const LlmNetwork llm = llmNetwork(config);
    std::vector<Placed> placed;
    std::uint64_t at = kHeaderBytes;
    const auto add = [&](std::size_t layer) {
        const NetworkTensor& tensor = llm.network.layers[layer].tensors.front();
        const auto bytes = static_cast<std::uint64_t>(*elementCount(tensor.shape)) *
                           sizeof(float); // limits of LlmConfig: no overflow
        placed.push_back({tensor.name, tensor.shape, at, bytes});
        at += bytes;
    };
    add(llm.embedding);
    for (const auto kind : kKinds)
        for (const LlmBlock& block : llm.blocks)
            add(block.*kind);
    add(llm.finalNorm);
    at += static_cast<std::uint64_t>(config.context * config.headSize) * sizeof(float);
    if (!config.tiedEmbeddings)
        add(*llm.head);
    return {std::move(placed), at};
}

// llama2.c rotates the pairs (2d, 2d+1) of a head, the hub's models the pairs (d, d + headSize/2):
// rows move accordingly.
std::vector<std::byte> halfSplitRows(std::span<const std::byte> rows, std::int64_t headSize,
                                     std::int64_t rowBytes)
{
    std::vector<std::byte> moved(rows.size());
    const auto count = static_cast<std::int64_t>(rows.size()) / rowBytes;
    for (std::int64_t row = 0; row < count; ++row) {
        const std::int64_t head = row / headSize, inside = row % headSize, half = headSize / 2;
        const std::int64_t from =
            head * headSize + (inside < half ? 2 * inside : 2 * (inside - half) + 1);
        std::memcpy(moved.data() + row * rowBytes, rows.data() + from * rowBytes,
                    static_cast<std::size_t>(rowBytes));
    }
    return moved;
}

// Whether the rotary tables, cosines [context, headSize / 2] and then sines, say something else
// than the configuration. Tables of zeros say nothing.
bool contradicts(const LlmConfig& config, std::span<const std::byte> tables)
{
    const std::vector<float> values = toFloat(
        TensorView{DType::f32, {static_cast<std::int64_t>(tables.size() / sizeof(float))}, tables});
    if (std::ranges::all_of(values, [](float value) { return value == 0; }))
        return false;
    constexpr float kTolerance = 1e-2f;
    const std::int64_t last = config.context - 1, half = config.headSize / 2;
    const RopeTable expected = ropeTable(ropeFrequencies(config), last, 1);
    for (std::int64_t d = 0; d < half; ++d) {
        const auto at = static_cast<std::size_t>(last * half + d), i = static_cast<std::size_t>(d);
        if (!(std::abs(values[at] - expected.cosine[i]) < kTolerance &&
              std::abs(values[values.size() / 2 + at] - expected.sine[i]) < kTolerance))
            return true;
    }
    return false;
}

class Llama2cCheckpoint : public LlmCheckpoint
{
public:
    Llama2cCheckpoint(std::filesystem::path path, MappedFile file, LlmConfig config)
        : path_(std::move(path)), file_(std::move(file)), config_(std::move(config))
    {
        for (auto& tensor : place(config_).first) {
            std::string name = tensor.name;
            tensors_.emplace(std::move(name), std::move(tensor));
        }
        const Placed& norm = tensors_.at("model.norm.weight"); // before the tables
        const auto bytes =
            static_cast<std::size_t>(config_.context * config_.headSize) * sizeof(float);
        if (contradicts(config_, file_.bytes().subspan(norm.begin + norm.bytes, bytes)))
            notes_.push_back(fmt::format("The file's rotary tables are not those of theta {}; they "
                                         "are not used, as llama2.c does not use them.",
                                         config_.ropeTheta));
    }

    const LlmConfig& config() const override { return config_; }
    std::vector<std::string> tensorNames() const override
    {
        std::vector<std::string> names;
        for (const auto& [name, placed] : tensors_)
            names.push_back(name);
        return names;
    }
    bool has(const std::string& name) const override { return tensors_.contains(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        const auto found = tensors_.find(name);
        if (found == tensors_.end())
            return inputError("{} holds no tensor \"{}\"", path_.string(), printable(name));
        const Placed& placed = found->second;
        auto bytes = file_.bytes().subspan(placed.begin, placed.bytes);
        if (name.ends_with("q_proj.weight") || name.ends_with("k_proj.weight"))
            bytes = rotated(name, bytes);
        return TensorView{DType::f32, placed.shape, bytes};
    }
    std::vector<std::filesystem::path> files() const override { return {path_}; }
    std::vector<std::string> notes() const override { return notes_; }

private:
    // Rows of a query or key projection in the hub's order, kept from the first call on.
    std::span<const std::byte> rotated(const std::string& name,
                                       std::span<const std::byte> bytes) const
    {
        const std::lock_guard lock(mutex_);
        auto& kept = rotated_[name];
        if (kept.empty())
            kept = halfSplitRows(bytes, config_.headSize,
                                 config_.hidden * static_cast<std::int64_t>(sizeof(float)));
        return kept;
    }

    std::filesystem::path path_;
    MappedFile file_;
    LlmConfig config_;
    std::vector<std::string> notes_;
    std::map<std::string, Placed> tensors_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, std::vector<std::byte>> rotated_;
};

} // namespace

Result<LlmConfig> parseLlama2cHeader(std::span<const std::byte> start, std::uint64_t fileSize,
                                     std::string_view name)
{
    if (start.size() < kHeaderBytes)
        return inputError(
            "cannot read {}: it is shorter than the {} bytes that begin a llama2.c file",
            printableName(name), kHeaderBytes);
    std::array<std::int32_t, 7> header;
    std::memcpy(header.data(), start.data(), kHeaderBytes);
    if (header[0] == kVersionedMagic)
        return inputError("cannot read {}: llama2.c files of version {} are not supported, those "
                          "of version 0 are",
                          printableName(name), header[1]);

    const auto [hidden, mlp, layers, heads, kvHeads, vocabulary, context] = header;
    Json json{{"model_type", "llama"},
              {"hidden_size", hidden},
              {"intermediate_size", mlp},
              {"num_hidden_layers", layers},
              {"num_attention_heads", heads},
              {"num_key_value_heads", kvHeads},
              {"vocab_size", std::abs(static_cast<std::int64_t>(vocabulary))},
              {"max_position_embeddings", context},
              {"rms_norm_eps", 1e-5},
              {"rope_theta", 1e4},
              {"tie_word_embeddings", vocabulary > 0},
              {"bos_token_id", 1},
              {"eos_token_id", 2},
              {"torch_dtype", "float32"}};
    auto config = parseLlmConfig(json);
    if (!config)
        return inputError("cannot read {}: as a llama2.c file: {}", printableName(name),
                          config.error().message);
    if (const auto expected = place(*config).second; expected != fileSize)
        return inputError("cannot read {}: a llama2.c file of this shape has {} bytes, this one "
                          "has {} (is it complete?)",
                          printableName(name), expected, fileSize);
    return config;
}

Result<std::shared_ptr<const LlmCheckpoint>>
openLlama2cCheckpoint(const std::filesystem::path& path)
{
    VITRINE_TRY(MappedFile file, MappedFile::open(path));
    VITRINE_TRY(LlmConfig config,
                parseLlama2cHeader(file.bytes(), file.bytes().size(), path.string()));
    return std::make_shared<const Llama2cCheckpoint>(path, std::move(file), std::move(config));
}

} // namespace vitrine::model
