#include "tests/fuzz/samples.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/checkpoint/packed_codes.h"
#include "core/model/network/llm_network.h"
#include "core/tensor/safetensors.h"
#include "tests/support/binary_codes.h"

#include <unistd.h>

#include <array>
#include <cassert>
#include <cstring>
#include <deque>

namespace vitrine::fuzz
{
namespace
{

template <typename T>
void append(std::string& bytes, const T& value)
{
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string bytesOf(std::vector<NamedTensor> tensors,
                    const std::map<std::string, std::string>& metadata)
{
    const auto path =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-sample-{}", ::getpid());
    const auto written = writeSafetensors(path, std::move(tensors), metadata);
    assert(written);
    std::string bytes = readFile(path, 1 << 20).value_or("");
    std::filesystem::remove(path);
    return bytes;
}

} // namespace

std::string configSample()
{
    return R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "num_hidden_layers": 2,
 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 2, "intermediate_size": 12, "hidden_act": "silu",
 "vocab_size": 16, "max_position_embeddings": 64, "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "sliding_window": null,
 "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
 "original_max_position_embeddings": 32}, "attention_bias": false, "mlp_bias": false, "tie_word_embeddings": false,
 "bos_token_id": 1, "eos_token_id": [2, 3], "torch_dtype": "float16", "use_cache": true})";
}

std::string safetensorsSample()
{
    const auto config = model::parseLlmConfig(configSample(), "config.json");
    assert(config);
    const std::string zeros(4096, '\x3c');
    std::vector<NamedTensor> tensors;
    for (const auto& [name, shape, use] : model::requiredTensors(*config))
        tensors.push_back({name,
                           {DType::f16, shape,
                            std::as_bytes(std::span(zeros))
                                .first(static_cast<std::size_t>(*elementCount(shape)) * 2)}});
    tensors.push_back({"scalar", {DType::i64, {}, std::as_bytes(std::span(zeros)).first(8)}});
    tensors.push_back({"empty", {DType::f32, {0, 3}, {}}});
    return bytesOf(std::move(tensors), {{"format", "pt"}});
}

std::string packedSample()
{
    using kernels::ScaleForm;
    const auto config = model::parseLlmConfig(configSample(), "config.json");
    assert(config);
    const std::string zeros(4096, '\x3c');
    model::PackedWriter writer;
    std::deque<kernels::BinaryCodes> kept;
    for (const auto& [name, shape, use] : model::requiredTensors(*config)) {
        if (name.find("_proj.weight") == std::string::npos) {
            writer.add({name,
                        {DType::f16, shape,
                         std::as_bytes(std::span(zeros))
                             .first(static_cast<std::size_t>(*elementCount(shape)) * 2)}});
            continue;
        }
        // Each form of the scales in turn.
        tests::CodesShape packed{
            .outputs = shape[0], .inputs = shape[1], .planes = 2, .groupColumns = 4};
        packed.form =
            std::array{ScaleForm::floats, ScaleForm::powers, ScaleForm::grid}[kept.size() % 3];
        packed.hasZeros = kept.size() % 2 == 1;
        kept.push_back(tests::randomCodes(packed, kept.size()));
        const auto added = writer.add(name, kept.back());
        assert(added);
    }
    return bytesOf(writer.tensors(), writer.metadata());
}

std::string llama2cSample()
{
    // dim 8, hidden 6, 1 layer, 2 heads of 4, 1 KV head, vocabulary 3, context 5: see
    // llama2c_test.cpp for the count.
    constexpr std::array<std::int32_t, 7> header{8, 6, 1, 2, 1, 3, 5};
    std::string bytes;
    append(bytes, header);
    for (int i = 0; i < 404; ++i)
        append(bytes, 0.01f * static_cast<float>(i));
    return bytes;
}

std::string llama2cTokenizerSample()
{
    std::string bytes;
    append(bytes, std::int32_t{7});
    const auto add = [&](const std::string& piece, float score) {
        append(bytes, score);
        append(bytes, static_cast<std::int32_t>(piece.size()));
        bytes += piece;
    };
    for (const char* piece : {"<unk>", "\n<s>\n", "\n</s>\n"})
        add(piece, 0);
    for (int byte = 0; byte < 256; ++byte)
        add(fmt::format("<0x{:02X}>", byte), 0);
    for (int i = 0; i < 26; ++i)
        add(std::string(1, static_cast<char>('a' + i)), static_cast<float>(-i));
    for (int i = 0; i < 15; ++i)
        add(std::string(" t") + static_cast<char>('a' + i), static_cast<float>(-30 - i));
    return bytes;
}

std::string shardIndexSample()
{
    Json map = Json::object();
    for (int i = 0; i < 20; ++i)
        map[fmt::format("model.layers.{}.mlp.up_proj.weight", i)] =
            fmt::format("model-{:05}-of-00003.safetensors", i % 3 + 1);
    return Json{{"metadata", {{"total_size", 123456789}}}, {"weight_map", map}}.dump(1);
}

std::string taskLinesSample()
{
    return R"({"prompt": "The sea was", "choices": ["calm", "loud", "caf\u00e9"], "answer": 2, "part": "train"}
{"ctx": "A man", "endings": ["sits", "runs"], "label": "1", "dataset": "h"}
{"question": {"stem": "Which?", "choices": [{"text": "x", "label": "A"}, {"text": "y", "label": "B"}]}, "answerKey": "B"}
{"question": "What?", "choices": {"text": ["x", "y"], "label": ["1", "2"]}, "answerKey": "2"}
{"premise": "He fell.", "choice1": "He slipped.", "choice2": "He flew.", "question": "cause", "label": 0}
)";
}

std::string taskTableSample()
{
    return "sentence\tlabel\tdataset\na fine film\t1\tsst2\na dull "
           "one\t0\tsst2\nanother\t1\tsst2\n";
}

std::string taskXmlSample()
{
    return R"(<?xml version="1.0"?><!DOCTYPE copa-corpus SYSTEM "copa.dtd"><copa-corpus>
<item id="1" asks-for="cause" most-plausible-alternative="2"><p>A &amp; b.</p><a1>It rained.</a1><a2>Cat&#39;s.</a2></item>
<item id="2" asks-for='effect' most-plausible-alternative='1'><p>He slept.</p><a1>He woke.</a1><a2>No.</a2></item>
</copa-corpus>)";
}

std::string tokenizerSample()
{
    std::string vocabulary, merges;
    int id = 0;
    for (int c = 33; c < 127; ++c)
        vocabulary +=
            fmt::format("{}:{},", Json(std::string(1, static_cast<char>(c))).dump(), id++);
    for (const char* piece : {"\u0120", "th", "the", "\u0120the", "an", "and"})
        vocabulary += fmt::format("{}:{},", Json(piece).dump(), id++);
    vocabulary.pop_back();
    merges = R"("t h", "th e", ["\u0120", "the"], "a n", "an d")";
    return fmt::format(R"x({{"version":"1.0","truncation":null,"padding":null,
"added_tokens":[{{"id":{0},"content":"<|end|>","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true}},
 {{"id":{1},"content":"<|n|>","single_word":false,"lstrip":false,"rstrip":true,"normalized":true,"special":false}}],
"normalizer":{{"type":"Sequence","normalizers":[{{"type":"NFC"}},{{"type":"Replace","pattern":{{"Regex":"x{{2,}}"}},"content":"y"}}]}},
"pre_tokenizer":{{"type":"Sequence","pretokenizers":[{{"type":"Split","pattern":{{"Regex":"(?i:'s|'t|'re)|[^\\r\\n\\p{{L}}\\p{{N}}]?\\p{{L}}+|\\p{{N}}{{1,3}}| ?[^\\s\\p{{L}}\\p{{N}}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},"behavior":"Isolated","invert":false}},
 {{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}}]}},
"post_processor":{{"type":"TemplateProcessing","single":[{{"SpecialToken":{{"id":"<|end|>","type_id":0}}}},{{"Sequence":{{"id":"A","type_id":0}}}}],"pair":[],"special_tokens":{{"<|end|>":{{"id":"<|end|>","ids":[{0}],"tokens":["<|end|>"]}}}}}},
"decoder":{{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}},
"model":{{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":true,
"vocab":{{{2}}},"merges":[{3}]}}}})x",
                       id, id + 1, vocabulary, merges);
}

std::string topologySample()
{
    return "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num "
           "Filter, Strides, Strides across, Padding,\n"
           "Conv1, 224, 224, 11, 11, 3, 96, 4, 4, 0,\nDP2, 27, 27, 5, 5, 96, 1, 1, 1, 2,\r\n"
           "Conv3, 13, 13, 3, 3, 256, 384, 1, 1, 1,\n\nConv4, 13, 13, 3, 3, 384, 384, 1, 2, 0\n";
}

std::string bitMapSample()
{
    return "layer, weight bits, activation bits\nblocks.0, 4\nblocks.3.attn.qkv.weight, 2, 6\r\n\n"
           "\"blocks.0.mlp.fc1\", 3,\n";
}

std::string bdCurvesSample()
{
    return R"({"anchor": {"rate": [3591.856, 6685.886, 13645.808, 36306.748], "quality": [34.1312, 36.6480, 38.9761, 41.2202]},
"test": {"rate": [2402.075, 5242.852, 11316.149, 31624.632], "quality": [34.9182, 37.4100, 39.6110, 41.6608]}})";
}

std::string textLinesSample()
{
    return R"({"name": "one", "text": "The sea was calm, and the caf\u00e9 was closed."}

{"name": "two", "text": "Nobody came.\nNobody left."}
)";
}

std::string recipeSample()
{
    return "# a language model\ndata = text\nvocabulary = 4096\nwidth = 160   # columns\nwindows = "
           "0:128 "
           "0.3:256 0.75:512\nsteps = 60000\nwarm_up = 300\nlearning_rate = 3e-3\nseed = 1\nlast = "
           "yes\n";
}

std::string cardSample()
{
    return "---\nlicense: gpl-3.0\nname: toy\nstep: 8\nsteps: 40\nseed: 1\nprocessor_hours: "
           "0.4\nselection: -1.75\n---\n\n# toy\n\n## Scores\n\n| what | value | unit "
           "|\n|---|---|---|\n"
           "| PSNR-Y | 33.691 | dB |\n| BD-rate | none | the curves share no quality |\n\n## "
           "Data\n\n"
           "| package | version |\n|---|---|\n| a | 1.0 |\n";
}

} // namespace vitrine::fuzz
