#include "plugins/quantization/experiments/primitives_experiment.h"

#include "core/base/parallel.h"
#include "core/quant/vision/product_race.h"
#include "plugins/common/experiment_input.h"

#include <algorithm>
#include <limits>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr double kForever = std::numeric_limits<double>::infinity();

struct TimedRacer {
    std::string product;
    quant::Racer racer;
    std::map<int, double> best = {}; // seconds of the best round, by threads
};

// The published sizes, or one of the user's own for each kind.
std::vector<quant::RacedProduct> racesFor(const Params& params)
{
    const std::string& which = params.text("products");
    std::vector<quant::RacedProduct> races = quant::publishedRaces();
    if (const std::int64_t tokens = params.integer("tokens"); tokens > 0)
        races = {{true, params.integer("heads"), tokens, params.integer("inputs"),
                  params.integer("code_bits")},
                 {false, 1, tokens, params.integer("inputs"), params.integer("outputs")}};
    std::erase_if(races, [&](const quant::RacedProduct& race) {
        return which != "both" && race.adds != (which == "add");
    });
    return races;
}

class PrimitivesRun
{
public:
    PrimitivesRun(const Params& params, Progress& progress) : params_(params), progress_(progress)
    {
        if (threadCount() > 1)
            threads_.push_back(threadCount());
    }

    Result<RunResult> run()
    {
        const auto races = racesFor(params_);
        const std::int64_t rounds = params_.integer("rounds");
        const double all = static_cast<double>(races.size()) * static_cast<double>(rounds);
        double done = 0;
        for (const quant::RacedProduct& race : races) {
            if (!progress_.advance(done, all, race.name()))
                return cancelled();
            VITRINE_TRY(auto racers, quant::racersOf(race));
            std::vector<TimedRacer> timed;
            for (quant::Racer& racer : racers)
                timed.push_back({race.name(), std::move(racer)});
            for (std::int64_t round = 0; round < rounds; ++round) {
                if (!progress_.advance(done++, all, race.name()))
                    return cancelled();
                for (const int threads : threads_)
                    measure(timed, threads);
            }
            addRows(timed);
        }
        return result();
    }

private:
    static void measure(std::vector<TimedRacer>& timed, int threads)
    {
        const int before = threadCount();
        setThreadCount(threads);
        for (TimedRacer& one : timed) {
            double& best = one.best.emplace(threads, kForever).first->second;
            best = std::min(best, quant::racedSeconds(one.racer.work, threads));
        }
        setThreadCount(before);
    }

    // The first of `timed` multiplies.
    void addRows(const std::vector<TimedRacer>& timed)
    {
        for (const int threads : threads_)
            for (const TimedRacer& one : timed) {
                const double ratio = timed.front().best.at(threads) / one.best.at(threads);
                table_.rows.push_back({one.product, one.racer.name, std::int64_t{threads},
                                       one.best.at(threads), ratio, one.racer.error});
                if (threads == 1 && &one != &timed.front())
                    keepBest(one, ratio);
            }
    }
    void keepBest(const TimedRacer& one, double ratio)
    {
        if (one.racer.name.starts_with("add"))
            add_ = std::max(add_, ratio);
        else if (one.racer.name.starts_with("shift"))
            shift_ = std::max(shift_, ratio);
    }

    RunResult result() const
    {
        RunResult out;
        const auto add = [&](const char* name, double value, const char* help) {
            if (value > 0)
                out.metrics.push_back({name, value, "1", Origin::measured, help});
        };
        add("ratio_add", add_,
            "On one thread, times as fast as multiplying, at the size where adding does best");
        add("ratio_shift", shift_,
            "On one thread, times as fast as multiplying, at the size where shifting does best");
        out.tables.push_back(table_);
        out.notes.push_back(
            "Numbers are drawn at random and lie in the caches. Weights are laid out and codes "
            "packed before: the product alone is timed. On one thread it is processor time.");
        out.notes.push_back(
            "A processor multiplies and adds floating-point numbers in one instruction, as fast as "
            "it adds: what adding and shifting save is energy and area of an accelerator built for "
            "it, which these times do not show.");
        return out;
    }

    const Params& params_;
    Progress& progress_;
    std::vector<int> threads_ = {1};
    double add_ = 0, shift_ = 0;
    Table table_{"products",
                 {{"product",
                   "",
                   {},
                   "add (heads, tokens, inputs, bits of a code); shift (1, "
                   "tokens, inputs, outputs)"},
                  {"kernel", "", {}, "How it is computed"},
                  {"threads", "1", {}, "That share it"},
                  {"seconds", "s", Origin::measured, "Of one product, the best round"},
                  {"ratio", "1", Origin::measured, "Times as fast as multiplying"},
                  {"error",
                   "1",
                   {},
                   "Largest error of an output against the exact product of the same weights, over "
                   "the largest output"}},
                 {}};
};

} // namespace

ExperimentInfo PrimitivesExperiment::info() const
{
    return {"quantization.primitives", "Adding and shifting",
            "How long products that only add or only shift take on this machine, beside the "
            "multiplications that they replace.",
            1};
}

std::vector<ParamSpec> PrimitivesExperiment::params(const Params&) const
{
    const auto count = [](const char* name, const char* label, const char* help, double low,
                          double high, std::int64_t fallback) {
        return numberParam(name, label, "Product", help, low, high, fallback);
    };
    return {choiceParam("products", "Products", "Product", "Which of them are measured",
                        {{"both", "both", "Those that add and those that shift"},
                         {"add", "adding", "Binary codes of keys times values"},
                         {"shift", "shifting", "Linear layers with weights of powers of two"}}),
            count("tokens", "Tokens",
                  "Rows of the inputs. 0: the seven sizes of ShiftAddViT's own benchmarks, of "
                  "PVTv2-B0; else one size for each kind, as the next four say",
                  0, 65536, 0),
            count("inputs", "Inputs", "Channels of a token", 1, 16384, 64),
            count("outputs", "Outputs", "Of the layer that shifts", 1, 16384, 256),
            count("heads", "Heads", "Of what adds", 1, 64, 1),
            count("code_bits", "Bits of a code", "Of what adds", 1, 1024, 16),
            count("rounds", "Rounds", "All kernels in turn; the best counts", 1, 1000, 9)};
}

Result<RunResult> PrimitivesExperiment::run(const Params& params, Progress& progress) const
{
    return PrimitivesRun(params, progress).run();
}

} // namespace vitrine::quantization_plugin
