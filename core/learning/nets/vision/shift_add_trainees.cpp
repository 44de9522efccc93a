#include "core/learning/nets/vision/shift_add_trainees.h"

#include "core/learning/nets/training/schedule.h"
#include "core/learning/nets/vision/classifier.h"
#include "core/learning/nets/vision/shift_add_deit.h"
#include "core/learning/nets/vision/trainees.h"

#include <limits>

namespace vitrine::learning
{
namespace
{

ShiftAddOptions shiftAddOptionsOf(const Settings& settings, const DeitConfig& config)
{
    const ShiftAddOptions usual;
    return {settings.integer("softmax_blocks", usual.softmaxBlocks, 0, config.depth),
            {settings.number("latency_mult", usual.mixture.latencyMult, 1e-6, 1e6),
             settings.number("latency_shift", usual.mixture.latencyShift, 1e-6, 1e6),
             settings.number("router_noise", usual.mixture.noise, 1e-3, 1e3)}};
}

Score multiplyingShare(ShiftAddDeit::Split split)
{
    const auto mult = static_cast<double>(split.mult), shift = static_cast<double>(split.shift);
    return {"tokens that took the multiplying expert, all mixtures",
            mult + shift > 0.0 ? 100.0 * mult / (mult + shift)
                               : std::numeric_limits<double>::quiet_NaN(),
            "%"};
}

} // namespace

std::unique_ptr<Trainee> shiftAddTrainee(const Settings& settings, DeitConfig config,
                                         std::unique_ptr<LabelledSource> source,
                                         const std::string& name, const std::string& dataName)
{
    config.dropPath = settings.number("drop_path", config.dropPath, 0.0, 0.9);
    const ShiftAddOptions options = shiftAddOptionsOf(settings, config);
    const int64_t mixtureFrom = settings.integer("mixture_from", 0, 0, INT64_MAX);
    const double balance = settings.number("balance", 0.01, 0.0, 1e3);
    ShiftAddDeit net(config, options, scheduleOf(settings).seed);
    const auto mixes = std::make_shared<bool>(true);
    ClassifierParts parts{
        .network = net.network(),
        .logits =
            [net, mixes](const torch::Tensor& pictures, Chance* chance) mutable {
                return net.forward(pictures, chance, !chance || *mixes);
            },
        .mean = config.mean,
        .deviation = config.deviation,
        .configJson = shiftAddConfigJson(config, options, name),
        .source = std::move(source),
        .dataName = dataName,
        .begin = [net](const TensorFile& deit,
                       const std::string& where) mutable { net.startFrom(deit, where); },
        .beforeStep =
            [net, mixes, mixtureFrom](const Step& step) mutable {
                *mixes = step.number >= mixtureFrom;
                if (step.number <= mixtureFrom)
                    net.shiftFollowsMult();
            },
        .addedLoss = [net, balance] { return balance * net.balance(); },
        .seen = [net]() mutable { return std::vector<Score>{multiplyingShare(net.takeSplit())}; }};
    return classifierTrainee(std::move(parts), classifierOptions(settings));
}

std::unique_ptr<Trainee> makeGarmentShiftAdd(const Settings& settings, const Places& places)
{
    const DeitConfig config = garmentDeit();
    return shiftAddTrainee(settings, config, garmentsOf(settings, places, config.side),
                           "vitrine-deit-shiftadd", "Fashion-MNIST");
}

std::unique_ptr<Trainee> makeSceneShiftAdd(const Settings& settings, const Places& places)
{
    const DeitConfig config = sceneDeit();
    return shiftAddTrainee(settings, config, scenesOf(settings, places, config.side),
                           "vitrine-deit-scenes-shiftadd", "garments in photographs");
}

} // namespace vitrine::learning
