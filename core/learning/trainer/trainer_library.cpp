// libvitrine-trainer.so: the door of core/jobs/experiment/trainer.h to the nets. Opened with dlopen
// inside `vitrine work`.
#include "core/jobs/experiment/trainer.h"
#include "core/learning/nets/language/trainer.h"
#include "core/learning/nets/superres/adaptation.h"
#include "core/learning/nets/training/product.h"

#include <exception>

namespace vitrine::learning
{
namespace
{

class NetsTrainer : public Trainer
{
public:
    Result<void> train(const std::map<std::string, std::string>& recipe, const std::string& folder,
                       const std::function<bool(const TrainEvent&)>& onEvent) override
    {
        Recipe parsed;
        try {
            for (const auto& [key, value] : recipe)
                setKey(parsed, key, value);
        } catch (const std::exception& error) {
            return argumentError("recipe: {}", error.what());
        }
        parsed.out = folder;
        limitThreads(static_cast<int>(parsed.threads));
        bool stopped = false;
        try {
            learning::train(parsed, Start::resume, [&](const TrainingPoint& point) {
                stopped = !onEvent({point.step, parsed.steps, point.tokens, point.seconds,
                                    point.trainLoss, point.heldOutLoss});
                return !stopped;
            });
        } catch (const std::exception& error) {
            return failure("training failed: {}", error.what());
        }
        if (stopped)
            return cancelled();
        return {};
    }

    Result<std::int64_t>
    adapt(const AdaptationJob& job,
          const std::function<bool(std::int64_t, double, double)>& onUpdate) override
    {
        limitThreads(job.threads);
        AdaptationTask task;
        task.model = job.model;
        task.out = job.out;
        task.name = job.name;
        task.scale = job.scale;
        task.small = {job.smallWidth, job.smallHeight, job.small};
        task.large = {job.smallWidth * job.scale, job.smallHeight * job.scale, job.large};
        task.updates = job.updates;
        task.learningRate = job.learningRate;
        task.seed = job.seed;
        try {
            const Adaptation done = learning::adapt(task, onUpdate);
            if (done.stopped)
                return cancelled();
            return done.kept;
        } catch (const std::exception& error) {
            return failure("adapting failed: {}", error.what());
        }
    }
};

} // namespace
} // namespace vitrine::learning

extern "C" __attribute__((visibility("default"))) vitrine::Trainer* vitrineCreateTrainer()
{
    return new vitrine::learning::NetsTrainer;
}
