#include "plugins/quantization/experiments/kernels_experiment.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/read_rate.h"
#include "plugins/common/experiment_input.h"
#include "plugins/quantization/experiments/kernel_contenders.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <ranges>

#include <unistd.h>

namespace vitrine::quantization_plugin
{
namespace
{

using kernels::BinaryCodes;
using kernels::BinaryFamily;
using kernels::SharedWeights;
using Clock = std::chrono::steady_clock;

constexpr const char* kGroup = "Product"; // of parameters

// parallelFor uses so many threads while this lives.
class ThreadsFor
{
public:
    explicit ThreadsFor(int threads) : before_(threadCount()) { setThreadCount(threads); }
    ~ThreadsFor() { setThreadCount(before_); }
    ThreadsFor(const ThreadsFor&) = delete;
    ThreadsFor& operator=(const ThreadsFor&) = delete;

private:
    int before_;
};

constexpr double kKinds = 4; // F32, F16, codes, which all families read, and what loops read

double mebibytesOf(double bytes)
{
    return bytes / (1 << 20);
}

// Of each kind of weights: as asked for, else four times the last cache, as far as half of the
// machine's memory has room for it.
double bytesToCycle(const Params& params)
{
    const auto asked = static_cast<double>(params.integer("cycle_mib"));
    if (asked > 0)
        return asked * (1 << 20);
    const double memory =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    return std::min(4 * static_cast<double>(kernels::lastCacheBytes()), memory / 2 / kKinds);
}

class KernelsRun
{
public:
    KernelsRun(const Params& params, Progress& progress)
        : params_(params),
          progress_(progress),
          codes_(drawnCodes(params)),
          bytes_(bytesToCycle(params))
    {
    }

    Result<RunResult> run()
    {
        Random random(7);
        for (std::int64_t i = 0; i < codes_.inputs; ++i)
            x_.push_back(static_cast<float>(random.normal()));
        y_.resize(static_cast<std::size_t>(codes_.outputs));
        if (threadCount() > 1)
            threads_.push_back(threadCount());
        VITRINE_CHECK(enter());
        for (Contender& contender : contenders_)
            contender.error = errorOf(*contender.matrices.front());
        const std::int64_t rounds = params_.integer("rounds");
        const double all = static_cast<double>(rounds) * static_cast<double>(contenders_.size());
        double done = 0;
        for (std::int64_t round = 0; round < rounds; ++round) {
            measureReading();
            for (Contender& contender : contenders_) {
                if (!progress_.advance(done++, all, "rounds"))
                    return cancelled();
                for (const int threads : threads_)
                    measure(contender, threads);
            }
        }
        return result();
    }

private:
    // What the memory gives to plain loops, the best round.
    void measureReading()
    {
        const auto size = static_cast<std::size_t>(bytes_);
        if (!readMemory_) {
            readMemory_ = kernels::alignedBytes(size);
            std::memset(readMemory_.get(), 1, size);
        }
        for (const int threads : threads_) {
            const ThreadsFor some(threads);
            double& rate = readRates_[threads];
            rate = std::max(rate, kernels::readRate({readMemory_.get(), size}, 1));
        }
    }

    Result<void> enter()
    {
        contenders_.push_back(denseContender(DType::f32, codes_, bytes_, kept_));
        contenders_.push_back(denseContender(DType::f16, codes_, bytes_, kept_));
        if (progress_.isCancelled())
            return cancelled();
        VITRINE_TRY(const auto matrices, binaryMatrices(codes_, bytes_));
        const std::string& family = params_.text("family");
        for (const auto& [name, which] :
             {std::pair{"dot", BinaryFamily::dots}, std::pair{"lut", BinaryFamily::lookups}})
            for (const int inputBits : {16, 8})
                if (family == "both" || family == name) {
                    Contender contender{
                        .name = fmt::format(
                            "{}, int{}", which == BinaryFamily::dots ? "dot products" : "look-ups",
                            inputBits),
                        .matrices = {},
                        .bytes = static_cast<double>(matrices[0]->bytes())};
                    for (const auto& each : matrices)
                        contender.matrices.push_back(each->withProduct({which, inputBits}));
                    contenders_.push_back(std::move(contender));
                }
        return {};
    }

    void multiplyBy(const kernels::WeightMatrix& weights)
    {
        const kernels::Product product{
            .weights = &weights, .y = y_.data(), .stride = codes_.outputs};
        kernels::multiply(x_.data(), 1, codes_.inputs, {&product, 1});
    }

    double errorOf(const kernels::WeightMatrix& weights)
    {
        std::vector<double> exact(y_.size());
        kernels::multiplySlowly(weights, x_.data(), exact.data());
        multiplyBy(weights);
        double worst = 0, largest = 0;
        for (std::size_t i = 0; i < exact.size(); ++i) {
            worst = std::max(worst, std::abs(exact[i] - static_cast<double>(y_[i])));
            largest = std::max(largest, std::abs(exact[i]));
        }
        return largest > 0 ? worst / largest : 0;
    }

    // Of one product, over all matrices once.
    void measure(Contender& contender, int threads)
    {
        const ThreadsFor some(threads);
        const auto start = Clock::now();
        for (const SharedWeights& weights : contender.matrices)
            multiplyBy(*weights);
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count() /
                               static_cast<double>(contender.matrices.size());
        const auto [best, isFirst] = contender.best.emplace(threads, seconds);
        best->second = std::min(best->second, seconds);
    }

    Table kernelsTable() const
    {
        Table table{"kernels",
                    {{"kernel", "", {}, "Weights and how they are multiplied"},
                     {"threads", "1", {}, "That share a product"},
                     {"bytes", "B", {}, "Of one matrix, scales among them"},
                     {"seconds", "s", Origin::measured, "Of one product, the best round"},
                     {"gigabytes_per_second", "GB/s", Origin::measured, "Weights read"},
                     {"bandwidth_share", "1", Origin::measured,
                      "Of what plain loops on as many threads read in a second"},
                     {"ratio_f32", "1", Origin::measured, "Times as fast as F32 weights"},
                     {"ratio_f16", "1", Origin::measured, "Times as fast as F16 weights"},
                     {"error",
                      "1",
                      {},
                      "Largest error of an output against the exact product of the same weights, "
                      "over the largest output"},
                     {"matrices", "1", {}, "Distinct ones that took turns"}},
                    {}};
        for (const int threads : threads_)
            for (const Contender& each : contenders_) {
                const double seconds = each.best.at(threads), rate = each.bytes / seconds;
                table.rows.push_back({each.name, std::int64_t{threads}, each.bytes, seconds,
                                      rate / 1e9, rate / readRates_.at(threads),
                                      contenders_[0].best.at(threads) / seconds,
                                      contenders_[1].best.at(threads) / seconds, each.error,
                                      static_cast<std::int64_t>(each.matrices.size())});
            }
        return table;
    }

    RunResult result() const
    {
        RunResult out;
        const int threads = threads_.back();
        const auto seconds = [&](const Contender& each) { return each.best.at(threads); };
        const double f32 = seconds(contenders_[0]), f16 = seconds(contenders_[1]);
        const Contender& best =
            *std::ranges::min_element(contenders_.begin() + 2, contenders_.end(), {}, seconds);
        const auto add = [&](const char* name, double value, const char* unit, const char* help) {
            out.metrics.push_back({name, value, unit, Origin::measured, help});
        };
        add("seconds", seconds(best), "s", "Of one product, the fastest kernel");
        add("gigabytes_per_second", best.bytes / seconds(best) / 1e9, "GB/s",
            "Weights read by the fastest kernel");
        add("ratio_f32", f32 / seconds(best), "1", "Times as fast as F32 weights");
        add("ratio_f16", f16 / seconds(best), "1", "Times as fast as F16 weights");
        add("f32_gigabytes_per_second", contenders_[0].bytes / f32 / 1e9, "GB/s",
            "Weights read by the F32 product");
        add("bandwidth", readRates_.at(threads) / 1e9, "GB/s",
            "Memory that plain loops read in a second, the best of several");
        add("bandwidth_one_thread", readRates_.at(1) / 1e9, "GB/s", "The same on one thread");
        out.tables.push_back(kernelsTable());
        out.notes.push_back("Weights are drawn at random: speed does not depend on their values.");
        const bool areDots = kernels::fasterFamily() == BinaryFamily::dots;
        out.notes.push_back(fmt::format(
            "Models run on {} with inputs of 16 bits here: with those both families give the same "
            "product to the bit, and {} were faster in a short trial.",
            areDots ? "dot products" : "look-ups", areDots ? "dot products" : "look-ups"));
        const auto cache = static_cast<double>(kernels::lastCacheBytes());
        const auto cycled = [](const Contender& each) {
            return each.bytes * static_cast<double>(each.matrices.size());
        };
        const double least = std::ranges::min(contenders_ | std::views::transform(cycled));
        if (least < 4 * cache)
            out.notes.push_back(fmt::format(
                "Each kind of weights took turns in {:.0f} MiB only, less than four times the last "
                "cache ({:.0f} MiB): part of what was read may have been in the cache.",
                mebibytesOf(least), mebibytesOf(cache)));
        return out;
    }

    const Params& params_;
    Progress& progress_;
    BinaryCodes codes_;
    const double bytes_; // of each kind of weights
    DenseMatrices kept_;
    std::vector<Contender> contenders_;
    std::vector<float> x_, y_;
    std::vector<int> threads_ = {1};
    std::shared_ptr<std::uint8_t[]> readMemory_;
    std::map<int, double> readRates_; // bytes in a second, by threads
};

} // namespace

ExperimentInfo KernelsExperiment::info() const
{
    return {"quantization.kernels", "Speed of products",
            "How fast this machine multiplies by binary codes, beside dense weights, and how "
            "exactly.",
            1};
}

std::vector<ParamSpec> KernelsExperiment::params(const Params&) const
{
    const auto count = [](const char* name, const char* label, const char* help, double low,
                          double high, std::int64_t fallback) {
        return numberParam(name, label, kGroup, help, low, high, fallback);
    };
    return {count("rows", "Outputs", "Rows of the matrix", 16, 65536, 4096),
            count("columns", "Inputs", "Columns of the matrix", 16, 65536, 4096),
            count("bits", "Bits", "Planes of codes", 1, 4, 3),
            choiceParam("layout", "Layout", kGroup, "Which weights share scales",
                        {{"block", "blocks", "Eight inputs and an eighth of the outputs"},
                         {"column", "columns", "Weights of one input"},
                         {"row", "rows", "Weights of one output"}}),
            count("group", "Group",
                  "Weights that share scales; 0: a whole row or column, a block of 8 inputs "
                  "and an eighth of the outputs",
                  0, 65536, 0),
            choiceParam("family", "Kernels", kGroup, "Which of them are measured",
                        {{"both", "both", "Dot products and look-ups"},
                         {"dot", "dot products", "Integer dot products of code bits and inputs"},
                         {"lut", "look-ups", "Sums of four inputs, looked up"}}),
            choiceParam("primitive", "Scales", kGroup, "What scales do",
                        {{"shift", "shift", "Sums of three powers of two"},
                         {"binary", "multiply", "Half-precision numbers"}}),
            count("rounds", "Rounds", "All kernels in turn; the best counts", 1, 1000, 5),
            count("cycle_mib", "Memory to cycle through",
                  "MiB of distinct matrices of each kind. 0: four times the last cache; with less "
                  "what is measured is the cache",
                  0, 16384, 0)};
}

Result<RunResult> KernelsExperiment::run(const Params& params, Progress& progress) const
{
    return KernelsRun(params, progress).run();
}

} // namespace vitrine::quantization_plugin
