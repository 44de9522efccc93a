// A tile of 256 x 256 of a kept head's map, as a view asks for it, beside the plain loop that
// computes the same weights in float64.
//   bench_tile [rounds = 9] [threads = 2]
#include "core/attention/capture.h"
#include "core/attention/scores.h"
#include "core/attention/sinks.h"
#include "core/base/json.h"
#include "core/base/parallel.h"
#include "core/base/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace vitrine::bench
{
namespace
{

constexpr std::int64_t kTokens = 1024, kHeadSize = 64, kSide = 256;
constexpr attention::Capture::Tile kTile{600, 100, kSide, kSide};
constexpr int kRepeats = 20; // in one timing

std::vector<float> randomRows(Random& random)
{
    std::vector<float> rows(kTokens * kHeadSize);
    for (float& value : rows)
        value = static_cast<float>(random.normal());
    return rows;
}

struct Kept {
    std::vector<float> q, k;
    std::vector<double> lse;
    double scale = 1 / std::sqrt(static_cast<double>(kHeadSize));
};

Kept keptHead()
{
    Random random(7);
    Kept kept;
    kept.q = randomRows(random);
    kept.k = randomRows(random);
    kept.lse = attention::rowLogSumExp(
        {.tokens = kTokens, .headSize = kHeadSize, .scale = kept.scale}, kept.q, kept.k);
    return kept;
}

Result<attention::Capture> captureOf(const Kept& kept, const std::filesystem::path& file)
{
    model::ForwardResult result;
    result.tokens = kTokens;
    model::HeadSummary summary;
    summary.columnRows = attention::columnRows(kTokens);
    summary.columnSum.assign(kTokens, 1);
    summary.thumbnail.assign(64 * 64, 0);
    result.summaries = {{summary}};
    result.kept = {{.where = {0, 0}, .q = kept.q, .k = kept.k, .lse = {}}};
    attention::CaptureInfo info;
    info.model = "random";
    info.tokenTexts.assign(kTokens, "t");
    info.layerIds = {0};
    info.scale = kept.scale;
    info.headSize = kHeadSize;
    const std::vector<std::int32_t> ids(kTokens);
    VITRINE_TRY(const auto notes, attention::writeCapture(file, info, ids, result));
    return attention::Capture::open(file);
}

std::vector<float> plainTile(const Kept& kept)
{
    std::vector<float> cells(kSide * kSide, std::nanf(""));
    for (std::int64_t r = 0; r < kSide; ++r)
        for (std::int64_t c = 0; c < kSide; ++c) {
            const std::int64_t i = kTile.row + r, j = kTile.column + c;
            if (j > i)
                continue;
            double score = 0;
            for (std::int64_t d = 0; d < kHeadSize; ++d)
                score += static_cast<double>(kept.q[static_cast<std::size_t>(i * kHeadSize + d)]) *
                         kept.k[static_cast<std::size_t>(j * kHeadSize + d)];
            cells[static_cast<std::size_t>(r * kSide + c)] = static_cast<float>(
                std::exp(score * kept.scale - kept.lse[static_cast<std::size_t>(i)]));
        }
    return cells;
}

template <typename Work>
double milliseconds(const Work& work)
{
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kRepeats; ++i)
        work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() * 1e3 /
           kRepeats;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

int run(int rounds)
{
    const Kept kept = keptHead();
    const auto file = std::filesystem::temp_directory_path() / "vitrine-bench-tile.safetensors";
    const auto capture = captureOf(kept, file);
    if (!capture) {
        fmt::print(stderr, "{}\n", capture.error().message);
        return 1;
    }
    double deviation = 0;
    const auto plain = plainTile(kept), ours = capture->tile(0, 0, kTile).value();
    for (std::size_t i = 0; i < plain.size(); ++i)
        if (!std::isnan(plain[i]))
            deviation = std::max(deviation, std::abs(static_cast<double>(plain[i]) - ours[i]));

    std::vector<double> tile, judge, ratio;
    for (int round = 0; round < rounds; ++round) {
        tile.push_back(milliseconds([&] { (void)capture->tile(0, 0, kTile); }));
        judge.push_back(milliseconds([&] { (void)plainTile(kept); }));
        ratio.push_back(judge.back() / tile.back());
    }
    std::filesystem::remove(file);
    fmt::print("{}\n", dumpJson({{"tile_ms", median(tile)},
                                 {"plain_ms", median(judge)},
                                 {"times_as_fast", median(ratio)},
                                 {"largest_deviation", deviation}}));
    return 0;
}

} // namespace
} // namespace vitrine::bench

int main(int argc, char** argv)
{
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
    vitrine::setThreadCount(argc > 2 ? std::atoi(argv[2]) : 2);
    return vitrine::bench::run(std::max(1, rounds));
}
