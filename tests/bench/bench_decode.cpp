// Decoding with the key-value cache beside the time it takes to read the weights once with the same
// threads.
//   bench_decode [tokens = 64] [rounds = 9] [threads = 2]
#include "core/base/json.h"
#include "core/base/parallel.h"
#include "core/model/llm/llm.h"
#include "tests/bench/bench_model.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <numeric>

namespace vitrine::bench
{
namespace
{

using Words = std::uint64_t __attribute__((vector_size(16)));

// Sums the words of two cache lines a turn, each register its own chain, and asks for lines ahead
// of their use.
std::uint64_t sumOf(const std::byte* data, std::size_t bytes)
{
    Words s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{};
    const auto words = [&](std::size_t at) {
        Words value;
        std::memcpy(&value, data + at, sizeof value);
        return value;
    };
    for (std::size_t i = 0; i + 128 <= bytes; i += 128) {
        __builtin_prefetch(data + i + 4096);
        __builtin_prefetch(data + i + 4096 + 64);
        s0 += words(i), s1 += words(i + 16), s2 += words(i + 32), s3 += words(i + 48);
        s4 += words(i + 64), s5 += words(i + 80), s6 += words(i + 96), s7 += words(i + 112);
    }
    const Words sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    return sum[0] + sum[1];
}

// Reads every tensor that one token needs, in pieces of 128 KiB shared by the threads.
struct WeightReader {
    struct Piece {
        const std::byte* data;
        std::size_t bytes;
    };
    std::vector<Piece> pieces;
    std::uint64_t bytes = 0;

    explicit WeightReader(const model::LlmCheckpoint& checkpoint)
    {
        constexpr std::size_t kPiece = 128 << 10;
        for (const std::string& name : checkpoint.tensorNames()) {
            if (name == "model.embed_tokens.weight" && checkpoint.has("lm_head.weight"))
                continue;
            const auto data = checkpoint.tensor(name).value().bytes;
            for (std::size_t i = 0; i < data.size(); i += kPiece)
                pieces.push_back({data.data() + i, std::min(kPiece, data.size() - i)});
            bytes += data.size();
        }
    }
    void read() const
    {
        std::vector<std::uint64_t> sums(pieces.size());
        parallelFor(pieces.size(),
                    [&](std::size_t i) { sums[i] = sumOf(pieces[i].data, pieces[i].bytes); });
        volatile std::uint64_t sink = std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
        (void)sink;
    }
};

Json measure(const NamedModel& named, int tokens, int rounds)
{
    const model::Llm llm = model::Llm::open(named.checkpoint).value();
    const WeightReader reader(*named.checkpoint);
    const auto prompt = tests::randomIds(16, llm.config().vocabulary);
    std::vector<double> readSeconds, tokenSeconds, shares;
    for (int round = 0; round < rounds; ++round) {
        const auto cache = llm.newCache(16 + tokens).value();
        (void)llm.decode(*cache, prompt);
        double reading = 0, decoding = 0;
        for (int i = 0; i < tokens; ++i) {
            reading += seconds([&] { reader.read(); }) / tokens;
            decoding +=
                seconds([&] { (void)llm.decode(*cache, std::span(prompt).first(1)); }) / tokens;
        }
        readSeconds.push_back(reading);
        tokenSeconds.push_back(decoding);
        shares.push_back(reading / decoding);
    }
    const double gib = static_cast<double>(reader.bytes) / (1 << 30);
    fmt::print("{}: {:.1f} tokens/s, {:.2f} ms per token; reading {:.0f} MiB of weights {:.2f} ms "
               "({:.1f} GiB/s); share of "
               "the limit {:.2f}\n",
               named.name, 1 / median(tokenSeconds), 1e3 * median(tokenSeconds), 1024 * gib,
               1e3 * median(readSeconds), gib / median(readSeconds), median(shares));
    return {{"model", named.name},
            {"weight_bytes", reader.bytes},
            {"seconds_per_token", median(tokenSeconds)},
            {"seconds_reading", median(readSeconds)},
            {"gib_per_second", gib / median(readSeconds)},
            {"share_of_bandwidth", median(shares)}};
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    const int tokens = count > 1 ? std::atoi(arguments[1]) : 64;
    const int rounds = count > 2 ? std::atoi(arguments[2]) : 9;
    setThreadCount(count > 3 ? std::atoi(arguments[3]) : 2);
    Json all = Json::array();
    for (const DType type : {DType::f32, DType::f16, DType::bf16})
        all.push_back(bench::measure(bench::wideModel(type), tokens, rounds));
    fmt::print("{}\n", dumpJson(all));
}
