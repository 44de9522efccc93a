#include "plugins/superres/experiments/blind.h"

#include "core/jobs/experiment/trainer.h"
#include "core/superres/blur/degradation.h"
#include "core/superres/picture/quality.h"

namespace vitrine::superres_plugin
{
namespace
{

constexpr std::int64_t kLeastSide = 32; // of the picture that is reduced once more

} // namespace

Result<Adapted> adaptTo(const Picture& low, const BlindTask& task,
                        const std::function<bool(double share)>& goesOn)
{
    const std::int64_t width = low.width / task.scale, height = low.height / task.scale;
    if (width < kLeastSide || height < kLeastSide)
        return inputError("{} x {} pixels are too few to adapt to: {} x {} are needed at x{}",
                          low.width, low.height, kLeastSide * task.scale, kLeastSide * task.scale,
                          task.scale);
    VITRINE_TRY(const Picture cut, superres::cut(low, width * task.scale, height * task.scale));
    const superres::Image large = superres::imageOf(cut);
    VITRINE_TRY(
        const superres::Image small,
        superres::degraded(large, task.degradation.kernel, task.scale, task.degradation.sampling));
    VITRINE_TRY(const auto trainer, openTrainer());
    std::error_code error;
    std::filesystem::remove_all(task.folder, error);

    AdaptationJob job;
    job.model = task.weights.string();
    job.out = task.folder.string();
    job.name = task.method.id;
    job.scale = task.scale;
    job.smallWidth = width;
    job.smallHeight = height;
    job.small = small.values.data();
    job.large = large.values.data();
    job.updates = task.updates;
    job.learningRate = task.learningRate;
    job.seed = task.seed;
    job.threads = task.threads;
    Adapted adapted;
    VITRINE_TRY(adapted.kept,
                trainer->adapt(job, [&](std::int64_t update, double loss, double seconds) {
                    adapted.updates.push_back({update, loss, seconds});
                    adapted.seconds = seconds;
                    return goesOn(static_cast<double>(update) / static_cast<double>(task.updates));
                }));
    VITRINE_TRY(adapted.upscaler, task.method.open(task.scale, task.folder));
    return adapted;
}

} // namespace vitrine::superres_plugin
