#include "core/quant/gguf_export.h"

#include "core/base/file.h"
#include "core/base/resources.h"
#include "core/model/llm/llm_rope.h"
#include "core/quant/gguf_writer.h"
#include "tests/support/binary_codes.h"
#include "tests/support/gguf_vocabulary.h"
#include "tests/support/rounded_checkpoint.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <map>
#include <variant>

namespace vitrine::quant
{
namespace
{

using kernels::BinaryCodes;
using kernels::ScaleForm;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What a GGUF file says, read without the writer: numbers and texts by key, tensors by name.
struct GgufFile {
    struct Tensor {
        std::vector<std::uint64_t> dims; // innermost first
        std::uint32_t type = 0;
        std::uint64_t offset = 0;
    };
    std::uint32_t version = 0;
    std::map<std::string, std::variant<double, std::string>> values; // lists: their length
    std::map<std::string, Tensor> tensors;
    std::string data;

    explicit GgufFile(const std::filesystem::path& path) : bytes_(readFile(path, 1 << 28).value())
    {
        EXPECT_EQ(bytes_.substr(0, 4), "GGUF");
        version = take<std::uint32_t>();
        const auto tensorCount = take<std::uint64_t>(), keys = take<std::uint64_t>();
        for (std::uint64_t i = 0; i < keys; ++i) {
            const std::string key = text();
            values[key] = value(take<std::uint32_t>());
        }
        for (std::uint64_t i = 0; i < tensorCount; ++i) {
            Tensor& tensor = tensors[text()];
            tensor.dims.resize(take<std::uint32_t>());
            for (auto& size : tensor.dims)
                size = take<std::uint64_t>();
            tensor.type = take<std::uint32_t>();
            tensor.offset = take<std::uint64_t>();
        }
        data = bytes_.substr((at_ + 31) / 32 * 32);
    }

    std::size_t size() const { return bytes_.size(); }
    double number(const std::string& key) const { return std::get<double>(values.at(key)); }

    // A tensor's numbers as llama.cpp understands its bytes.
    std::vector<float> numbers(const std::string& name) const
    {
        const Tensor& tensor = tensors.at(name);
        std::uint64_t count = 1;
        for (const auto size : tensor.dims)
            count *= size;
        std::vector<float> out;
        const char* at = data.data() + tensor.offset;
        while (out.size() < count)
            switch (tensor.type) {
            case 0:
                out.push_back(read<float>(at));
                break;
            case 1:
                out.push_back(fromHalf(read<std::uint16_t>(at)));
                break;
            case 30:
                out.push_back(fromBfloat(read<std::uint16_t>(at)));
                break;
            case 2: {
                const float step = fromHalf(read<std::uint16_t>(at));
                for (int j = 0; j < 16; ++j)
                    out.push_back(step * static_cast<float>((at[j] & 15) - 8));
                for (int j = 0; j < 16; ++j)
                    out.push_back(step *
                                  static_cast<float>((static_cast<unsigned char>(at[j]) >> 4) - 8));
                at += 16;
                break;
            }
            case 8: {
                const float step = fromHalf(read<std::uint16_t>(at));
                for (int j = 0; j < 32; ++j)
                    out.push_back(step * static_cast<float>(static_cast<signed char>(at[j])));
                at += 32;
                break;
            }
            default:
                ADD_FAILURE() << "type " << tensor.type;
                return out;
            }
        return out;
    }

private:
    template <typename T>
    static T read(const char*& at)
    {
        T number;
        std::memcpy(&number, at, sizeof number);
        at += sizeof number;
        return number;
    }
    template <typename T>
    T take()
    {
        const char* at = bytes_.data() + at_;
        at_ += sizeof(T);
        return read<T>(at);
    }
    std::string text()
    {
        const auto size = take<std::uint64_t>();
        at_ += size;
        return bytes_.substr(at_ - size, size);
    }
    std::variant<double, std::string> value(std::uint32_t type)
    {
        switch (type) {
        case 4:
            return static_cast<double>(take<std::uint32_t>());
        case 5:
            return static_cast<double>(take<std::int32_t>());
        case 6:
            return static_cast<double>(take<float>());
        case 7:
            return static_cast<double>(take<std::uint8_t>());
        case 8:
            return text();
        case 9: {
            const auto inner = take<std::uint32_t>();
            const auto count = take<std::uint64_t>();
            for (std::uint64_t i = 0; i < count; ++i)
                value(inner);
            return static_cast<double>(count);
        }
        default:
            ADD_FAILURE() << "type " << type;
            return 0.0;
        }
    }

    std::string bytes_;
    std::size_t at_ = 4;
};

// Rows divide into blocks; 4 query heads on 2 key heads of 16.
model::LlmConfig blockConfig()
{
    model::LlmConfig c;
    c.hidden = 64, c.layers = 2, c.heads = 4, c.kvHeads = 2, c.headSize = 16, c.mlp = 96;
    c.vocabulary = 300, c.context = 128, c.normEpsilon = 1e-5;
    c.bos = 1, c.eos = {2};
    return c;
}

// <unk>, <s>, </s>, the bytes, letters with a few merges.
std::unique_ptr<model::Tokenizer> smallTokenizer(std::size_t size = 300)
{
    using Kind = model::ScoredPiece::Kind;
    std::vector<model::ScoredPiece> pieces = {
        {"<unk>", 0, Kind::unknown}, {"<s>", 0, Kind::control}, {"</s>", 0, Kind::control}};
    for (int byte = 0; byte < 256; ++byte)
        pieces.push_back({fmt::format("<0x{:02X}>", byte), 0, Kind::byte});
    for (const char* merged : {"\u2581a", "\u2581ab", "ab", "\u2581"})
        pieces.push_back({merged, -static_cast<float>(pieces.size())});
    for (char letter = 'a'; pieces.size() < size; ++letter)
        pieces.push_back({std::string(1, letter), -1000});
    return model::makeScoredBpe(std::move(pieces), true).value();
}

// What a rotated projection's row d of a head is in the file: rows 0, h/2, 1, h/2 + 1, ...
std::vector<float> inPairs(const std::vector<float>& rows, std::int64_t columns,
                           std::int64_t headSize)
{
    std::vector<float> out;
    const auto count = static_cast<std::int64_t>(rows.size()) / columns;
    for (std::int64_t head = 0; head < count / headSize; ++head)
        for (std::int64_t d = 0; d < headSize / 2; ++d)
            for (const std::int64_t row : {head * headSize + d, head * headSize + headSize / 2 + d})
                out.insert(out.end(), rows.begin() + row * columns,
                           rows.begin() + (row + 1) * columns);
    return out;
}

std::vector<float> numbersOf(const BinaryCodes& codes)
{
    std::vector<float> rows(static_cast<std::size_t>(codes.outputs * codes.inputs));
    kernels::decodeRows(codes, codes.planes, 0, codes.outputs, rows.data());
    return rows;
}

class GgufExportTest : public testing::Test
{
protected:
    std::filesystem::path file() const { return folder_.path / "model.gguf"; }
    GgufFile exported(const model::LlmCheckpoint& checkpoint)
    {
        const auto written = exportGguf(checkpoint, smallTokenizer().get(), "tiny", file());
        EXPECT_TRUE(written) << written.error().message;
        if (written) {
            EXPECT_THAT(written->notes, IsEmpty());
            EXPECT_EQ(written->bytes, std::filesystem::file_size(file()));
        }
        return GgufFile(file());
    }
    // Every matrix of the blocks with random codes of one kind.
    std::shared_ptr<const model::LlmCheckpoint> withCodes(tests::CodesShape shape,
                                                          model::LlmConfig config = blockConfig())
    {
        return std::make_shared<tests::PackedCheckpoint>(
            tests::tinyCheckpoint(config), [shape, seed = 0](const TensorView& matrix) mutable {
                shape.outputs = matrix.shape[0], shape.inputs = matrix.shape[1];
                return tests::randomCodes(shape, static_cast<std::uint64_t>(seed++));
            });
    }
    std::string refusal(const model::LlmCheckpoint& checkpoint, const model::Tokenizer* tokenizer)
    {
        const auto written = exportGguf(checkpoint, tokenizer, "tiny", file());
        EXPECT_FALSE(std::filesystem::exists(file()));
        if (written)
            return "written";
        EXPECT_EQ(written.error().kind, ErrorKind::input);
        EXPECT_THAT(written.error().message, HasSubstr(file().string()));
        return written.error().message;
    }
    std::string refusal(tests::CodesShape shape)
    {
        return refusal(*withCodes(shape), smallTokenizer().get());
    }

    tests::TemporaryFolder folder_;
};

TEST_F(GgufExportTest, HeaderSaysWhatTheModelIs)
{
    const GgufFile read = exported(*tests::tinyCheckpoint(blockConfig()));

    EXPECT_EQ(read.version, 3u);
    EXPECT_EQ(std::get<std::string>(read.values.at("general.architecture")), "llama");
    EXPECT_EQ(std::get<std::string>(read.values.at("general.name")), "tiny");
    const std::map<std::string, double> expected = {
        {"general.quantization_version", 2},
        {"llama.vocab_size", 300},
        {"llama.context_length", 128},
        {"llama.embedding_length", 64},
        {"llama.block_count", 2},
        {"llama.feed_forward_length", 96},
        {"llama.attention.head_count", 4},
        {"llama.attention.head_count_kv", 2},
        {"llama.attention.key_length", 16},
        {"llama.attention.value_length", 16},
        {"llama.rope.dimension_count", 16},
        {"llama.rope.freq_base", 10000},
        {"llama.attention.layer_norm_rms_epsilon", 1e-5f},
        {"tokenizer.ggml.tokens", 300},
        {"tokenizer.ggml.scores", 300},
        {"tokenizer.ggml.token_type", 300},
        {"tokenizer.ggml.bos_token_id", 1},
        {"tokenizer.ggml.eos_token_id", 2},
        {"tokenizer.ggml.unknown_token_id", 0},
        {"tokenizer.ggml.add_bos_token", 1},
        {"tokenizer.ggml.add_eos_token", 0},
        {"tokenizer.ggml.add_space_prefix", 1}};
    for (const auto& [key, number] : expected)
        EXPECT_EQ(read.number(key), number) << key;
    EXPECT_EQ(std::get<std::string>(read.values.at("tokenizer.ggml.model")), "llama");
    EXPECT_EQ(read.values.size(), expected.size() + 3);
}

TEST_F(GgufExportTest, TensorsHaveTheNamesAndShapesOfLlamaCpp)
{
    model::LlmConfig config = blockConfig();
    config.layers = 1;
    const GgufFile read = exported(*tests::tinyCheckpoint(config));

    const std::map<std::string, std::vector<std::uint64_t>> expected = {
        {"token_embd.weight", {64, 300}},  {"blk.0.attn_norm.weight", {64}},
        {"blk.0.attn_q.weight", {64, 64}}, {"blk.0.attn_k.weight", {64, 32}},
        {"blk.0.attn_v.weight", {64, 32}}, {"blk.0.attn_output.weight", {64, 64}},
        {"blk.0.ffn_norm.weight", {64}},   {"blk.0.ffn_gate.weight", {64, 96}},
        {"blk.0.ffn_up.weight", {64, 96}}, {"blk.0.ffn_down.weight", {96, 64}},
        {"output_norm.weight", {64}},      {"output.weight", {64, 300}}};
    for (const auto& [name, dims] : expected) {
        ASSERT_TRUE(read.tensors.contains(name)) << name;
        EXPECT_EQ(read.tensors.at(name).dims, dims) << name;
        EXPECT_EQ(read.tensors.at(name).offset % 32, 0u) << name;
    }
    EXPECT_EQ(read.tensors.size(), expected.size());
    config.tiedEmbeddings = true;
    EXPECT_FALSE(exported(*tests::tinyCheckpoint(config)).tensors.contains("output.weight"));
}

TEST_F(GgufExportTest, BlocksHoldTheSameNumbersToTheBit)
{
    for (const int planes : {4, 8})
        for (const std::int64_t columns : {32, 64})
            for (const std::int64_t rows : {1, 2}) {
                const auto checkpoint = withCodes({.planes = planes,
                                                   .groupRows = rows,
                                                   .groupColumns = columns,
                                                   .form = ScaleForm::grid});
                const GgufFile read = exported(*checkpoint);

                const auto codes = [&](const std::string& layer) {
                    return numbersOf(*checkpoint->codes("model.layers.1." + layer + ".weight"));
                };
                EXPECT_EQ(read.tensors.at("blk.1.ffn_down.weight").type, planes == 4 ? 2u : 8u);
                EXPECT_EQ(read.numbers("blk.1.ffn_down.weight"), codes("mlp.down_proj"));
                EXPECT_EQ(read.numbers("blk.1.ffn_up.weight"), codes("mlp.up_proj"));
                EXPECT_EQ(read.numbers("blk.1.ffn_gate.weight"), codes("mlp.gate_proj"));
                EXPECT_EQ(read.numbers("blk.1.attn_v.weight"), codes("self_attn.v_proj"));
                EXPECT_EQ(read.numbers("blk.1.attn_output.weight"), codes("self_attn.o_proj"));
                EXPECT_EQ(read.numbers("blk.1.attn_q.weight"),
                          inPairs(codes("self_attn.q_proj"), 64, 16));
                EXPECT_EQ(read.numbers("blk.1.attn_k.weight"),
                          inPairs(codes("self_attn.k_proj"), 64, 16));
            }
}

TEST_F(GgufExportTest, RowsThatDivideIntoNoBlocksAreFloats)
{
    model::LlmConfig config = blockConfig();
    config.mlp = 70;
    for (const int planes : {4, 8}) {
        const auto checkpoint = withCodes(
            {.planes = planes, .groupRows = 1, .groupColumns = 32, .form = ScaleForm::grid},
            config);
        const GgufFile read = exported(*checkpoint);

        EXPECT_EQ(read.tensors.at("blk.0.ffn_down.weight").type, 0u);
        EXPECT_EQ(read.numbers("blk.0.ffn_down.weight"),
                  numbersOf(*checkpoint->codes("model.layers.0.mlp.down_proj.weight")));
        EXPECT_NE(read.tensors.at("blk.0.ffn_up.weight").type, 0u) << "its rows have 64 columns";
    }
}

TEST_F(GgufExportTest, DenseMatricesKeepTheirTypeAndVectorsAreFloats)
{
    const std::map<DType, std::uint32_t> types = {
        {DType::f32, 0}, {DType::f16, 1}, {DType::bf16, 30}};
    for (const auto& [type, number] : types) {
        const auto checkpoint = tests::tinyCheckpoint(blockConfig(), 3, type);
        const GgufFile read = exported(*checkpoint);

        const auto stored = [&](const std::string& name) {
            return toFloat(checkpoint->tensor(name).value());
        };
        EXPECT_EQ(read.tensors.at("token_embd.weight").type, number);
        EXPECT_EQ(read.tensors.at("blk.0.attn_norm.weight").type, 0u);
        EXPECT_EQ(read.numbers("token_embd.weight"), stored("model.embed_tokens.weight"));
        EXPECT_EQ(read.numbers("output.weight"), stored("lm_head.weight"));
        EXPECT_EQ(read.numbers("output_norm.weight"), stored("model.norm.weight"));
        EXPECT_EQ(read.numbers("blk.1.ffn_norm.weight"),
                  stored("model.layers.1.post_attention_layernorm.weight"));
        EXPECT_EQ(read.numbers("blk.1.attn_k.weight"),
                  inPairs(stored("model.layers.1.self_attn.k_proj.weight"), 64, 16));
    }
}

TEST_F(GgufExportTest, BiasesOfRotatedProjectionsGoWithTheirRows)
{
    model::LlmConfig config = blockConfig();
    config.attentionBias = config.mlpBias = true;
    const auto checkpoint = tests::tinyCheckpoint(config);
    const GgufFile read = exported(*checkpoint);

    const auto stored = [&](const std::string& layer) {
        return toFloat(checkpoint->tensor("model.layers.1." + layer + ".bias").value());
    };
    EXPECT_EQ(read.numbers("blk.1.attn_q.bias"), inPairs(stored("self_attn.q_proj"), 1, 16));
    EXPECT_EQ(read.numbers("blk.1.attn_k.bias"), inPairs(stored("self_attn.k_proj"), 1, 16));
    EXPECT_EQ(read.numbers("blk.1.attn_v.bias"), stored("self_attn.v_proj"));
    EXPECT_EQ(read.numbers("blk.1.attn_output.bias"), stored("self_attn.o_proj"));
    EXPECT_EQ(read.numbers("blk.1.ffn_down.bias"), stored("mlp.down_proj"));
}

TEST_F(GgufExportTest, ScaledRotationsAreFactors)
{
    model::LlmConfig config = blockConfig();
    config.ropeScaling = model::Llama3Scaling{.originalContext = 64};
    const GgufFile read = exported(*tests::tinyCheckpoint(config));

    const std::vector<float> factors = read.numbers("rope_freqs.weight");
    const std::vector<float> frequencies = model::ropeFrequencies(config);
    ASSERT_EQ(factors.size(), 8u);
    for (std::size_t d = 0; d < 8; ++d)
        EXPECT_NEAR(std::pow(1e4, -static_cast<double>(d) / 8) / factors[d] / frequencies[d], 1,
                    1e-6);
    EXPECT_NEAR(factors.front(), 1, 1e-6);
    EXPECT_NEAR(factors.back(), 8, 1e-5) << "the slowest turns are scaled in full";
}

TEST_F(GgufExportTest, AnotherReaderOfTheVocabularyFindsTheSameTokens)
{
    exported(*tests::tinyCheckpoint(blockConfig()));

    const auto vocabulary = testing_support::GgufReader(file().string()).read();
    const auto& texts = vocabulary.texts.at("tokenizer.ggml.tokens");
    EXPECT_EQ(texts[1], "<s>");
    EXPECT_EQ(texts[260], "\u2581ab");
    EXPECT_EQ(vocabulary.reals.at("tokenizer.ggml.scores")[260], -260);
    EXPECT_THAT(std::vector(vocabulary.integers.at("tokenizer.ggml.token_type").begin(),
                            vocabulary.integers.at("tokenizer.ggml.token_type").begin() + 4),
                ElementsAre(2, 3, 3, 6));
}

TEST_F(GgufExportTest, TokensThatTheTokenizerLacksAreUnused)
{
    const auto written =
        exportGguf(*tests::tinyCheckpoint(blockConfig()), smallTokenizer(298).get(), "t", file());

    ASSERT_TRUE(written) << written.error().message;
    EXPECT_THAT(written->notes, ElementsAre(HasSubstr("298 tokens, the model 300")));
    const auto vocabulary = testing_support::GgufReader(file().string()).read();
    EXPECT_EQ(vocabulary.texts.at("tokenizer.ggml.tokens").back(), "[PAD299]");
    EXPECT_EQ(vocabulary.integers.at("tokenizer.ggml.token_type").back(), 5);
}

TEST_F(GgufExportTest, WhatEndsATextIsNamedOrANoteSaysWhatLlamaCppTakes)
{
    model::LlmConfig config = blockConfig();
    config.eos = {7, 8, 9};
    const auto written =
        exportGguf(*tests::tinyCheckpoint(config), smallTokenizer().get(), "tiny", file());

    ASSERT_TRUE(written) << written.error().message;
    EXPECT_THAT(written->notes, ElementsAre(HasSubstr("3 tokens end a text")));
    const GgufFile read(file());
    EXPECT_EQ(read.number("tokenizer.ggml.eos_token_id"), 7);
    EXPECT_EQ(read.number("tokenizer.ggml.eot_token_id"), 8);
}

TEST_F(GgufExportTest, CodesThatGgufCannotSayAreRefusedByName)
{
    const auto first = HasSubstr("\"model.layers.0.self_attn.q_proj.weight\"");
    const tests::CodesShape grid{
        .planes = 4, .groupRows = 1, .groupColumns = 32, .form = ScaleForm::grid};
    auto shape = grid;
    shape.form = ScaleForm::floats;
    EXPECT_THAT(refusal(shape), AllOf(first, HasSubstr("a scale for each plane and group")));
    shape.form = ScaleForm::powers;
    EXPECT_THAT(refusal(shape), AllOf(first, HasSubstr("a sum of powers of two for each plane")));
    shape = grid, shape.hasZeros = true;
    EXPECT_THAT(refusal(shape), AllOf(first, HasSubstr("zero points")));
    for (const int planes : {1, 2, 3, 5, 7}) {
        shape = grid, shape.planes = planes;
        EXPECT_THAT(refusal(shape), AllOf(first, HasSubstr(fmt::format("{} bits", planes))));
    }
    for (const std::int64_t columns : {1, 8, 33, 48}) {
        shape = grid, shape.groupColumns = columns;
        EXPECT_THAT(refusal(shape),
                    AllOf(first, HasSubstr(fmt::format("groups have {} columns", columns))));
    }
}

TEST_F(GgufExportTest, ModelsThatGgufCannotSayAreRefusedByName)
{
    const auto changed = [&](const std::function<void(model::LlmConfig&)>& change) {
        model::LlmConfig config = blockConfig();
        change(config);
        return refusal(*tests::tinyCheckpoint(config), smallTokenizer().get());
    };
    EXPECT_THAT(changed([](auto& c) { c.slidingWindow = 127; }), HasSubstr("see 127 keys"));
    EXPECT_THAT(changed([](auto& c) { c.languageHead = false; }), HasSubstr("no language head"));
    EXPECT_THAT(changed([](auto& c) { c.vocabulary = 299; }),
                HasSubstr("it has 300 tokens, the model 299"));

    model::LlmConfig config = blockConfig();
    config.slidingWindow = 128; // hides nothing within the context
    EXPECT_TRUE(exportGguf(*tests::tinyCheckpoint(config), smallTokenizer().get(), "t", file()));
}

TEST_F(GgufExportTest, TokenizersThatGgufCannotSayAreRefusedByName)
{
    const auto checkpoint = tests::tinyCheckpoint(blockConfig());
    EXPECT_THAT(refusal(*checkpoint, nullptr), HasSubstr("no tokenizer beside the model"));

    const auto byRank = model::parseTokenizerJson(
        R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}})", "tokenizer.json");
    ASSERT_TRUE(byRank) << byRank.error().message;
    EXPECT_THAT(refusal(*checkpoint, byRank->get()), HasSubstr("tokenizer.json merges by rank"));
}

// What is refused beforehand is what the export would refuse, and nothing else.
TEST_F(GgufExportTest, SettingsAreRefusedBeforehandAsTheirCodesAreAfterwards)
{
    const auto refusal = [](const char* method, const QuantSettings& settings) {
        const auto checked = checkGguf(*findQuantizer(method), settings);
        return checked ? std::string("accepted") : checked.error().message;
    };
    for (const char* method : {"rtn", "optq"})
        for (const int bits : {4, 8})
            for (const std::int64_t group : {0, 32, 64})
                EXPECT_EQ(refusal(method, {.bits = bits, .group = group}), "accepted");
    EXPECT_THAT(refusal("shiftadd", {.layout = Layout::block, .bits = 4}),
                HasSubstr("binary codes"));
    EXPECT_THAT(refusal("bcq", {.bits = 4}), HasSubstr("binary codes"));
    EXPECT_THAT(refusal("rtn", {.bits = 3}), HasSubstr("3 bits; GGUF holds"));
    EXPECT_THAT(refusal("rtn", {.bits = 0}), HasSubstr("layer to layer"));
    EXPECT_THAT(refusal("rtn", {.bits = 4, .group = 16}), HasSubstr("groups of 16"));
    EXPECT_THAT(refusal("rtn", {.bits = 4, .group = 48}), HasSubstr("groups of 48"));
    EXPECT_THAT(refusal("rtn", {.bits = 4, .symmetric = false}), HasSubstr("zero points"));
}

TEST_F(GgufExportTest, AFileThatWasThereStaysWhereTheExportIsRefused)
{
    ASSERT_TRUE(writeFileAtomically(file(), "old"));
    model::LlmConfig config = blockConfig();
    config.languageHead = false;

    EXPECT_FALSE(exportGguf(*tests::tinyCheckpoint(config), smallTokenizer().get(), "t", file()));
    EXPECT_EQ(readFile(file(), 10), "old");
    EXPECT_EQ(exportGguf(*tests::tinyCheckpoint(blockConfig()), smallTokenizer().get(), "t",
                         folder_.path / "none" / "model.gguf")
                  .error()
                  .kind,
              ErrorKind::failed);
}

TEST(GgufWriter, SizesThatDoNotFitAreRefused)
{
    const tests::TemporaryFolder folder;
    const auto refusal = [&](GgufType type, std::vector<std::int64_t> shape) {
        const GgufTensor tensor{.name = "w", .type = type, .shape = shape, .write = {}};
        const auto written = writeGguf(folder.path / "w.gguf", {.values = {}, .tensors = {tensor}});
        return written ? "written" : written.error().message;
    };
    constexpr std::int64_t kMost = INT64_MAX;
    EXPECT_THAT(refusal(GgufType::f32, {2, kMost / 4}), HasSubstr("\"w\" has a size that F32"));
    EXPECT_THAT(refusal(GgufType::f16, {kMost / 2, 8}), HasSubstr("\"w\" has a size that F16"));
    EXPECT_THAT(refusal(GgufType::q4_0, {1, 33}), HasSubstr("\"w\" has a size that Q4_0"));
    EXPECT_THAT(refusal(GgufType::q8_0, {kMost, kMost / 32 * 32}), HasSubstr("Q8_0"));
    EXPECT_THAT(refusal(GgufType::f32, {-1, 4}), HasSubstr("\"w\""));
    EXPECT_THAT(refusal(GgufType::f32, {}), HasSubstr("\"w\""));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path));
}

TEST(GgufWriter, RowsHaveTheBytesOfTheirType)
{
    EXPECT_EQ(ggufRowBytes(GgufType::f32, 10), 40);
    EXPECT_EQ(ggufRowBytes(GgufType::f16, 10), 20);
    EXPECT_EQ(ggufRowBytes(GgufType::bf16, 10), 20);
    EXPECT_EQ(ggufRowBytes(GgufType::q4_0, 64), 36);
    EXPECT_EQ(ggufRowBytes(GgufType::q8_0, 64), 68);
    EXPECT_EQ(ggufRowBytes(GgufType::q8_0, 65), std::nullopt);
}

TEST(GgufShippedModel, KeepsTheTokensOfItsTokenizer)
{
    const auto folder = findModel("vitrine-lm");
    if (!folder || !std::filesystem::exists(*folder / "tokenizer.model"))
        GTEST_SKIP() << "the shipped model is not there";
    const auto tokenizer = model::openTokenizer(*folder);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    const auto vocabulary = (*tokenizer)->scoredVocabulary();
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    EXPECT_THAT(vocabulary->more, ElementsAre(HasSubstr("no space behind a special token")))
        << "its tokenizer_config.json says legacy: false";

    const auto byScore = model::makeScoredBpe(vocabulary->pieces, vocabulary->addsPrefix);

    ASSERT_TRUE(byScore) << byScore.error().message;
    for (const std::string text : {"The state of the Union", "  two  spaces", "na\u00efve, 1998!"})
        EXPECT_EQ((*byScore)->encode(text), (*tokenizer)->encode(text)) << text;
}

} // namespace
} // namespace vitrine::quant
