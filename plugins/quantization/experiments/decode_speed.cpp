#include "plugins/quantization/experiments/decode_speed.h"

#include "core/tensor/kernels/aligned_bytes.h"
#include "core/tensor/kernels/read_rate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <span>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLeastBuffer = std::size_t{256} << 20, // for reading as fast as it goes
    kMostBuffer = std::size_t{1} << 30;

// Of an embedding that is no head too, one row is read.
double unreadBytes(const model::LlmCheckpoint& original)
{
    if (original.config().tiedEmbeddings)
        return 0;
    const auto view = original.tensor("model.embed_tokens.weight");
    return view ? static_cast<double>(view->bytes.size()) *
                      (1 - 1 / static_cast<double>(original.config().vocabulary))
                : 0;
}

} // namespace

Result<double> decodeSpeed(const model::Llm& llm, std::int32_t first, std::int64_t tokens,
                           Progress& progress)
{
    using Clock = std::chrono::steady_clock;
    std::array<double, 3> rates = {};
    for (double& rate : rates) {
        VITRINE_TRY(const auto cache, llm.newCache(tokens + 1));
        std::int32_t id = first;
        VITRINE_TRY(auto logits, llm.decode(*cache, std::span(&id, 1))); // warm
        const auto start = Clock::now();
        for (std::int64_t t = 0; t < tokens; ++t) {
            if (progress.isCancelled())
                return cancelled();
            id = static_cast<std::int32_t>(std::ranges::max_element(logits) - logits.begin());
            VITRINE_TRY(logits, llm.decode(*cache, std::span(&id, 1)));
        }
        rate = static_cast<double>(tokens) /
               std::chrono::duration<double>(Clock::now() - start).count();
    }
    std::ranges::sort(rates);
    return rates[1];
}

Result<std::vector<Metric>> speedMetrics(const OpenModel& original, const model::Llm& quantized,
                                         const ModelSizes& sizes, std::int32_t first,
                                         std::int64_t tokens, Progress& progress)
{
    std::vector<Metric> metrics;
    const auto add = [&](std::string name, double value, const char* unit, std::string help,
                         Origin origin = Origin::measured) {
        metrics.push_back({std::move(name), value, unit, origin, std::move(help)});
    };
    const char* suffixes[] = {"original", "quantized"};
    std::array<double, 2> rates = {};
    const model::Llm* llms[] = {&original.llm, &quantized};
    for (std::size_t i = 0; i < rates.size(); ++i) {
        VITRINE_TRY(rates[i], decodeSpeed(*llms[i], first, tokens, progress));
        add(std::string("tokens_per_second_") + suffixes[i], rates[i], "token/s",
            "Decoding one token after the other, median of three");
    }
    const std::size_t buffer = std::clamp(2 * kernels::lastCacheBytes(), kLeastBuffer, kMostBuffer);
    const auto memory = kernels::alignedBytes(buffer);
    std::memset(memory.get(), 1, buffer); // pages that nobody wrote to are all the same one
    const double bandwidth = kernels::readRate({memory.get(), buffer});
    add("read_bandwidth", bandwidth / 1e9, "GB/s",
        fmt::format("All threads reading {} MiB in order, the best of several plain loops",
                    buffer >> 20));
    const double unread = unreadBytes(*original.checkpoint);
    const double bytes[] = {sizes.original - unread, sizes.quantized - unread};
    for (std::size_t i = 0; i < rates.size(); ++i) {
        const std::string suffix = suffixes[i];
        const double rate = bytes[i] * rates[i];
        add("read_bytes_" + suffix, bytes[i], "B",
            "Weights, as they are stored, that one token needs", Origin::computed);
        add("read_rate_" + suffix, rate / 1e9, "GB/s", "These times tokens per second");
        add("read_share_" + suffix, rate / bandwidth, "1",
            "Over the read bandwidth; above 1 only where caches hold the weights");
    }
    return metrics;
}

} // namespace vitrine::quantization_plugin
