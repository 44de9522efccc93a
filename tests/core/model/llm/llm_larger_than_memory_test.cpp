#include "core/model/llm/llm.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include <sys/resource.h>
#include <unistd.h>

namespace vitrine::model
{
namespace
{

constexpr std::uint64_t kDataLimit = 128ull << 20;
constexpr std::int64_t kHidden = 3072, kMlp = 8192, kVocabulary = 32000;

std::uint64_t physicalMemory()
{
    return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
           static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// A safetensors file of F16 tensors that are holes: its length counts, its disk space does not.
class SparseFile
{
public:
    void add(const std::string& name, std::int64_t rows, std::int64_t columns)
    {
        const auto bytes =
            static_cast<std::uint64_t>(rows * std::max<std::int64_t>(columns, 1)) * 2;
        const std::string shape =
            columns > 0 ? fmt::format("[{},{}]", rows, columns) : fmt::format("[{}]", rows);
        header_ +=
            fmt::format("{}\"{}\":{{\"dtype\":\"F16\",\"shape\":{},\"data_offsets\":[{},{}]}}",
                        header_.empty() ? "{" : ",", name, shape, end_, end_ + bytes);
        end_ += bytes;
    }

    std::uint64_t write(const std::filesystem::path& path) const
    {
        std::string header = header_ + "}";
        header.resize((header.size() + 7) / 8 * 8, ' ');
        std::ofstream out(path, std::ios::binary);
        const std::uint64_t length = header.size();
        out.write(reinterpret_cast<const char*>(&length), 8);
        out << header;
        out.close();
        std::filesystem::resize_file(path, 8 + length + end_);
        return 8 + length + end_;
    }

private:
    std::string header_;
    std::uint64_t end_ = 0;
};

SparseFile hugeModel(std::int64_t layers)
{
    SparseFile file;
    file.add("model.embed_tokens.weight", kVocabulary, kHidden);
    file.add("model.norm.weight", kHidden, 0);
    for (std::int64_t i = 0; i < layers; ++i) {
        const std::string prefix = fmt::format("model.layers.{}.", i);
        file.add(prefix + "input_layernorm.weight", kHidden, 0);
        file.add(prefix + "post_attention_layernorm.weight", kHidden, 0);
        for (const char* name : {"q", "k", "v", "o"})
            file.add(fmt::format("{}self_attn.{}_proj.weight", prefix, name), kHidden, kHidden);
        file.add(prefix + "mlp.gate_proj.weight", kMlp, kHidden);
        file.add(prefix + "mlp.up_proj.weight", kMlp, kHidden);
        file.add(prefix + "mlp.down_proj.weight", kHidden, kMlp);
    }
    return file;
}

void writeConfig(const std::filesystem::path& folder, std::int64_t layers)
{
    std::ofstream(folder / "config.json") << fmt::format(
        R"({{"model_type":"llama","hidden_size":{},"num_hidden_layers":{},"num_attention_heads":24,)"
        R"("intermediate_size":{},"vocab_size":{},"max_position_embeddings":4096,"tie_word_embeddings":true}})",
        kHidden, layers, kMlp, kVocabulary);
}

// Runs in a process of its own: opens the folder and computes the first layer with little memory of
// its own.
[[noreturn]] void computeFirstLayer(const std::filesystem::path& folder)
{
    const rlimit limit{kDataLimit, kDataLimit};
    setrlimit(RLIMIT_DATA, &limit);
    const auto checkpoint = openLlmCheckpoint(folder);
    if (!checkpoint) {
        std::cerr << checkpoint.error().message;
        std::_Exit(3);
    }
    const auto llm = Llm::open(*checkpoint);
    if (!llm) {
        std::cerr << llm.error().message;
        std::_Exit(4);
    }
    const std::vector<std::int32_t> ids{1, 2, 3};
    int computed = 0;
    const auto result = llm->forward(ids, {.onLayer = [&](int layer) {
                                         computed = layer;
                                         return layer < 1;
                                     }});
    std::_Exit(!result && result.error().kind == ErrorKind::cancelled && computed == 1 ? 0 : 5);
}

TEST(LlmLargerThanMemory, OpensAndComputesItsFirstLayer)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory does not fit the limit";
#endif
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto folder =
        std::filesystem::path(testing::TempDir()) / fmt::format("larger-than-memory-{}", getpid());
    std::filesystem::create_directories(folder);
    const std::uint64_t layerBytes = 2 * (4 * kHidden * kHidden + 3 * kHidden * kMlp);
    const auto layers = static_cast<std::int64_t>(
        std::clamp<std::uint64_t>(physicalMemory() / layerBytes + 2, 3, 512));
    writeConfig(folder, layers);
    const std::uint64_t size = hugeModel(layers).write(folder / "model.safetensors");
    EXPECT_GT(size, std::min<std::uint64_t>(physicalMemory(), 100ull << 30));

    EXPECT_EXIT(computeFirstLayer(folder), testing::ExitedWithCode(0), "");

    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace vitrine::model
