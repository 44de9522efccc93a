#include "core/quant/gguf_export.h"

#include "core/model/llm/llm_rope.h"
#include "core/model/network/llm_network.h"
#include "core/quant/gguf_writer.h"
#include "core/tensor/printable.h"
#include "core/tensor/tensor_view.h"

#include <array>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace vitrine::quant
{
namespace
{

using kernels::BinaryCodes;
using kernels::ScaleForm;
using model::LlmBlock;
using model::LlmConfig;
using model::NetworkTensor;
using model::ScoredPiece;

// The step of each block and what 32 codes of a row say: i of step * (i - zero).
class CodeBlocks
{
public:
    explicit CodeBlocks(const BinaryCodes& codes) : codes_(codes), steps_(kernels::stepsOf(codes))
    {
    }

    std::uint16_t step(std::int64_t row, std::int64_t block) const
    {
        const std::int64_t group = row / codes_.groupRows * codes_.columnGroups() +
                                   block * kGgufBlock / codes_.groupColumns;
        return toHalf(steps_[static_cast<std::size_t>(group)]);
    }
    std::array<std::uint8_t, kGgufBlock> numbers(std::int64_t row, std::int64_t block) const
    {
        std::array<std::uint8_t, kGgufBlock> numbers{};
        for (int plane = 0; plane < codes_.planes; ++plane) {
            std::uint32_t bits = 0;
            const std::int64_t at = (plane * codes_.outputs + row) * codes_.codeBytes() +
                                    block * static_cast<std::int64_t>(sizeof bits);
            std::memcpy(&bits, codes_.codes.data() + at, sizeof bits);
            for (std::size_t k = 0; k < numbers.size(); ++k)
                numbers[k] = static_cast<std::uint8_t>(numbers[k] << 1 | (bits >> k & 1));
        }
        return numbers;
    }
    std::int64_t count() const { return codes_.inputs / kGgufBlock; } // of a row

private:
    const BinaryCodes& codes_;
    std::vector<float> steps_;
};

std::byte* putHalf(std::byte* out, std::uint16_t bits)
{
    std::memcpy(out, &bits, sizeof bits);
    return out + sizeof bits;
}

void writeQ4(const CodeBlocks& codes, std::int64_t row, std::byte* out)
{
    for (std::int64_t block = 0; block < codes.count(); ++block) {
        out = putHalf(out, codes.step(row, block));
        const auto numbers = codes.numbers(row, block);
        for (std::size_t j = 0; j < numbers.size() / 2; ++j)
            *out++ = static_cast<std::byte>(numbers[j] | numbers[j + numbers.size() / 2] << 4);
    }
}

void writeQ8(const CodeBlocks& codes, std::int64_t row, std::byte* out)
{
    constexpr int kZero = 128;
    for (std::int64_t block = 0; block < codes.count(); ++block) {
        out = putHalf(out, codes.step(row, block));
        for (const std::uint8_t number : codes.numbers(row, block))
            *out++ = static_cast<std::byte>(number - kZero);
    }
}

// Why GGUF cannot say it.
Result<void> checkSayable(const BinaryCodes& codes)
{
    VITRINE_CHECK(kernels::checkCodes(codes));
    if (codes.form != ScaleForm::grid)
        return inputError(
            "it has a {} for each plane and group; GGUF holds whole numbers on a grid "
            "(rounding to nearest)",
            codes.form == ScaleForm::powers ? "sum of powers of two" : "scale");
    if (!codes.zeros.empty())
        return inputError("its groups have zero points; Q4_0 and Q8_0 have none");
    if (codes.planes != 4 && codes.planes != 8)
        return inputError("it has {} bits; Q4_0 has 4, Q8_0 has 8", codes.planes);
    if (codes.inputs % kGgufBlock == 0 && codes.groupColumns % kGgufBlock != 0 &&
        codes.groupColumns < codes.inputs)
        return inputError("its groups have {} columns; Q4_0 and Q8_0 have a step for each {}",
                          codes.groupColumns, kGgufBlock);
    return {};
}

Result<GgufTensor> packedTensor(const BinaryCodes& codes)
{
    VITRINE_CHECK(checkSayable(codes));
    GgufTensor tensor{.name = {}, .shape = {codes.outputs, codes.inputs}, .write = {}};
    if (codes.inputs % kGgufBlock != 0) {
        tensor.write = [&codes](std::int64_t row, std::byte* out) {
            std::vector<float> values(static_cast<std::size_t>(codes.inputs));
            kernels::decodeRows(codes, codes.planes, row, row + 1, values.data());
            std::memcpy(out, values.data(), values.size() * sizeof(float));
        };
        return tensor;
    }
    const auto write = codes.planes == 4 ? writeQ4 : writeQ8;
    tensor.type = codes.planes == 4 ? GgufType::q4_0 : GgufType::q8_0;
    tensor.write = [blocks = std::make_shared<const CodeBlocks>(codes),
                    write](std::int64_t row, std::byte* out) { write(*blocks, row, out); };
    return tensor;
}

// A matrix, or a vector as one row.
GgufTensor denseTensor(const TensorView& view)
{
    GgufTensor tensor{.name = {}, .shape = view.shape, .write = {}};
    if (view.shape.size() > 1 && view.type == DType::f16)
        tensor.type = GgufType::f16;
    if (view.shape.size() > 1 && view.type == DType::bf16)
        tensor.type = GgufType::bf16;
    const auto columns = static_cast<std::size_t>(view.shape.back());
    const std::size_t stored = columns * dtypeSize(view.type);
    tensor.write = [=, type = tensor.type](std::int64_t row, std::byte* out) {
        const auto bytes = view.bytes.subspan(static_cast<std::size_t>(row) * stored, stored);
        if (type != GgufType::f32) {
            std::memcpy(out, bytes.data(), bytes.size());
            return;
        }
        const std::vector<float> values =
            toFloat(TensorView{view.type, {view.shape.back()}, bytes});
        std::memcpy(out, values.data(), values.size() * sizeof(float));
    };
    return tensor;
}

GgufTensor vectorTensor(std::string name, std::vector<float> values)
{
    const auto size = static_cast<std::int64_t>(values.size());
    return {.name = std::move(name),
            .shape = {size},
            .write = [values = std::move(values)](std::int64_t, std::byte* out) {
                std::memcpy(out, values.data(), values.size() * sizeof(float));
            }};
}

// Where row `row` of a rotated projection lies in the hub's order: llama.cpp rotates the pairs
// (2d, 2d + 1) of a head, the hub's models the pairs (d, d + headSize / 2).
std::int64_t hubRow(std::int64_t row, std::int64_t headSize)
{
    const std::int64_t inside = row % headSize;
    return row - inside + inside / 2 + inside % 2 * (headSize / 2);
}

void rotateRows(GgufTensor& tensor, std::int64_t headSize)
{
    tensor.write = [write = std::move(tensor.write), headSize](std::int64_t row, std::byte* out) {
        write(hubRow(row, headSize), out);
    };
}

std::vector<float> rotatedBias(const TensorView& view, std::int64_t headSize)
{
    const std::vector<float> stored = toFloat(view);
    std::vector<float> values(stored.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] =
            stored[static_cast<std::size_t>(hubRow(static_cast<std::int64_t>(i), headSize))];
    return values;
}

// Puts together what the file holds.
class GgufModel
{
public:
    GgufModel(const model::LlmCheckpoint& checkpoint, std::vector<std::string>& notes)
        : checkpoint_(checkpoint), c_(checkpoint.config()), notes_(notes)
    {
    }

    Result<GgufContent> make(const model::Tokenizer* tokenizer, const std::string& name)
    {
        VITRINE_CHECK(checkConfig());
        addConfig(name);
        if (!tokenizer)
            return inputError("there is no tokenizer beside the model; GGUF files hold one");
        VITRINE_CHECK(addTokenizer(*tokenizer));
        VITRINE_CHECK(addTensors());
        return std::move(content_);
    }

private:
    Result<void> checkConfig() const;
    void addConfig(const std::string& name);
    Result<void> addTokenizer(const model::Tokenizer& tokenizer);
    Result<void> addPieces(const model::Tokenizer& tokenizer);
    void addSpecialTokens(const model::Tokenizer& tokenizer);
    Result<void> addTensors();
    Result<void> addLayer(const model::NetworkLayer& layer, const std::string& name,
                          bool isRotated = false);
    Result<GgufTensor> tensorOf(const NetworkTensor& needed, bool isRotated) const;

    void put(std::string key, GgufValue value)
    {
        content_.values.emplace_back(std::move(key), std::move(value));
    }
    void putSize(std::string key, std::int64_t size)
    {
        put(std::move(key), static_cast<std::uint32_t>(size)); // limits of LlmConfig: it fits
    }

    const model::LlmCheckpoint& checkpoint_;
    const LlmConfig& c_;
    std::vector<std::string>& notes_;
    GgufContent content_;
};

Result<void> GgufModel::checkConfig() const
{
    if (!c_.languageHead)
        return inputError(
            "the model has no language head; llama.cpp's models of this kind have one");
    if (c_.slidingWindow > 0 && c_.slidingWindow < c_.context)
        return inputError("the model's queries see {} keys (sliding_window); GGUF files of the "
                          "architecture \"llama\" say nothing of it",
                          c_.slidingWindow);
    return {};
}

void GgufModel::addConfig(const std::string& name)
{
    put("general.architecture", "llama");
    put("general.name", name);
    put("general.quantization_version", std::uint32_t{2});
    putSize("llama.vocab_size", c_.vocabulary);
    putSize("llama.context_length", c_.context);
    putSize("llama.embedding_length", c_.hidden);
    putSize("llama.block_count", c_.layers);
    putSize("llama.feed_forward_length", c_.mlp);
    putSize("llama.attention.head_count", c_.heads);
    putSize("llama.attention.head_count_kv", c_.kvHeads);
    putSize("llama.attention.key_length", c_.headSize);
    putSize("llama.attention.value_length", c_.headSize);
    putSize("llama.rope.dimension_count", c_.headSize);
    put("llama.rope.freq_base", static_cast<float>(c_.ropeTheta));
    put("llama.attention.layer_norm_rms_epsilon", static_cast<float>(c_.normEpsilon));
}

Result<void> GgufModel::addTokenizer(const model::Tokenizer& tokenizer)
{
    const auto added = addPieces(tokenizer);
    if (!added)
        return inputError("the tokenizer cannot be said in GGUF: {}", added.error().message);
    const auto bos = tokenizer.bos();
    const auto front = tokenizer.front(), back = tokenizer.back();
    if (!front.empty() && (front.size() > 1 || front.front() != bos))
        return inputError("the tokenizer puts {} tokens in front of a text; GGUF can say BOS alone",
                          front.size());
    if (!back.empty() && (back.size() > 1 || back != tokenizer.eos()))
        return inputError("the tokenizer puts {} tokens behind a text; GGUF can say EOS alone",
                          back.size());
    addSpecialTokens(tokenizer);
    put("tokenizer.ggml.add_bos_token", !front.empty());
    put("tokenizer.ggml.add_eos_token", !back.empty());
    return {};
}

Result<void> GgufModel::addPieces(const model::Tokenizer& tokenizer)
{
    VITRINE_TRY(model::ScoredVocabulary vocabulary, tokenizer.scoredVocabulary());
    const std::int64_t known = tokenizer.size();
    if (known > c_.vocabulary)
        return inputError("it has {} tokens, the model {}", known, c_.vocabulary);
    if (known < c_.vocabulary)
        notes_.push_back(fmt::format("The tokenizer has {} tokens, the model {}: those behind are "
                                     "written as unused.",
                                     known, c_.vocabulary));
    for (std::int64_t id = known; id < c_.vocabulary; ++id)
        vocabulary.pieces.push_back({fmt::format("[PAD{}]", id), 0, ScoredPiece::Kind::unused});
    if (!vocabulary.more.empty())
        notes_.push_back(fmt::format("llama.cpp finds other tokens in some texts: it does not know "
                                     "that the tokenizer {}.",
                                     fmt::join(vocabulary.more, ", and ")));

    std::vector<std::string> texts;
    std::vector<float> scores;
    std::vector<std::int32_t> types;
    std::optional<std::uint32_t> unknown;
    bool hasBytes = false;
    for (ScoredPiece& piece : vocabulary.pieces) {
        if (piece.kind == ScoredPiece::Kind::unknown && !unknown)
            unknown = static_cast<std::uint32_t>(texts.size());
        hasBytes = hasBytes || piece.kind == ScoredPiece::Kind::byte;
        texts.push_back(std::move(piece.text));
        scores.push_back(piece.score);
        types.push_back(static_cast<std::int32_t>(piece.kind) + 1); // sentencepiece's numbers
    }
    if (!hasBytes)
        notes_.emplace_back("The tokenizer has no pieces for bytes: llama.cpp cannot read texts "
                            "with characters that are no piece.");
    put("tokenizer.ggml.model", "llama");
    put("tokenizer.ggml.tokens", std::move(texts));
    put("tokenizer.ggml.scores", std::move(scores));
    put("tokenizer.ggml.token_type", std::move(types));
    put("tokenizer.ggml.add_space_prefix", vocabulary.addsPrefix);
    if (unknown)
        put("tokenizer.ggml.unknown_token_id", *unknown);
    return {};
}

// llama.cpp takes 1 and 2 where a file names no BOS and EOS.
void GgufModel::addSpecialTokens(const model::Tokenizer& tokenizer)
{
    const auto bos = tokenizer.bos() ? std::int64_t{*tokenizer.bos()} : c_.bos;
    if (bos >= 0)
        putSize("tokenizer.ggml.bos_token_id", bos);
    std::vector<std::int64_t> ends = c_.eos;
    if (ends.empty())
        for (const std::int32_t id : tokenizer.eos())
            ends.push_back(id);
    if (ends.empty())
        notes_.emplace_back("The model names no token that ends a text; llama.cpp takes token 2.");
    if (!ends.empty())
        putSize("tokenizer.ggml.eos_token_id", ends[0]);
    if (ends.size() > 1)
        putSize("tokenizer.ggml.eot_token_id", ends[1]);
    if (ends.size() > 2)
        notes_.push_back(
            fmt::format("{} tokens end a text; the file names the first two.", ends.size()));
}

Result<GgufTensor> GgufModel::tensorOf(const NetworkTensor& needed, bool isRotated) const
{
    if (const BinaryCodes* codes = checkpoint_.codes(needed.name)) {
        if (needed.shape != std::vector{codes->outputs, codes->inputs})
            return inputError("it has {} x {} codes", codes->outputs, codes->inputs);
        VITRINE_TRY(GgufTensor tensor, packedTensor(*codes));
        if (isRotated)
            rotateRows(tensor, c_.headSize);
        return tensor;
    }
    VITRINE_TRY(const TensorView view, checkpoint_.tensor(needed.name));
    if (view.shape != needed.shape)
        return inputError("it has another shape than the model needs");
    if (isRotated && view.shape.size() == 1)
        return vectorTensor({}, rotatedBias(view, c_.headSize));
    GgufTensor tensor = denseTensor(view);
    if (isRotated)
        rotateRows(tensor, c_.headSize);
    return tensor;
}

// The tensors of a layer: NAME.weight, NAME.bias.
Result<void> GgufModel::addLayer(const model::NetworkLayer& layer, const std::string& name,
                                 bool isRotated)
{
    for (const NetworkTensor& needed : layer.tensors) {
        auto tensor = tensorOf(needed, isRotated);
        if (!tensor)
            return inputError("\"{}\" cannot be said in GGUF: {}", printable(needed.name),
                              tensor.error().message);
        tensor->name = name + (needed.name.ends_with(".bias") ? ".bias" : ".weight");
        content_.tensors.push_back(std::move(*tensor));
    }
    return {};
}

Result<void> GgufModel::addTensors()
{
    struct Part {
        std::size_t LlmBlock::*layer;
        std::string_view name;
        bool isRotated = false;
    };
    static constexpr std::array kParts{Part{&LlmBlock::attentionNorm, "attn_norm"},
                                       Part{&LlmBlock::q, "attn_q", true},
                                       Part{&LlmBlock::k, "attn_k", true},
                                       Part{&LlmBlock::v, "attn_v"},
                                       Part{&LlmBlock::o, "attn_output"},
                                       Part{&LlmBlock::mlpNorm, "ffn_norm"},
                                       Part{&LlmBlock::gate, "ffn_gate"},
                                       Part{&LlmBlock::up, "ffn_up"},
                                       Part{&LlmBlock::down, "ffn_down"}};

    const model::LlmNetwork llm = model::llmNetwork(c_);
    const auto& layers = llm.network.layers;
    VITRINE_CHECK(addLayer(layers[llm.embedding], "token_embd"));
    if (c_.ropeScaling) { // llama.cpp divides the frequencies by these
        std::vector<float> factors = model::ropeFrequencies(c_);
        for (std::size_t d = 0; d < factors.size(); ++d)
            factors[d] =
                static_cast<float>(std::pow(c_.ropeTheta, -2.0 * static_cast<double>(d) /
                                                              static_cast<double>(c_.headSize)) /
                                   static_cast<double>(factors[d]));
        content_.tensors.push_back(vectorTensor("rope_freqs.weight", std::move(factors)));
    }
    for (std::size_t block = 0; block < llm.blocks.size(); ++block)
        for (const Part& part : kParts)
            VITRINE_CHECK(addLayer(layers[llm.blocks[block].*part.layer],
                                   fmt::format("blk.{}.{}", block, part.name), part.isRotated));
    VITRINE_CHECK(addLayer(layers[llm.finalNorm], "output_norm"));
    if (!c_.tiedEmbeddings)
        VITRINE_CHECK(addLayer(layers[*llm.head], "output"));
    return {};
}

} // namespace

Result<void> checkGguf(const Quantizer& quantizer, const QuantSettings& settings)
{
    constexpr const char* kFits = "GGUF holds whole numbers of 4 or 8 bits without zero points, a "
                                  "step for each 32 weights of a row or for whole multiples";
    if (!quantizer.hasGrid)
        return argumentError("{} makes binary codes; {}", quantizer.name, kFits);
    if (!settings.symmetric)
        return argumentError("groups with zero points (not symmetric); {}", kFits);
    if (settings.bits == 0)
        return argumentError("bits that differ from layer to layer; {}", kFits);
    if (settings.bits != 4 && settings.bits != 8)
        return argumentError("{} bits; {}", settings.bits, kFits);
    if (settings.layout != Layout::row)
        return argumentError("steps of a {}; {}", layoutName(settings.layout), kFits);
    if (settings.group % kGgufBlock != 0)
        return argumentError("groups of {} weights; {}", settings.group, kFits);
    return {};
}

Result<void> checkGguf(const model::LlmCheckpoint& original, const model::Tokenizer* tokenizer)
{
    std::vector<std::string> notes;
    if (auto content = GgufModel(original, notes).make(tokenizer, ""); !content)
        return inputError("the model cannot be written as GGUF: {}", content.error().message);
    return {};
}

Result<GgufExport> exportGguf(const model::LlmCheckpoint& checkpoint,
                              const model::Tokenizer* tokenizer, const std::string& name,
                              const std::filesystem::path& file)
{
    GgufExport result;
    auto content = GgufModel(checkpoint, result.notes).make(tokenizer, name);
    if (!content)
        return inputError("cannot write {}: {}", file.string(), content.error().message);
    VITRINE_TRY(result.bytes, writeGguf(file, *content));
    return result;
}

} // namespace vitrine::quant
