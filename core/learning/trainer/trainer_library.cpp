// libvitrine-trainer.so: the door of core/jobs/experiment/trainer.h to the nets. Opened with dlopen
// inside `vitrine work`.
#include "core/jobs/experiment/trainer.h"
#include "core/learning/nets/language/trainer.h"
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
};

} // namespace
} // namespace vitrine::learning

extern "C" __attribute__((visibility("default"))) vitrine::Trainer* vitrineCreateTrainer()
{
    return new vitrine::learning::NetsTrainer;
}
