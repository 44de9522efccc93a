#include "core/quant/vision/mixed_precision.h"

#include "core/base/parallel.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/vision/bit_draws.h"
#include "core/quant/vision/integer_vision.h"
#include "core/quant/vision/simulated_vision.h"
#include "core/quant/vision/vit_codes.h"

#include <algorithm>
#include <optional>

namespace vitrine::quant
{
namespace
{

// Where the steps end, of the whole progress: two quantisations, the traces, the search.
constexpr double kCodedShare = 0.1, kTracedShare = 0.4;
constexpr std::size_t kPicturesBetween = 16; // two questions whether to go on

template <typename Logits>
std::size_t bestOf(const Logits& logits)
{
    return static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
}

using PictureRun = std::function<Result<std::vector<float>>(std::span<const float> picture)>;

// Of each picture, several at once; asked after each group of them whether to go on.
Result<std::vector<std::vector<float>>> logitsOfAll(const std::vector<std::vector<float>>& pictures,
                                                    const PictureRun& run,
                                                    const std::function<bool()>& goesOn)
{
    std::vector<std::vector<float>> logits;
    for (std::size_t first = 0; first < pictures.size(); first += kPicturesBetween) {
        if (goesOn && !goesOn())
            return cancelled();
        std::vector<Result<std::vector<float>>> results(
            std::min(kPicturesBetween, pictures.size() - first));
        parallelFor(results.size(), [&](std::size_t i) { results[i] = run(pictures[first + i]); });
        for (auto& result : results) {
            VITRINE_TRY(auto one, std::move(result));
            logits.push_back(std::move(one));
        }
    }
    return logits;
}

class MixedSearch
{
public:
    MixedSearch(const VisionMethod& method, const VisionQuantTask& task,
                const MixedSettings& settings)
        : method_(method), task_(task), settings_(settings), random_(settings.seed)
    {
    }

    Result<MixedBits> run()
    {
        found_.network = mixedNetwork(model::layerTable(task_.checkpoint->network()));
        found_.budget = found_.network.budget(settings_.budget);
        VITRINE_TRY(auto draws,
                    drawConfigs(found_.network, found_.budget, random_, settings_.draws));
        found_.possible = draws.possible;
        found_.drawn = draws.configs.size();
        VisionQuantTask coding = task_;
        coding.progress = part(0, kCodedShare);
        VITRINE_TRY(const auto codes, CandidateCodes::make(method_, coding, found_.network));
        VITRINE_CHECK(findSensitivity(codes));
        sortByOmega(found_.network, found_.sensitivity, draws.configs);
        VITRINE_CHECK(search(codes, draws.configs));
        return std::move(found_);
    }

private:
    std::function<bool(double)> part(double from, double to) const
    {
        if (!task_.progress)
            return {};
        return
            [this, from, to](double share) { return task_.progress(from + share * (to - from)); };
    }

    Result<void> findSensitivity(const CandidateCodes& codes)
    {
        VITRINE_TRY(const auto traces,
                    weightTraces(task_.checkpoint, found_.network, task_.pictures, random_,
                                 settings_.traces, part(kCodedShare, kTracedShare)));
        VITRINE_TRY(auto distances, codes.distances());
        const std::vector<double> scaled = scaledTraces(traces);
        auto trace = scaled.begin();
        for (std::size_t i = 0; i < distances.size(); ++i)
            found_.sensitivity.push_back(
                {found_.network.layers[i].isFixed ? 0 : *trace++, std::move(distances[i])});
        return {};
    }

    Result<void> search(const CandidateCodes& codes, std::span<const BitConfig> start)
    {
        double share = kTracedShare;
        const auto goesOn = [&] { return !task_.progress || task_.progress(share); };
        VITRINE_TRY(const auto opened, model::VisionModel::open(task_.checkpoint));
        VITRINE_TRY(const auto original,
                    logitsOfAll(
                        task_.pictures,
                        [&](std::span<const float> picture) { return opened.run(picture); },
                        goesOn));
        const auto fit = [&](const BitConfig& bits) {
            return answerFit(codes.with(bits), task_.pictures, original, goesOn);
        };
        VITRINE_TRY(auto result, searchBits(
                                     found_.network, found_.budget, start,
                                     [&](const BitConfig& bits) -> Result<double> {
                                         VITRINE_TRY(const AnswerFit one, fit(bits));
                                         return one.fitness();
                                     },
                                     random_, settings_.search,
                                     [&](std::size_t done, std::size_t total) {
                                         share = kTracedShare + (1 - kTracedShare) *
                                                                    static_cast<double>(done) /
                                                                    static_cast<double>(total);
                                         return goesOn();
                                     }));
        found_.bits = result.population.front().bits;
        found_.cost = result.population.front().cost;
        found_.judged = std::move(result.seen);
        VITRINE_TRY(found_.fit, fit(found_.bits));
        return {};
    }

    const VisionMethod& method_;
    const VisionQuantTask& task_;
    const MixedSettings& settings_;
    Random random_;
    MixedBits found_;
};

} // namespace

Result<AnswerFit> answerFit(CodedVision coded, const std::vector<std::vector<float>>& pictures,
                            std::span<const std::vector<float>> original,
                            const std::function<bool()>& goesOn)
{
    const auto shared = std::make_shared<const CodedVision>(std::move(coded));
    std::optional<IntegerVision> whole;
    if (floatParts(*shared).empty()) {
        VITRINE_TRY(whole, IntegerVision::make(shared));
    }
    VITRINE_TRY(const auto simulated, SimulatedVision::make(shared));
    const PictureRun run = [&](std::span<const float> picture) -> Result<std::vector<float>> {
        VITRINE_TRY(const auto codes, whole ? whole->run(picture) : simulated.run(picture));
        return logitsOf(*shared, codes);
    };
    VITRINE_TRY(const auto logits, logitsOfAll(pictures, run, goesOn));
    AnswerFit fit;
    double lost = 0, all = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        fit.agreement += bestOf(logits[i]) == bestOf(original[i]);
        for (std::size_t j = 0; j < logits[i].size(); ++j) {
            const auto was = static_cast<double>(original[i][j]),
                       is = static_cast<double>(logits[i][j]);
            lost += (is - was) * (is - was);
            all += was * was;
        }
    }
    fit.agreement /= static_cast<double>(pictures.size());
    fit.error = all > 0 ? lost / all : 0;
    return fit;
}

Result<MixedBits> chooseMixedBits(const VisionMethod& method, const VisionQuantTask& task,
                                  const MixedSettings& settings)
{
    VITRINE_CHECK(checkIsVit(task.checkpoint->network()));
    if (!(settings.budget >= 1))
        return argumentError("a budget of {} times the fewest bits: 1 is the least",
                             settings.budget);
    return MixedSearch(method, task, settings).run();
}

} // namespace vitrine::quant
