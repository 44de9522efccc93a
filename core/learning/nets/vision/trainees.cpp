#include "core/learning/nets/vision/trainees.h"

#include "core/learning/nets/training/schedule.h"
#include "core/learning/nets/vision/classifier.h"
#include "core/learning/nets/vision/efficientvit.h"
#include "core/learning/nets/vision/scene_source.h"
#include "core/learning/nets/vision/taylor_deit.h"

namespace vitrine::learning
{
namespace
{

GarmentAugment garmentAugmentOf(const Settings& settings)
{
    const GarmentAugment usual;
    return {settings.flag("flip", usual.flip), settings.integer("shift", usual.shift, 0, 14),
            settings.number("erase", usual.erase, 0.0, 1.0)};
}

std::unique_ptr<Trainee> deitTrainee(const Settings& settings, DeitConfig config,
                                     std::unique_ptr<LabelledSource> source,
                                     const std::string& name, const std::string& dataName)
{
    config.dropPath = settings.number("drop_path", config.dropPath, 0.0, 0.9);
    Deit net(config, scheduleOf(settings).seed);
    ClassifierParts parts{
        .network = net.ptr(),
        .logits = [net](const torch::Tensor& pictures,
                        Chance* chance) mutable { return net->forward(pictures, chance); },
        .mean = config.mean,
        .deviation = config.deviation,
        .configJson = deitConfigJson(config, name),
        .source = std::move(source),
        .dataName = dataName};
    return classifierTrainee(std::move(parts), classifierOptions(settings));
}

} // namespace

std::unique_ptr<LabelledSource> garmentsOf(const Settings& settings, const Places& places,
                                           int64_t side)
{
    return garmentSource(garmentParts(places.data + "/garments"), side, garmentAugmentOf(settings),
                         scheduleOf(settings).seed);
}

std::unique_ptr<LabelledSource> scenesOf(const Settings& settings, const Places& places,
                                         int64_t side)
{
    return sceneSource(garmentParts(places.data + "/garments"), places.data + "/pictures", side,
                       settings.number("ease", 0.25, 0.0, 1.0), scheduleOf(settings).seed);
}

std::unique_ptr<Trainee> makeGarmentDeit(const Settings& settings, const Places& places)
{
    const DeitConfig config = garmentDeit();
    return deitTrainee(settings, config, garmentsOf(settings, places, config.side), "vitrine-deit",
                       "Fashion-MNIST");
}

std::unique_ptr<Trainee> makeTaylorDeit(const Settings& settings, const Places& places)
{
    DeitConfig config = garmentDeit();
    config.attention = "taylor";
    config.dropPath = settings.number("drop_path", config.dropPath, 0.0, 0.9);
    SparsePart part;
    part.threshold = settings.number("threshold", part.threshold, 0.0, 1.0);
    ClassifierParts parts = taylorDeitParts(config, scheduleOf(settings).seed, part,
                                            settings.integer("sparse_until", 0, 0, INT64_MAX));
    parts.configJson = deitConfigJson(config, "vitrine-deit-vitality");
    parts.source = garmentsOf(settings, places, config.side);
    parts.dataName = "Fashion-MNIST";
    return classifierTrainee(std::move(parts), classifierOptions(settings));
}

std::unique_ptr<Trainee> makeGarmentEfficientVit(const Settings& settings, const Places& places)
{
    const EfficientVitConfig config = garmentEfficientVit();
    EfficientVit net(config, scheduleOf(settings).seed);
    ClassifierParts parts{.network = net.ptr(),
                          .logits = [net](const torch::Tensor& pictures,
                                          Chance*) mutable { return net->forward(pictures); },
                          .mean = config.mean,
                          .deviation = config.deviation,
                          .configJson = efficientVitConfigJson(config, "vitrine-efficientvit"),
                          .source = garmentsOf(settings, places, config.side),
                          .dataName = "Fashion-MNIST"};
    return classifierTrainee(std::move(parts), classifierOptions(settings));
}

std::unique_ptr<Trainee> makeSceneDeit(const Settings& settings, const Places& places)
{
    const DeitConfig config = sceneDeit();
    return deitTrainee(settings, config, scenesOf(settings, places, config.side),
                       "vitrine-deit-scenes", "garments in photographs");
}

} // namespace vitrine::learning
